//! `GET /pay/{token}/sandbox-issuer`: the page on which the sandbox's issuer asks a payer who they are.

use domain::kernel::Error;
use edge::{PageReply, PublicRequest};
use page_reply::{language, page_of_charge};
use payment_page::sandbox_issuer_page;
use schemars::JsonSchema;
use serde::Deserialize;
use store::Store;

use crate::sandbox_only::sandbox_charge;

/// Language of the page. Other parameters are ignored.
#[derive(Deserialize, JsonSchema)]
pub struct IssuerPageInput {
    /// Language of the page: `pt` or `en`.
    lang: Option<String>,
}

/// Returns the page.
pub async fn handle(
    store: &Store,
    request: PublicRequest<IssuerPageInput>,
) -> Result<PageReply, Error> {
    let language = language(&request, request.input.lang.as_deref());
    let found = sandbox_charge(store, &request).await?;
    Ok(page_of_charge(&request, found, language, sandbox_issuer_page))
}
