//! Cases of `functions/reference`: what callers read before they call.

use super::callers::ANYONE;
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "show_openapi",
        fixture: |_| Fixture::new(),
        callers: ANYONE,
        round_trips: 0,
    },
    OperationCase {
        name: "show_error_codes",
        fixture: |_| Fixture::new(),
        callers: ANYONE,
        round_trips: 0,
    },
    OperationCase {
        name: "show_health",
        fixture: |_| Fixture::new(),
        callers: ANYONE,
        round_trips: 0,
    },
];
