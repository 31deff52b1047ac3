//! Cases of `functions/users`: users as moderators see them.

use serde_json::json;

use super::callers::{MODERATOR_WITH_TWO_FACTOR, MODERATORS};
use super::case::{Fixture, OperationCase, Preparation};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "create_user",
        fixture: |_| Fixture::new().body(json!({ "name": "Shop", "kind": "api" })),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "list_users",
        fixture: |_| Fixture::new(),
        callers: MODERATORS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_user",
        fixture: |objects| Fixture::of(&objects.user_id),
        callers: MODERATORS,
        round_trips: 1,
    },
    OperationCase {
        name: "update_user",
        fixture: |objects| Fixture::of(&objects.user_id).body(json!({ "name": "Renamed" })),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "delete_user",
        fixture: |objects| Fixture::of(&objects.user_id),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "reset_two_factor",
        fixture: |objects| {
            Fixture::of(&objects.user_id).body(json!({})).after(Preparation::PersonWithTwoFactor)
        },
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "list_audit_events",
        fixture: |_| Fixture::new(),
        callers: MODERATORS,
        round_trips: 2,
    },
    OperationCase {
        name: "suspend_user",
        fixture: |objects| Fixture::of(&objects.user_id).body(json!({})),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "reinstate_user",
        fixture: |objects| {
            Fixture::of(&objects.user_id).body(json!({})).after(Preparation::SuspendedUser)
        },
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "create_invitation",
        fixture: |objects| {
            Fixture::of(&objects.user_id).body(json!({})).after(Preparation::PersonWithTwoFactor)
        },
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
    OperationCase {
        name: "delete_user_sessions",
        fixture: |objects| Fixture::of(&objects.user_id).after(Preparation::PersonWithTwoFactor),
        callers: MODERATOR_WITH_TWO_FACTOR,
        round_trips: 2,
    },
];
