//! The chain of balances: each line goes on from the one before it, and the last ends at the closing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Line, Statement};

/// The most cents that a balance or the sum of one side may come to: amounts of CAMT.053 have 18 digits.
pub const CENTS_MAX: u64 = 999_999_999_999_999_999;

/// Where the chain is broken. The file is then worth nothing: it is thrown away, not finished.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChainError {
    /// A line that moves nothing.
    #[error("line {id}: an amount of 0 is no movement")]
    ZeroAmount {
        /// The line.
        id: String,
    },
    /// A line whose balance is not the one before it with its amount.
    #[error(
        "line {id}: {amount_cents} after a balance of {before_cents} does not make {after_cents}"
    )]
    Balance {
        /// The line.
        id: String,
        /// The balance before it.
        before_cents: u64,
        /// What it moves.
        amount_cents: i64,
        /// The balance it says there is after it.
        after_cents: u64,
    },
    /// A line that is not behind the one before it in the books.
    #[error("line {id}: {sequence} in the books does not come after {last}")]
    Sequence {
        /// The line.
        id: String,
        /// The place of the line before it.
        last: u64,
        /// Its place.
        sequence: u64,
    },
    /// A line from before the one before it.
    #[error("line {id}: {occurred_at} is before the line before it, {last}")]
    Time {
        /// The line.
        id: String,
        /// When the line before it was.
        last: Timestamp,
        /// When it was.
        occurred_at: Timestamp,
    },
    /// A line outside of the period.
    #[error("line {id}: {occurred_at} is outside of the period")]
    Period {
        /// The line.
        id: String,
        /// When it was.
        occurred_at: Timestamp,
    },
    /// A line after which there is more than [`CENTS_MAX`].
    #[error("line {id}: more than 18 digits of cents")]
    Limit {
        /// The line.
        id: String,
    },
    /// The end, when the lines do not come to the closing.
    #[error(
        "line {last_id} is the last: a balance of {balance_cents} after it, and the sums of all \
         lines, do not make the closing, {closing_cents}"
    )]
    Closing {
        /// The last line, empty where there is none.
        last_id: String,
        /// What the lines come to.
        balance_cents: u64,
        /// What the statement says.
        closing_cents: u64,
    },
}

/// How far a file has come: all that is needed to go on with it after its last line. Serialised as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The balance now.
    pub balance_cents: u64,
    /// Lines that raised it.
    pub credits: u64,
    /// What they come to.
    pub credits_cents: u64,
    /// Lines that lowered it.
    pub debits: u64,
    /// What they come to.
    pub debits_cents: u64,
    /// The last line, none before the first.
    pub last: Option<LastLine>,
}

/// What the next line is measured by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastLine {
    /// Its id.
    pub id: String,
    /// Its place in the books: the lines after it are still to come.
    pub sequence: u64,
    /// When it was.
    pub occurred_at: Timestamp,
}

/// What a file that was finished comes to: opening + credits − debits = closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The balance before the first line.
    pub opening_cents: u64,
    /// Lines that raised it.
    pub credits: u64,
    /// What they come to.
    pub credits_cents: u64,
    /// Lines that lowered it.
    pub debits: u64,
    /// What they come to.
    pub debits_cents: u64,
    /// The balance after the last line.
    pub closing_cents: u64,
}

impl Progress {
    /// Before the first line.
    pub(crate) fn start(statement: &Statement) -> Self {
        Self {
            balance_cents: statement.opening_cents,
            credits: 0,
            credits_cents: 0,
            debits: 0,
            debits_cents: 0,
            last: None,
        }
    }

    /// How many lines there are so far.
    pub fn lines(&self) -> u64 {
        self.credits + self.debits
    }

    /// After one more line.
    pub(crate) fn with(&self, statement: &Statement, line: &Line) -> Result<Self, ChainError> {
        let (id, occurred_at) = (line.id.clone(), line.occurred_at);
        if !statement.contains(occurred_at) {
            return Err(ChainError::Period { id, occurred_at });
        }
        if let Some(last) = &self.last {
            if line.sequence <= last.sequence {
                let (last, sequence) = (last.sequence, line.sequence);
                return Err(ChainError::Sequence { id, last, sequence });
            }
            if occurred_at < last.occurred_at {
                return Err(ChainError::Time { id, last: last.occurred_at, occurred_at });
            }
        }
        let after_cents = line.balance_after_cents;
        if self.balance_cents.checked_add_signed(line.amount_cents) != Some(after_cents) {
            let (before_cents, amount_cents) = (self.balance_cents, line.amount_cents);
            return Err(ChainError::Balance { id, before_cents, amount_cents, after_cents });
        }
        let mut next = self.clone();
        let (count, sum) = match line.amount_cents {
            0 => return Err(ChainError::ZeroAmount { id }),
            1.. => (&mut next.credits, &mut next.credits_cents),
            ..0 => (&mut next.debits, &mut next.debits_cents),
        };
        *count += 1;
        *sum = sum.saturating_add(line.amount_cents.unsigned_abs());
        if after_cents.max(*sum) > CENTS_MAX {
            return Err(ChainError::Limit { id });
        }
        next.balance_cents = after_cents;
        next.last = Some(LastLine { id, sequence: line.sequence, occurred_at });
        Ok(next)
    }

    /// After the last line.
    pub(crate) fn close(self, statement: &Statement) -> Result<Totals, ChainError> {
        let (opening_cents, closing_cents) = (statement.opening_cents, statement.closing_cents);
        let sum = opening_cents.checked_add(self.credits_cents);
        let sum = sum.and_then(|sum| sum.checked_sub(self.debits_cents));
        // The sum is looked at too: whoever resumes may bring the progress of another statement.
        if self.balance_cents != closing_cents || sum != Some(closing_cents) {
            let last_id = self.last.map(|last| last.id).unwrap_or_default();
            return Err(ChainError::Closing {
                last_id,
                balance_cents: self.balance_cents,
                closing_cents,
            });
        }
        let Self { credits, credits_cents, debits, debits_cents, .. } = self;
        Ok(Totals { opening_cents, credits, credits_cents, debits, debits_cents, closing_cents })
    }
}
