//! The look-ups of Pix keys of an account: the answers of the directory in the last minutes, and the
//! tokens that are left.
use crate::kernel::{AccountId, UserId};
use brazil::{Bank, BankAccountKind, Document, LookupBudget, OwnerKind, PixKeyKind};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long the owner of a key is cached. Short, because keys change owners.
pub(crate) const OWNER_TTL: SignedDuration = SignedDuration::from_mins(5);
/// How long a key without an owner is cached. Longer, because the next look-up costs 20 tokens.
const NO_OWNER_TTL: SignedDuration = SignedDuration::from_mins(10);

/// The budget that a look-up takes from; the directory has two for each owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyBucket {
    /// Phone numbers and e-mail addresses.
    Contacts,
    /// CPF, CNPJ and random keys.
    Documents,
}

impl KeyBucket {
    /// Returns the budget of a kind of key.
    pub const fn of(kind: PixKeyKind) -> Self {
        match kind {
            PixKeyKind::Phone | PixKeyKind::Email => Self::Contacts,
            PixKeyKind::Cpf | PixKeyKind::Cnpj | PixKeyKind::Evp => Self::Documents,
        }
    }
}

/// The tokens that an account has left in one budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookupBudgetRow {
    /// Account that looks keys up.
    pub account_id: AccountId,
    /// Budget of the tokens.
    pub bucket: KeyBucket,
    /// Tokens that are left.
    pub budget: LookupBudget,
    /// Users who validated keys lately, each with the time at which their share is full again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shares: BTreeMap<UserId, Timestamp>,
    /// Version of the row.
    pub version: u64,
}

impl LookupBudgetRow {
    /// Returns the budget of an account that has looked up no key. An account is a company, so it has the
    /// budget of a legal person.
    pub fn untouched(account_id: AccountId, bucket: KeyBucket, now: Timestamp) -> Self {
        let budget = LookupBudget::new(OwnerKind::LegalPerson, now);
        Self { account_id, bucket, budget, shares: BTreeMap::new(), version: 0 }
    }
}

/// The owner of a key, as far as a payer may see it: no branch and no account number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyOwner {
    /// Name of the owner.
    pub name: String,
    /// CPF or CNPJ of the owner.
    pub document: Document,
    /// ISPB of the institution.
    pub ispb: String,
    /// Type of the account of the key.
    pub account_kind: BankAccountKind,
}

impl KeyOwner {
    /// Returns the institution of the account.
    pub fn bank(&self) -> Option<&'static Bank> {
        Bank::by_ispb(&self.ispb)
    }
}

/// The cached answer of the directory about a key, for one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedKeyOwner {
    /// Account that looked the key up.
    pub account_id: AccountId,
    /// SHA-256 of kind and key.
    pub key_digest: String,
    /// Owner of the key; `None` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<KeyOwner>,
    /// Time of the look-up.
    pub checked_at: Timestamp,
}

impl CachedKeyOwner {
    /// Returns the time at which the answer expires.
    pub fn ends_at(&self) -> Timestamp {
        self.checked_at + if self.owner.is_some() { OWNER_TTL } else { NO_OWNER_TTL }
    }

    /// Returns true if the answer has not expired. The table can keep the row longer, so each reader must
    /// check.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }
}
