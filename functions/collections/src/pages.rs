//! Replies with the pages of a link.

use domain::account::Account;
use domain::collection::{CodeChannel, CollectedPerson, Collection, CollectionLocale};
use domain::kernel::Error;
use edge::{PageReply, PublicRequest};
use gate::Peppers;
use payment_page::{
    CollectionEntry, CollectionPage, HtmlPage, PageLanguage, collection_form, collection_page,
    no_collection_page,
};

/// Returns the language that the request names, or that of the collection.
pub(crate) fn language_of(collection: &Collection, named: Option<&str>) -> PageLanguage {
    named.and_then(PageLanguage::parse).unwrap_or(match collection.locale {
        CollectionLocale::Portuguese => PageLanguage::Portuguese,
        CollectionLocale::English => PageLanguage::English,
    })
}

/// Returns the page of an address that leads nowhere.
pub(crate) fn not_found<I>(request: &PublicRequest<I>, named: Option<&str>) -> PageReply {
    let language = page_reply::language(request, named);
    let HtmlPage { html, security_policy } = no_collection_page(language);
    PageReply::NotFound { html, security_policy, language: language.tag() }
}

/// Sends the browser to the page of the link, so that a reload sends no form a second time.
pub(crate) fn back_to_page<I>(request: &PublicRequest<I>, language: PageLanguage) -> PageReply {
    let location = format!("{}?lang={}", path(request), language.parameter());
    PageReply::SeeOther { location }
}

/// Returns the page of a link without anything personal. A stage that has no e-mail shows the code that waits
/// to be entered.
pub(crate) fn page<I>(
    request: &PublicRequest<I>,
    (collection, account): (&Collection, &Account),
    peppers: &Peppers,
    language: PageLanguage,
    tries_left: Option<u8>,
) -> Result<PageReply, Error> {
    let waiting = collection.waiting_code(request.moment.now);
    let shown = match (waiting, CodeChannel::of(request.stage)) {
        (Some(code), Ok(CodeChannel::Page)) => Some(peppers.collection_code(collection, code)?),
        _ => None,
    };
    let path = path(request);
    let page = content(request, (collection, account), language, &path);
    Ok(found(collection_page(&page, shown, tries_left), language))
}

/// Returns the form for the Pix key, with the proof that the code was entered.
pub(crate) fn form<I>(
    request: &PublicRequest<I>,
    (collection, account): (&Collection, &Account),
    (person, proof): (&CollectedPerson, String),
    language: PageLanguage,
    entry: &CollectionEntry<'_>,
) -> PageReply {
    let path = path(request);
    let page = content(request, (collection, account), language, &path);
    found(collection_form(&page, person, proof, entry), language)
}

fn content<'a, I>(
    request: &PublicRequest<I>,
    (collection, account): (&'a Collection, &'a Account),
    language: PageLanguage,
    path: &'a str,
) -> CollectionPage<'a> {
    let (stage, now) = (request.stage, request.moment.now);
    CollectionPage { collection, account, stage, now, language, path }
}

fn path<I>(request: &PublicRequest<I>) -> String {
    format!("/collect/{}", request.path("token"))
}

fn found(page: HtmlPage, language: PageLanguage) -> PageReply {
    let HtmlPage { html, security_policy } = page;
    PageReply::Found { html, security_policy, language: language.tag() }
}
