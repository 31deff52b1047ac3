//! What a slip shows.

use brazil::Document;
use jiff::civil::Date;

use crate::slip_error::SlipError;

/// Digits of a barcode.
const BARCODE_DIGITS: usize = 44;
/// Digits of a digitable line.
const LINE_DIGITS: usize = 47;

/// A boleto with everything that its slip shows. Texts are shown as given, apart from characters that break a
/// line or turn its direction; a text that is too long is cut and ends with `…`. In the PDF, a
/// letter that the fonts lack is drawn as U+FFFD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Number of the bank with its check digit, as `001-9`.
    pub bank_code: String,
    /// Name of the bank, beside its number.
    pub bank_name: String,
    /// Creditor.
    pub beneficiary: SlipParty,
    /// Branch and account or agreement of the beneficiary, as the bank writes them: `1234-5 / 123456-7`.
    pub agency_account: String,
    /// Number that the bank gives the boleto ("nosso número"), as the bank writes it.
    pub our_number: String,
    /// Wallet of the bank ("carteira").
    pub wallet: String,
    /// The merchant's own number of the document.
    pub document_number: String,
    /// Kind of the debt ("espécie"), as `DM`.
    pub species: String,
    /// Whether the payer accepted the debt in writing ("aceite").
    pub is_accepted: bool,
    /// Day of the document.
    pub issued_on: Date,
    /// Day on which the slip was first made.
    pub processed_on: Date,
    /// Due date.
    pub due_date: Date,
    /// Last day on which banks take the payment; `None` if it is the due date.
    pub payable_until: Option<Date>,
    /// Face value in cents.
    pub amount_cents: u64,
    /// Sentences about fine, interest, discount and rebate, and the merchant's own.
    pub instructions: Vec<String>,
    /// Debtor.
    pub payer: SlipParty,
    /// Who the beneficiary collects for ("sacador/avalista").
    pub final_beneficiary: Option<SlipParty>,
    /// Barcode, 44 digits.
    pub barcode: String,
    /// Digitable line, 47 digits without punctuation.
    pub digitable_line: String,
    /// Pix of the same debt as a BR Code.
    pub br_code: Option<String>,
    /// Amount of another day, on a slip that is made again.
    pub second_copy: Option<SecondCopy>,
    /// Whether the boleto is of the sandbox, where no money moves: the slip says that it has no value.
    pub is_sandbox: bool,
}

/// A person or company on a slip. A slip shows the whole document: of the beneficiary by art. 42-A of the consumer
/// code, and of the payer because banks register the boleto for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipParty {
    /// Name.
    pub name: String,
    /// CPF or CNPJ.
    pub document: Document,
    /// Address in one line.
    pub address: String,
}

/// The amount on a slip that is made again ("segunda via").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondCopy {
    /// Day of the payment that the amount is for.
    pub as_of: Date,
    /// Amount with fine, interest, discount and rebate of that day, in cents.
    pub amount_due_cents: u64,
}

impl Slip {
    /// Checks that both codes have their digits, and that they are of the same boleto. Does not check check digits.
    pub(crate) fn check(&self) -> Result<(), SlipError> {
        if !has_digits(&self.barcode, BARCODE_DIGITS) {
            return Err(SlipError::Barcode);
        }
        if !has_digits(&self.digitable_line, LINE_DIGITS) {
            return Err(SlipError::DigitableLine);
        }
        let line = &self.digitable_line;
        // Without the three check digits of the fields.
        let parts = [&line[..4], &line[32..], &line[4..9], &line[10..20], &line[21..31]];
        if parts.concat() == self.barcode { Ok(()) } else { Err(SlipError::DifferentCodes) }
    }

    /// Returns the digitable line as people read it: `AAABC.CCCCX DDDDD.DDDDDY EEEEE.EEEEEZ K UUUUVVVVVVVVVV`.
    /// The line has 47 digits, as [`Slip::check`] has made sure.
    pub(crate) fn printed_line(&self) -> String {
        let line = &self.digitable_line;
        let [a, b, c] = [(0, 5, 10), (10, 15, 21), (21, 26, 32)]
            .map(|(from, point, to)| format!("{}.{}", &line[from..point], &line[point..to]));
        format!("{a} {b} {c} {} {}", &line[32..33], &line[33..])
    }
}

fn has_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slips::slip;

    #[test]
    fn the_line_is_printed_in_five_fields() {
        assert_eq!(slip().printed_line(), "00190.50095 40144.816069 06809.350314 3 37370000000100");
    }

    #[test]
    fn codes_of_other_lengths_letters_or_boletos_are_refused() {
        let refusal = |change: fn(&mut Slip)| {
            let mut slip = slip();
            change(&mut slip);
            slip.check().expect_err("a refusal").to_string()
        };
        assert!(refusal(|slip| slip.barcode.truncate(43)).contains("44"));
        assert!(refusal(|slip| slip.barcode.replace_range(43.., "x")).contains("44"));
        assert!(refusal(|slip| slip.digitable_line.push('0')).contains("47"));
        assert!(refusal(|slip| slip.digitable_line.replace_range(..2, "é")).contains("47"));
        assert!(refusal(|slip| slip.barcode.replace_range(43.., "2")).contains("agree"));
        slip().check().expect("codes of one boleto");
    }
}
