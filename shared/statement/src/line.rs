//! One movement of the balance.

use jiff::Timestamp;

use crate::LineKind;

/// One movement of the balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The id of the entry in the books. Importers tell by it what they have seen: it never changes.
    pub id: String,
    /// Its place in the books; it rises from line to line, with gaps where the balance did not move.
    pub sequence: u64,
    /// When; within the period, and never before the line before.
    pub occurred_at: Timestamp,
    /// Why.
    pub kind: LineKind,
    /// How much, below 0 for what left; never 0.
    pub amount_cents: i64,
    /// The balance after it.
    pub balance_after_cents: u64,
    /// What it belongs to: a charge, a payout, a refund.
    pub transaction_id: String,
    /// The caller's own id of that: free text, at most 255 characters.
    pub reference: Option<String>,
    /// What the caller or the payer wrote: free text, at most 140 characters.
    pub description: Option<String>,
    /// The identifier of the payment in the Pix network, 32 letters and digits.
    pub end_to_end_id: Option<String>,
}
