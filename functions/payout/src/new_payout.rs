//! The input of a payout, alone or as a line of a batch.

use std::collections::BTreeMap;

use brazil::{
    Bank, BankAccount, BankAccountError, BankAccountKind, PixKey, PixKeyError, PixKeyKind,
};
use domain::kernel::{Flaw, Violation};
use domain::payout::{Beneficiary, NewPayout, PayoutDestination};
use edge::fields::{self, DocumentInput};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

/// Maximum time between now and a scheduled payout.
const SCHEDULE_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A new payout.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewPayout",
    extend("x-examples" = {
        "pix_key": {
            "summary": "To a Pix key",
            "value": {
                "amount_cents": 2500,
                "to": { "pix_key": { "type": "email", "key": "maria@example.com" } },
                "beneficiary": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
                "description": "Invoice 77",
            },
        },
        "bank_account": {
            "summary": "To a bank account",
            "value": {
                "amount_cents": 2500,
                "to": { "bank_account": { "bank_code": "341", "branch": "1234", "number": "12345-1", "type": "checking" } },
                "beneficiary": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
                "description": "Invoice 78",
            },
        },
    })
)]
pub struct PayoutInput {
    /// Amount in cents, 1 to 99999999999.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: u64,
    /// Destination: a Pix key or a bank account.
    to: DestinationInput,
    /// Beneficiary. Required for a bank account. With a Pix key, the payout is rejected if another
    /// person owns the key; without a beneficiary it goes to the owner of the key.
    beneficiary: Option<BeneficiaryInput>,
    /// Description that the beneficiary sees; up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    description: Option<String>,
    /// Caller's own id, unique among the account's payouts; up to 64 characters.
    #[schemars(length(min = 1, max = 64))]
    reference: Option<String>,
    /// Notes of the caller: up to 20, names up to 40 and values up to 500 characters.
    #[schemars(extend(
        "maxProperties" = 20,
        "propertyNames" = { "minLength": 1, "maxLength": 40 },
        "additionalProperties" = { "type": "string", "maxLength": 500 },
    ))]
    metadata: Option<BTreeMap<String, String>>,
    /// Time at which Trilho sends the payout, within 366 days; at once if absent. A TED travels
    /// only on business days from 06:30 to 17:00 in São Paulo.
    scheduled_for: Option<Timestamp>,
    /// Whether the payout waits up to seven days if the balance is too low; if false or absent,
    /// Trilho refuses it.
    wait_for_funds: Option<bool>,
}

/// Destination of a payout: exactly one of the two fields.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewDestination", extend("minProperties" = 1, "maxProperties" = 1))]
pub(crate) struct DestinationInput {
    /// Pix key that receives the payout.
    pix_key: Option<PixKeyInput>,
    /// Bank account that receives the payout.
    bank_account: Option<BankAccountInput>,
}

/// A Pix key.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPixKey")]
pub struct PixKeyInput {
    /// Type of the key; Trilho detects it if absent. Eleven digits without punctuation can be a
    /// CPF or a phone number, so send the type.
    #[serde(rename = "type")]
    pub kind: Option<PixKeyKind>,
    /// Pix key, with or without punctuation.
    #[schemars(length(min = 1, max = 100))]
    pub key: String,
}

/// A bank account.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewBankAccount")]
pub(crate) struct BankAccountInput {
    /// ISPB of the institution, 8 characters; send this or `bank_code`.
    #[schemars(length(min = 8, max = 8))]
    ispb: Option<String>,
    /// Three-digit code of the institution; send this or `ispb`.
    #[schemars(length(min = 3, max = 3))]
    bank_code: Option<String>,
    /// Branch, 1 to 4 digits, without check digit.
    #[schemars(length(min = 1, max = 4))]
    branch: String,
    /// Account number with check digit.
    #[schemars(length(min = 1, max = 24))]
    number: String,
    /// Type of the account.
    #[serde(rename = "type")]
    kind: BankAccountKind,
}

/// Beneficiary of a payout.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewBeneficiary")]
pub(crate) struct BeneficiaryInput {
    /// Name, up to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// CPF or CNPJ, with or without punctuation.
    document: DocumentInput,
}

impl PayoutInput {
    /// Returns the payout to open, or all violations; `prefix` begins the names of the fields.
    pub(crate) fn read(&self, prefix: &str, now: Timestamp) -> Result<NewPayout, Vec<Violation>> {
        let field = |name: &str| format!("{prefix}{name}");
        let beneficiary = self.beneficiary.as_ref();
        let rules = [
            fields::amount(&field("amount_cents"), self.amount_cents),
            fields::text(
                &field("beneficiary.name"),
                beneficiary.map(|beneficiary| beneficiary.name.as_str()),
                200,
            ),
            fields::text(&field("description"), self.description.as_deref(), 140),
            fields::reference(&field("reference"), self.reference.as_deref()),
            self.schedule_flaw(&field("scheduled_for"), now),
            self.beneficiary_flaw(&field("beneficiary")),
        ];
        let metadata = fields::metadata(&field("metadata"), self.metadata.as_ref());
        let mut violations: Vec<_> = rules.into_iter().flatten().chain(metadata).collect();
        let document = beneficiary
            .map(|beneficiary| beneficiary.document.read(&field("beneficiary.document")));
        let document = document.transpose().map_err(|flaw| violations.push(flaw));
        let to = self.to.read(&field("to")).map_err(|flaw| violations.push(flaw));
        match (to, document) {
            (Ok(to), Ok(document)) if violations.is_empty() => Ok(NewPayout {
                amount_cents: self.amount_cents,
                to,
                beneficiary: beneficiary.zip(document).map(|(beneficiary, document)| Beneficiary {
                    name: beneficiary.name.trim().to_owned(),
                    document,
                }),
                description: self.description.clone(),
                reference: self.reference.clone(),
                metadata: self.metadata.clone().unwrap_or_default(),
                scheduled_for: self.scheduled_for.and_then(to_the_millisecond),
                wait_for_funds: self.wait_for_funds.unwrap_or(false),
                batch_id: None,
            }),
            _ => Err(violations),
        }
    }

