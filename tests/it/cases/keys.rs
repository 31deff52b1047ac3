//! Cases of `functions/keys`: API keys.

use serde_json::json;

use super::callers::{MODERATOR_WITH_TWO_FACTOR, MODERATORS};
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "create_api_key",
        fixture: |objects| {
            Fixture::of(&objects.user_id)
                .body(json!({ "name": "k", "ip_allowlist": ["203.0.113.9"] }))
        },
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "list_api_keys",
        fixture: |_| Fixture::new(),
        callers: MODERATORS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_api_key",
        fixture: |objects| Fixture::of(&objects.key_id),
        callers: MODERATORS,
        round_trips: 1,
    },
    OperationCase {
        name: "delete_api_key",
        fixture: |objects| Fixture::of(&objects.key_id),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "rotate_api_key",
        fixture: |objects| Fixture::of(&objects.key_id).body(json!({ "overlap_seconds": 60 })),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "replace_ip_allowlist",
        fixture: |objects| {
            Fixture::of(&objects.key_id).body(json!({ "ip_allowlist": ["203.0.113.9"] }))
        },
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "find_usage",
        fixture: |_| Fixture::new(),
        callers: MODERATORS,
        round_trips: 2,
    },
];
