//! `GET /receipts/{code}`: whether a receipt is genuine, and the state of its transaction now.
//!
//! Anyone may ask. The signature is checked before the table is read, so an invented code costs no read,
//! and no code leads to a transaction of which no receipt was issued. A false code gets an answer, not an
//! error, because the answer is what a person with a false receipt needs.

use domain::account::Account;
use domain::charge::{Charge, Refund};
use domain::kernel::Error;
use domain::payout::Payout;
use edge::{PageOrJson, PublicRequest, Rows};
use receipt::{
    Confirmation, ConfirmationView, Receipt, ReceiptCode, ReceiptSubject, confirmation_page,
};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Store};

use crate::from_objects::{of_charge, of_payout, of_refund};
use crate::signing_keys::signing_keys;

/// Form of the answer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationInput {
    /// Form of the answer; it has precedence over the header `Accept`. If absent, `Accept` decides, and
    /// without `Accept` the answer is a page.
    format: Option<ConfirmationFormat>,
}

/// Form of the answer to a code.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ConfirmationFormat {
    /// JSON, for programs.
    Json,
    /// A page for people.
    Html,
}

/// Returns the answer to the code.
pub async fn handle(
    store: &Store,
    request: PublicRequest<ConfirmationInput>,
) -> Result<PageOrJson<ConfirmationView>, Error> {
    let confirmation = confirm(store, &request).await?.unwrap_or(Confirmation::NotConfirmed);
    let preferred = || match request.preferred(&["text/html", "application/json"]) {
        "text/html" => ConfirmationFormat::Html,
        _ => ConfirmationFormat::Json,
    };
    Ok(match request.input.format.unwrap_or_else(preferred) {
        ConfirmationFormat::Json => PageOrJson::Json(ConfirmationView::from(&confirmation)),
        ConfirmationFormat::Html => {
            let page = confirmation_page(&confirmation);
            PageOrJson::Page { html: page.html, security_policy: page.security_policy }
        }
    })
}

/// Returns what the code confirms. Returns `None` if it is not genuine.
async fn confirm(
    store: &Store,
    request: &PublicRequest<ConfirmationInput>,
) -> Result<Option<Confirmation>, Error> {
    let text = request.path("code");
    let Some(version) = ReceiptCode::key_version(text) else { return Ok(None) };
    let keys = signing_keys(&*request.receipt_signing(version).await?)?;
    let Ok(code) = ReceiptCode::verify(text, &keys) else { return Ok(None) };
    let current = find_receipt(store, request, &code).await?;
    Ok(current.map(|current| Confirmation::of(&code, current)))
}

/// Reads the transaction of a genuine code with its account. Returns `None` if one does not exist.
async fn find_receipt(
    store: &Store,
    request: &PublicRequest<ConfirmationInput>,
    code: &ReceiptCode,
) -> Result<Option<Receipt>, Error> {
    let account_id = code.account_id;
    let account = Key::Account(account_id);
    let object = match code.transaction {
        ReceiptSubject::Payout(id) => Key::Payout(account_id, id),
        ReceiptSubject::Charge(id) => Key::Charge(account_id, id),
        ReceiptSubject::Refund(id) => Key::Refund(account_id, id),
    };
    let rows = Rows::load(store, vec![account.clone(), object.clone()]).await?;
    let Some(account) = rows.find::<Account>(&account)? else { return Ok(None) };
    let (stage, now) = (request.stage, request.moment.now);
    Ok(match code.transaction {
        ReceiptSubject::Payout(_) => {
            let payout = rows.find::<Payout>(&object)?;
            payout.map(|payout| of_payout(payout, &account, stage, now))
        }
        ReceiptSubject::Charge(_) => {
            let charge = rows.find::<Charge>(&object)?;
            charge.map(|charge| of_charge(charge, &account, stage, now))
        }
        ReceiptSubject::Refund(_) => {
            rows.find::<Refund>(&object)?.map(|refund| of_refund(&refund, &account, stage))
        }
    })
}
