//! Cases of `functions/payin`: charges and refunds.

use serde_json::json;
use tests::{new_charge, new_refund};

use super::callers::{ANYONE, CHARGE_READERS, CHARGE_WRITERS, REFUND_WRITERS};
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "create_charge",
        fixture: |_| Fixture::new().body(new_charge()),
        callers: CHARGE_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_charges",
        fixture: |_| Fixture::new(),
        callers: CHARGE_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_charge",
        fixture: |objects| Fixture::of(&objects.charge_id),
        callers: CHARGE_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "cancel_charge",
        fixture: |objects| Fixture::of(&objects.charge_id).body(json!({})),
        callers: CHARGE_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "capture_charge",
        fixture: |objects| {
            Fixture::of(&objects.cards.authorized_id).body(json!({ "amount_cents": 400 }))
        },
        callers: CHARGE_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "change_charge",
        fixture: |objects| {
            Fixture::of(&objects.boleto_id).body(json!({ "due_date": "2026-12-18" }))
        },
        callers: CHARGE_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "create_refund",
        fixture: |objects| Fixture::of(&objects.paid_charge_id).body(new_refund()),
        callers: REFUND_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_refunds",
        fixture: |_| Fixture::new(),
        callers: CHARGE_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_refund",
        fixture: |objects| Fixture::of(&objects.refund_id),
        callers: CHARGE_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "show_qr_code",
        fixture: |objects| Fixture::of(&objects.charge_id),
        callers: CHARGE_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "show_pix_location",
        fixture: |objects| Fixture::of(&objects.location),
        callers: ANYONE,
        round_trips: 2,
    },
    OperationCase {
        name: "show_pix_qr_code",
        fixture: |objects| Fixture::of(&objects.location),
        callers: ANYONE,
        round_trips: 2,
    },
];
