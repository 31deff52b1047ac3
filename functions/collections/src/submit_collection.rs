//! `POST /collect/{token}`: a beneficiary sends their Pix key.
//!
//! The form carries a proof of the code, bound to this link and this code. The submission ends the code, so a form
//! that is posted again, or by two people at once, counts once.

use brazil::{PixKey, PixKeyError, PixKeyKind};
use domain::collection::{Consent, NOTICE_VERSION};
use domain::kernel::Error;
use edge::{NextPage, PublicForm};
use payment_page::CollectionEntry;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::link::collection_of_link;
use crate::pages;

/// Characters of the longest key with punctuation.
const KEY_LENGTH_MAX: usize = 100;

/// The Pix key and the consent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionSubmission {
    /// Proof of the code, from the form.
    proof: String,
    /// Version of the privacy notice that the form showed.
    notice_version: String,
    /// Type of the key: `cpf`, `cnpj`, `phone`, `email` or `evp`; detected if empty.
    pix_key_type: Option<String>,
    /// Pix key, with or without punctuation.
    pix_key: String,
    /// `yes` if the beneficiary consents.
    consent: Option<String>,
    /// Language of the page: `pt` or `en`.
    lang: Option<String>,
}

impl CollectionSubmission {
    fn kind(&self) -> Option<PixKeyKind> {
        let word = self.pix_key_type.as_deref()?;
        PixKeyKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    fn key(&self) -> Result<PixKey, PixKeyError> {
        if self.pix_key.chars().count() > KEY_LENGTH_MAX {
            return Err(PixKeyError::UnknownForm);
        }
        match self.kind() {
            Some(kind) => PixKey::parse(kind, &self.pix_key),
            None => PixKey::detect(&self.pix_key),
        }
    }

    fn has_consent(&self) -> bool {
        self.consent.as_deref() == Some("yes") && self.notice_version == NOTICE_VERSION
    }
}

/// Keeps the sealed key for the check, or shows the form again with what is wrong.
pub async fn handle(
    store: &Store,
    request: PublicForm<CollectionSubmission>,
) -> Result<NextPage, Error> {
    let input = &request.input;
    let named = input.lang.as_deref();
    let Some((mut collection, account)) = collection_of_link(store, &request).await? else {
        return Ok(NextPage(pages::not_found(&request, named)));
    };
    let (moment, language) = (&request.moment, pages::language_of(&collection, named));
    let Some(code) = collection.entered_code(moment.now).cloned() else {
        return Ok(NextPage(pages::back_to_page(&request, language)));
    };
    let peppers = request.peppers().await?;
    if !peppers.is_collection_proof(&collection, &code, &input.proof)? {
        return Ok(NextPage(pages::back_to_page(&request, language)));
    }
    let person = peppers.open_person(&collection)?;
    let mut person = person.ok_or_else(|| Error::internal("an open link has its person"))?;
    let (key, has_consent) = (input.key(), input.has_consent());
    let key = match key {
        Ok(key) if has_consent => key,
        wrong => {
            let entry = CollectionEntry {
                kind: input.kind(),
                key: &input.pix_key,
                key_flaw: wrong.err(),
                lacks_consent: !has_consent,
            };
            let (found, proof) = ((&collection, &account), input.proof.clone());
            return Ok(NextPage(pages::form(&request, found, (&person, proof), language, &entry)));
        }
    };
    person.pix_key = Some(key);
    let sealed = peppers.seal_person(collection.id, &person, moment)?;
    let consent = Consent {
        notice_version: NOTICE_VERSION.to_owned(),
        given_at: moment.now,
        address: peppers.address_digest(request.ip)?,
    };
    let event = collection.submit(sealed, consent, moment)?;
    store.commit(Writes::default().replace(&collection).create(&event), moment).await?;
    Ok(NextPage(pages::back_to_page(&request, language)))
}
