//! `GET /pay/{token}`: the payment page of a charge, for its payer.
//!
//! The address is a secret of the payer (docs/adr/0041). A wrong token is refused before anything is read, and
//! its answer is the same page as that of a charge that does not exist. A GET changes nothing, because scanners
//! of mails open every address.

use domain::kernel::Error;
use edge::{PageReply, PublicRequest, charge_of_token};
use page_reply::{language, page_of_charge};
use payment_page::payment_page;
use schemars::JsonSchema;
use serde::Deserialize;
use store::Store;

/// Language of the page. Other parameters are ignored, because programs that pass an address on add their own.
#[derive(Deserialize, JsonSchema)]
pub struct PaymentPageInput {
    /// Language of the page: `pt` or `en`. Without one of them `Accept-Language` decides, and the default is
    /// Portuguese.
    lang: Option<String>,
}

/// Returns the page, also that of a charge that is paid, cancelled or expired.
pub async fn handle(
    store: &Store,
    request: PublicRequest<PaymentPageInput>,
) -> Result<PageReply, Error> {
    let language = language(&request, request.input.lang.as_deref());
    let found = charge_of_token(store, &request).await?;
    Ok(page_of_charge(&request, found, language, |page| Some(payment_page(page))))
}
