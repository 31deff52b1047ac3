//! Cases of `functions/approval`: decisions about payouts, and the settings that demand them.

use serde_json::json;

use super::callers::{MODERATOR_WITH_TWO_FACTOR, PAYOUT_APPROVERS, PAYOUT_READERS};
use super::case::{Fixture, OperationCase, Preparation};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "approve_payout",
        fixture: |objects| {
            Fixture::of(&objects.payout_id).body(json!({})).after(Preparation::PayoutToApprove)
        },
        callers: PAYOUT_APPROVERS,
        round_trips: 2,
    },
    OperationCase {
        name: "approve_payouts",
        fixture: |objects| {
            Fixture::new()
                .body(json!({ "payout_ids": [objects.payout_id] }))
                .after(Preparation::PayoutToApprove)
        },
        callers: PAYOUT_APPROVERS,
        round_trips: 2,
    },
    OperationCase {
        name: "reject_payout",
        fixture: |objects| {
            Fixture::of(&objects.payout_id)
                .body(json!({ "reason": "Wrong amount" }))
                .after(Preparation::PayoutToApprove)
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
        name: "approve_payout_batch",
        fixture: |objects| {
            Fixture::of(&objects.batch_id).body(json!({})).after(Preparation::BatchToDecide)
        },
        callers: PAYOUT_APPROVERS,
        round_trips: 2,
    },
    OperationCase {
        name: "reject_payout_batch",
        fixture: |objects| {
            Fixture::of(&objects.batch_id)
                .body(json!({ "reason": "Wrong month" }))
                .after(Preparation::BatchToDecide)
        },
        callers: PAYOUT_APPROVERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_payout_settings",
        fixture: |_| Fixture::new(),
        callers: PAYOUT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "replace_payout_settings",
        fixture: |_| Fixture::new().body(json!({ "approval_rules": [] })),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "list_settings_changes",
        fixture: |_| Fixture::new(),
        callers: PAYOUT_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_settings_change",
        fixture: |objects| Fixture::of(&objects.settings_change_id),
        callers: PAYOUT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "approve_settings_change",
        fixture: |objects| {
            Fixture::of(&objects.settings_change_id)
                .body(json!({}))
                .after(Preparation::SettingsChangeToDecide)
        },
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "refuse_settings_change",
        fixture: |objects| Fixture::of(&objects.settings_change_id).body(json!({})),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
];
