//! `POST /collect/{token}/form`: a beneficiary enters the one-time code.
//!
//! Each wrong code is counted over the version that was read, and its answer leaves only after that, so guesses
//! at the same moment are counted one by one.

use domain::collection::CodeAnswer;
use domain::kernel::Error;
use edge::{NextPage, PublicForm};
use payment_page::CollectionEntry;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::link::collection_of_link;
use crate::pages;

/// Digits of a code.
const CODE_DIGITS: usize = 6;

/// The code that the beneficiary received.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionFormInput {
    /// Six digits; other characters are ignored.
    code: String,
    /// Language of the page: `pt` or `en`.
    lang: Option<String>,
}

/// Shows the form after a right code, which works once. A wrong code takes one of five tries.
pub async fn handle(
    store: &Store,
    request: PublicForm<CollectionFormInput>,
) -> Result<NextPage, Error> {
    let named = request.input.lang.as_deref();
    let Some((mut collection, account)) = collection_of_link(store, &request).await? else {
        return Ok(NextPage(pages::not_found(&request, named)));
    };
    let (moment, language) = (&request.moment, pages::language_of(&collection, named));
    let Some(code) = collection.waiting_code(moment.now).cloned() else {
        return Ok(NextPage(pages::back_to_page(&request, language)));
    };
    let peppers = request.peppers().await?;
    let entered: String = request.input.code.chars().filter(char::is_ascii_digit).collect();
    // A part of a code is a slip and no guess, so it takes no try.
    if entered.len() != CODE_DIGITS {
        let found = (&collection, &account);
        return pages::page(&request, found, &peppers, language, Some(collection.tries_left()))
            .map(NextPage);
    }
    let is_right = peppers.is_collection_code(&collection, &code, &entered)?;
    let answer = collection.enter_code(is_right, moment)?;
    let writes = Writes::default().replace(&collection);
    let writes = match &answer {
        CodeAnswer::Right(Some(event)) | CodeAnswer::Cancelled(event) => writes.create(&**event),
        CodeAnswer::Right(None) | CodeAnswer::Wrong { .. } | CodeAnswer::NoCode => writes,
    };
    store.commit(writes, moment).await?;
    match answer {
        CodeAnswer::Right(_) => {
            let person = peppers.open_person(&collection)?;
            let person = person.ok_or_else(|| Error::internal("an open link has its person"))?;
            let proof = peppers.collection_proof(&collection, &code)?;
            let (found, entry) = ((&collection, &account), CollectionEntry::default());
            Ok(NextPage(pages::form(&request, found, (&person, proof), language, &entry)))
        }
        CodeAnswer::Wrong { left } => {
            let found = (&collection, &account);
            pages::page(&request, found, &peppers, language, Some(left)).map(NextPage)
        }
        CodeAnswer::Cancelled(_) | CodeAnswer::NoCode => {
            Ok(NextPage(pages::back_to_page(&request, language)))
        }
    }
}
