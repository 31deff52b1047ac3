//! The chain of balances. Each line continues from the line before it, and the last one ends at
//! the closing balance.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Line, Statement};

/// Maximum cents of a balance or of the sum of one side, because amounts of CAMT.053 have 18
/// digits.
pub const CENTS_MAX: u64 = 999_999_999_999_999_999;

/// A break in the chain of balances. The caller must throw the file away.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChainError {
    /// A line with an amount of 0.
    #[error("line {id}: an amount of 0 is not a movement")]
    ZeroAmount {
        /// Id of the line.
        id: String,
    },
    /// A line whose balance is not the balance before it plus its amount.
    #[error(
        "line {id}: {amount_cents} after a balance of {before_cents} does not make {after_cents}"
    )]
    Balance {
        /// Id of the line.
        id: String,
        /// Balance before the line, in cents.
        before_cents: u64,
        /// Amount of the line, in cents.
        amount_cents: i64,
        /// Balance that the line states, in cents.
        after_cents: u64,
    },
    /// A line with a sequence that is not above the one before it.
    #[error("line {id}: sequence {sequence} does not come after {last}")]
    Sequence {
        /// Id of the line.
        id: String,
        /// Sequence of the previous line.
        last: u64,
        /// Sequence of the line.
        sequence: u64,
    },
    /// A line with an earlier time than the line before it.
    #[error("line {id}: {occurred_at} is before the line before it, {last}")]
    Time {
        /// Id of the line.
        id: String,
        /// Time of the previous line.
        last: Timestamp,
        /// Time of the line.
        occurred_at: Timestamp,
    },
    /// A line outside of the period.
    #[error("line {id}: {occurred_at} is outside of the period")]
    Period {
        /// Id of the line.
        id: String,
        /// Time of the line.
        occurred_at: Timestamp,
    },
    /// A line after which a sum is above [`CENTS_MAX`].
    #[error("line {id}: more than 18 digits of cents")]
    Limit {
        /// Id of the line.
        id: String,
    },
    /// The end of the file, if the lines do not lead to the closing balance.
    #[error(
        "line {last_id} is the last: a balance of {balance_cents} after it, and the sums of all \
         lines, do not make the closing, {closing_cents}"
    )]
    Closing {
        /// Id of the last line; empty if there is none.
        last_id: String,
        /// Balance after the last line, in cents.
        balance_cents: u64,
        /// Closing balance of the statement, in cents.
        closing_cents: u64,
    },
}

/// The progress of a file: everything that is needed to continue after its last line. Checkpoints
/// store its serialised form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Balance after the last line, in cents.
    pub balance_cents: u64,
    /// Number of lines that raised the balance.
    pub credits: u64,
    /// Sum of their amounts, in cents.
    pub credits_cents: u64,
    /// Number of lines that lowered the balance.
    pub debits: u64,
    /// Sum of their amounts, in cents.
    pub debits_cents: u64,
    /// Last line; none before the first.
    pub last: Option<LastLine>,
}

/// The last line, which the next one is checked against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastLine {
    /// Id of the line.
    pub id: String,
    /// Sequence of the line in the ledger. The next lines have a higher one.
    pub sequence: u64,
    /// Time of the line.
    pub occurred_at: Timestamp,
}

/// The totals of a finished file: opening + credits − debits = closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Balance before the first line, in cents.
    pub opening_cents: u64,
    /// Number of lines that raised the balance.
    pub credits: u64,
    /// Sum of their amounts, in cents.
    pub credits_cents: u64,
    /// Number of lines that lowered the balance.
    pub debits: u64,
    /// Sum of their amounts, in cents.
    pub debits_cents: u64,
    /// Balance after the last line, in cents.
    pub closing_cents: u64,
}

impl Progress {
    /// Returns the progress before the first line.
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

    /// Returns the number of lines so far.
    pub fn lines(&self) -> u64 {
        self.credits + self.debits
    }

    /// Returns the progress after one more line.
    pub(crate) fn after(&self, statement: &Statement, line: &Line) -> Result<Self, ChainError> {
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

    /// Returns the totals after the last line.
    pub(crate) fn close(self, statement: &Statement) -> Result<Totals, ChainError> {
        let (opening_cents, closing_cents) = (statement.opening_cents, statement.closing_cents);
        let sum = opening_cents.checked_add(self.credits_cents);
        let sum = sum.and_then(|sum| sum.checked_sub(self.debits_cents));
        // The sum is checked too, because a caller of `resume` can pass the progress of another
        // statement.
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
