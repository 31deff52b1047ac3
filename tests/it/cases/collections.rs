//! Cases of `functions/collections`: Data Collect links and their pages.

use serde_json::json;
use tests::{new_collection, submission};

use super::callers::{ANYONE, COLLECTION_READERS, COLLECTION_WRITERS};
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "create_collection",
        fixture: |_| Fixture::new().body(new_collection()),
        callers: COLLECTION_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_collections",
        fixture: |_| Fixture::new().query("status=open"),
        callers: COLLECTION_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_collection",
        fixture: |objects| Fixture::of(&objects.links.open_id),
        callers: COLLECTION_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "cancel_collection",
        fixture: |objects| Fixture::of(&objects.links.open_id).body(json!({})),
        callers: COLLECTION_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "show_collection_page",
        fixture: |objects| Fixture::of(&objects.links.open_token),
        callers: ANYONE,
        round_trips: 2,
    },
    OperationCase {
        name: "create_collection_code",
        fixture: |objects| Fixture::of(&objects.links.open_token).body(json!({ "lang": "pt" })),
        callers: ANYONE,
        round_trips: 3,
    },
    OperationCase {
        name: "open_collection_form",
        fixture: |objects| {
            Fixture::of(&objects.links.coded_token).body(json!({ "code": objects.links.code }))
        },
        callers: ANYONE,
        round_trips: 3,
    },
    OperationCase {
        name: "submit_collection",
        fixture: |objects| {
            let form = submission(&objects.links.proof, "maria@example.com");
            Fixture::of(&objects.links.opened_token).body(form)
        },
        callers: ANYONE,
        round_trips: 3,
    },
];
