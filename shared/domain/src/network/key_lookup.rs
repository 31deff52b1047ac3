//! What an account knows of PIX keys and may still ask: the directory's answers of the last minutes,
//! and the tokens that are left.
use crate::kernel::AccountId;
use brazil::{Bank, BankAccountKind, Document, LookupBudget, OwnerKind, PixKeyKind};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long it is remembered whose a key is. A key changes hands, so briefly.
const KNOWN_FOR: SignedDuration = SignedDuration::from_mins(5);
/// How long it is remembered that a key is nobody's. Longer, because asking again costs 20 tokens.
const UNKNOWN_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Which of an owner's two budgets a look-up takes from, as the directory has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyBucket {
    /// Telephones and e-mail addresses.
    Contacts,
    /// CPF, CNPJ and random keys.
    Documents,
}

impl KeyBucket {
    /// The bucket of a kind of key.
    pub const fn of(kind: PixKeyKind) -> Self {
        match kind {
            PixKeyKind::Phone | PixKeyKind::Email => Self::Contacts,
            PixKeyKind::Cpf | PixKeyKind::Cnpj | PixKeyKind::Evp => Self::Documents,
        }
    }
}

/// The tokens that an account has left in one of its budgets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookups {
    /// The account.
    pub account_id: AccountId,
    /// Which budget.
    pub bucket: KeyBucket,
    /// The tokens.
    pub budget: LookupBudget,
    /// Counts the changes.
    pub version: u64,
}

impl Lookups {
    /// Of an account that has looked nothing up yet. An account is a company, so it has what a legal
    /// person has.
    pub fn untouched(account_id: AccountId, bucket: KeyBucket, now: Timestamp) -> Self {
        let budget = LookupBudget::new(OwnerKind::LegalPerson, now);
        Self { account_id, bucket, budget, version: 0 }
    }
}

/// Whose a key is, as far as a payer may know: no branch and no account number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyOwner {
    /// Name.
    pub name: String,
    /// CPF or CNPJ.
    pub document: Document,
    /// The institution's ISPB.
    pub ispb: String,
    /// What kind of account is behind it.
    pub account_kind: BankAccountKind,
}

impl KeyOwner {
    /// The institution.
    pub fn bank(&self) -> Option<&'static Bank> {
        Bank::by_ispb(&self.ispb)
    }
}

/// What the directory said of a key, for this account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownKey {
    /// The account that asked.
    pub account_id: AccountId,
    /// SHA-256 of kind and key.
    pub key_digest: String,
    /// Whose it is; none if nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<KeyOwner>,
    /// When the directory was asked.
    pub checked_at: Timestamp,
}

impl KnownKey {
    /// Until when it counts.
    pub fn ends_at(&self) -> Timestamp {
        self.checked_at + if self.owner.is_some() { KNOWN_FOR } else { UNKNOWN_FOR }
    }

    /// Whether it still counts. The row may be there long after: whoever reads it has to ask.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }
}
