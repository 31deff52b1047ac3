//! `GET /collect/{token}`: the page of a Data Collect link, for its beneficiary.
//!
//! The page shows nothing of the beneficiary. A GET changes nothing, because scanners of mails open every
//! address.

use domain::kernel::Error;
use edge::{PageReply, PublicRequest};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Store;

use crate::link::collection_of_link;
use crate::pages;

/// Language of the page. Other parameters are ignored, because programs that pass an address on add their own.
#[derive(Deserialize, JsonSchema)]
pub struct CollectionPageInput {
    /// Language of the page: `pt` or `en`; that of the collection if absent.
    lang: Option<String>,
}

/// Returns the page, also that of a link that has ended.
pub async fn handle(
    store: &Store,
    request: PublicRequest<CollectionPageInput>,
) -> Result<PageReply, Error> {
    let named = request.input.lang.as_deref();
    let Some((collection, account)) = collection_of_link(store, &request).await? else {
        return Ok(pages::not_found(&request, named));
    };
    let (peppers, language) = (request.peppers().await?, pages::language_of(&collection, named));
    pages::page(&request, (&collection, &account), &peppers, language, None)
}