    fn schedule_flaw(&self, field: &str, now: Timestamp) -> Option<Violation> {
        let at = self.scheduled_for?;
        let good = now < at && at <= now + SCHEDULE_MAX;
        let detail = "`scheduled_for` must be in the future and within 366 days";
        (!good).then(|| Violation::new(field, Flaw::OutOfRange, detail))
    }

    /// Requires a beneficiary for a bank account. An account number does not identify its owner,
    /// so only the name shows a mistyped number.
    fn beneficiary_flaw(&self, field: &str) -> Option<Violation> {
        let missing = self.to.bank_account.is_some() && self.beneficiary.is_none();
        let detail = "a payout to a bank account needs a beneficiary; send name and document";
        missing.then(|| Violation::new(field, Flaw::Required, detail))
    }
}

/// Cuts an instant to milliseconds, the precision of storage and answers.
fn to_the_millisecond(at: Timestamp) -> Option<Timestamp> {
    Timestamp::from_millisecond(at.as_millisecond()).ok()
}

impl DestinationInput {
    fn read(&self, field: &str) -> Result<PayoutDestination, Violation> {
        match (&self.pix_key, &self.bank_account) {
            (Some(key), None) => {
                let key =
                    key.read().map_err(|error| key_flaw(&format!("{field}.pix_key"), error))?;
                Ok(PayoutDestination::PixKey(key))
            }
            (None, Some(account)) => {
                account.read(&format!("{field}.bank_account")).map(PayoutDestination::BankAccount)
            }
            (None, None) => Err(Violation::new(
                field,
                Flaw::Required,
                "the destination is missing; send pix_key or bank_account",
            )),
            (Some(_), Some(_)) => Err(Violation::new(
                field,
                Flaw::InvalidFormat,
                "two destinations; send either pix_key or bank_account",
            )),
        }
    }
}

impl PixKeyInput {
    /// Reads a request body; `None` if it is malformed. The input check reports what is wrong.
    pub(crate) fn of_body(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    pub(crate) fn read(&self) -> Result<PixKey, PixKeyError> {
        match self.kind {
            Some(kind) => PixKey::parse(kind, &self.key),
            None => PixKey::detect(&self.key),
        }
    }
}

/// Returns the violation for a malformed key.
fn key_flaw(field: &str, error: PixKeyError) -> Violation {
    let flaw = match error {
        PixKeyError::WrongLength { .. } => Flaw::WrongLength,
        PixKeyError::WrongCheckDigits { .. } | PixKeyError::RepeatedDigits { .. } => {
            Flaw::WrongCheckDigits
        }
        PixKeyError::UnknownForm
        | PixKeyError::WrongCharacters { .. }
        | PixKeyError::UnknownAreaCode
        | PixKeyError::NotMobile => Flaw::InvalidFormat,
    };
    Violation::new(format!("{field}.key"), flaw, error.to_string())
}

impl BankAccountInput {
    fn read(&self, field: &str) -> Result<BankAccount, Violation> {
        let bank = self.bank(field)?;
        BankAccount::parse(bank, self.branch.trim(), self.number.trim(), self.kind).map_err(
            |error| {
                let (name, flaw) = match error {
                    BankAccountError::UnknownBank => ("ispb", Flaw::UnknownValue),
                    BankAccountError::WrongBranch => ("branch", Flaw::InvalidFormat),
                    BankAccountError::WrongNumberLength => ("number", Flaw::WrongLength),
                    BankAccountError::WrongNumberCharacters => ("number", Flaw::InvalidFormat),
                    BankAccountError::WrongCheckDigit => ("number", Flaw::WrongCheckDigits),
                };
                Violation::new(format!("{field}.{name}"), flaw, error.to_string())
            },
        )
    }

    fn bank(&self, field: &str) -> Result<&'static Bank, Violation> {
        let unknown = |name: &str| {
            let detail = "no institution in the Central Bank's list has this code; check it";
            Violation::new(format!("{field}.{name}"), Flaw::UnknownValue, detail)
        };
        let by_ispb = self
            .ispb
            .as_deref()
            .map(|ispb| Bank::by_ispb(ispb.trim()).ok_or_else(|| unknown("ispb")));
        let by_code = self
            .bank_code
            .as_deref()
            .map(|code| Bank::by_code(code.trim()).ok_or_else(|| unknown("bank_code")));
        match (by_ispb.transpose()?, by_code.transpose()?) {
            (Some(bank), Some(other)) if bank.ispb() != other.ispb() => Err(Violation::new(
                format!("{field}.bank_code"),
                Flaw::InvalidFormat,
                "ispb and bank_code name different institutions; send only one of them",
            )),
            (Some(bank), _) | (None, Some(bank)) => Ok(bank),
            (None, None) => Err(Violation::new(
                format!("{field}.ispb"),
                Flaw::Required,
                "the institution is missing; send ispb or bank_code",
            )),
        }
    }
}
