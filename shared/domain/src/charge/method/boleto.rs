//! A charge that is paid by boleto: its number, its barcode and its registration at the bank.
//!
//! A boleto can carry a Pix of the same debt, which the payer's bank finds behind the QR code.
use crate::charge::method::pix::PixCharge;
use crate::charge::{BoletoAgreement, BoletoInstructionKind, BoletoTexts, DueTerms};
use crate::kernel::{Error, string_enum};
use crate::payment::NetworkPaymentId;
use brazil::{BankBarcode, BankBarcodeParts, DueDateFactor, EndToEndId};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Registration of a boleto at its bank.
    BoletoRegistration {
        /// The bank has not confirmed the boleto. Banks do not take its payment yet.
        Registering = "registering",
        /// Every bank takes the payment.
        Registered = "registered",
        /// The bank refused the boleto.
        Refused = "refused",
        /// The bank takes no payment any more.
        WrittenOff = "written_off",
    }
}

/// New terms that do not hold yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoletoChange {
    /// Terms after the change.
    pub terms: DueTerms,
    /// Whether the bank has confirmed them. They wait if the charge was paid before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_confirmed: bool,
}

/// The boleto data of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoletoCharge {
    /// Number of the boleto at the account ("nosso número"): 1, 2, 3 and so on, without gaps.
    pub our_number: u64,
    /// Agreement with the bank that the boleto belongs to.
    pub agreement: BoletoAgreement,
    /// Address of the API that created the charge: `https://` and a host.
    pub origin: String,
    /// Barcode.
    pub barcode: BankBarcode,
    /// Registration at the bank.
    pub registration: BoletoRegistration,
    /// What the order says that the bank has not answered. The bank gets one order after another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered: Option<BoletoInstructionKind>,
    /// Number of orders so far.
    #[serde(default)]
    pub orders: u32,
    /// Provider that registered the boleto. It gets all later orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Change that does not hold yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<BoletoChange>,
    /// What the caller said about the boleto.
    #[serde(flatten)]
    pub texts: BoletoTexts,
    /// Pix of the same debt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pix: Option<PixCharge>,
    /// Payment by barcode, once the bank announced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<NetworkPaymentId>,
    /// End-to-end id of a payment by Pix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<EndToEndId>,
}

impl BoletoCharge {
    /// Makes the barcode of a boleto with this number.
    ///
    /// # Errors
    /// An internal error if the agreement has no such barcode; the amount has been checked before.
    pub fn new(
        our_number: u64,
        agreement: BoletoAgreement,
        amount_cents: u64,
        due_date: Date,
        origin: &str,
        texts: BoletoTexts,
        pix: Option<PixCharge>,
    ) -> Result<Self, Error> {
        let barcode = barcode(&agreement, our_number, amount_cents, due_date)?;
        Ok(Self {
            our_number,
            agreement,
            origin: origin.to_owned(),
            barcode,
            registration: BoletoRegistration::Registering,
            ordered: None,
            orders: 0,
            provider: None,
            change: None,
            texts,
            pix,
            payment_id: None,
            end_to_end_id: None,
        })
    }

    /// Makes the barcode of another due date. The number and the registration stay.
    pub(crate) fn renew_barcode(&mut self, amount_cents: u64, due_date: Date) -> Result<(), Error> {
        self.barcode = barcode(&self.agreement, self.our_number, amount_cents, due_date)?;
        Ok(())
    }

    /// Returns the terms that the bank has not confirmed.
    pub fn requested_terms(&self) -> Option<&DueTerms> {
        self.change.as_ref().filter(|change| !change.is_confirmed).map(|change| &change.terms)
    }

    /// Returns true if this payment is the one that paid the charge.
    pub(super) fn is_paid_by(&self, payment_id: &NetworkPaymentId) -> bool {
        let pix = self.end_to_end_id.as_ref();
        self.payment_id.as_ref() == Some(payment_id)
            || pix.is_some_and(|id| id.as_str() == payment_id.as_str())
    }

    /// Records the payment that paid the charge: by barcode, or by the Pix.
    pub(super) fn record_payment(&mut self, payment_id: &NetworkPaymentId) -> Result<(), Error> {
        let Some(id) = payment_id.end_to_end_id() else {
            self.payment_id = Some(payment_id.clone());
            return Ok(());
        };
        self.end_to_end_id = Some(id);
        // A credit by Pix can be matched to a boleto without Pix.
        self.pix.as_mut().map_or(Ok(()), |pix| pix.record_payment(payment_id))
    }
}

fn barcode(
    agreement: &BoletoAgreement,
    our_number: u64,
    amount_cents: u64,
    due_date: Date,
) -> Result<BankBarcode, Error> {
    let factor = DueDateFactor::of(due_date).map_err(Error::internal)?;
    let (bank_code, free_field) = (&agreement.bank_code, agreement.free_field(our_number)?);
    let free_field = &free_field;
    BankBarcode::new(&BankBarcodeParts { bank_code, factor, amount_cents, free_field })
        .map_err(Error::internal)
}
