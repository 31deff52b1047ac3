//! What a payer owes on a day.
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Amount that the payer owes on a day, with its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AmountDue {
    /// Day in São Paulo.
    pub date: Date,
    /// Amount of the charge, in cents.
    pub original_cents: u64,
    /// Rebate, in cents; it is always deducted.
    pub rebate_cents: u64,
    /// Discount for an early payment, in cents.
    pub discount_cents: u64,
    /// Fine for a late payment, in cents; it is added once.
    pub fine_cents: u64,
    /// Interest for the days of delay, in cents.
    pub interest_cents: u64,
    /// What the payer pays: original less rebate and discount, plus fine and interest, in cents.
    pub total_cents: u64,
}
