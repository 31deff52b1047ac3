//! What is said of a PIX key.

use brazil::{BankAccountKind, OwnerKind, PixKey, PixKeyError, PixKeyKind};
use directory::Lookup;
use domain::network::KeyOwner;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Why a key is not valid. Every reason there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyFlaw {
    /// No type was given, and the text looks like none.
    UnknownForm,
    /// Too few or too many characters.
    WrongLength,
    /// A character that such a key cannot have, or one out of its place.
    WrongCharacters,
    /// The check digits of a CPF or CNPJ are not those of the rest.
    WrongCheckDigits,
    /// A CPF or CNPJ of one digit repeated.
    RepeatedDigits,
    /// Two digits that are no Brazilian area code.
    UnknownAreaCode,
    /// A landline, or a mobile telephone without its ninth digit.
    NotMobile,
    /// The form is right, and the directory does not know the key.
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

/// What is said of a PIX key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ValidatedPixKey")]
pub struct ValidatedKey {
    /// Whether money can be sent to it.
    valid: bool,
    /// Why not; null for a valid key.
    reason: Option<KeyFlaw>,
    /// What kind of key; null where that cannot be told.
    #[serde(rename = "type")]
    #[schemars(with = "Option<String>", extend("enum" = ["cpf", "cnpj", "phone", "email", "evp", null]))]
    kind: Option<PixKeyKind>,
    /// The key as the directory stores it; null when its form is wrong.
    normalized: Option<String>,
    /// Whose it is; null for a key that is not valid.
    owner: Option<OwnerView>,
    /// Where the account behind it is; null for a key that is not valid.
    bank: Option<BankView>,
    /// What kind of account is behind it; null for a key that is not valid.
    #[schemars(with = "Option<String>", extend("enum" = ["checking", "savings", "payment", "salary", null]))]
    account_type: Option<BankAccountKind>,
    /// When the directory was asked; null when it was not, because the form is wrong.
    checked_at: Option<Timestamp>,
    /// Whether the answer is an earlier one: five minutes old at most, or ten for `not_found`. It cost
    /// nothing.
    from_cache: bool,
    /// What is left of the account's budget for this kind of key: telephones and e-mail addresses have
    /// one, all others another. It holds 1000 and gets 20 back each minute. A look-up takes 1, one of
    /// a key that nobody has takes 20, and with less than 20 none is made; each PIX sent gives back 2.
    /// Null when the form is wrong.
    lookups_left: Option<u64>,
}

/// The owner of a PIX key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PixKeyOwner")]
pub(crate) struct OwnerView {
    /// Name.
    name: String,
    /// A person's CPF as `***.456.789-**`; a company's CNPJ whole, which is public.
    document_masked: String,
    /// A person or a company.
    #[schemars(with = "String", extend("enum" = ["natural_person", "legal_person"]))]
    kind: OwnerKind,
}

/// An institution.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Bank")]
pub(crate) struct BankView {
    /// Its ISPB, 8 characters.
    ispb: String,
    /// Its name.
    name: String,
}

impl ValidatedKey {
    /// Of a text that is no key; `asked` is the type that was given.
    pub(crate) fn malformed(asked: Option<PixKeyKind>, error: PixKeyError) -> Self {
        Self {
            valid: false,
            reason: Some(error.into()),
            kind: asked.or_else(|| kind_of(error)),
            normalized: None,
            owner: None,
            bank: None,
            account_type: None,
            checked_at: None,
            from_cache: false,
            lookups_left: None,
        }
    }

    /// Of a key that was looked up.
    pub(crate) fn of(key: &PixKey, lookup: Lookup) -> Self {
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
    fn of(owner: &KeyOwner) -> Option<Self> {
        let bank = owner.bank()?;
        Some(Self { ispb: bank.ispb().to_owned(), name: bank.name().to_owned() })
    }
}

/// What the text was taken for.
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
