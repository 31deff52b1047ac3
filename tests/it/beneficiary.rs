//! Saved beneficiaries: their fields, destinations, lists, and the payouts to them.

mod account_checks;
mod changes;
mod checks;
mod fields;
mod lists;
