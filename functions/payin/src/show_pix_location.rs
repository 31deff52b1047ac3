//! `GET /pix/{location}`: the payload behind a QR code, for the payer's bank.
//!
//! The names are those of the Central Bank's API Pix. The signed form (JWS) needs the recipient's
//! certificate and is not served; the payer's data is left out, because the location is public.

use brazil::Txid;
use domain::charge::{Charge, ChargeStatus};
use domain::kernel::Error;
use edge::{Found, NoInput, PublicRequest};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

/// The payload of an immediate charge (`cob`).
#[derive(Serialize, JsonSchema)]
pub struct PixPayload {
    /// Revision of the charge; a charge is never revised.
    revisao: u32,
    /// Times.
    calendario: Calendar,
    /// The charge's name.
    txid: String,
    /// `ATIVA`, `CONCLUIDA` or `REMOVIDA_PELO_USUARIO_RECEBEDOR`.
    status: &'static str,
    /// The amount.
    valor: PixAmount,
    /// The recipient's key.
    chave: String,
    /// What for.
    #[serde(rename = "solicitacaoPagador", skip_serializing_if = "Option::is_none")]
    solicitacao_pagador: Option<String>,
}

/// Times of a charge.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PixCalendar")]
pub struct Calendar {
    /// When it was opened.
    criacao: Timestamp,
    /// When this payload was served.
    apresentacao: Timestamp,
    /// Seconds it can be paid for, from `criacao` on.
    expiracao: i64,
}

/// An amount, as `10.00`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PixAmount")]
pub struct PixAmount {
    /// Reais and cents.
    original: String,
}

/// Serves the payload; an unknown location is 404.
pub async fn handle(
    store: &Store,
    request: PublicRequest<NoInput>,
) -> Result<Found<PixPayload>, Error> {
    const UNKNOWN: Error = Error::NotFound("PIX location");
    // Anybody may ask: what is no txid never reaches the table.
    let txid = Txid::parse(request.path("location")).map_err(|_| UNKNOWN)?;
    let charge = store.find_charge_by_location(txid.as_str()).await?;
    let payload = charge.and_then(|charge| payload(charge, request.moment.now));
    payload.map(Found).ok_or(UNKNOWN)
}

/// Returns the payload. Returns `None` if the charge is not paid by Pix.
fn payload(charge: Charge, now: Timestamp) -> Option<PixPayload> {
    let pix = charge.method.pix()?;
    let status = match charge.status {
        // The record of an expired charge stays ATIVA; the payer's bank reads `expiracao`.
        ChargeStatus::Pending | ChargeStatus::Expired => "ATIVA",
        ChargeStatus::Cancelled => "REMOVIDA_PELO_USUARIO_RECEBEDOR",
        ChargeStatus::Paid
        | ChargeStatus::Credited
        | ChargeStatus::InReview
        | ChargeStatus::Rejected => "CONCLUIDA",
    };
    let cents = charge.amount_cents;
    Some(PixPayload {
        revisao: 0,
        calendario: Calendar {
            criacao: charge.created_at,
            apresentacao: now,
            expiracao: charge.expires_at.duration_since(charge.created_at).as_secs(),
        },
        txid: pix.txid.to_string(),
        status,
        valor: PixAmount { original: format!("{}.{:02}", cents / 100, cents % 100) },
        chave: pix.key.clone(),
        solicitacao_pagador: charge.description,
    })
}
