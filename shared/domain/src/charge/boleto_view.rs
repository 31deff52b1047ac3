//! A boleto as the API shows it.
use crate::charge::{
    Address, BoletoCharge, BoletoRegistration, Discount, DueTerms, FinalBeneficiary, Interest,
    Portion,
};
use crate::kernel::{ChargeId, DocumentView};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// Boleto of a charge.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ChargeBoleto")]
pub struct ChargeBoletoView {
    /// Line that people type, 47 digits.
    pub digitable_line: String,
    /// Line as slips print it, with dots and spaces.
    pub printed_line: String,
    /// Digits of the barcode, 44.
    pub barcode: String,
    /// Number of the boleto at the account ("nosso número"). An account has no gaps between its numbers.
    pub our_number: u64,
    /// Code of the bank (COMPE), 3 digits.
    pub bank_code: String,
    /// Name of the bank; null if the list of banks does not have the code.
    pub bank_name: Option<String>,
    /// Registration at the bank. The bank writes the boleto of an expired charge off by itself.
    pub registration: BoletoRegistration,
    /// Terms that the bank has not confirmed; until then those of the charge hold. Null if there are none.
    pub requested_terms: Option<RequestedTermsView>,
    /// The merchant's own number of the document, which the slip shows.
    pub document_number: Option<String>,
    /// Sentences for the payer on the slip.
    pub instructions: Vec<String>,
    /// On whose account the beneficiary collects.
    pub final_beneficiary: Option<FinalBeneficiaryView>,
    /// URL of the slip: a page, or a PDF with `?format=pdf`. It needs a credential with `charges:read`.
    pub slip_url: String,
}

/// Terms of a charge that its bank has not confirmed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "RequestedTerms")]
pub struct RequestedTermsView {
    /// Day on which the charge will be due.
    pub due_date: Date,
    /// Days after the due date on which the charge can still be paid.
    pub payable_days_after_due: u16,
    /// Fine for a late payment, added once.
    pub fine: Option<Portion>,
    /// Interest for each day of delay.
    pub interest: Option<Interest>,
    /// Discounts for an early payment, earliest first.
    pub discounts: Vec<Discount>,
    /// Rebate, which is always deducted.
    pub rebate: Option<Portion>,
}

impl From<&DueTerms> for RequestedTermsView {
    fn from(terms: &DueTerms) -> Self {
        let DueTerms { due_date, payable_days_after_due, fine, interest, discounts, rebate } =
            terms.clone();
        Self { due_date, payable_days_after_due, fine, interest, discounts, rebate }
    }
}

/// Company or person on whose account the beneficiary collects.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "FinalBeneficiary")]
pub struct FinalBeneficiaryView {
    /// Name.
    pub name: String,
    /// CPF or CNPJ.
    pub document: DocumentView,
}

impl From<&FinalBeneficiary> for FinalBeneficiaryView {
    fn from(party: &FinalBeneficiary) -> Self {
        Self { name: party.name.clone(), document: DocumentView::from(&party.document) }
    }
}

/// Address in Brazil.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Address")]
pub struct AddressView {
    /// Street, with its kind.
    pub street: String,
    /// Number of the building.
    pub number: String,
    /// Rest of the address, such as the flat.
    pub complement: Option<String>,
    /// District.
    pub district: String,
    /// City.
    pub city: String,
    /// State, two letters.
    pub state: String,
    /// Postal code (CEP), 8 digits.
    pub postal_code: String,
}

impl From<&Address> for AddressView {
    fn from(address: &Address) -> Self {
        let Address { street, number, complement, district, city, state, postal_code } =
            address.clone();
        Self { street, number, complement, district, city, state, postal_code }
    }
}

impl ChargeBoletoView {
    pub(super) fn new(charge_id: ChargeId, boleto: &BoletoCharge) -> Self {
        let BoletoCharge { our_number, agreement, barcode, registration, texts, .. } = boleto;
        Self {
            digitable_line: barcode.digitable_line(),
            printed_line: barcode.printed_line(),
            barcode: barcode.to_string(),
            our_number: *our_number,
            bank_code: agreement.bank_code.clone(),
            bank_name: agreement.bank().map(|bank| bank.name().to_owned()),
            registration: *registration,
            requested_terms: boleto.requested_terms().map(RequestedTermsView::from),
            document_number: texts.document_number.clone(),
            instructions: texts.instructions.clone(),
            final_beneficiary: texts.final_beneficiary.as_ref().map(FinalBeneficiaryView::from),
            slip_url: format!("{}/v1/charges/{charge_id}/slip", boleto.origin),
        }
    }
}
