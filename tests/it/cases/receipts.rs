//! Cases of `functions/receipts`: receipts, and the page that confirms them.

use super::callers::{ANYONE, CHARGE_READERS, PAYOUT_READERS};
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "show_payout_receipt",
        fixture: |objects| Fixture::of(&objects.payout_id),
        callers: PAYOUT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "show_charge_receipt",
        fixture: |objects| Fixture::of(&objects.paid_charge_id),
        callers: CHARGE_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "show_refund_receipt",
        fixture: |objects| Fixture::of(&objects.refund_id),
        callers: CHARGE_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "show_slip",
        fixture: |objects| Fixture::of(&objects.boleto_id),
        callers: CHARGE_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "show_payment_slip",
        fixture: |objects| Fixture::of(&objects.boleto_token),
        callers: ANYONE,
        round_trips: 2,
    },
    OperationCase {
        name: "show_payment_receipt",
        fixture: |objects| Fixture::of(&objects.paid_payment_token),
        callers: ANYONE,
        round_trips: 2,
    },
    OperationCase {
        name: "validate_receipt",
        fixture: |objects| Fixture::of(&objects.receipt_code),
        callers: ANYONE,
        round_trips: 1,
    },
    OperationCase {
        name: "show_receipt_keys",
        fixture: |_| Fixture::new(),
        callers: ANYONE,
        round_trips: 0,
    },
];
