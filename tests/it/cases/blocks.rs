//! Cases of `functions/blocks`: balance blocks, the alert for a low balance, and the balance explained.

use serde_json::json;

use super::callers::{STATEMENT_READERS, STATEMENT_WRITERS};
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "explain_balance",
        fixture: |_| Fixture::new().query("at=2027-01-31"),
        callers: STATEMENT_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_balance_blocks",
        fixture: |_| Fixture::new(),
        callers: STATEMENT_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_balance_block",
        fixture: |objects| Fixture::of(&objects.block_id),
        callers: STATEMENT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "find_balance_alert",
        fixture: |_| Fixture::new(),
        callers: STATEMENT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "replace_balance_alert",
        fixture: |_| Fixture::new().body(json!({ "below_cents": 90_000_000_000_u64 })),
        callers: STATEMENT_WRITERS,
        round_trips: 2,
    },
];
