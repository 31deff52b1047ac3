//! The fields of a new charge that belong to its boleto.

use domain::charge::{
    BOLETO_AMOUNT_CENTS_MAX, BoletoAgreement, BoletoTexts, DueTerms, FinalBeneficiary, Interest,
    Portion,
};
use domain::kernel::{Flaw, Violation};
use edge::fields::{self, DocumentInput};
use schemars::JsonSchema;
use serde::Deserialize;

/// Largest fine of a boleto: 2 % (Código de Defesa do Consumidor, article 52).
const FINE_BASIS_POINTS_MAX: u32 = 200;
/// Largest interest of a boleto for 30 days: 1 % (Código Civil, article 406, and Código Tributário Nacional,
/// article 161).
const INTEREST_BASIS_POINTS_MAX: u32 = 100;
/// Sentences on a slip, and the characters of each, as banks print them.
const INSTRUCTIONS_MAX: usize = 4;
const INSTRUCTION_LENGTH_MAX: usize = 80;
/// Characters of the number of the document (CNAB, "número do documento").
const DOCUMENT_NUMBER_LENGTH_MAX: usize = 15;

/// What the slip of a boleto says, beside the fields of every charge.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewBoleto")]
pub(crate) struct BoletoFields {
    /// The merchant's own number of the document, up to 15 characters.
    #[schemars(length(min = 1, max = 15))]
    document_number: Option<String>,
    /// Sentences for the payer on the slip: up to 4 of up to 80 characters.
    #[schemars(length(max = 4), inner(length(min = 1, max = 80)))]
    instructions: Option<Vec<String>>,
    /// Company or person on whose account you collect.
    final_beneficiary: Option<FinalBeneficiaryInput>,
    /// Whether the boleto has a Pix of the same debt; true if absent.
    pub(crate) pix: Option<bool>,
}

/// Company or person on whose account you collect.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewFinalBeneficiary")]
pub(crate) struct FinalBeneficiaryInput {
    /// Name, up to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// CPF or CNPJ, with or without punctuation.
    document: DocumentInput,
}

impl BoletoFields {
    /// Reads the texts; the violations name their fields.
    pub(crate) fn read(&self) -> Result<BoletoTexts, Vec<Violation>> {
        let number = self.document_number.as_deref();
        let mut violations: Vec<_> =
            fields::text("boleto.document_number", number, DOCUMENT_NUMBER_LENGTH_MAX)
                .into_iter()
                .collect();
        let instructions = self.instructions.clone().unwrap_or_default();
        if instructions.len() > INSTRUCTIONS_MAX {
            let detail = format!("a slip has at most {INSTRUCTIONS_MAX} instructions");
            violations.push(Violation::new("boleto.instructions", Flaw::WrongLength, detail));
        }
        violations.extend(instructions.iter().enumerate().filter_map(|(index, text)| {
            let field = format!("boleto.instructions[{index}]");
            fields::text(&field, Some(text), INSTRUCTION_LENGTH_MAX)
        }));
        let party = self.final_beneficiary.as_ref().map(FinalBeneficiaryInput::read).transpose();
        match party {
            Ok(final_beneficiary) if violations.is_empty() => Ok(BoletoTexts {
                document_number: self.document_number.clone(),
                instructions,
                final_beneficiary,
            }),
            party => {
                violations.extend(party.err().into_iter().flatten());
                Err(violations)
            }
        }
    }
}

impl FinalBeneficiaryInput {
    fn read(&self) -> Result<FinalBeneficiary, Vec<Violation>> {
        let name = fields::text("boleto.final_beneficiary.name", Some(&self.name), 200);
        match (name, self.document.read("boleto.final_beneficiary.document")) {
            (None, Ok(document)) => {
                Ok(FinalBeneficiary { name: self.name.trim().to_owned(), document })
            }
            (name, document) => Err(name.into_iter().chain(document.err()).collect()),
        }
    }
}

/// Returns what is wrong with the amount of a boleto under an agreement.
pub(crate) fn boleto_amount_flaw(
    amount_cents: u64,
    agreement: &BoletoAgreement,
) -> Option<Violation> {
    let least = agreement.amount_cents_min;
    let good = (least..=BOLETO_AMOUNT_CENTS_MAX).contains(&amount_cents);
    let detail = format!("`amount_cents` of a boleto must be {least} to {BOLETO_AMOUNT_CENTS_MAX}");
    (!good).then(|| Violation::new("amount_cents", Flaw::OutOfRange, detail))
}

/// Returns what no boleto under an agreement can have, though other charges with a due date can.
pub(crate) fn boleto_terms_flaws(terms: &DueTerms, agreement: &BoletoAgreement) -> Vec<Violation> {
    let days_max = agreement.payable_days_max;
    let out_of_range =
        |field: &str, detail: String| Violation::new(field, Flaw::OutOfRange, detail);
    let days = (terms.payable_days_after_due > days_max).then(|| {
        let detail = format!("`payable_days_after_due` of a boleto must be 0 to {days_max}");
        out_of_range("payable_days_after_due", detail)
    });
    let fine = match terms.fine {
        Some(Portion::Share(share)) => share > FINE_BASIS_POINTS_MAX,
        Some(Portion::Fixed(_)) | None => false,
    };
    let fine = fine.then(|| {
        let detail =
            format!("the fine of a boleto is at most {FINE_BASIS_POINTS_MAX} basis points");
        out_of_range("fine", detail)
    });
    let interest = match terms.interest {
        Some(Interest::SharePerMonth(share)) => share > INTEREST_BASIS_POINTS_MAX,
        Some(Interest::SharePerDay(_) | Interest::SharePerYear(_)) => true,
        Some(Interest::FixedPerDay(_)) | None => false,
    };
    let interest = interest.then(|| {
        let detail = format!(
            "the interest of a boleto is `amount_cents_per_day`, or `basis_points_per_month` up to \
             {INTEREST_BASIS_POINTS_MAX}"
        );
        out_of_range("interest", detail)
    });
    [days, fine, interest].into_iter().flatten().collect()
}
