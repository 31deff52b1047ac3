//! The payment page: what a payer must know to pay a charge, and what became of the payment.
//!
//! A charge becomes a page with [`payment_page`]; [`not_found_page`] is the page of an address that leads
//! nowhere. The crate is pure: it knows no table, no HTTP and no clock. A page has no script and loads nothing,
//! and shows nothing of the account but the names of the payee (docs/adr/0041).
//!
//! A further method of payment adds a section: a field of `PaymentSections`, made in `sections.rs`, with a
//! template of its own beside `pix.html`.

#![warn(missing_docs)]

mod amounts;
mod card_page;
mod card_words;
mod collection_page;
mod collection_words;
mod due_sentences;
mod format;
mod frame;
mod icon;
mod language;
mod outcome;
mod page;
mod page_words;
mod sections;
mod state;

pub use card_page::{SandboxCard, card_payment_page, sandbox_card_page, sandbox_issuer_page};
pub use collection_page::{
    CollectionEntry, CollectionPage, collection_form, collection_page, no_collection_page,
};
pub use language::PageLanguage;
pub use page::{PaymentPage, not_found_page, payment_page};
pub use typeset::HtmlPage;
