//! A charge as the API and its events show it. This form is a promise to callers, so it is apart
//! from the stored form.
use crate::charge::{Charge, ChargeMethod, ChargeRefund, ChargeStatus, PixCharge};
use crate::kernel::{ChargeId, Currency, MethodKind, OfferedMethod, StatusChange, mask_email};
use brazil::DocumentKind;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A charge.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Charge")]
pub struct ChargeView {
    /// Id of the charge.
    pub id: ChargeId,
    /// Status of the charge.
    pub status: ChargeStatus,
    /// Payment method; always `pix`.
    #[schemars(with = "OfferedMethod")]
    pub method: MethodKind,
    /// Amount that the payer is asked to pay, in cents.
    pub amount_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// Amount that the payer paid, in cents.
    pub paid_amount_cents: u64,
    /// Total of paid refunds, in cents.
    pub refunded_amount_cents: u64,
    /// Total of refunds in process, in cents.
    pub refunding_amount_cents: u64,
    /// Refunds of the charge, oldest first.
    pub refunds: Vec<ChargeRefund>,
    /// Fee taken when the charge was credited, in cents; a refund does not return it.
    pub fees_cents: u64,
    /// Payer of the charge.
    pub payer: PayerView,
    /// Pix data of the charge.
    pub pix: PixView,
    /// Description that the payer sees.
    pub description: Option<String>,
    /// Caller's own id of the charge.
    pub reference: Option<String>,
    /// Notes of the caller.
    pub metadata: BTreeMap<String, String>,
    /// Every status of the charge, oldest first.
    pub status_history: Vec<StatusChange<ChargeStatus>>,
    /// Time at which the charge was created.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// Time from which the payer can no longer pay.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub expires_at: Timestamp,
}

/// Payer of a charge. Lists mask a CPF.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Payer")]
pub struct PayerView {
    /// Name of the payer.
    pub name: String,
    /// CPF or CNPJ of the payer.
    pub document: DocumentView,
    /// E-mail of the payer.
    pub email: Option<String>,
}

/// A CPF or CNPJ.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Document")]
pub struct DocumentView {
    /// `cpf` or `cnpj`.
    #[serde(rename = "type")]
    pub kind: DocumentKind,
    /// Number without punctuation; lists show a CPF as `***.456.789-**`.
    pub number: String,
}

/// Pix data of a charge.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Pix")]
pub struct PixView {
    /// Text of the QR code ("copia e cola").
    pub br_code: String,
    /// Id of the charge in the network.
    pub txid: String,
    /// End-to-end id of the payment; null until the payer paid.
    pub end_to_end_id: Option<String>,
    /// URL of the QR code as a picture: SVG, or PNG with `?format=png`. It needs a credential with
    /// `charges:read`.
    pub qr_code_url: String,
}

impl PixView {
    fn new(charge_id: ChargeId, pix: &PixCharge) -> Self {
        Self {
            br_code: pix.br_code.clone(),
            txid: pix.txid.to_string(),
            end_to_end_id: pix.end_to_end_id.as_ref().map(ToString::to_string),
            qr_code_url: format!("{}/v1/charges/{charge_id}/qr-code", pix.origin),
        }
    }
}

impl From<&Charge> for ChargeView {
    fn from(charge: &Charge) -> Self {
        let ChargeMethod::Pix(pix) = &charge.method;
        let document = &charge.payer.document;
        Self {
            id: charge.id,
            status: charge.status,
            method: charge.method.kind(),
            amount_cents: charge.amount_cents,
            currency: Currency::Brl,
            paid_amount_cents: charge.paid_amount_cents,
            refunded_amount_cents: charge.refunded_amount_cents,
            refunding_amount_cents: charge.refunding_amount_cents,
            refunds: charge.refunds.clone(),
            fees_cents: charge.fees_cents,
            payer: PayerView {
                name: charge.payer.name.clone(),
                document: DocumentView {
                    kind: document.kind(),
                    number: document.number().to_owned(),
                },
                email: charge.payer.email.clone(),
            },
            pix: PixView::new(charge.id, pix),
            description: charge.description.clone(),
            reference: charge.reference.clone(),
            metadata: charge.metadata.clone(),
            status_history: charge.status_history.clone(),
            created_at: charge.created_at,
            expires_at: charge.expires_at,
        }
    }
}

impl ChargeView {
    /// Returns the view for lists, which masks the CPF and the e-mail of the payer.
    pub fn masked(charge: &Charge) -> Self {
        let mut view = Self::from(charge);
        view.payer.document.number = charge.payer.document.masked();
        view.payer.email = view.payer.email.map(|email| mask_email(&email));
        view
    }
}
