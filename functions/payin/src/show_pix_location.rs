//! `GET /pix/{location}`: the payload behind a QR code, for the payer's bank.
//!
//! The field names are those of the Central Bank's API Pix. There is no signed form (JWS), because it
//! needs the recipient's certificate. There is no data of the payer, because the location is public.
//!
//! A cache may keep the payload for some seconds, never beyond the end of the charge. After it expired, it
//! can still be paid by a match, so no cache keeps it.

use brazil::{Txid, instant, local_date};
use domain::charge::{AmountDue, Charge, ChargeStatus};
use domain::kernel::Error;
use edge::{Cacheable, PublicRequest};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Store;

/// Longest time that a cache may keep the payload. A payer who scans a code just after another one paid it
/// sees a payment of at most this age as open, as with two payers who scan at the same time.
const MAX_AGE_SECONDS: i64 = 5;

/// What the payer's bank says about the payment. Both names are those of the Central Bank's manual.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PixLocationQuery {
    /// Day on which the payer wants to pay, which decides the amount of a charge with a due date; today in
    /// São Paulo if absent. A day that has passed counts as today.
    #[serde(rename = "DPP")]
    dpp: Option<Date>,
    /// IBGE code of the payer's city. Holidays of cities do not change the amount.
    #[expect(dead_code, reason = "banks send it, and the bank calendar is national")]
    #[serde(rename = "codMun")]
    cod_mun: Option<String>,
}

/// The payload of an immediate charge (`cob`) or of one with a due date (`cobv`).
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
    /// Seconds from `criacao` until an immediate charge expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiracao: Option<i64>,
    /// Day on which the charge is due.
    #[serde(rename = "dataDeVencimento", skip_serializing_if = "Option::is_none")]
    due_date: Option<Date>,
    /// Days after the due date on which the charge can be paid.
    #[serde(rename = "validadeAposVencimento", skip_serializing_if = "Option::is_none")]
    payable_days_after_due: Option<u16>,
}

/// Amount of the charge.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PixAmount")]
pub struct PixAmount {
    /// Amount in reais with two decimals, such as `10.00`.
    original: String,
    /// Parts of the amount of a charge with a due date, and their total.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    parts: Option<PixAmountParts>,
}

/// Parts of the amount of a charge with a due date, in reais with two decimals.
#[derive(Serialize, JsonSchema)]
pub struct PixAmountParts {
    /// Rebate.
    abatimento: String,
    /// Discount for an early payment.
    desconto: String,
    /// Fine for a late payment.
    multa: String,
    /// Interest for a late payment.
    juros: String,
    /// What the payer pays.
    #[serde(rename = "final")]
    total: String,
}

impl From<&AmountDue> for PixAmountParts {
    fn from(due: &AmountDue) -> Self {
        Self {
            abatimento: reais(due.rebate_cents),
            desconto: reais(due.discount_cents),
            multa: reais(due.fine_cents),
            juros: reais(due.interest_cents),
            total: reais(due.total_cents),
        }
    }
}

/// Returns an amount as the network writes it: reais with two decimals.
fn reais(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Returns the payload. An unknown location is 404.
pub async fn handle(
    store: &Store,
    request: PublicRequest<PixLocationQuery>,
) -> Result<Cacheable<PixPayload>, Error> {
    const UNKNOWN: Error = Error::NotFound("Pix location");
    // Every caller may request it, so text that is not a txid never reaches the table.
    let txid = Txid::parse(request.path("location")).map_err(|_| UNKNOWN)?;
    let charge = store.find_charge_by_location(txid.as_str()).await?.ok_or(UNKNOWN)?;
    let max_age_seconds = max_age_seconds(&charge, request.moment.now);
    let payload = payload(charge, request.input.dpp, request.moment.now).ok_or(UNKNOWN)?;
    let version = version(&payload);
    Ok(request.cacheable(payload, &version, max_age_seconds))
}

/// Returns how long a cache may keep the payload, in seconds.
fn max_age_seconds(charge: &Charge, now: Timestamp) -> u32 {
    let most = match charge.status {
        // The amount of a charge with a due date changes at midnight.
        ChargeStatus::Pending | ChargeStatus::Registering | ChargeStatus::Cancelling => {
            match &charge.terms {
                Some(_) => seconds_of_today(now),
                None => charge.expires_at.duration_since(now).as_secs(),
            }
        }
        ChargeStatus::Expired => 0,
        ChargeStatus::Authorizing
        | ChargeStatus::Authorized
        | ChargeStatus::Declined
        | ChargeStatus::Cancelled
        | ChargeStatus::Refused
        | ChargeStatus::Paid
        | ChargeStatus::Credited
        | ChargeStatus::InReview
        | ChargeStatus::Rejected => MAX_AGE_SECONDS,
    };
    u32::try_from(most.clamp(0, MAX_AGE_SECONDS)).unwrap_or(0)
}

/// Returns the seconds until the day in São Paulo ends, which is when a charge with a due date may expire.
fn seconds_of_today(now: Timestamp) -> i64 {
    let next = local_date(now).tomorrow().map(|next| next.at(0, 0, 0, 0));
    next.and_then(instant).map_or(0, |end| end.duration_since(now).as_secs())
}

/// Returns the payload without the time at which it was served.
fn version(payload: &PixPayload) -> String {
    let mut version = json!(payload);
    version["calendario"]["apresentacao"] = Value::Null;
    version.to_string()
}

/// Returns the payload. Returns `None` if the charge is not paid by Pix.
fn payload(charge: Charge, dpp: Option<Date>, now: Timestamp) -> Option<PixPayload> {
    let pix = charge.method.pix()?;
    let status = match charge.status {
        // An expired charge stays ATIVA, because the payer's bank reads `expiracao`.
        ChargeStatus::Pending
        | ChargeStatus::Registering
        | ChargeStatus::Cancelling
        | ChargeStatus::Expired => "ATIVA",
        ChargeStatus::Cancelled | ChargeStatus::Refused => "REMOVIDA_PELO_USUARIO_RECEBEDOR",
        ChargeStatus::Paid
        | ChargeStatus::Credited
        | ChargeStatus::InReview
        | ChargeStatus::Rejected => "CONCLUIDA",
        // A charge by card has no location at the network.
        ChargeStatus::Authorizing | ChargeStatus::Authorized | ChargeStatus::Declined => {
            return None;
        }
    };
    let today = local_date(now);
    let date = dpp.map_or(today, |dpp| dpp.max(today));
    let terms = charge.terms.as_ref();
    let amount_due = terms.map(|terms| terms.amount_due(charge.amount_cents, date));
    // Whole seconds, so the payer's bank stops up to a second early and never late.
    let seconds = charge.expires_at.duration_since(charge.created_at).as_secs();
    Some(PixPayload {
        revisao: 0,
        calendario: Calendar {
            criacao: charge.created_at,
            apresentacao: now,
            expiracao: terms.is_none().then_some(seconds),
            due_date: terms.map(|terms| terms.due_date),
            payable_days_after_due: terms.map(|terms| terms.payable_days_after_due),
        },
        txid: pix.txid.to_string(),
        status,
        valor: PixAmount {
            original: reais(charge.amount_cents),
            parts: amount_due.as_ref().map(PixAmountParts::from),
        },
        chave: pix.key.clone(),
        solicitacao_pagador: charge.description,
    })
}
