//! `GET /pix/{location}`: the payload behind a QR code, for the payer's bank.
//!
//! The field names are those of the Central Bank's API Pix. There is no signed form (JWS), because it
//! needs the recipient's certificate. There is no data of the payer, because the location is public.

use brazil::Txid;
use domain::charge::{Charge, ChargeStatus};
use domain::kernel::Error;
use edge::{NoInput, OkJson, PublicRequest};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

/// The payload of an immediate charge (`cob`).
#[derive(Serialize, JsonSchema)]
pub struct PixPayload {
    /// Revision of the charge; always 0.
    revisao: u32,
    /// Times of the charge.
    calendario: Calendar,
    /// Id of the charge in the network.
    txid: String,
    /// Status of the charge: `ATIVA`, `CONCLUIDA` or `REMOVIDA_PELO_USUARIO_RECEBEDOR`.
    status: &'static str,
    /// Amount of the charge.
    valor: PixAmount,
    /// Pix key of the recipient.
    chave: String,
    /// Description that the payer sees.
    #[serde(rename = "solicitacaoPagador", skip_serializing_if = "Option::is_none")]
    solicitacao_pagador: Option<String>,
}

/// Times of a charge.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PixCalendar")]
pub struct Calendar {
    /// Time at which the charge was created.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    criacao: Timestamp,
    /// Time at which Trilho served this payload.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    apresentacao: Timestamp,
    /// Seconds from `criacao` until the charge expires.
    expiracao: i64,
}

/// Amount of the charge.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PixAmount")]
pub struct PixAmount {
    /// Amount in reais with two decimals, such as `10.00`.
    original: String,
}

/// Returns the payload. An unknown location is 404.
pub async fn handle(
    store: &Store,
    request: PublicRequest<NoInput>,
) -> Result<OkJson<PixPayload>, Error> {
    const UNKNOWN: Error = Error::NotFound("Pix location");
    // Every caller may request it, so text that is not a txid never reaches the table.
    let txid = Txid::parse(request.path("location")).map_err(|_| UNKNOWN)?;
    let charge = store.find_charge_by_location(txid.as_str()).await?;
    let payload = charge.and_then(|charge| payload(charge, request.moment.now));
    payload.map(OkJson).ok_or(UNKNOWN)
}

/// Returns the payload. Returns `None` if the charge is not paid by Pix.
fn payload(charge: Charge, now: Timestamp) -> Option<PixPayload> {
    let pix = charge.method.pix()?;
    let status = match charge.status {
        // An expired charge stays ATIVA, because the payer's bank reads `expiracao`.
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
            // Whole seconds, so the payer's bank stops up to a second early and never late.
            expiracao: charge.expires_at.duration_since(charge.created_at).as_secs(),
        },
        txid: pix.txid.to_string(),
        status,
        valor: PixAmount { original: format!("{}.{:02}", cents / 100, cents % 100) },
        chave: pix.key.clone(),
        solicitacao_pagador: charge.description,
    })
}
