//! The forms of a receipt, and the reply in the one that the caller chose.

use domain::account::Account;
use domain::kernel::{Code, Error};
use edge::{Call, DocumentReply, PageOrJson};
use receipt::{Receipt, ReceiptState, ReceiptView, receipt_page, receipt_pdf};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::signing_keys::signing_keys;

const JSON: &str = "application/json";
const HTML: &str = "text/html";
const PDF: &str = "application/pdf";

/// Form of the receipt.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptInput {
    /// Form of the receipt; it has precedence over the header `Accept`. If absent, `Accept` decides, and
    /// without `Accept` the receipt is JSON.
    format: Option<ReceiptFormat>,
}

/// Form of a receipt.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ReceiptFormat {
    /// JSON, for programs.
    Json,
    /// A page that also prints well.
    Html,
    /// An accessible PDF, to send to a payer or payee.
    Pdf,
}

/// A call about one object and its account.
pub(crate) type ReceiptCall<T> = Call<ReceiptInput, (T, Account)>;

/// Issues the receipt and replies with it.
///
/// # Errors
/// A conflict with `code` if the object has no receipt; `status` is its status in the API.
pub(crate) async fn reply<T>(
    call: &ReceiptCall<T>,
    receipt: Receipt,
    code: Code,
    status: &str,
) -> Result<DocumentReply<ReceiptView>, Error> {
    require_receipt(receipt.state, code, status)?;
    let keys = signing_keys(&*call.receipt_signing().await?)?;
    let file_name = format!("comprovante-{}.pdf", receipt.transaction);
    let issued = receipt.issue(&keys, &call.origin);
    let format = call.input.format.unwrap_or_else(|| match call.preferred(&[JSON, HTML, PDF]) {
        HTML => ReceiptFormat::Html,
        PDF => ReceiptFormat::Pdf,
        _ => ReceiptFormat::Json,
    });
    Ok(match format {
        ReceiptFormat::Json => {
            DocumentReply::PageOrJson(PageOrJson::Json(ReceiptView::from(&issued)))
        }
        ReceiptFormat::Html => {
            let page = receipt_page(&issued);
            let security_policy = page.security_policy;
            DocumentReply::PageOrJson(PageOrJson::Page { html: page.html, security_policy })
        }
        ReceiptFormat::Pdf => {
            DocumentReply::Pdf { bytes: receipt_pdf(&issued).map_err(Error::internal)?, file_name }
        }
    })
}

/// Refuses a receipt of money that did not move. A document about it could be shown as if it had.
fn require_receipt(state: ReceiptState, code: Code, status: &str) -> Result<(), Error> {
    let detail = match state {
        ReceiptState::Waiting => format!(
            "the status is {status}, so there is no receipt yet; ask again when money moves or a time \
             is set for it"
        ),
        ReceiptState::NotMade => {
            format!("the status is {status}: no money was transferred, so there is no receipt")
        }
        _ => return Ok(()),
    };
    Err(Error::conflict(code, detail))
}
