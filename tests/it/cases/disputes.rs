//! Cases of `functions/disputes`: demands of networks for the money of charges.

use serde_json::json;

use super::callers::{DISPUTE_READERS, DISPUTE_WRITERS};
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "list_disputes",
        fixture: |_| Fixture::new(),
        callers: DISPUTE_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_dispute",
        fixture: |objects| Fixture::of(&objects.dispute_id),
        callers: DISPUTE_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "create_evidence",
        fixture: |objects| {
            Fixture::of(&objects.dispute_id).body(json!({
                "kind": "invoice", "file_name": "nota.pdf", "content_type": "application/pdf",
                "size_bytes": 1_000, "sha256": "0f".repeat(32),
            }))
        },
        callers: DISPUTE_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "submit_dispute",
        fixture: |objects| {
            Fixture::of(&objects.dispute_id).body(json!({ "text": "The goods arrived." }))
        },
        callers: DISPUTE_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "accept_dispute",
        fixture: |objects| Fixture::of(&objects.dispute_id).body(json!({})),
        callers: DISPUTE_WRITERS,
        round_trips: 3,
    },
];
