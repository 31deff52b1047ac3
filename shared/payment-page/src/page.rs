//! A charge as a page: no script, nothing from elsewhere, every value escaped.

use std::sync::LazyLock;

use askama::Template;
use brazil::local_date;
use domain::account::{Account, Stage};
use domain::charge::Charge;
use jiff::Timestamp;
use typeset::{HtmlPage, clean, style_policy};

use crate::amounts::{PageRow, PayableAmount};
use crate::card_words::CardWords;
use crate::due_sentences::due_sentences;
use crate::format::{day, time};
use crate::frame::{PageFrame, STYLE};
use crate::icon;
use crate::language::PageLanguage;
use crate::outcome::PaymentOutcome;
use crate::page_words::PageWords;
use crate::sections::PaymentSections;
use crate::state::PaymentPageState;

/// The policy of the pages: only the style of the page itself applies, and no page may frame them.
static SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| style_policy(STYLE));

/// What a page is made of.
#[derive(Debug, Clone, Copy)]
pub struct PaymentPage<'a> {
    /// Charge as it is now ([`Charge::as_of`]).
    pub charge: &'a Charge,
    /// Account that asks for the money.
    pub account: &'a Account,
    /// Stage of the deployment.
    pub stage: Stage,
    /// Time of the request.
    pub now: Timestamp,
    /// Language of the page.
    pub language: PageLanguage,
    /// Path of the page, such as `/pay/AZ4h`, which the links of the page begin with.
    pub path: &'a str,
    /// Address of the acquirer's form, for a charge by card.
    pub card_form_url: Option<&'a str>,
}

impl PaymentPage<'_> {
    pub(crate) fn is_sandbox(&self) -> bool {
        self.stage == Stage::Sandbox
    }
}

#[derive(Template)]
#[template(path = "payment.html")]
struct PaymentTemplate<'a> {
    frame: PageFrame,
    words: &'static PageWords,
    card_words: &'static CardWords,
    payee: String,
    legal_name: Option<String>,
    is_sandbox: bool,
    path: &'a str,
    details: Vec<PageRow>,
    body: PaymentBody,
}

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFoundTemplate {
    frame: PageFrame,
    words: &'static PageWords,
    icon: &'static str,
}

enum PaymentBody {
    Open(OpenCharge),
    Closed { outcome: PaymentOutcome, icon: &'static str, tone: &'static str },
}

struct OpenCharge {
    status: &'static str,
    tone: &'static str,
    description: Option<String>,
    amount: PayableAmount,
    due_sentences: Vec<String>,
    sections: PaymentSections,
}

/// Returns the page of a charge.
pub fn payment_page(page: &PaymentPage<'_>) -> HtmlPage {
    let PaymentPage { charge, account, language, .. } = *page;
    let words = language.words();
    let payee = clean(&account.merchant.name);
    let state = PaymentPageState::of(charge);
    let (body, title) = match state {
        PaymentPageState::Open => {
            let open = open_charge(page);
            let title = format!("{} · {payee}", open.amount.total);
            (PaymentBody::Open(open), title)
        }
        _ => {
            let outcome = PaymentOutcome::of(charge, state, language);
            let title = format!("{} · {payee}", outcome.title);
            let (icon, tone) = (icon::path(state), state.tone());
            (PaymentBody::Closed { outcome, icon, tone }, title)
        }
    };
    let template = PaymentTemplate {
        frame: PageFrame::new(title, language),
        words,
        card_words: language.card_words(),
        legal_name: Some(clean(&account.name)).filter(|name| *name != payee),
        payee,
        is_sandbox: page.is_sandbox(),
        path: page.path,
        details: details(page, state),
        body,
    };
    HtmlPage::render(&template, &SECURITY_POLICY)
}

/// Returns the page of an address that leads to no charge. It is the same for every such address.
pub fn not_found_page(language: PageLanguage) -> HtmlPage {
    let words = language.words();
    let template = NotFoundTemplate {
        frame: PageFrame::new(words.not_found.to_owned(), language),
        words,
        icon: icon::path(PaymentPageState::Cancelled),
    };
    HtmlPage::render(&template, &SECURITY_POLICY)
}

fn open_charge(page: &PaymentPage<'_>) -> OpenCharge {
    let PaymentPage { charge, now, language, .. } = *page;
    let (words, today) = (language.words(), local_date(now));
    let terms = charge.terms.as_ref();
    let is_overdue = terms.is_some_and(|terms| terms.is_overdue_on(today));
    OpenCharge {
        status: if is_overdue { words.overdue } else { words.waiting },
        tone: if is_overdue { "bad" } else { PaymentPageState::Open.tone() },
        description: charge.description.as_deref().map(clean),
        amount: PayableAmount::of(charge, now, language),
        due_sentences: terms.map_or_else(Vec::new, |it| due_sentences(it, today, language)),
        sections: PaymentSections::of(charge, page.card_form_url, language.card_words()),
    }
}

/// Returns what the charge is for. Only an open charge names its payer, so that the reader knows who is asked;
/// the document and the e-mail of the payer are on no page.
fn details(page: &PaymentPage<'_>, state: PaymentPageState) -> Vec<PageRow> {
    let PaymentPage { charge, language, .. } = *page;
    let words = language.words();
    let is_open = state == PaymentPageState::Open;
    let row = |label, value: String| PageRow { label, value };
    let payer = charge.payer.as_ref().filter(|_| is_open);
    let due = charge.terms.as_ref().map(|terms| row(words.due_date, day(terms.due_date)));
    let until =
        (is_open && due.is_none()).then(|| row(words.pay_until, time(charge.expires_at, language)));
    let txid = charge.method.pix().map(|pix| row(words.identifier, pix.txid.to_string()));
    // An open page has the description beside the amount.
    let description = charge.description.as_deref().filter(|_| !is_open);
    [
        description.map(|text| row(words.description, clean(text))),
        payer.map(|payer| row(words.payer, clean(&payer.name))),
        due,
        until,
        txid,
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests;
