//! Cases of `functions/webhooks`: webhook endpoints, events and deliveries.

use serde_json::json;

use super::callers::{WEBHOOK_READERS, WEBHOOK_WRITERS};
use super::case::{Fixture, OperationCase};
use super::objects::ENDPOINT_URL;

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "create_webhook_endpoint",
        fixture: |_| Fixture::new().body(json!({ "url": ENDPOINT_URL, "events": ["charge.paid"] })),
        callers: WEBHOOK_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_webhook_endpoints",
        fixture: |_| Fixture::new(),
        callers: WEBHOOK_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_webhook_endpoint",
        fixture: |objects| Fixture::of(&objects.endpoint_id),
        callers: WEBHOOK_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "update_webhook_endpoint",
        fixture: |objects| {
            Fixture::of(&objects.endpoint_id)
                .body(json!({ "events": ["charge.paid", "charge.expired"] }))
        },
        callers: WEBHOOK_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "delete_webhook_endpoint",
        fixture: |objects| Fixture::of(&objects.endpoint_id),
        callers: WEBHOOK_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "rotate_webhook_secret",
        fixture: |objects| Fixture::of(&objects.endpoint_id).body(json!({ "overlap_seconds": 60 })),
        callers: WEBHOOK_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "test_webhook_endpoint",
        fixture: |objects| Fixture::of(&objects.endpoint_id).body(json!({})),
        callers: WEBHOOK_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "replay_webhook_endpoint",
        fixture: |objects| {
            Fixture::of(&objects.endpoint_id)
                .body(json!({ "created_from": "2026-11-01T00:00:00Z" }))
        },
        callers: WEBHOOK_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_events",
        fixture: |_| Fixture::new(),
        callers: WEBHOOK_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_event",
        fixture: |objects| Fixture::of(&objects.event_id),
        callers: WEBHOOK_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "redeliver_event",
        fixture: |objects| Fixture::of(&objects.event_id).body(json!({})),
        callers: WEBHOOK_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_deliveries",
        fixture: |_| Fixture::new(),
        callers: WEBHOOK_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_delivery",
        fixture: |objects| Fixture::of(&objects.delivery_id),
        callers: WEBHOOK_READERS,
        round_trips: 1,
    },
];
