//! Which rows of the search index a list has.

use domain::kernel::AccountId;
use domain::ledger::TransactionType;
use domain::search::{SearchField, SearchRange};
use jiff::Timestamp;

use crate::items::{number_key, time_key};
use crate::key;
use crate::query::{Condition, Query, Test};
use crate::span::Span;

/// Rows of the search index: one value, or a range of values of a field.
#[derive(Debug, Clone)]
pub struct SearchRows {
    field: SearchField,
    value: String,
    range: (String, String),
    kind: Option<TransactionType>,
}

impl SearchRows {
    /// Returns the rows of one value, which is plain or a keyed hash.
    pub fn of_value(field: SearchField, value: &str) -> Self {
        Self::of(field, value, (String::new(), "~".to_owned()))
    }

    /// Returns the rows of the amounts of a range, both ends inclusive.
    pub fn of_amounts(range: SearchRange<u64>) -> Self {
        let from = range.from.map_or(String::new(), number_key);
        let until = range.until.map_or(String::new(), number_key);
        Self::of(SearchField::Amount, "", (from, format!("{until}~")))
    }

    /// Returns the rows of the payments of a range.
    pub fn of_payments(range: SearchRange<Timestamp>) -> Self {
        let from = range.from.map_or(String::new(), time_key);
        let until = range.until.map_or(String::new(), time_key);
        Self::of(SearchField::PaidAt, "", (from, format!("{until}~")))
    }

    /// Returns the rows of objects of one type, if there is one.
    #[must_use]
    pub fn of_type(mut self, kind: Option<TransactionType>) -> Self {
        self.kind = kind;
        self
    }

    /// Returns the rows that come after this sort key, in the order of the list. The row with the sort key
    /// itself is still the first of them.
    #[must_use]
    pub fn from_sort_key(mut self, sort_key: Option<&str>) -> Self {
        if let Some(sort_key) = sort_key {
            self.range.1 = sort_key.to_owned().min(self.range.1);
        }
        self
    }

    /// Returns the rows of objects that were created in a span. Only for rows of one value.
    #[must_use]
    pub fn created_in(mut self, span: Span) -> Self {
        let (from, until) = span.ulids();
        self.range = (from.unwrap_or(self.range.0), until.unwrap_or(self.range.1));
        self
    }

    fn of(field: SearchField, value: &str, range: (String, String)) -> Self {
        Self { field, value: value.to_owned(), range, kind: None }
    }

    pub(crate) fn query(&self, account: &AccountId) -> Query {
        let of_kind = |kind: TransactionType| Condition {
            field: "holder",
            test: Test::BeginsWith(kind.id_prefix().to_owned()),
        };
        let pk = key::search(account, self.field, &self.value);
        let query = Query::on_table(pk, self.range.clone(), true);
        Query { filter: self.kind.map(of_kind).into_iter().collect(), ..query }
    }
}
