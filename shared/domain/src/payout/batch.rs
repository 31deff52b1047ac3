//! Payouts sent in together: up to 500 lines that are taken in one request and opened one by one
//! afterwards.
//!
//! A line's payout has an id that follows from the batch's, so opening a line twice finds it there.
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{
    AccountId, BatchId, Code, Error, Id, Lease, Moment, PayoutId, UserId, string_enum,
};
use crate::ledger::Effects;
use crate::payout::NewPayout;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// The most lines of a batch.
pub const BATCH_LINES_MAX: usize = 500;
/// Lines of one row. With 20 notes of 540 characters, of four bytes each, eight lines and what became
/// of them stay below the 400 KB of the table's rows; and 500 lines fit one transaction.
pub const LINES_PER_ROW: usize = 8;
/// How long whoever opens lines has the batch to itself: a tick, and the time until the next.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

string_enum! {
    /// Where a batch stands.
    BatchStatus {
        /// Its lines are being opened.
        Processing = "processing",
        /// Every line was opened or refused.
        Completed = "completed",
    }
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum LineOutcome {
    /// It is a payout.
    Created {
        /// Which.
        payout_id: PayoutId,
    },
    /// It was refused.
    Refused {
        /// Why, for a program: the code a single payout would have been refused with.
        code: String,
        /// Why, for a person.
        detail: String,
    },
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLine {
    /// What it opens.
    pub new: NewPayout,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<LineOutcome>,
}

/// Some lines of a batch, in a row of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLines {
    /// Whose.
    pub account_id: AccountId,
    /// Of which batch.
    pub batch_id: BatchId,
    /// Which of its rows, from 0.
    pub row: u32,
    /// The lines.
    pub lines: Vec<BatchLine>,
    /// Counts the changes.
    pub version: u64,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutBatch {
    /// Its id.
    pub id: BatchId,
    /// Whose.
    pub account_id: AccountId,
    /// Where it stands.
    pub status: BatchStatus,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its lines.
    pub lines: u32,
    /// All their amounts together.
    pub amount_cents: u64,
    /// Lines that became payouts.
    pub created: u32,
    /// Lines that were refused.
    pub refused: u32,
    /// The row of lines to go on with.
    pub next_row: u32,
    /// The lease of the tick that opens lines.
    pub lease: Lease,
    /// When it was sent in.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
    /// Its events so far.
    pub history: History,
    /// Counts the changes.
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
    /// Takes the lines in. Nothing of their money is looked at yet.
    pub fn take_in(
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

    /// Takes the batch, so that nobody else opens its lines for now; whether it was free.
    pub fn claim(&mut self, now: Timestamp) -> bool {
        self.status == BatchStatus::Processing && self.lease.claim(now, LEASE)
    }

    /// Lets go of it: its other lines are for the next tick.
    pub fn release(&mut self, now: Timestamp) {
        self.lease.release(now);
    }

    /// Rows its lines are in.
    pub fn rows(&self) -> u32 {
        let per_row = u32::try_from(LINES_PER_ROW).unwrap_or(u32::MAX);
        self.lines.div_ceil(per_row)
    }

    /// Counts a row of which every line has its outcome; after the last the batch is completed.
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
    /// The id of the payout of each line: the batch's own, counted on.
    pub fn payout_ids(&self) -> impl Iterator<Item = PayoutId> {
        let first = u128::from(self.batch_id.ulid());
        let before = u128::from(self.row) * u128::try_from(LINES_PER_ROW).unwrap_or(0);
        (0..self.lines.len()).map(move |place| {
            let number = before + u128::try_from(place).unwrap_or(0) + 1;
            PayoutId::from_ulid(Ulid::from(first.saturating_add(number)))
        })
    }
}

/// The refusal of a line, where it is one: an error of another kind leaves the line to be tried again.
pub fn refusal(error: Error) -> Result<LineOutcome, Error> {
    let refused = |code: Code, detail: String| {
        Ok(LineOutcome::Refused { code: code.as_str().to_owned(), detail })
    };
    match error {
        Error::Refused { code, detail } => refused(code, detail),
        // The account is frozen for all lines, and not for good.
        Error::Conflict { code, detail } if code != Code::AccountFrozen => refused(code, detail),
        other => Err(other),
    }
}

/// A batch as the API and its event show it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutBatch")]
pub struct BatchView {
    /// Its id.
    pub id: BatchId,
    /// Where it stands.
    pub status: BatchStatus,
    /// What it is called.
    pub description: Option<String>,
    /// Its lines.
    pub lines: u32,
    /// All their amounts together, in cents.
    pub amount_cents: u64,
    /// `BRL`.
    pub currency: &'static str,
    /// Lines that became payouts so far.
    pub created: u32,
    /// Lines that were refused so far.
    pub refused: u32,
    /// When it was sent in.
    pub created_at: Timestamp,
    /// By whom.
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
            currency: "BRL",
            created: batch.created,
            refused: batch.refused,
            created_at: batch.created_at,
            created_by: batch.created_by,
        }
    }
}
