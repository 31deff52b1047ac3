//! Cases of `functions/identity`: people and their sessions.

use serde_json::json;

use super::callers::{ANYONE, EVERY_CALLER, PEOPLE, PEOPLE_WITH_TWO_FACTOR};
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
        name: "list_sessions",
        fixture: |_| Fixture::new(),
        callers: PEOPLE,
        round_trips: 2,
    },
    OperationCase {
        name: "delete_session",
        fixture: |objects| Fixture::of(&objects.session_id),
        callers: PEOPLE,
        round_trips: 2,
    },
    OperationCase {
        name: "delete_other_sessions",
        fixture: |_| Fixture::new(),
        callers: PEOPLE,
        round_trips: 2,
    },
    OperationCase {
        name: "replace_password",
        fixture: |_| {
            Fixture::new()
                .body(json!({ "current_password": "x", "new_password": "correct horse battery" }))
                .after(Preparation::OwnPassword)
        },
        callers: PEOPLE,
        round_trips: 2,
    },
    OperationCase {
        name: "replace_recovery_codes",
        fixture: |_| Fixture::new().body(json!({})),
        callers: PEOPLE_WITH_TWO_FACTOR,
        round_trips: 2,
    },
];
