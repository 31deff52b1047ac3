//! A valid request, the callers and the round trips of each operation: one case for each.

mod account;
mod callers;
mod case;
mod identity;
mod keys;
mod objects;
mod payin;
mod payout;
mod reference;
mod requests;
mod sandbox;
mod users;
mod webhooks;

use case::OperationCase;

pub(crate) use callers::{API_KEYS, Caller, PERSONS};
pub(crate) use objects::AccountObjects;
pub(crate) use requests::{complete, fixture, gated, good_request, rightful, with_code};

/// The cases of each domain, in the order of its operations.
const DOMAINS: &[&[OperationCase]] = &[
    account::CASES,
    identity::CASES,
    keys::CASES,
    payin::CASES,
    payout::CASES,
    reference::CASES,
    sandbox::CASES,
    users::CASES,
    webhooks::CASES,
];

/// Returns every case.
pub(crate) fn all_cases() -> impl Iterator<Item = &'static OperationCase> {
    DOMAINS.iter().copied().flatten()
}

/// Returns the case of an operation.
pub(crate) fn case_of(name: &str) -> &'static OperationCase {
    let case = all_cases().find(|case| case.name == name);
    case.unwrap_or_else(|| panic!("{name} has no case in tests/it/cases/<domain>.rs"))
}
