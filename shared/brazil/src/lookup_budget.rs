//! The tokens that the directory of Pix keys gives an owner for looking keys up: its fence against
//! those who would read it from end to end.
//!
//! Whoever asks for many keys that do not exist is cut off, and whoever pays what was looked up is
//! not. Source: BCB, API DICT 2.x, policy `ENTRIES_READ_USER_ANTISCAN`, second-hand: the one
//! specification in the open, `bacen/pix-dict-api` 1.8.0, gave a company 2 tokens a minute as well.

use std::cmp::max;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::document::DocumentKind;

/// The parts of a token: what one token a minute brings in a millisecond. No refill has a remainder.
const PARTS: u64 = 60_000;

/// Whose budget it is. Serialised as `natural_person` and `legal_person`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerKind {
    /// Who has a CPF: 100 tokens, 2 a minute.
    NaturalPerson,
    /// Who has a CNPJ: 1000 tokens, 20 a minute.
    LegalPerson,
}

impl OwnerKind {
    /// The most tokens there can be.
    pub const fn capacity(self) -> u64 {
        match self {
            Self::NaturalPerson => 100,
            Self::LegalPerson => 1000,
        }
    }

    /// The tokens that come back in a minute.
    pub const fn refill_per_minute(self) -> u64 {
        match self {
            Self::NaturalPerson => 2,
            Self::LegalPerson => 20,
        }
    }

    /// The tokens that a payment order gives back.
    const fn reward(self) -> u64 {
        match self {
            Self::NaturalPerson => 1,
            Self::LegalPerson => 2,
        }
    }

    /// The most parts there can be.
    const fn full(self) -> u64 {
        self.capacity() * PARTS
    }
}

impl From<DocumentKind> for OwnerKind {
    fn from(kind: DocumentKind) -> Self {
        match kind {
            DocumentKind::Cpf => Self::NaturalPerson,
            DocumentKind::Cnpj => Self::LegalPerson,
        }
    }
}

/// What a look-up costs, once it is known how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LookupCost {
    /// The directory was not reached.
    Nothing,
    /// The key exists.
    Found,
    /// The key does not exist. Nothing costs more.
    NotFound,
}

impl LookupCost {
    /// How many tokens that is.
    pub const fn tokens(self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Found => 1,
            Self::NotFound => 20,
        }
    }
}

/// No look-up is possible now, because it might cost more than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the budget of key look-ups is used up; look up the next key at {retry_at} or after")]
pub struct LookupRefused {
    /// When there will be enough, if nothing else is taken.
    pub retry_at: Timestamp,
}

/// One bucket of tokens of one owner. Serialised as it is, for a row of a table.
///
/// The directory keeps two for each owner, one for phones and e-mail addresses and one for CPF, CNPJ
/// and random keys: which of them a look-up takes from is the caller's business.
///
/// A moment before the last one seen refills nothing and takes nothing away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredBudget", into = "StoredBudget")]
pub struct LookupBudget {
    owner: OwnerKind,
    parts: u64,
    refilled_at: Timestamp,
}

impl LookupBudget {
    /// The bucket of an owner that has looked nothing up yet: full.
    pub fn new(owner: OwnerKind, now: Timestamp) -> Self {
        Self { owner, parts: owner.full(), refilled_at: now }
    }

    /// Whose it is.
    pub fn owner(&self) -> OwnerKind {
        self.owner
    }

    /// The whole tokens there are.
    pub fn tokens(&self, now: Timestamp) -> u64 {
        self.parts_at(now) / PARTS
    }

    /// Takes what a look-up has cost: 1 token if the key was found, and 20 if not. It never goes
    /// below zero: what must not be overdrawn is reserved first.
    pub fn charge(&mut self, found: bool, now: Timestamp) {
        let cost = if found { LookupCost::Found } else { LookupCost::NotFound };
        self.refill(now);
        self.parts = self.parts.saturating_sub(cost.tokens() * PARTS);
    }

    /// Takes the most that a look-up can cost, before it is made: two at once cannot spend the same
    /// tokens.
    ///
    /// # Errors
    /// [`LookupRefused`] when fewer than 20 tokens are left; none is taken then.
    pub fn reserve(&mut self, now: Timestamp) -> Result<(), LookupRefused> {
        self.refill(now);
        let cost = LookupCost::NotFound.tokens() * PARTS;
        match self.parts.checked_sub(cost) {
            Some(rest) => {
                self.parts = rest;
                Ok(())
            }
            None => Err(LookupRefused { retry_at: self.holds_at(cost) }),
        }
    }

    /// Gives back what a reservation took beyond the cost of the look-up.
    pub fn give_back(&mut self, cost: LookupCost, now: Timestamp) {
        self.add(LookupCost::NotFound.tokens() - cost.tokens(), now);
    }

    /// Gives back what a payment order earns: 1 token for a natural person, 2 for a legal person.
    pub fn ordered(&mut self, now: Timestamp) {
        self.add(self.owner.reward(), now);
    }

    fn add(&mut self, tokens: u64, now: Timestamp) {
        self.refill(now);
        self.parts = (self.parts + tokens * PARTS).min(self.owner.full());
    }

    fn refill(&mut self, now: Timestamp) {
        self.parts = self.parts_at(now);
        self.refilled_at = max(self.refilled_at, now);
    }

    /// Milliseconds are taken as differences of whole ones, so that a fraction left out of one refill
    /// is in the next.
    fn parts_at(&self, now: Timestamp) -> u64 {
        let elapsed = now.as_millisecond() - self.refilled_at.as_millisecond();
        let elapsed = u64::try_from(elapsed).unwrap_or(0);
        let gained = elapsed.saturating_mul(self.owner.refill_per_minute());
        self.parts.saturating_add(gained).min(self.owner.full())
    }

    /// The first moment with so many parts.
    fn holds_at(&self, parts: u64) -> Timestamp {
        let missing = parts.saturating_sub(self.parts);
        let wait = missing.div_ceil(self.owner.refill_per_minute());
        let wait = SignedDuration::from_millis(i64::try_from(wait).unwrap_or(i64::MAX));
        self.refilled_at.checked_add(wait).unwrap_or(Timestamp::MAX)
    }
}

/// A bucket as JSON holds it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredBudget {
    owner: OwnerKind,
    /// In parts, so that nothing is lost between two refills.
    parts: u64,
    refilled_at: Timestamp,
}

impl From<StoredBudget> for LookupBudget {
    /// A bucket that was stored when the directory allowed more is full.
    fn from(written: StoredBudget) -> Self {
        let StoredBudget { owner, parts, refilled_at } = written;
        Self { owner, parts: parts.min(owner.full()), refilled_at }
    }
}

impl From<LookupBudget> for StoredBudget {
    fn from(budget: LookupBudget) -> Self {
        let LookupBudget { owner, parts, refilled_at } = budget;
        Self { owner, parts, refilled_at }
    }
}
