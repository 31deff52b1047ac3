//! Rows of the search index: which object has a value.

use domain::kernel::{AccountId, BeneficiaryId};
use domain::ledger::TransactionRef;
use domain::search::SearchField;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::item::items;
use crate::key::Key;

/// Digits of an amount or of a time in a sort key, so that text sorts as numbers do.
const DIGITS: usize = 13;

/// A value of an object. It is written in the transaction that gives the object this value, and never
/// changed (docs/adr/0032).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SearchRow {
    /// Account of the object.
    pub account_id: AccountId,
    /// Object that has the value.
    pub holder: TransactionRef,
    /// Amount in cents, of a destination, so that duplicates of a payout are found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_cents: Option<u64>,
    /// Field of the value.
    field: SearchField,
    /// Value, or its keyed hash; empty for a field that is a range.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    value: String,
    /// Start of the sort key: amount or milliseconds of a field that is a range, otherwise empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    start: String,
}

impl SearchRow {
    /// Returns the row of an end-to-end id.
    pub fn end_to_end_id(account_id: AccountId, id: &str, holder: TransactionRef) -> Self {
        Self::of(account_id, SearchField::EndToEndId, id.to_owned(), holder)
    }

    /// Returns the row of a txid.
    pub fn txid(account_id: AccountId, txid: &str, holder: TransactionRef) -> Self {
        Self::of(account_id, SearchField::Txid, txid.to_owned(), holder)
    }

    /// Returns the row of a document, from its keyed hash.
    pub fn document(account_id: AccountId, digest: String, holder: TransactionRef) -> Self {
        Self::of(account_id, SearchField::Document, digest, holder)
    }

    /// Returns the row of a destination, from its keyed hash.
    pub fn destination(
        account_id: AccountId,
        digest: String,
        amount_cents: u64,
        holder: TransactionRef,
    ) -> Self {
        let row = Self::of(account_id, SearchField::Destination, digest, holder);
        Self { amount_cents: Some(amount_cents), ..row }
    }

    /// Returns the row of a saved beneficiary.
    pub fn beneficiary(account_id: AccountId, id: BeneficiaryId, holder: TransactionRef) -> Self {
        Self::of(account_id, SearchField::Beneficiary, id.to_string(), holder)
    }

    /// Returns the row of an amount.
    pub fn amount(account_id: AccountId, amount_cents: u64, holder: TransactionRef) -> Self {
        let row = Self::of(account_id, SearchField::Amount, String::new(), holder);
        Self { start: format!("{}#", number_key(amount_cents)), ..row }
    }

    /// Returns the row of the time of a payment.
    pub fn paid_at(account_id: AccountId, at: Timestamp, holder: TransactionRef) -> Self {
        let row = Self::of(account_id, SearchField::PaidAt, String::new(), holder);
        Self { start: format!("{}#", time_key(at)), ..row }
    }

    fn of(
        account_id: AccountId,
        field: SearchField,
        value: String,
        holder: TransactionRef,
    ) -> Self {
        Self { account_id, holder, amount_cents: None, field, value, start: String::new() }
    }
}

items! {
    SearchRow { "search", |it| search_key(it) }
}

/// Newest objects sort last, and the type of the object keeps equal times apart.
fn search_key(row: &SearchRow) -> Key {
    let sort = format!("{}{}", row.start, row.holder.sort_text());
    Key::Search(row.account_id, row.field, row.value.clone(), sort)
}

/// Returns a number as a sort key has it.
pub(crate) fn number_key(number: u64) -> String {
    format!("{number:0DIGITS$}")
}

/// Returns an instant as a sort key has it; an instant before 1970 counts as 1970.
pub(crate) fn time_key(at: Timestamp) -> String {
    number_key(u64::try_from(at.as_millisecond()).unwrap_or(0))
}
