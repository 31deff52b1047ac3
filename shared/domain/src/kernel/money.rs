//! Limits of money amounts.

/// The most one charge can ask for: the network's ten digits and two decimals.
pub const AMOUNT_CENTS_MAX: u64 = 99_999_999_999;
