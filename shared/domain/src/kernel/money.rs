//! Limits of money amounts.

/// Largest amount of a charge in cents: the network has ten digits and two decimals.
pub const AMOUNT_CENTS_MAX: u64 = 99_999_999_999;
