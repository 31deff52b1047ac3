//! The result of the validation of a Pix key.

use brazil::{BankAccountKind, OwnerKind, PixKey, PixKeyError, PixKeyKind};
use directory::Lookup;
use domain::network::KeyOwner;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Reason why a Pix key is not valid; the list is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyFlaw {
    /// The request has no type, and the text has the form of no key.
    UnknownForm,
    /// The key has too few or too many characters.
    WrongLength,
    /// The key has a character that this type does not allow, or a character in the wrong place.
    WrongCharacters,
    /// The check digits of the CPF or CNPJ do not match.
    WrongCheckDigits,
    /// All digits of the CPF or CNPJ are the same.
    RepeatedDigits,
    /// The area code does not exist in Brazil.
    UnknownAreaCode,
    /// The number is a landline, or a mobile number without its ninth digit.
    NotMobile,
    /// The form is right, but the directory does not have the key.
    NotFound,
}

impl From<PixKeyError> for KeyFlaw {
    fn from(error: PixKeyError) -> Self {
        match error {
            PixKeyError::UnknownForm => Self::UnknownForm,
            PixKeyError::WrongLength { .. } => Self::WrongLength,
            PixKeyError::WrongCharacters { .. } => Self::WrongCharacters,
            PixKeyError::WrongCheckDigits { .. } => Self::WrongCheckDigits,
            PixKeyError::RepeatedDigits { .. } => Self::RepeatedDigits,
            PixKeyError::UnknownAreaCode => Self::UnknownAreaCode,
            PixKeyError::NotMobile => Self::NotMobile,
        }
    }
}

/// Result of the validation of a Pix key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ValidatedPixKey")]
pub struct ValidatedKey {
    /// Whether the key can receive money.
    valid: bool,
    /// Reason why the key is not valid; null for a valid key.
    reason: Option<KeyFlaw>,
    /// Type of the key; null if Trilho cannot detect it.
    #[serde(rename = "type")]
    kind: Option<PixKeyKind>,
    /// Key in the form of the directory; null if its form is wrong.
    normalized: Option<String>,
    /// Owner of the key; null for a key that is not valid.
    owner: Option<OwnerView>,
    /// Institution of the account behind the key; null for a key that is not valid.
    bank: Option<BankView>,
    /// Type of the account behind the key; null for a key that is not valid.
    account_type: Option<BankAccountKind>,
    /// Time at which Trilho asked the directory; null if the form is wrong.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    checked_at: Option<Timestamp>,
    /// Whether the answer comes from an earlier look-up, at most five minutes old, or ten for
    /// `not_found`. Such an answer costs nothing.
    from_cache: bool,
    /// Look-ups left in the account's budget for this type of key; null if the form is wrong.
    /// Phones and e-mails share one budget, all other types another. A budget holds 1000 and gains
    /// 20 a minute. A look-up takes 1, or 20 if the key does not exist. Each Pix that the account
    /// sends returns 2. The last 500 are for payouts: Trilho validates no key with less than 520
    /// left. Each user has a share of 400, which gains 10 a minute.
    lookups_left: Option<u64>,
    /// Id of this look-up, which a payout to this key can name as `lookup_id`: the payout then goes to this
    /// owner or to none. Null for a key that is not valid.
    #[schemars(length(max = 2000))]
    lookup_id: Option<String>,
    /// Time from which a payout cannot name the look-up: five minutes after `checked_at`. Null like the id.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    lookup_expires_at: Option<Timestamp>,
}

/// Owner of a Pix key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PixKeyOwner")]
pub(crate) struct OwnerView {
    /// Name of the owner.
    name: String,
    /// CPF of a person as `***.456.789-**`, or the full CNPJ of a company, which is public.
    document_masked: String,
    /// A person or a company.
    kind: OwnerKind,
}

/// A financial institution.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Bank")]
pub(crate) struct BankView {
    /// ISPB of the institution, 8 characters.
    pub(crate) ispb: String,
    /// Name of the institution.
    pub(crate) name: String,
}

impl ValidatedKey {
    /// Returns the result for a malformed key; `requested_kind` is the type in the request.
    pub(crate) fn malformed(requested_kind: Option<PixKeyKind>, error: PixKeyError) -> Self {
        Self {
            valid: false,
            reason: Some(error.into()),
            kind: requested_kind.or_else(|| kind_of(error)),
            normalized: None,
            owner: None,
            bank: None,
            account_type: None,
            checked_at: None,
            from_cache: false,
            lookups_left: None,
            lookup_id: None,
            lookup_expires_at: None,
        }
    }

    /// Returns the result of a look-up. `id` is the id of one with an owner, with the time at which it
    /// expires.
    pub(crate) fn of(key: &PixKey, lookup: Lookup, id: Option<(Timestamp, String)>) -> Self {
        let (lookup_expires_at, lookup_id) = id.unzip();
        let Lookup { owner, checked_at, from_cache, lookups_left } = lookup;
        Self {
            valid: owner.is_some(),
            reason: owner.is_none().then_some(KeyFlaw::NotFound),
            kind: Some(key.kind()),
            normalized: Some(key.as_str().to_owned()),
            owner: owner.as_ref().map(OwnerView::from),
            bank: owner.as_ref().and_then(BankView::of),
            account_type: owner.as_ref().map(|owner| owner.account_kind),
            checked_at: Some(checked_at),
            from_cache,
            lookups_left: Some(lookups_left),
            lookup_id,
            lookup_expires_at,
        }
    }
}

impl From<&KeyOwner> for OwnerView {
    fn from(owner: &KeyOwner) -> Self {
        Self {
            name: owner.name.clone(),
            document_masked: owner.document.masked(),
            kind: OwnerKind::from(owner.document.kind()),
        }
    }
}

impl BankView {
    pub(crate) fn of(owner: &KeyOwner) -> Option<Self> {
        let bank = owner.bank()?;
        Some(Self { ispb: bank.ispb().to_owned(), name: bank.name().to_owned() })
    }
}

/// Returns the type that the text was parsed as.
fn kind_of(error: PixKeyError) -> Option<PixKeyKind> {
    match error {
        PixKeyError::UnknownForm => None,
        PixKeyError::WrongLength { kind }
        | PixKeyError::WrongCharacters { kind }
        | PixKeyError::WrongCheckDigits { kind }
        | PixKeyError::RepeatedDigits { kind } => Some(kind),
        PixKeyError::UnknownAreaCode | PixKeyError::NotMobile => Some(PixKeyKind::Phone),
    }
}
