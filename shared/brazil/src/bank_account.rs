//! Bank accounts: the destination of a payment without a Pix key.

mod check_digit;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::bank::Bank;

/// Largest number of digits of a branch. A branch is written with all four.
const BRANCH_LENGTH: usize = 4;
/// Largest number of characters of an account number, check digit included.
const LONGEST_NUMBER: usize = 20;
/// Number of characters of an account number that lists show.
const SHOWN: usize = 3;

/// The kind of an account. Serialised in lower case: `checking`, `savings`, `payment`, `salary`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "BankAccountType", description = "Type of a bank account.")]
pub enum BankAccountKind {
    /// "Conta corrente", `CACC` in Pix.
    Checking,
    /// "Conta poupança", `SVGS` in Pix.
    Savings,
    /// "Conta de pagamento", `TRAN` in Pix: an account of a payment institution.
    Payment,
    /// "Conta salário", `SLRY` in Pix.
    Salary,
}

impl BankAccountKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Checking, Self::Savings, Self::Payment, Self::Salary];

    /// Returns the serialised word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Savings => "savings",
            Self::Payment => "payment",
            Self::Salary => "salary",
        }
    }
}

impl fmt::Display for BankAccountKind {
    /// Writes [`BankAccountKind::as_str`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an account was refused. No message repeats the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BankAccountError {
    /// No institution has this ISPB. Only an account from JSON can have this error.
    #[error("no institution has this ISPB; send its eight characters, leading zeros included")]
    UnknownBank,
    /// Not 1 to 4 digits.
    #[error("a branch has 1 to 4 digits; leave out the check digit, hyphens and spaces")]
    WrongBranch,
    /// No characters, or more than 20.
    #[error("an account number has 1 to 20 digits with the check digit last; send all of them")]
    WrongNumberLength,
    /// A character that is not a digit.
    #[error(
        "an account number has digits, and X or P at its end if the bank uses it; hyphens and dots \
         are allowed"
    )]
    WrongNumberCharacters,
    /// The check digit does not follow the bank's rule.
    #[error(
        "the check digit does not match the account number and branch; send it as the last character \
         and check for a typing mistake"
    )]
    WrongCheckDigit,
}

/// An account of an institution of the list. Serialised as
/// `{"ispb":"60701190","branch":"2545","number":"023661","type":"checking"}`; deserialising calls
/// [`BankAccount::parse`].
///
/// The check digit is verified for the five large banks that publish a rule. No authority sets these
/// rules: Febraban, CNAB 240, notes G009 to G012, leaves the digit to each bank. So every number of
/// another bank passes, and so does a number that is longer than the rule of its bank covers, leading
/// zeros aside: 8 digits at Banco do Brasil and Santander, 12 at Caixa, 7 at Bradesco, 5 at Itaú, each
/// without the check digit.
///
/// `Debug` shows only [`BankAccount::masked`]: an account number is personal data.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "StoredBankAccount", into = "StoredBankAccount")]
pub struct BankAccount {
    bank: &'static Bank,
    branch: String,
    number: String,
    kind: BankAccountKind,
}

impl BankAccount {
    /// Parses an account: a branch of 1 to 4 digits without check digit, and a number with its check
    /// digit last. Banco do Brasil may write the check digit as X, and Bradesco as P. Pix writes such a
    /// letter as 0 (DICT, `AccountNumber`); this is accepted, and the number gets the bank's letter.
    ///
    /// # Errors
    /// Every variant of [`BankAccountError`] except [`BankAccountError::UnknownBank`].
    pub fn parse(
        bank: &'static Bank,
        branch: &str,
        number_with_digit: &str,
        kind: BankAccountKind,
    ) -> Result<Self, BankAccountError> {
        let digits = branch.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || !(1..=BRANCH_LENGTH).contains(&branch.len()) {
            return Err(BankAccountError::WrongBranch);
        }
        // The Pix directory returns 0001, and some institutions treat 1 as a different branch.
        let branch = format!("{branch:0>BRANCH_LENGTH$}");
        let number = number_with_digit.replace(['-', '.'], "").to_ascii_uppercase();
        let base = number.strip_suffix(['X', 'P']).unwrap_or(&number);
        if !base.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BankAccountError::WrongNumberCharacters);
        }
        if base.is_empty() || number.len() > LONGEST_NUMBER {
            return Err(BankAccountError::WrongNumberLength);
        }
        let digit = check_digit::check_digit(bank, &branch, &number);
        let digit = digit.ok_or(BankAccountError::WrongCheckDigit)?;
        let number = format!("{}{digit}", &number[..number.len() - 1]);
        Ok(Self { bank, branch, number, kind })
    }

    /// Returns the institution that holds the account.
    pub fn bank(&self) -> &'static Bank {
        self.bank
    }

    /// Returns the branch: four digits, without check digit.
    pub fn branch(&self) -> &str {
        &self.branch
    }

    /// Returns the number with its check digit: 1 to 20 characters, with the leading zeros of the
    /// input. Pix writes a letter at its end as 0.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Returns the kind of the account.
    pub fn kind(&self) -> BankAccountKind {
        self.kind
    }

    /// Returns the form for logs: `341/2545/***661`. An institution without bank code appears with its
    /// ISPB.
    pub fn masked(&self) -> String {
        let bank = self.bank.code().unwrap_or(self.bank.ispb());
        format!("{bank}/{}/{}", self.branch, self.masked_number())
    }

    /// Returns the number for lists: its last three characters, `***661`, or `***` if the number has
    /// at most three.
    pub fn masked_number(&self) -> String {
        let hidden = self.number.len().saturating_sub(SHOWN);
        let shown = if hidden == 0 { "" } else { &self.number[hidden..] };
        format!("***{shown}")
    }
}

impl fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BankAccount({} {})", self.masked(), self.kind)
    }
}

/// An account in JSON. It has no `Debug`, because its number is not masked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredBankAccount {
    ispb: String,
    branch: String,
    number: String,
    #[serde(rename = "type")]
    kind: BankAccountKind,
}

impl TryFrom<StoredBankAccount> for BankAccount {
    type Error = BankAccountError;

    fn try_from(stored: StoredBankAccount) -> Result<Self, BankAccountError> {
        let bank = Bank::by_ispb(&stored.ispb).ok_or(BankAccountError::UnknownBank)?;
        Self::parse(bank, &stored.branch, &stored.number, stored.kind)
    }
}

impl From<BankAccount> for StoredBankAccount {
    fn from(account: BankAccount) -> Self {
        let ispb = account.bank.ispb().to_owned();
        Self { ispb, branch: account.branch, number: account.number, kind: account.kind }
    }
}
