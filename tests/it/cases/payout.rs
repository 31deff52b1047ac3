//! Cases of `functions/payout`: payouts and look-ups of Pix keys.

use serde_json::{Value, json};
use tests::new_payout;

use super::callers::{PAYOUT_READERS, PAYOUT_WRITERS, PIX_KEY_READERS};
use super::case::{Fixture, OperationCase};

/// A boleto of a bank.
const BOLETO: &str = "23793.38128 60007.827136 95000.063305 9 75520000370000";

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "create_payout",
        fixture: |_| Fixture::new().body(new_payout()),
        callers: PAYOUT_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "preview_payout",
        fixture: |_| Fixture::new().body(with_reference()),
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
        name: "create_payout_batch",
        fixture: |_| Fixture::new().body(json!({ "payouts": [new_payout()] })),
        callers: PAYOUT_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "preview_payout_batch",
        fixture: |_| Fixture::new().body(json!({ "payouts": [with_reference()] })),
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
        name: "read_boleto",
        fixture: |_| Fixture::new().body(json!({ "code": BOLETO })),
        callers: PAYOUT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "validate_pix_key",
        fixture: |_| Fixture::new().body(json!({ "type": "email", "key": "maria@example.com" })),
        callers: PIX_KEY_READERS,
        round_trips: 3,
    },
];

/// Returns a payout with a reference.
fn with_reference() -> Value {
    let mut payout = new_payout();
    payout["reference"] = json!("preview");
    payout
}
