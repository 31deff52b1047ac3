//! Payments in the sandbox: what arrives, and who paid.

use brazil::{Document, DocumentKind, EndToEndId, EndToEndIdKind};
use domain::charge::{Charge, ChargeUpdate};
use domain::kernel::{Error, Moment};
use domain::payment::{NetworkPaymentId, PaymentReport, ReportedPayer};
use jiff::SignedDuration;
use rails::NetworkStatus;
use schemars::JsonSchema;
use serde::Serialize;

use crate::key_directory::{COMPANY, PERSON};
use crate::sandbox_rail::ISPB;

/// The txid that a payment of the sandbox names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SandboxTxid {
    /// The txid of the charge.
    OfCharge,
    /// No txid.
    Absent,
    /// A txid that no charge has.
    Unknown,
}

/// Who pays in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SandboxPayer {
    /// The payer of the charge.
    OfCharge,
    /// Comercio Exemplo Ltda, CNPJ 11.222.333/0001-81.
    Another,
}

/// A payment of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SandboxPayment {
    /// Time until the payment arrives, in seconds.
    pub after_seconds: u32,
    /// Amount of the payment minus the amount of the charge, in cents.
    pub difference_cents: i64,
    /// Txid that the payment names.
    pub txid: SandboxTxid,
    /// Who pays.
    pub payer: SandboxPayer,
}

const AS_ASKED: SandboxPayment = SandboxPayment {
    after_seconds: 0,
    difference_cents: 0,
    txid: SandboxTxid::OfCharge,
    payer: SandboxPayer::OfCharge,
};

pub(crate) const EXACT: &[SandboxPayment] = &[AS_ASKED];
pub(crate) const TWICE: &[SandboxPayment] =
    &[AS_ASKED, SandboxPayment { after_seconds: 60, ..AS_ASKED }];
pub(crate) const TOO_LITTLE: &[SandboxPayment] =
    &[SandboxPayment { difference_cents: -100, ..AS_ASKED }];
pub(crate) const TOO_MUCH: &[SandboxPayment] =
    &[SandboxPayment { difference_cents: 100, ..AS_ASKED }];
pub(crate) const NO_TXID: &[SandboxPayment] =
    &[SandboxPayment { txid: SandboxTxid::Absent, ..AS_ASKED }];
pub(crate) const UNKNOWN_TXID: &[SandboxPayment] =
    &[SandboxPayment { txid: SandboxTxid::Unknown, ..AS_ASKED }];
pub(crate) const ANOTHER_PAYER: &[SandboxPayment] =
    &[SandboxPayment { payer: SandboxPayer::Another, ..AS_ASKED }];

/// The txid that no charge has: the ULID of the year 10889, which no charge is created in.
const NO_CHARGE: &str = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ";

impl SandboxPayment {
    /// Returns the report of the payment of a charge.
    pub(crate) fn report(&self, charge: &Charge, moment: &Moment) -> Result<PaymentReport, Error> {
        let paid_at = moment.now + SignedDuration::from_secs(i64::from(self.after_seconds));
        let asked_cents = charge.payable_cents(paid_at);
        let amount_cents = asked_cents.saturating_add_signed(self.difference_cents).max(1);
        let txid = match self.txid {
            SandboxTxid::OfCharge => charge.method.pix().map(|pix| pix.txid.to_string()),
            SandboxTxid::Absent => None,
            SandboxTxid::Unknown => Some(NO_CHARGE.to_owned()),
        };
        let (name, document) = match self.payer {
            SandboxPayer::OfCharge => match &charge.payer {
                Some(payer) => (payer.name.clone(), payer.document.clone()),
                None => anybody()?,
            },
            SandboxPayer::Another => {
                let document = Document::parse(DocumentKind::Cnpj, COMPANY.1);
                (COMPANY.0.to_owned(), document.map_err(Error::internal)?)
            }
        };
        Ok(PaymentReport {
            network_id: payment_id(moment)?,
            method: charge.method.kind(),
            amount_cents,
            paid_at,
            payer: payer(Some(name), Some(document), None),
            txid,
            reason_codes: Vec::new(),
        })
    }
}

/// Returns who pays a charge that names no payer: Maria Silva, a person of the sandbox.
pub(crate) fn anybody() -> Result<(String, Document), Error> {
    let document = Document::parse(DocumentKind::Cpf, PERSON.1).map_err(Error::internal)?;
    Ok((PERSON.0.to_owned(), document))
}

/// Returns a payer of the sandbox. Without an ISPB, the payer's institution is the sandbox.
pub fn payer(
    name: Option<String>,
    document: Option<Document>,
    ispb: Option<String>,
) -> ReportedPayer {
    match ispb {
        Some(ispb) => ReportedPayer::at(name, document, Some(ispb)),
        None => ReportedPayer {
            bank_name: Some("Sandbox".to_owned()),
            ..ReportedPayer::at(name, document, Some(ISPB.to_owned()))
        },
    }
}

/// Returns the id of a new payment in the sandbox.
pub fn payment_id(moment: &Moment) -> Result<NetworkPaymentId, Error> {
    let suffix = moment.base62(11);
    let id = EndToEndId::mint(EndToEndIdKind::Payment, ISPB, moment.now, &suffix);
    id.map(NetworkPaymentId::from).map_err(Error::internal)
}

/// Returns the status that the network reports when a payment arrives: its money is available at once.
pub fn arrived(report: PaymentReport) -> NetworkStatus<ChargeUpdate> {
    let paid = ChargeUpdate::Paid { payment: report.into() };
    NetworkStatus { updates: vec![paid, ChargeUpdate::Credited], announced: None }
}
