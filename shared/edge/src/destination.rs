//! The destinations of payouts in inputs: a Pix key or a bank account.

use brazil::{
    Bank, BankAccount, BankAccountError, BankAccountKind, PixKey, PixKeyError, PixKeyKind,
};
use domain::kernel::{Flaw, Violation};
use domain::payout::PayoutDestination;
use schemars::JsonSchema;
use serde::Deserialize;

/// Destination of a payout: exactly one of the two fields.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewDestination", extend("minProperties" = 1, "maxProperties" = 1))]
pub struct DestinationInput {
    /// Pix key that receives the payout.
    pub pix_key: Option<PixKeyInput>,
    /// Bank account that receives the payout.
    pub bank_account: Option<BankAccountInput>,
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
pub struct BankAccountInput {
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

impl DestinationInput {
    /// Reads the destination. The violation names the wrong field; `field` is the path of the destination.
    pub fn read(&self, field: &str) -> Result<PayoutDestination, Violation> {
        Self::read_one(self.pix_key.as_ref(), self.bank_account.as_ref(), field)
    }

    /// Reads the destination from its two fields, of which one is set.
    ///
    /// # Errors
    /// The violation names the wrong field; `field` is the path of the destination.
    pub fn read_one(
        pix_key: Option<&PixKeyInput>,
        bank_account: Option<&BankAccountInput>,
        field: &str,
    ) -> Result<PayoutDestination, Violation> {
        match (pix_key, bank_account) {
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
    /// Reads the key, of the type that was sent or that it has the form of.
    pub fn read(&self) -> Result<PixKey, PixKeyError> {
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
