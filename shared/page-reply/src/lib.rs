//! The pages of a charge as replies: what functions for payers share beside the pages themselves.

#![warn(missing_docs)]

use domain::account::Account;
use domain::charge::Charge;
use edge::{PageReply, PublicRequest};
use payment_page::{HtmlPage, PageLanguage, PaymentPage, not_found_page};

/// Returns the language that the query or form names, or the one that the browser prefers.
pub fn language<I>(request: &PublicRequest<I>, named: Option<&str>) -> PageLanguage {
    PageLanguage::choose(named, request.preferred_language(&PageLanguage::TAGS))
}

/// Returns the page that `render` makes of the charge, or the page of an address that leads nowhere.
pub fn page_of_charge<I>(
    request: &PublicRequest<I>,
    found: Option<(Charge, Account)>,
    language: PageLanguage,
    render: impl FnOnce(&PaymentPage<'_>) -> Option<HtmlPage>,
) -> PageReply {
    let now = request.moment.now;
    let page = found.and_then(|(charge, account)| {
        let has_card = charge.method.card().is_some() && !account.is_closed();
        let form_url = || {
            let form =
                request.rails.card_form_url(account.id, &request.payment_url(), language.tag());
            form.ok()
        };
        let card_form_url = has_card.then(form_url).flatten();
        render(&PaymentPage {
            charge: &charge.as_of(now),
            account: &account,
            stage: request.stage,
            now,
            language,
            path: &request.payment_path(),
            card_form_url: card_form_url.as_deref(),
        })
    });
    match page {
        Some(HtmlPage { html, security_policy }) => {
            PageReply::Found { html, security_policy, language: language.tag() }
        }
        None => not_found(language),
    }
}

/// Returns the page of an address that leads nowhere.
pub fn not_found(language: PageLanguage) -> PageReply {
    let HtmlPage { html, security_policy } = not_found_page(language);
    PageReply::NotFound { html, security_policy, language: language.tag() }
}

/// Sends the browser to the payment page, which shows what a form did.
pub fn payment_page_of<I>(request: &PublicRequest<I>, language: PageLanguage) -> PageReply {
    let location = format!("{}?lang={}", request.payment_path(), language.parameter());
    PageReply::SeeOther { location }
}
