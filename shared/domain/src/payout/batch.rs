//! Batches of payouts: up to 500 lines in one request. The scheduler opens them one by one afterwards.
//!
//! The id of the payout of a line is derived from the id of the batch. So a tick that opens a line again
//! finds the payout.
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{
    AccountId, BatchId, Code, Currency, Error, Id, Lease, Moment, PayoutId, UserId, string_enum,
};
use crate::ledger::Effects;
use crate::payout::NewPayout;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// The most lines of a batch, so that all rows of lines fit one transaction.
pub const BATCH_LINES_MAX: usize = 500;
/// The most batches of an account that are not completed.
pub const OPEN_BATCHES_MAX: u64 = 20;
/// The lines of one row. With 20 notes of 540 characters, of four bytes each, eight lines and their
/// outcomes stay below the 400 KB of a row; and 500 lines fit one transaction.
pub const LINES_PER_ROW: usize = 8;
/// How long a tick holds the lease on a batch: the tick and the time until the next one.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

string_enum! {
    /// Status of a batch.
    BatchStatus {
        /// Trilho is creating payouts from the lines; it begins within a minute.
        Processing = "processing",
        /// Every line became a payout or was refused.
        Completed = "completed",
    }
}

/// The outcome of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum LineOutcome {
    /// The line became a payout.
    Created {
        /// Id of the payout.
        payout_id: PayoutId,
    },
    /// The line was refused.
    Refused {
        /// Error code, the same as for a single payout.
        code: String,
        /// Reason for people.
        detail: String,
    },
}

/// A line of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLine {
    /// Payout to open.
    pub new: NewPayout,
    /// Outcome of the line, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<LineOutcome>,
}

/// Some lines of a batch, stored in one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLines {
    /// Account of the batch.
    pub account_id: AccountId,
    /// Batch of the lines.
    pub batch_id: BatchId,
    /// Number of the row in the batch, from 0.
    pub row: u32,
    /// Lines of the row.
    pub lines: Vec<BatchLine>,
    /// Version of the row.
    pub version: u64,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutBatch {
    /// Id of the batch.
    pub id: BatchId,
    /// Account of the batch.
    pub account_id: AccountId,
    /// Status of the batch.
    pub status: BatchStatus,
    /// Description of the batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Number of lines.
    pub lines: u32,
    /// Sum of the amounts of all lines, in cents.
    pub amount_cents: u64,
    /// Number of lines that became payouts.
    pub created: u32,
    /// Number of lines that were refused.
    pub refused: u32,
    /// Next row of lines to open.
    pub next_row: u32,
    /// Lease of the tick that opens lines.
    pub lease: Lease,
    /// Time at which the batch was created.
    pub created_at: Timestamp,
    /// User who created the batch.
    pub created_by: UserId,
    /// Number and id of the last event.
    pub history: History,
    /// Version of the row.
    pub version: u64,
}

impl Lifecycle for PayoutBatch {
    type Status = BatchStatus;

    const NAME: &'static str = "payout_batch";
    const TRANSITIONS: &'static [Transition<BatchStatus>] = {
        use BatchStatus::{Completed, Processing};
        &[
            Transition::create(Processing, None),
            Transition::event(Processing, Completed, EventType::PayoutBatchCompleted),
        ]
    };

    fn status_mut(&mut self) -> &mut BatchStatus {
        &mut self.status
    }
}

impl PayoutBatch {
    /// Returns the batch and its rows of lines. Does not check the money of the lines.
    pub fn open(
        id: BatchId,
        (account_id, created_by): (AccountId, UserId),
        description: Option<String>,
        lines: Vec<NewPayout>,
        moment: &Moment,
    ) -> (Self, Vec<BatchLines>) {
        let batch = Self {
            id,
            account_id,
            status: BatchStatus::Processing,
            description,
            lines: u32::try_from(lines.len()).unwrap_or(u32::MAX),
            amount_cents: lines.iter().fold(0, |sum, new| sum.saturating_add(new.amount_cents)),
            created: 0,
            refused: 0,
            next_row: 0,
            lease: Lease::free_from(moment.now),
            created_at: moment.now,
            created_by,
            history: History::default(),
            version: 0,
        };
        let line = |new: &NewPayout| BatchLine {
            new: NewPayout { batch_id: Some(id), ..new.clone() },
            outcome: None,
        };
        let rows = (0..).zip(lines.chunks(LINES_PER_ROW)).map(|(row, lines)| BatchLines {
            account_id,
            batch_id: id,
            row,
            lines: lines.iter().map(line).collect(),
            version: 0,
        });
        (batch, rows.collect())
    }

    /// Claims the batch, so that no other tick opens its lines. Returns false if another tick holds the
    /// lease or the batch is completed.
    pub fn claim(&mut self, now: Timestamp) -> bool {
        self.status == BatchStatus::Processing && self.lease.claim(now, LEASE)
    }

    /// Releases the batch, so that the next tick opens its other lines.
    pub fn release(&mut self, now: Timestamp) {
        self.lease.release(now);
    }

    /// Returns the number of rows of lines.
    pub fn rows(&self) -> u32 {
        let per_row = u32::try_from(LINES_PER_ROW).unwrap_or(u32::MAX);
        self.lines.div_ceil(per_row)
    }

    /// Counts a row with an outcome for each line. Completes the batch after the last row.
    pub fn count(&mut self, row: &BatchLines, moment: &Moment) -> Result<Effects, Error> {
        for line in &row.lines {
            match line.outcome {
                Some(LineOutcome::Created { .. }) => self.created += 1,
                Some(LineOutcome::Refused { .. }) => self.refused += 1,
                None => {}
            }
        }
        self.next_row = row.row + 1;
        let mut effects = Effects::default();
        if self.next_row >= self.rows() {
            let event = self.enter(BatchStatus::Completed)?;
            self.lease.end();
            let object = serde_json::to_value(BatchView::from(&*self))
                .expect("a view has string keys and no floats, so it always serialises");
            let (id, account_id) = (self.id.to_string(), self.account_id);
            let event = event.map(|kind| self.history.record(kind, account_id, id, object, moment));
            effects.events.extend(event);
        }
        Ok(effects)
    }
}

impl BatchLines {
    /// Returns the id of the payout of each line: the id of the batch plus the number of the line.
    pub fn payout_ids(&self) -> impl Iterator<Item = PayoutId> {
        let first = u128::from(self.batch_id.ulid());
        let before = u128::from(self.row) * u128::try_from(LINES_PER_ROW).unwrap_or(0);
        (0..self.lines.len()).map(move |index| {
            let number = before + u128::try_from(index).unwrap_or(0) + 1;
            PayoutId::from_ulid(Ulid::from(first.saturating_add(number)))
        })
    }
}

/// Returns the outcome of a line that was refused.
///
/// # Errors
/// An error that is no refusal: the next tick opens the line again.
pub fn refusal(error: Error) -> Result<LineOutcome, Error> {
    let refused = |code: Code, detail: String| {
        Ok(LineOutcome::Refused { code: code.as_str().to_owned(), detail })
    };
    match error {
        Error::Refused { code, detail } => refused(code, detail),
        // The account is frozen for all lines, until the audit ends. The next tick tries again.
        Error::Conflict { code, detail } if code != Code::AccountFrozen => refused(code, detail),
        other => Err(other),
    }
}

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
    /// Time at which the batch was created.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// User who created the batch.
    pub created_by: UserId,
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
            created_at: batch.created_at,
            created_by: batch.created_by,
        }
    }
}
