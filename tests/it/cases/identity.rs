//! Cases of `functions/identity`: people and their sessions.

use serde_json::json;

use super::callers::{ANYONE, EVERY_CALLER, MODERATOR_WITH_TWO_FACTOR, MODERATORS, PEOPLE};
use super::case::{Fixture, OperationCase, Preparation};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "open_session",
        fixture: |_| {
            Fixture::new()
                .body(json!({ "email": "a@b.example", "password": "x" }))
                .after(Preparation::LogInCode)
        },
        callers: ANYONE,
        round_trips: 2,
    },
    OperationCase {
        name: "close_session",
        fixture: |_| Fixture::new(),
        callers: PEOPLE,
        round_trips: 2,
    },
    OperationCase {
        name: "find_me",
        fixture: |_| Fixture::new(),
        callers: EVERY_CALLER,
        round_trips: 1,
    },
    OperationCase {
        name: "start_two_factor",
        fixture: |_| {
            Fixture::new()
                .body(json!({ "password": "x" }))
                .after(Preparation::PersonWithoutTwoFactor)
        },
        callers: PEOPLE,
        round_trips: 2,
    },
    OperationCase {
        name: "confirm_two_factor",
        fixture: |_| {
            Fixture::new().body(json!({ "code": "123456" })).after(Preparation::TwoFactorStarted)
        },
        callers: PEOPLE,
        round_trips: 2,
    },
    OperationCase {
        name: "accept_invitation",
        fixture: |objects| {
            Fixture::of(&objects.invitation).body(json!({ "password": "correct horse battery" }))
        },
        callers: ANYONE,
        round_trips: 2,
    },
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
];
