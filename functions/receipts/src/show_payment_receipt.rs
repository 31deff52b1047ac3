//! `GET /pay/{token}/receipt`: the receipt of a payment page, for the payer.
//!
//! It is the receipt that the account gets (docs/adr/0031), in Portuguese. A charge without a payment has none;
//! its answer is that of a wrong token.

use domain::kernel::Error;
use edge::{PageOrFile, PageReply, PublicRequest, charge_of_token};
use page_reply::not_found;
use payment_page::PageLanguage;
use receipt::{ReceiptState, receipt_page, receipt_pdf};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Store;

use crate::from_objects::of_charge;
use crate::signing_keys::signing_keys;

/// Form of the receipt. Other parameters are ignored, because programs that pass an address on add their own.
#[derive(Deserialize, JsonSchema)]
pub struct PaymentReceiptInput {
    /// Form of the receipt: `pdf` for a PDF, else a page.
    format: Option<String>,
}

/// Returns the receipt.
pub async fn handle(
    store: &Store,
    request: PublicRequest<PaymentReceiptInput>,
) -> Result<PageOrFile, Error> {
    const LANGUAGE: PageLanguage = PageLanguage::Portuguese;
    let language = LANGUAGE.tag();
    let (stage, now) = (request.stage, request.moment.now);
    let found = charge_of_token(store, &request).await?;
    let receipt = found.map(|(charge, account)| of_charge(charge, &account, stage, now));
    let has_receipt = |state| !matches!(state, ReceiptState::Waiting | ReceiptState::NotMade);
    let Some(receipt) = receipt.filter(|receipt| has_receipt(receipt.state)) else {
        return Ok(PageOrFile(not_found(LANGUAGE)));
    };
    let secret = request.receipt_signing(0).await?;
    let file_name = format!("comprovante-{}.pdf", receipt.transaction);
    let issued = receipt.issue(&signing_keys(&secret)?, &request.origin);
    if request.input.format.as_deref() == Some("pdf") {
        let bytes = receipt_pdf(&issued).map_err(Error::internal)?;
        return Ok(PageOrFile(PageReply::File { bytes, file_name }));
    }
    let page = receipt_page(&issued);
    let (html, security_policy) = (page.html, page.security_policy);
    Ok(PageOrFile(PageReply::Found { html, security_policy, language }))
}
