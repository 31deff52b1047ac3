//! Cases of `functions/account`: balance, statement and transactions.

use serde_json::json;

use super::callers::{EVERY_CALLER, STATEMENT_READERS, STATEMENT_WRITERS};
use super::case::{Fixture, OperationCase};
use super::objects::new_schedule;

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "find_account",
        fixture: |_| Fixture::new(),
        callers: EVERY_CALLER,
        round_trips: 1,
    },
    OperationCase {
        name: "find_balance",
        fixture: |_| Fixture::new(),
        callers: STATEMENT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "find_statement",
        fixture: |_| Fixture::new().query("from=2026-11-01"),
        callers: STATEMENT_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_transactions",
        fixture: |_| Fixture::new(),
        callers: STATEMENT_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_transaction",
        fixture: |objects| Fixture::of(&objects.payout_id),
        callers: STATEMENT_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "create_statement_export",
        fixture: |_| {
            Fixture::new()
                .body(json!({ "from": "2026-10-01", "until": "2026-10-31", "format": "ofx" }))
        },
        callers: STATEMENT_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_statement_exports",
        fixture: |_| Fixture::new(),
        callers: STATEMENT_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_statement_export",
        fixture: |objects| Fixture::of(&objects.export_id),
        callers: STATEMENT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "create_statement_schedule",
        fixture: |_| Fixture::new().body(new_schedule()),
        callers: STATEMENT_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_statement_schedules",
        fixture: |_| Fixture::new(),
        callers: STATEMENT_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_statement_schedule",
        fixture: |objects| Fixture::of(&objects.schedule_id),
        callers: STATEMENT_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "update_statement_schedule",
        fixture: |objects| Fixture::of(&objects.schedule_id).body(json!({ "status": "paused" })),
        callers: STATEMENT_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "delete_statement_schedule",
        fixture: |objects| Fixture::of(&objects.schedule_id),
        callers: STATEMENT_WRITERS,
        round_trips: 2,
    },
];
