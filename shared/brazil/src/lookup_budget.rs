//! The tokens that the directory of Pix keys gives an owner for look-ups, to prevent scans of the
//! whole directory.
//!
//! The directory blocks an owner who looks up many keys that do not exist, and rewards an owner who
//! pays to the keys. Source: BCB, API DICT 2.x, policy `ENTRIES_READ_USER_ANTISCAN`, second-hand. The
//! only public specification, `bacen/pix-dict-api` 1.8.0, gave a company 2 tokens a minute as well.

use std::cmp::max;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::document::DocumentKind;

/// Parts of a token. A refill of one token a minute is one part a millisecond, so no refill has a
/// remainder.
const PARTS: u64 = 60_000;

/// The kind of owner of a budget. Serialised as `natural_person` and `legal_person`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "A person or a company.")]
pub enum OwnerKind {
    /// An owner with a CPF: 100 tokens, 2 a minute.
    NaturalPerson,
    /// An owner with a CNPJ: 1000 tokens, 20 a minute.
    LegalPerson,
}

impl OwnerKind {
    /// Returns the largest number of tokens.
    pub const fn capacity(self) -> u64 {
        match self {
            Self::NaturalPerson => 100,
            Self::LegalPerson => 1000,
        }
    }

    /// Returns the tokens that a minute refills.
    pub const fn refill_per_minute(self) -> u64 {
        match self {
            Self::NaturalPerson => 2,
            Self::LegalPerson => 20,
        }
    }

    /// Returns the tokens that a payment order returns.
    const fn reward(self) -> u64 {
        match self {
            Self::NaturalPerson => 1,
            Self::LegalPerson => 2,
        }
    }

    /// Returns the largest number of parts.
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

/// The cost of a look-up, by its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LookupCost {
    /// The directory was not reached.
    Nothing,
    /// The key exists.
    Found,
    /// The key does not exist. This is the highest cost.
    NotFound,
}

impl LookupCost {
    /// Returns the cost in tokens.
    pub const fn tokens(self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Found => 1,
            Self::NotFound => 20,
        }
    }
}

/// No look-up is possible now, because it could cost more than the tokens left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the budget of key look-ups is too low; try again at {retry_at}")]
pub struct LookupBudgetError {
    /// Time at which the budget suffices, if no other look-up takes tokens.
    pub retry_at: Timestamp,
}

/// One bucket of tokens of one owner. Serialised for a row of a table.
///
/// The directory has two for each owner: one for phones and e-mail addresses, one for CPF, CNPJ and
/// random keys. The caller chooses the bucket of a look-up.
///
/// A time before the last refill adds no tokens and removes none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredBudget", into = "StoredBudget")]
pub struct LookupBudget {
    owner: OwnerKind,
    parts: u64,
    refilled_at: Timestamp,
}

impl LookupBudget {
    /// Returns the full bucket of an owner without look-ups.
    pub fn new(owner: OwnerKind, now: Timestamp) -> Self {
        Self { owner, parts: owner.full(), refilled_at: now }
    }

    /// Returns the kind of owner.
    pub fn owner(&self) -> OwnerKind {
        self.owner
    }

    /// Returns the time from which the bucket is full, if no look-up takes tokens.
    pub fn full_at(&self) -> Timestamp {
        self.holds_at(self.owner.full())
    }

    /// Returns the whole tokens left.
    pub fn tokens(&self, now: Timestamp) -> u64 {
        self.parts_at(now) / PARTS
    }

    /// Takes the cost of a look-up: 1 token if the directory has the key, 20 if not. The bucket stays
    /// at zero or above; a caller that must not overdraw it reserves first.
    pub fn charge(&mut self, found: bool, now: Timestamp) {
        let cost = if found { LookupCost::Found } else { LookupCost::NotFound };
        self.refill(now);
        self.parts = self.parts.saturating_sub(cost.tokens() * PARTS);
    }

    /// Reserves the highest cost of a look-up before the look-up, so that two at once cannot spend the
    /// same tokens.
    ///
    /// # Errors
    /// [`LookupBudgetError`] if fewer than 20 tokens are left; it takes none.
    pub fn reserve(&mut self, now: Timestamp) -> Result<(), LookupBudgetError> {
        self.reserve_above(0, now)
    }

    /// Reserves the highest cost of a look-up and leaves `kept` tokens, which are for other look-ups.
    ///
    /// # Errors
    /// [`LookupBudgetError`] if fewer than 20 tokens are left above the kept ones; it takes none.
    pub fn reserve_above(&mut self, kept: u64, now: Timestamp) -> Result<(), LookupBudgetError> {
        self.refill(now);
        let cost = LookupCost::NotFound.tokens() * PARTS;
        let needed = cost + kept * PARTS;
        if self.parts < needed {
            return Err(LookupBudgetError { retry_at: self.holds_at(needed) });
        }
        self.parts -= cost;
        Ok(())
    }

    /// Returns the tokens that a reservation took beyond the cost of the look-up.
    pub fn return_tokens(&mut self, cost: LookupCost, now: Timestamp) {
        self.add(LookupCost::NotFound.tokens() - cost.tokens(), now);
    }

    /// Adds the reward of a payment order: 1 token for a natural person, 2 for a legal person.
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

    /// Returns the parts at a time. Whole milliseconds are subtracted, so a fraction that one refill
    /// omits is in the next.
    fn parts_at(&self, now: Timestamp) -> u64 {
        let elapsed = now.as_millisecond() - self.refilled_at.as_millisecond();
        let elapsed = u64::try_from(elapsed).unwrap_or(0);
        let gained = elapsed.saturating_mul(self.owner.refill_per_minute());
        self.parts.saturating_add(gained).min(self.owner.full())
    }

    /// Returns the first time with this number of parts.
    fn holds_at(&self, parts: u64) -> Timestamp {
        let missing = parts.saturating_sub(self.parts);
        let wait = missing.div_ceil(self.owner.refill_per_minute());
        let wait = SignedDuration::from_millis(i64::try_from(wait).unwrap_or(i64::MAX));
        self.refilled_at.checked_add(wait).unwrap_or(Timestamp::MAX)
    }
}

/// A bucket in JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredBudget {
    owner: OwnerKind,
    /// Parts of tokens, so that refills lose no fraction.
    parts: u64,
    refilled_at: Timestamp,
}

impl From<StoredBudget> for LookupBudget {
    /// Caps a bucket that was stored when the directory allowed more tokens.
    fn from(stored: StoredBudget) -> Self {
        let StoredBudget { owner, parts, refilled_at } = stored;
        Self { owner, parts: parts.min(owner.full()), refilled_at }
    }
}

impl From<LookupBudget> for StoredBudget {
    fn from(budget: LookupBudget) -> Self {
        let LookupBudget { owner, parts, refilled_at } = budget;
        Self { owner, parts, refilled_at }
    }
}
