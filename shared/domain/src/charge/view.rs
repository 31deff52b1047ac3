//! A charge as the API and its events show it: a promise, apart from how it is stored.
use crate::charge::{Charge, ChargeMethod, ChargeRefund, ChargeStatus, PixCharge};
use crate::kernel::{ChargeId, StatusChange, mask_email};
use brazil::DocumentKind;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A charge.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Charge")]
pub struct ChargeView {
    /// Its id.
    pub id: ChargeId,
    /// Where it stands.
    pub status: ChargeStatus,
    /// How it is paid; `pix`.
    pub method: &'static str,
    /// Asked, in cents.
    pub amount_cents: u64,
    /// `BRL`.
    pub currency: &'static str,
    /// Paid, in cents.
    pub paid_amount_cents: u64,
    /// Given back, in cents.
    pub refunded_amount_cents: u64,
    /// Being given back, in cents.
    pub refunding_amount_cents: u64,
    /// Its refunds, oldest first.
    pub refunds: Vec<ChargeRefund>,
    /// The fee taken when it was credited, in cents. A refund does not give it back.
    pub fees_cents: u64,
    /// Who is asked to pay.
    pub payer: PayerView,
    /// How to pay it by PIX.
    pub pix: PixView,
    /// What for.
    pub description: Option<String>,
    /// The caller's own id.
    pub reference: Option<String>,
    /// The caller's own notes.
    pub metadata: BTreeMap<String, String>,
    /// Every state it was in.
    pub status_history: Vec<StatusChange<ChargeStatus>>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it stops being payable.
    pub expires_at: Timestamp,
}

/// The payer. In lists a CPF is masked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Payer")]
pub struct PayerView {
    /// Name.
    pub name: String,
    /// CPF or CNPJ.
    pub document: DocumentView,
    /// E-mail.
    pub email: Option<String>,
}

/// A document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Document")]
pub struct DocumentView {
    /// `cpf` or `cnpj`.
    #[serde(rename = "type")]
    #[schemars(with = "String", extend("enum" = ["cpf", "cnpj"]))]
    pub kind: DocumentKind,
    /// Without punctuation; in lists a CPF is `***.456.789-**`.
    pub number: String,
}

/// The PIX side.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Pix")]
pub struct PixView {
    /// The text of the QR code ("copia e cola").
    pub br_code: String,
    /// The charge's name at the network.
    pub txid: String,
    /// The payment, once there is one.
    pub end_to_end_id: Option<String>,
    /// The QR code as a picture: SVG, or PNG with `Accept: image/png`. Needs the same credential.
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
            method: charge.method.kind().as_str(),
            amount_cents: charge.amount_cents,
            currency: "BRL",
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
    /// The view for lists: the document of a natural person is masked, the e-mail too.
    pub fn masked(charge: &Charge) -> Self {
        let mut view = Self::from(charge);
        view.payer.document.number = charge.payer.document.masked();
        view.payer.email = view.payer.email.map(|email| mask_email(&email));
        view
    }
}
