//! What the page of a charge that is not open says.

use domain::charge::{Charge, ChargeStatus};
use domain::kernel::{FailureCode, entered_at};
use typeset::reais;

use crate::amounts::PageRow;
use crate::format::time;
use crate::language::PageLanguage;
use crate::state::{PaymentPageState, returned_cents};

/// The outcome of a charge: a sentence, the facts behind it, and the receipt.
pub(crate) struct PaymentOutcome {
    pub(crate) title: &'static str,
    pub(crate) message: &'static str,
    pub(crate) amount: String,
    /// True if the amount was not paid, or is not with the payee any more.
    pub(crate) is_void: bool,
    pub(crate) facts: Vec<PageRow>,
    pub(crate) has_receipt: bool,
    /// True if the payer waits for another outcome.
    pub(crate) can_change: bool,
    /// Address on which the payer must prove to the issuer of the card who they are.
    pub(crate) authentication_url: Option<String>,
}

fn authentication_url(charge: &Charge) -> Option<String> {
    let page = charge.method.card()?.authentication.as_ref()?;
    Some(page.url.clone())
}

impl PaymentOutcome {
    pub(crate) fn of(charge: &Charge, state: PaymentPageState, language: PageLanguage) -> Self {
        let words = language.words();
        let (title, message) = match state {
            PaymentPageState::Open => (words.waiting, ""),
            PaymentPageState::Confirming => (words.confirming, words.confirming_message),
            PaymentPageState::Reserved => (words.reserved, words.reserved_message),
            PaymentPageState::Declined => (words.declined, declined_message(charge, language)),
            PaymentPageState::InReview => (words.in_review, words.in_review_message),
            PaymentPageState::Announced => (words.announced, words.announced_message),
            PaymentPageState::Paid => (words.paid, words.paid_message),
            PaymentPageState::PartlyReturned => {
                (words.partly_returned, words.partly_returned_message)
            }
            PaymentPageState::Returned => (words.returned, words.returned_message),
            PaymentPageState::Rejected => (words.rejected, words.rejected_message),
            PaymentPageState::Cancelled => (words.cancelled, words.cancelled_message),
            PaymentPageState::Expired => (words.expired, words.expired_message),
        };
        let is_paid = charge.paid_amount_cents > 0;
        let cents = if is_paid { charge.paid_amount_cents } else { charge.amount_cents };
        Self {
            title,
            message,
            amount: reais(cents),
            is_void: matches!(
                state,
                PaymentPageState::Returned
                    | PaymentPageState::Declined
                    | PaymentPageState::Rejected
                    | PaymentPageState::Cancelled
                    | PaymentPageState::Expired
            ),
            facts: facts(charge, state, language),
            has_receipt: state.has_receipt(),
            can_change: matches!(
                state,
                PaymentPageState::Confirming
                    | PaymentPageState::InReview
                    | PaymentPageState::Announced
            ),
            authentication_url: authentication_url(charge),
        }
    }
}

/// Returns what became of the last card. A card that may be charged must not be followed by another payment.
fn declined_message(charge: &Charge, language: PageLanguage) -> &'static str {
    let (words, card_words) = (language.words(), language.card_words());
    match charge.failure.as_ref().map(|failure| failure.code) {
        Some(FailureCode::AuthorizationUnknown) => card_words.unknown,
        Some(FailureCode::AuthorizationLost) => card_words.lost,
        Some(FailureCode::AuthenticationFailed) => card_words.attempt_not_authenticated,
        _ => words.declined_message,
    }
}

fn facts(charge: &Charge, state: PaymentPageState, language: PageLanguage) -> Vec<PageRow> {
    let words = language.words();
    let at = |label, at: Option<jiff::Timestamp>| {
        at.map(|at| PageRow { label, value: time(at, language) })
    };
    let cents = |label, cents: u64| (cents > 0).then(|| PageRow { label, value: reais(cents) });
    let entered = |status| entered_at(&charge.status_history, status);
    let rows = match state {
        PaymentPageState::Open
        | PaymentPageState::Confirming
        | PaymentPageState::Reserved
        | PaymentPageState::Declined => vec![],
        PaymentPageState::Cancelled => {
            vec![at(words.cancelled_at, entered(ChargeStatus::Cancelled))]
        }
        PaymentPageState::Expired => vec![at(words.expired_at, Some(charge.expires_at))],
        PaymentPageState::Rejected => vec![
            at(words.paid_at, charge.paid_at()),
            at(words.rejected_at, entered(ChargeStatus::Rejected)),
        ],
        PaymentPageState::InReview
        | PaymentPageState::Announced
        | PaymentPageState::Paid
        | PaymentPageState::PartlyReturned
        | PaymentPageState::Returned => vec![
            at(words.paid_at, charge.paid_at()),
            cents(words.returned_amount, returned_cents(charge)),
            cents(words.returning_amount, charge.refunding_amount_cents),
        ],
    };
    let id = charge.method.end_to_end_id().map(ToString::to_string);
    let id = id.map(|value| PageRow { label: words.end_to_end_id, value });
    rows.into_iter().flatten().chain(id).collect()
}
