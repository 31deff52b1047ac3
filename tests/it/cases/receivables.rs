//! Cases of `functions/receivables`: instalments of sales by card.

use serde_json::json;

use super::callers::{CHARGE_READERS, CHARGE_WRITERS};
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "list_receivables",
        fixture: |_| Fixture::new().query("status=open"),
        callers: CHARGE_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "show_receivables_file",
        fixture: |_| Fixture::new().query("dialect=intl"),
        callers: CHARGE_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_anticipation",
        fixture: |objects| Fixture::of(&objects.cards.sold_id),
        callers: CHARGE_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "anticipate_charge",
        fixture: |objects| {
            Fixture::of(&objects.cards.sold_id).body(json!({ "max_fee_cents": 1_000 }))
        },
        callers: CHARGE_WRITERS,
        round_trips: 2,
    },
];
