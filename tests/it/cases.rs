//! A valid request, the callers and the round trips of each operation: one case for each.

mod account;
mod approval;
mod beneficiaries;
mod blocks;
mod callers;
mod card_objects;
mod case;
mod collections;
mod credit;
mod disputes;
mod identity;
mod keys;
mod kyc;
mod kyc_objects;
mod link_objects;
mod objects;
mod payer;
mod payin;
mod payment_token;
mod payout;
mod receipts;
mod receivables;
mod reference;
mod requests;
mod sandbox;
mod users;
mod webhooks;

use case::OperationCase;

pub(crate) use callers::{API_KEYS, Caller, PERSONS};
pub(crate) use objects::{AccountObjects, request_settings_change};
pub(crate) use requests::{
    complete, fixture, gated, good_request, open_batch, rightful, with_code,
};

/// The cases of each domain, in the order of its operations.
const DOMAINS: &[&[OperationCase]] = &[
    account::CASES,
    approval::CASES,
    beneficiaries::CASES,
    blocks::CASES,
    collections::CASES,
    credit::CASES,
    disputes::CASES,
    identity::CASES,
    keys::CASES,
    kyc::CASES,
    payer::CASES,
    payin::CASES,
    payout::CASES,
    receipts::CASES,
    receivables::CASES,
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
