//! A batch as the API and its events show it.
use crate::kernel::{BatchId, Currency, UserId, string_enum};
use crate::payout::{BatchDecision, BatchStatus, BatchVerdict, PayoutBatch, StatusTotal};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A batch of payouts.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutBatch")]
pub struct BatchView {
    /// Id of the batch.
    pub id: BatchId,
    /// Status of the batch.
    pub status: BatchStatus,
    /// Description of the batch.
    pub description: Option<String>,
    /// Number of lines.
    pub lines: u32,
    /// Sum of the amounts of all lines, in cents.
    pub amount_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// Number of lines that became payouts so far.
    pub created: u32,
    /// Number of lines that were refused so far.
    pub refused: u32,
    /// Lines, from 0, with the same destination and amount as an earlier line. Trilho opens them all the
    /// same.
    pub duplicate_lines: Vec<u32>,
    /// Payouts of the batch by status, as counted at `counted_at`.
    pub totals: Vec<StatusTotal>,
    /// Number of payouts that wait for approval while Trilho asks the directory for the owner of their
    /// key, as counted at `counted_at`. A decision about the batch does not include them.
    pub owners_unchecked: u32,
    /// Last decision about the payouts that waited for approval; null if there was none.
    pub decision: Option<BatchDecisionView>,
    /// Time at which Trilho counted the payouts: every minute, and up to an hour apart while nothing
    /// changes; null until all lines are opened.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub counted_at: Option<Timestamp>,
    /// Time at which the batch was created.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// Time at which the batch ended; null while a payout has not ended.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub ended_at: Option<Timestamp>,
    /// User who created the batch.
    pub created_by: UserId,
}

string_enum! {
    /// What a user decided about a batch.
    BatchVerdictWord {
        /// The user approved the payouts.
        Approved = "approved",
        /// The user rejected the payouts.
        Rejected = "rejected",
    }
}

/// A decision about the payouts of a batch that waited for approval.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutBatchDecision")]
pub struct BatchDecisionView {
    /// What the user decided.
    pub verdict: BatchVerdictWord,
    /// Reason of a rejection, in the words of the user; null for an approval.
    pub reason: Option<String>,
    /// User who decided.
    pub user_id: UserId,
    /// Time of the decision.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub decided_at: Timestamp,
    /// Time at which Trilho had carried it out for all payouts; null while it does.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub completed_at: Option<Timestamp>,
    /// Number of payouts that it changed so far.
    pub changed: u32,
    /// Number of payouts that still wait for approval, because of a limit, of an owner that was not
    /// known, or because the user had approved them before.
    pub skipped: u32,
}

impl From<&BatchDecision> for BatchDecisionView {
    fn from(decision: &BatchDecision) -> Self {
        let (verdict, reason) = match &decision.verdict {
            BatchVerdict::Approve => (BatchVerdictWord::Approved, None),
            BatchVerdict::Reject(reason) => (BatchVerdictWord::Rejected, Some(reason.clone())),
        };
        Self {
            verdict,
            reason,
            user_id: decision.user_id,
            decided_at: decision.decided_at,
            completed_at: decision.completed_at,
            changed: decision.changed,
            skipped: decision.skipped,
        }
    }
}

impl From<&PayoutBatch> for BatchView {
    fn from(batch: &PayoutBatch) -> Self {
        Self {
            id: batch.id,
            status: batch.status,
            description: batch.description.clone(),
            lines: batch.lines,
            amount_cents: batch.amount_cents,
            currency: Currency::Brl,
            created: batch.created,
            refused: batch.refused,
            duplicate_lines: batch.duplicate_lines.clone(),
            totals: batch.totals(),
            owners_unchecked: batch.owners_unchecked,
            decision: batch.decision.as_ref().map(BatchDecisionView::from),
            counted_at: batch.counted_at,
            created_at: batch.created_at,
            ended_at: batch.ended_at,
            created_by: batch.created_by,
        }
    }
}
