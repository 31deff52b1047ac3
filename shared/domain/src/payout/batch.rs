//! Batches of payouts: up to 500 lines in one request. The scheduler opens them one by one afterwards.
//!
//! The id of the payout of a line is derived from the id of the batch. So a tick that opens a line again
//! finds the payout, and the payouts of a batch are a range of keys.
use crate::access::Author;
use crate::event::History;
use crate::kernel::{
    AccountId, BatchId, Code, Error, Id, Lease, Moment, PayoutId, UserId, string_enum,
};
use crate::payout::{NewPayout, PayoutDigests, PayoutStatus};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// The most lines of a batch, so that all rows of lines fit one transaction.
pub const BATCH_LINES_MAX: usize = 500;
/// The most batches of an account that Trilho is opening.
pub const OPEN_BATCHES_MAX: u64 = 20;
/// The lines of one row. With 20 notes of 540 characters, of four bytes each, eight lines and their
/// outcomes stay below the 400 KB of a row; and 500 lines fit one transaction.
pub const LINES_PER_ROW: usize = 8;
/// How long a tick holds the lease on a batch: the tick and the time until the next one.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

string_enum! {
    /// Status of a batch.
    BatchStatus {
        /// Trilho is opening payouts from the lines; it begins within a minute.
        Opening = "opening",
        /// Payouts of the batch wait for approval.
        AwaitingApproval = "awaiting_approval",
        /// No payout of the batch waits for approval, and some have not ended.
        Running = "running",
        /// Every line became a payout, and all of them were paid.
        Done = "done",
        /// Every payout ended, and a line was refused or a payout was not paid, or came back.
        PartlyDone = "partly_done",
    }
}

impl BatchStatus {
    /// Returns true if the batch has ended.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::PartlyDone)
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
    /// First line of the batch with the same destination and amount, if there is an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<u32>,
    /// Keyed hashes by which the payout is found.
    pub digests: PayoutDigests,
}

/// A line as the caller sent it, with the keyed hashes by which its payout is found.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// Payout to open.
    pub new: NewPayout,
    /// Keyed hashes by which the payout is found.
    pub digests: PayoutDigests,
}

/// The payouts of a batch in one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusTotal {
    /// Status of the payouts.
    pub status: PayoutStatus,
    /// Number of payouts in that status.
    pub payouts: u32,
    /// Sum of their amounts, in cents.
    pub amount_cents: u64,
}

/// What a user decided about the payouts of a batch that wait for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchVerdict {
    /// Approve them.
    Approve,
    /// Reject them, with a reason in the words of the user.
    Reject(String),
}

/// A decision about the payouts of a batch that wait for approval. The scheduler carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchDecision {
    /// What the user decided.
    pub verdict: BatchVerdict,
    /// User who decided.
    pub user_id: UserId,
    /// The same user as the audit trail names them.
    pub author: Author,
    /// Id of the request.
    pub request_id: String,
    /// Time of the decision. It holds for payouts whose owner was known at that time.
    pub decided_at: Timestamp,
    /// Line from which on the decision is not carried out yet.
    pub next_line: u32,
    /// Number of payouts that it changed.
    pub changed: u32,
    /// Number of payouts that waited for approval and that it could not change.
    pub skipped: u32,
    /// Time at which it was carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
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
    /// Lines with the same destination and amount as an earlier line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicate_lines: Vec<u32>,
    /// Lines with a payout that has not ended, as last counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_lines: Vec<u32>,
    /// Payouts that ended, by status, as last counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<StatusTotal>,
    /// Payouts that have not ended, by status, as last counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unended: Vec<StatusTotal>,
    /// Payouts that wait for approval while the owner of their key is not known, as last counted.
    #[serde(default)]
    pub owners_unchecked: u32,
    /// Last decision about the payouts that wait for approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<BatchDecision>,
    /// Time at which the payouts were counted last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_at: Option<Timestamp>,
    /// Time at which a count differed from the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    /// Time at which the batch ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Lease of the tick that opens lines, carries out a decision or counts payouts.
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

