//! `POST /v1/boletos/read`: read the digits of a boleto.

use brazil::{BankBarcode, BillBarcode, BillValue, BoletoCode, BoletoError, local_date};
use domain::kernel::{Error, Flaw};
use edge::{Call, OkJson};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Store;

/// Most characters of the digits with their punctuation.
const LENGTH_MAX: usize = 100;

/// The digits of a boleto.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "BoletoDigits",
    extend("examples" = [{ "code": "23793.38128 60007.827136 95000.063305 9 75520000370000" }])
)]
pub struct BoletoInput {
    /// Barcode of 44 digits, or line of 47 digits (bank) or 48 (bill). Spaces, dots and hyphens are
    /// ignored.
    #[schemars(length(min = 44, max = 100))]
    code: String,
}

/// What the digits of a boleto say.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Boleto")]
pub struct BoletoView {
    /// `bank` for a boleto of a bank, `bill` for a bill of a utility or a public body.
    #[serde(rename = "type")]
    kind: BoletoType,
    /// Barcode, 44 digits.
    barcode: String,
    /// Line that people type: 47 digits of a bank, 48 of a bill.
    digitable_line: String,
    /// The same line as it is printed.
    printed_line: String,
    /// Bank that issued the boleto; null for a bill.
    bank: Option<IssuerView>,
    /// Segment of the biller, such as `energy`; null for a bank.
    segment: Option<&'static str>,
    /// Amount in cents. Null if the boleto leaves it open, or if the bill has a quantity instead. What is
    /// to be paid can differ by fine, interest and discount: only the issuer knows it.
    amount_cents: Option<u64>,
    /// Due date: of the candidates, the one from 3001 days ago to 5500 days ahead. Null if there is none.
    due_date: Option<Date>,
    /// Dates that the due-date factor can stand for; it repeats after 9000 days.
    due_date_candidates: Vec<Date>,
}

/// Type of a boleto.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoletoType {
    /// Boleto of a bank.
    Bank,
    /// Bill of a utility or a public body (arrecadação).
    Bill,
}

/// Bank that issued a boleto.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "BoletoIssuer")]
pub struct IssuerView {
    /// Bank code (COMPE), 3 digits.
    code: String,
    /// Name; null if the list of banks does not have the code.
    name: Option<&'static str>,
    /// ISPB, 8 characters; null if the list of banks does not have the code.
    ispb: Option<&'static str>,
}

/// Reads the digits, without a network.
pub async fn handle(_: &Store, call: Call<BoletoInput>) -> Result<OkJson<BoletoView>, Error> {
    let code = call.input.code.as_str();
    if code.len() > LENGTH_MAX {
        let detail = format!("`code` must have at most {LENGTH_MAX} characters");
        return Err(Error::invalid("code", Flaw::WrongLength, detail));
    }
    match BoletoCode::parse(code).map_err(refusal)? {
        BoletoCode::Bank(barcode) => Ok(OkJson(of_bank(&barcode, local_date(call.moment.now)))),
        BoletoCode::Bill(barcode) => Ok(OkJson(of_bill(&barcode))),
    }
}

fn of_bank(barcode: &BankBarcode, today: Date) -> BoletoView {
    let bank = barcode.bank();
    BoletoView {
        kind: BoletoType::Bank,
        barcode: barcode.to_string(),
        digitable_line: barcode.digitable_line(),
        printed_line: barcode.printed_line(),
        bank: Some(IssuerView {
            code: barcode.bank_code(),
            name: bank.map(|bank| bank.name()),
            ispb: bank.map(|bank| bank.ispb()),
        }),
        segment: None,
        amount_cents: barcode.amount_cents(),
        due_date: barcode.factor().date_on(today),
        due_date_candidates: barcode.factor().dates(),
    }
}

fn of_bill(barcode: &BillBarcode) -> BoletoView {
    BoletoView {
        kind: BoletoType::Bill,
        barcode: barcode.to_string(),
        digitable_line: barcode.digitable_line(),
        printed_line: barcode.printed_line(),
        bank: None,
        segment: Some(barcode.segment().as_str()),
        amount_cents: match barcode.value() {
            BillValue::Cents(cents) => Some(cents).filter(|cents| *cents > 0),
            BillValue::Quantity(_) => None,
        },
        due_date: None,
        due_date_candidates: Vec::new(),
    }
}

fn refusal(error: BoletoError) -> Error {
    let flaw = match error {
        BoletoError::WrongLength => Flaw::WrongLength,
        BoletoError::WrongField(_) | BoletoError::WrongCheckDigit => Flaw::WrongCheckDigits,
        BoletoError::WrongCharacters
        | BoletoError::WrongProduct
        | BoletoError::WrongCurrency
        | BoletoError::WrongValueKind
        | BoletoError::WrongSegment
        | BoletoError::AmountTooLarge
        | BoletoError::DateTooEarly
        | BoletoError::WrongParts => Flaw::InvalidFormat,
    };
    Error::invalid("code", flaw, error.to_string())
}
