//! `POST /collect/{token}/code`: a beneficiary asks for a one-time code.

use domain::collection::{CodeChannel, CodeRequest};
use domain::kernel::Error;
use edge::{FormReply, PublicForm};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::link::collection_of_link;
use crate::pages;

/// Letters and digits of the nonce from which a code follows: 131 bits.
const NONCE_LENGTH: usize = 22;

/// The request for a code.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionCodeInput {
    /// Language of the page: `pt` or `en`.
    lang: Option<String>,
}

/// Replaces the code, so that an older one is worth nothing. A link has ten codes, and then it is cancelled.
pub async fn handle(
    store: &Store,
    request: PublicForm<CollectionCodeInput>,
) -> Result<FormReply, Error> {
    let named = request.input.lang.as_deref();
    let Some((mut collection, _)) = collection_of_link(store, &request).await? else {
        return Ok(FormReply(pages::not_found(&request, named)));
    };
    let (moment, language) = (&request.moment, pages::language_of(&collection, named));
    let (peppers, nonce) = (request.peppers().await?, moment.base62(NONCE_LENGTH));
    let writes = match collection.request_code(nonce, peppers.current(), moment)? {
        CodeRequest::New => match CodeChannel::of(request.stage)? {
            // The page shows the code, so nothing is sent.
            CodeChannel::Page => Some(Writes::default().replace(&collection)),
        },
        CodeRequest::Cancelled(event) => {
            Some(Writes::default().replace(&collection).create(&*event))
        }
        CodeRequest::Unchanged => None,
    };
    if let Some(writes) = writes {
        store.commit(writes, moment).await?;
    }
    Ok(FormReply(pages::back_to_page(&request, language)))
}
