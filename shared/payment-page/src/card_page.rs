//! The forms of a payment by card: the payer confirms it, and the sandbox stands for acquirer and issuer.

use std::sync::LazyLock;

use askama::Template;
use domain::charge::CardToken;
use domain::receivable::installments;
use typeset::{HtmlPage, clean, form_policy, reais};

use crate::card_words::CardWords;
use crate::frame::{PageFrame, STYLE};
use crate::page::{PaymentPage, payment_page};
use crate::page_words::PageWords;
use crate::state::PaymentPageState;

/// The policy of the forms: as that of the payment page, and a form goes to its own origin alone.
static FORM_POLICY: LazyLock<String> = LazyLock::new(|| form_policy(STYLE));

/// A card of the sandbox, as its form lists it.
#[derive(Debug, Clone)]
pub struct SandboxCard {
    /// Name of the scenario.
    pub name: &'static str,
    /// New token of the card.
    pub token: String,
    /// Brand and last digits.
    pub label: String,
    /// What happens, in the language of the page.
    pub description: &'static str,
}

struct InstallmentOption {
    count: u8,
    label: String,
}

#[derive(Template)]
#[template(path = "card_payment.html")]
struct CardPaymentTemplate<'a> {
    frame: PageFrame,
    words: &'static PageWords,
    card_words: &'static CardWords,
    path: &'a str,
    form_url: &'a str,
    language: &'static str,
    is_sandbox: bool,
    payee: String,
    amount: String,
    description: Option<String>,
    soft_descriptor: Option<String>,
    token: &'a str,
    options: Vec<InstallmentOption>,
}

#[derive(Template)]
#[template(path = "sandbox_card.html")]
struct SandboxCardTemplate<'a> {
    frame: PageFrame,
    words: &'static PageWords,
    card_words: &'static CardWords,
    path: &'a str,
    language: &'static str,
    cards: &'a [SandboxCard],
}

#[derive(Template)]
#[template(path = "sandbox_issuer.html")]
struct SandboxIssuerTemplate<'a> {
    frame: PageFrame,
    words: &'static PageWords,
    card_words: &'static CardWords,
    path: &'a str,
    language: &'static str,
    payee: String,
    amount: String,
}

/// Returns the form that confirms the payment by a card. Returns the payment page if the charge no longer waits
/// for a card.
pub fn card_payment_page(page: &PaymentPage<'_>, token: &CardToken) -> HtmlPage {
    let PaymentPage { charge, account, language, .. } = *page;
    let is_open = PaymentPageState::of(charge).is_open();
    let card = charge.method.card().filter(|card| is_open && !card.has_used(token));
    let Some((card, form_url)) = card.zip(page.card_form_url) else { return payment_page(page) };
    let card_words = language.card_words();
    let count_max = card.installments_max.unwrap_or(1);
    let template = CardPaymentTemplate {
        frame: PageFrame::new(card_words.confirm_title.to_owned(), language)
            .with_query("card_token", token.reveal()),
        words: language.words(),
        card_words,
        path: page.path,
        form_url,
        language: language.parameter(),
        is_sandbox: page.is_sandbox(),
        payee: clean(&account.merchant.name),
        amount: reais(charge.amount_cents),
        description: charge.description.as_deref().map(clean),
        soft_descriptor: card.soft_descriptor.as_deref().map(clean),
        token: token.reveal(),
        options: (1..=count_max).map(|count| option(charge.amount_cents, count)).collect(),
    };
    HtmlPage::render(&template, &FORM_POLICY)
}

/// Returns the form of the sandbox's acquirer. Returns `None` if the charge does not wait for a card.
pub fn sandbox_card_page(page: &PaymentPage<'_>, cards: &[SandboxCard]) -> Option<HtmlPage> {
    let PaymentPage { charge, language, .. } = *page;
    if charge.method.card().is_none() || !PaymentPageState::of(charge).is_open() {
        return None;
    }
    let card_words = language.card_words();
    let template = SandboxCardTemplate {
        frame: PageFrame::new(card_words.form_title.to_owned(), language),
        words: language.words(),
        card_words,
        path: page.path,
        language: language.parameter(),
        cards,
    };
    Some(HtmlPage::render(&template, &FORM_POLICY))
}

/// Returns the page on which the issuer of the sandbox asks who the payer is. Returns `None` if it does not ask.
pub fn sandbox_issuer_page(page: &PaymentPage<'_>) -> Option<HtmlPage> {
    let PaymentPage { charge, account, language, .. } = *page;
    charge.method.card()?.authentication.as_ref()?;
    let card_words = language.card_words();
    let template = SandboxIssuerTemplate {
        frame: PageFrame::new(card_words.issuer_title.to_owned(), language),
        words: language.words(),
        card_words,
        path: page.path,
        language: language.parameter(),
        payee: clean(&account.merchant.name),
        amount: reais(charge.amount_cents),
    };
    Some(HtmlPage::render(&template, &FORM_POLICY))
}

/// Returns the choice of so many instalments. The first has the odd cents.
fn option(amount_cents: u64, count: u8) -> InstallmentOption {
    let parts = installments(amount_cents, count);
    let (first, last) = (parts.first().copied(), parts.last().copied());
    let (first, last) = (first.unwrap_or(amount_cents), last.unwrap_or(amount_cents));
    let label = match first == last {
        true => format!("{count} × {}", reais(last)),
        false => format!("1 × {} + {} × {}", reais(first), count - 1, reais(last)),
    };
    InstallmentOption { count, label }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_instalment_has_the_odd_cents() {
        let label = |count| option(10_000, count).label.replace('\u{a0}', " ");
        assert_eq!(label(1), "1 × R$ 100,00");
        assert_eq!(label(2), "2 × R$ 50,00");
        assert_eq!(label(3), "1 × R$ 33,34 + 2 × R$ 33,33");
    }
}
