//! Cases of `functions/payer`: the payment page and its forms.

use serde_json::json;

use super::callers::ANYONE;
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "show_payment_page",
        fixture: |objects| Fixture::of(&objects.payment_token),
        callers: ANYONE,
        round_trips: 2,
    },
    OperationCase {
        name: "show_card_payment",
        fixture: |objects| {
            Fixture::of(&objects.cards.open_token).query("card_token=tok_approved_1")
        },
        callers: ANYONE,
        round_trips: 2,
    },
    OperationCase {
        name: "create_card_payment",
        fixture: |objects| {
            let body = json!({ "card_token": "tok_approved_1", "installments": 2 });
            Fixture::of(&objects.cards.open_token).body(body)
        },
        callers: ANYONE,
        round_trips: 3,
    },
];
