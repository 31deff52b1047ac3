//! Cases of `functions/credit`: payments and credits.

use serde_json::json;

use super::callers::{CHARGE_READERS, CHARGE_WRITERS, MODERATOR_WITH_TWO_FACTOR, REFUND_WRITERS};
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "list_payments",
        fixture: |_| Fixture::new(),
        callers: CHARGE_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_payment",
        fixture: |objects| Fixture::of(&objects.payment_id),
        callers: CHARGE_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "list_credits",
        fixture: |_| Fixture::new(),
        callers: CHARGE_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_credit",
        fixture: |objects| Fixture::of(&objects.credit_id),
        callers: CHARGE_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "match_credit",
        fixture: |objects| {
            let body = json!({ "charge_id": objects.charge_id, "accept_difference": true });
            Fixture::of(&objects.credit_id).body(body)
        },
        callers: CHARGE_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "keep_credit",
        fixture: |objects| Fixture::of(&objects.credit_id).body(json!({})),
        callers: CHARGE_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "return_credit",
        fixture: |objects| Fixture::of(&objects.credit_id).body(json!({})),
        callers: REFUND_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_credit_settings",
        fixture: |_| Fixture::new(),
        callers: CHARGE_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "replace_credit_settings",
        fixture: |_| Fixture::new().body(json!({ "return_after_days": 7 })),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
];
