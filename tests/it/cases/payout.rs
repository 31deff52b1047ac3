//! Cases of `functions/payout`: payouts and look-ups of Pix keys.

use serde_json::json;
use tests::new_payout;

use super::callers::{
    MODERATOR_WITH_TWO_FACTOR, PAYOUT_APPROVERS, PAYOUT_READERS, PAYOUT_WRITERS, PIX_KEY_READERS,
};
use super::case::{Fixture, OperationCase, Preparation};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "create_payout",
        fixture: |_| Fixture::new().body(new_payout()),
        callers: PAYOUT_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_payouts",
        fixture: |_| Fixture::new(),
        callers: PAYOUT_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_payout",
        fixture: |objects| Fixture::of(&objects.payout_id),
        callers: PAYOUT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "cancel_payout",
        fixture: |objects| Fixture::of(&objects.payout_id).body(json!({})),
        callers: PAYOUT_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "approve_payout",
        fixture: |objects| {
            Fixture::of(&objects.payout_id).body(json!({})).after(Preparation::PayoutToApprove)
        },
        callers: PAYOUT_APPROVERS,
        round_trips: 2,
    },
    OperationCase {
        name: "review_payout",
        fixture: |objects| {
            Fixture::of(&objects.payout_id)
                .body(json!({ "decision": "release" }))
                .after(Preparation::PayoutToReview)
        },
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "create_payout_batch",
        fixture: |_| Fixture::new().body(json!({ "payouts": [new_payout()] })),
        callers: PAYOUT_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_payout_batches",
        fixture: |_| Fixture::new(),
        callers: PAYOUT_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_payout_batch",
        fixture: |objects| Fixture::of(&objects.batch_id),
        callers: PAYOUT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "find_payout_settings",
        fixture: |_| Fixture::new(),
        callers: PAYOUT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "replace_payout_settings",
        fixture: |_| Fixture::new().body(json!({ "approval": "none" })),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "validate_pix_key",
        fixture: |_| Fixture::new().body(json!({ "type": "email", "key": "maria@example.com" })),
        callers: PIX_KEY_READERS,
        round_trips: 3,
    },
];
