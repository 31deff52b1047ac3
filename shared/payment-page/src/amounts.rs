//! What the payer owes today, with its parts.

use domain::charge::{AmountDue, Charge};
use jiff::Timestamp;
use typeset::reais;

use crate::format::day;
use crate::language::PageLanguage;

/// A line with a name and a value.
pub(crate) struct PageRow {
    pub(crate) label: &'static str,
    pub(crate) value: String,
}

/// The amount of an open charge.
pub(crate) struct PayableAmount {
    pub(crate) label: String,
    pub(crate) total: String,
    /// Parts of the total; empty if it is the amount of the charge.
    pub(crate) parts: Vec<PageRow>,
}

impl PayableAmount {
    pub(crate) fn of(charge: &Charge, now: Timestamp, language: PageLanguage) -> Self {
        let words = language.words();
        let Some(due) = charge.amount_due(now) else {
            let (label, total) = (words.amount.to_owned(), reais(charge.amount_cents));
            return Self { label, total, parts: Vec::new() };
        };
        let label = format!("{} {}", words.amount_today, day(due.date));
        Self { label, total: reais(due.total_cents), parts: parts(&due, language) }
    }
}

/// Returns the parts that are not zero, after the original amount. Returns none if the payer owes exactly that.
fn parts(due: &AmountDue, language: PageLanguage) -> Vec<PageRow> {
    let words = language.words();
    let part = |label, sign: &str, cents: u64| {
        (cents > 0).then(|| PageRow { label, value: format!("{sign}\u{a0}{}", reais(cents)) })
    };
    let changes = [
        part(words.rebate, "−", due.rebate_cents),
        part(words.discount, "−", due.discount_cents),
        part(words.fine, "+", due.fine_cents),
        part(words.interest, "+", due.interest_cents),
    ];
    let changes: Vec<_> = changes.into_iter().flatten().collect();
    if changes.is_empty() {
        return Vec::new();
    }
    let original = PageRow { label: words.original, value: reais(due.original_cents) };
    std::iter::once(original).chain(changes).collect()
}
