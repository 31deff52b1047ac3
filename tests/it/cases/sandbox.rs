//! Cases of `functions/sandbox`: triggers of the sandbox.

use serde_json::json;

use super::callers::{ANYONE, CHARGE_WRITERS, EVERY_CALLER, PAYOUT_WRITERS, REFUND_WRITERS};
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
        name: "settle_charge",
        fixture: |objects| Fixture::of(&objects.announced_id).body(json!({})),
        callers: CHARGE_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "create_card_token",
        fixture: |_| Fixture::new().body(json!({ "card": "approved" })),
        callers: CHARGE_WRITERS,
        round_trips: 1,
    },
    OperationCase {
        name: "authenticate_charge",
        fixture: |objects| {
            Fixture::of(&objects.cards.authentication_id).body(json!({ "outcome": "passed" }))
        },
        callers: CHARGE_WRITERS,
        round_trips: 3,
    },
    OperationCase {
        name: "show_card_form",
        fixture: |objects| Fixture::of(&objects.cards.open_token),
        callers: ANYONE,
        round_trips: 2,
    },
    OperationCase {
        name: "show_issuer_page",
        fixture: |objects| Fixture::of(&objects.cards.authentication_token),
        callers: ANYONE,
        round_trips: 2,
    },
    OperationCase {
        name: "authenticate_payer",
        fixture: |objects| {
            Fixture::of(&objects.cards.authentication_token).body(json!({ "outcome": "passed" }))
        },
        callers: ANYONE,
        round_trips: 4,
    },
    OperationCase {
        name: "create_sandbox_payment",
        fixture: |_| Fixture::new().body(json!({ "amount_cents": 700 })),
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
    OperationCase {
        name: "resolve_credit",
        fixture: |objects| Fixture::of(&objects.returning_id).body(json!({ "outcome": "paid" })),
        callers: REFUND_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "resolve_return",
        fixture: |objects| {
            Fixture::of(&objects.paid_charge_id)
                .body(json!({ "outcome": "returned", "amount_cents": 100 }))
        },
        callers: CHARGE_WRITERS,
        round_trips: 2,
    },
];
