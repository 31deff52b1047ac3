//! The Data Collect page: a beneficiary confirms a code and enters a Pix key (docs/adr/0052).
//!
//! Before the code the page shows the company and its purpose, and nothing of the beneficiary.

use std::sync::LazyLock;

use askama::Template;
use brazil::{PixKeyError, PixKeyKind};
use domain::account::{Account, Stage};
use domain::collection::{CollectedPerson, Collection, CollectionStatus, NOTICE_VERSION};
use jiff::Timestamp;
use typeset::{HtmlPage, clean, form_policy, reais};

use crate::collection_words::CollectionWords;
use crate::frame::{PageFrame, STYLE};
use crate::language::PageLanguage;

/// The policy of the page: no script, nothing is loaded, and its forms go to its own origin alone.
static FORM_POLICY: LazyLock<String> = LazyLock::new(|| form_policy(STYLE));

/// What a Data Collect page is made of.
#[derive(Debug, Clone, Copy)]
pub struct CollectionPage<'a> {
    /// Collection of the link.
    pub collection: &'a Collection,
    /// Account that asks.
    pub account: &'a Account,
    /// Stage of the deployment.
    pub stage: Stage,
    /// Time of the request.
    pub now: Timestamp,
    /// Language of the page.
    pub language: PageLanguage,
    /// Path of the page.
    pub path: &'a str,
}

/// What the beneficiary typed into the form, and what is wrong with it.
#[derive(Default)]
pub struct CollectionEntry<'a> {
    /// Type that was chosen.
    pub kind: Option<PixKeyKind>,
    /// Key as it was typed.
    pub key: &'a str,
    /// What is wrong with the key.
    pub key_flaw: Option<PixKeyError>,
    /// Whether the consent is missing.
    pub lacks_consent: bool,
}

struct AskingMerchant {
    name: String,
    legal_name: Option<String>,
    cnpj: Option<String>,
    purpose: String,
    amount: Option<String>,
    privacy_name: String,
}

struct KindOption {
    word: &'static str,
    label: &'static str,
    chosen: bool,
}

struct FormView {
    name: String,
    document: String,
    proof: String,
    kinds: Vec<KindOption>,
    key: String,
    key_flaw: Option<&'static str>,
    consent_flaw: Option<&'static str>,
}

enum CollectionStepView {
    Start,
    Code { shown: Option<String> },
    Form(FormView),
    Outcome { title: &'static str, message: &'static str },
}

#[derive(Template)]
#[template(path = "collection.html")]
struct CollectionTemplate<'a> {
    frame: PageFrame,
    words: &'static CollectionWords,
    is_sandbox: bool,
    language: &'static str,
    path: &'a str,
    merchant: AskingMerchant,
    needs_correction: bool,
    notice: Option<String>,
    notice_version: &'static str,
    step: CollectionStepView,
}

#[derive(Template)]
#[template(path = "collection_ended.html")]
struct NoCollectionTemplate {
    frame: PageFrame,
    words: &'static CollectionWords,
}

/// Returns the page without anything personal. `shown_code` is the code of a stage that shows it, and
/// `tries_left` says that a code was wrong.
pub fn collection_page(
    page: &CollectionPage<'_>,
    shown_code: Option<String>,
    tries_left: Option<u8>,
) -> HtmlPage {
    let words = page.language.collection_words();
    let notice = tries_left.map(|left| format!("{} {} {left}", words.wrong_code, words.tries_left));
    let outcome = |title, message| CollectionStepView::Outcome { title, message };
    let (now, collection) = (page.now, page.collection);
    let step = match collection.status {
        CollectionStatus::Submitted | CollectionStatus::Checking => {
            outcome(words.checking, words.checking_message)
        }
        CollectionStatus::Verified => outcome(words.verified, words.verified_message),
        _ if !collection.takes_data(now) => outcome(words.ended, words.ended_message),
        _ if collection.waiting_code(now).is_some() => {
            CollectionStepView::Code { shown: shown_code }
        }
        _ => CollectionStepView::Start,
    };
    render(page, step, notice)
}

/// Returns the form for the Pix key, after a right code. It names the beneficiary.
pub fn collection_form(
    page: &CollectionPage<'_>,
    person: &CollectedPerson,
    proof: String,
    entry: &CollectionEntry<'_>,
) -> HtmlPage {
    let words = page.language.collection_words();
    let kinds = PixKeyKind::ALL.iter().map(|kind| KindOption {
        word: kind.as_str(),
        label: kind_label(*kind, words),
        chosen: entry.kind == Some(*kind),
    });
    let form = FormView {
        name: clean(&person.name),
        document: person.document.masked(),
        proof,
        kinds: kinds.collect(),
        key: clean(entry.key),
        key_flaw: entry.key_flaw.as_ref().map(|flaw| key_flaw(flaw, words)),
        consent_flaw: entry.lacks_consent.then_some(words.consent_missing),
    };
    render(page, CollectionStepView::Form(form), None)
}

/// Returns the page of an address that leads nowhere.
pub fn no_collection_page(language: PageLanguage) -> HtmlPage {
    let words = language.collection_words();
    let frame = PageFrame::new(words.not_found.to_owned(), language);
    HtmlPage::render(&NoCollectionTemplate { frame, words }, &FORM_POLICY)
}

fn render(page: &CollectionPage<'_>, step: CollectionStepView, notice: Option<String>) -> HtmlPage {
    let words = page.language.collection_words();
    let template = CollectionTemplate {
        frame: PageFrame::new(words.page.to_owned(), page.language).at(page.path),
        words,
        is_sandbox: page.stage == Stage::Sandbox,
        language: page.language.parameter(),
        path: page.path,
        merchant: merchant(page, words),
        needs_correction: page.collection.status == CollectionStatus::NeedsCorrection,
        notice,
        notice_version: NOTICE_VERSION,
        step,
    };
    HtmlPage::render(&template, &FORM_POLICY)
}

fn merchant(page: &CollectionPage<'_>, words: &CollectionWords) -> AskingMerchant {
    let CollectionPage { collection, account, .. } = *page;
    let name = clean(&account.merchant.name);
    let legal_name = clean(&account.name);
    AskingMerchant {
        cnpj: account.merchant.document().map(|document| document.masked()),
        purpose: collection.message.as_deref().map_or(words.default_purpose.to_owned(), clean),
        amount: collection.amount_cents.map(reais),
        privacy_name: legal_name.clone(),
        legal_name: Some(legal_name).filter(|legal| *legal != name),
        name,
    }
}

fn kind_label(kind: PixKeyKind, words: &CollectionWords) -> &'static str {
    match kind {
        PixKeyKind::Cpf => "CPF",
        PixKeyKind::Cnpj => "CNPJ",
        PixKeyKind::Phone => words.phone,
        PixKeyKind::Email => words.email,
        PixKeyKind::Evp => words.random,
    }
}

fn key_flaw(flaw: &PixKeyError, words: &CollectionWords) -> &'static str {
    match flaw {
        PixKeyError::WrongLength { .. } => words.key_length,
        PixKeyError::WrongCheckDigits { .. } | PixKeyError::RepeatedDigits { .. } => {
            words.key_digits
        }
        PixKeyError::UnknownForm
        | PixKeyError::WrongCharacters { .. }
        | PixKeyError::UnknownAreaCode
        | PixKeyError::NotMobile => words.key_form,
    }
}