impl PayoutBatch {
    /// Returns the batch and its rows of lines. Does not check the money of the lines.
    pub fn open(
        id: BatchId,
        (account_id, created_by): (AccountId, UserId),
        description: Option<String>,
        lines: Vec<NewLine>,
        moment: &Moment,
    ) -> (Self, Vec<BatchLines>) {
        let duplicates = duplicates(lines.iter().map(|line| &line.new));
        let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let duplicate_lines = (0..).zip(&duplicates).filter(|(_, earlier)| earlier.is_some());
        let batch = Self {
            id,
            account_id,
            status: BatchStatus::Opening,
            description,
            lines: number(lines.len()),
            amount_cents: lines
                .iter()
                .fold(0, |sum, line| sum.saturating_add(line.new.amount_cents)),
            created: 0,
            refused: 0,
            next_row: 0,
            duplicate_lines: duplicate_lines.map(|(line, _)| line).collect(),
            open_lines: Vec::new(),
            ended: Vec::new(),
            unended: Vec::new(),
            owners_unchecked: 0,
            decision: None,
            counted_at: None,
            changed_at: None,
            ended_at: None,
            lease: Lease::free_from(moment.now),
            created_at: moment.now,
            created_by,
            history: History::default(),
            version: 0,
        };
        let line = |(line, earlier): (NewLine, Option<usize>)| BatchLine {
            new: NewPayout { batch_id: Some(id), ..line.new },
            outcome: None,
            duplicate_of: earlier.map(number),
            digests: line.digests,
        };
        let lines: Vec<_> = lines.into_iter().zip(duplicates).map(line).collect();
        let rows = (0..).zip(lines.chunks(LINES_PER_ROW)).map(|(row, lines)| BatchLines {
            account_id,
            batch_id: id,
            row,
            lines: lines.to_vec(),
            version: 0,
        });
        (batch, rows.collect())
    }

    /// Claims the batch, so that no other tick works on it. Returns false if another tick holds the lease or
    /// the batch has ended.
    pub fn claim(&mut self, now: Timestamp) -> bool {
        !self.status.is_final() && self.lease.claim(now, LEASE)
    }

    /// Releases the batch, so that the next tick continues.
    pub fn release(&mut self, now: Timestamp) {
        self.lease.release(now);
    }

    /// Returns the number of rows of lines.
    pub fn rows(&self) -> u32 {
        let per_row = u32::try_from(LINES_PER_ROW).unwrap_or(u32::MAX);
        self.lines.div_ceil(per_row)
    }

    /// Returns its payouts by status, as last counted.
    pub fn totals(&self) -> Vec<StatusTotal> {
        let mut totals = self.ended.clone();
        totals.extend(&self.unended);
        totals.sort_by_key(|total| PayoutStatus::ALL.iter().position(|it| *it == total.status));
        totals
    }

    /// Returns the id of the payout of a line: the id of the batch plus the number of the line.
    pub fn payout_id(&self, line: u32) -> PayoutId {
        payout_id(self.id, u128::from(line))
    }
}

/// Returns the id of the payout of the line at this index.
fn payout_id(batch_id: BatchId, index: u128) -> PayoutId {
    PayoutId::from_ulid(Ulid::from(u128::from(batch_id.ulid()).saturating_add(index + 1)))
}

/// Returns the first and the last id that a payout of the batch can have.
pub fn payout_ids_of(batch_id: BatchId) -> (PayoutId, PayoutId) {
    let last = u128::try_from(BATCH_LINES_MAX).unwrap_or(u128::MAX) - 1;
    (payout_id(batch_id, 0), payout_id(batch_id, last))
}

/// Returns for each payout the first earlier one with the same destination and amount.
pub fn duplicates<'a>(payouts: impl Iterator<Item = &'a NewPayout>) -> Vec<Option<usize>> {
    let payouts: Vec<_> = payouts.collect();
    let same = |one: &NewPayout, other: &NewPayout| {
        one.amount_cents == other.amount_cents && one.to == other.to
    };
    let earlier = |(index, new): (usize, &&NewPayout)| {
        payouts[..index].iter().position(|before| same(before, new))
    };
    payouts.iter().enumerate().map(earlier).collect()
}

impl BatchLines {
    /// Returns the number of its first line.
    pub fn first_line(&self) -> u32 {
        self.row * u32::try_from(LINES_PER_ROW).unwrap_or(0)
    }

    /// Returns the id of the payout of each line.
    pub fn payout_ids(&self) -> impl Iterator<Item = PayoutId> {
        let first = u128::from(self.first_line());
        (first..).take(self.lines.len()).map(|index| payout_id(self.batch_id, index))
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
