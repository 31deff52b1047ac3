//! Cases of `functions/sandbox`: triggers of the sandbox.

use serde_json::json;

use super::callers::{CHARGE_WRITERS, EVERY_CALLER, PAYOUT_WRITERS, REFUND_WRITERS};
use super::case::{Fixture, OperationCase, Preparation};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "list_scenarios",
        fixture: |_| Fixture::new(),
        callers: EVERY_CALLER,
        round_trips: 1,
    },
    OperationCase {
        name: "pay_charge",
        fixture: |objects| Fixture::of(&objects.charge_id).body(json!({})),
        callers: CHARGE_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "resolve_payout",
        fixture: |objects| {
            Fixture::of(&objects.payout_id)
                .body(json!({ "outcome": "paid" }))
                .after(Preparation::PayoutToResolve)
        },
        callers: PAYOUT_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "resolve_refund",
        fixture: |objects| Fixture::of(&objects.refund_id).body(json!({ "outcome": "paid" })),
        callers: REFUND_WRITERS,
        round_trips: 3,
    },
];
