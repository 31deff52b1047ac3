//! `GET /v1/transactions`: list charges, refunds and payouts together, newest first.

use std::cmp::Reverse;

use domain::charge::{Charge, Refund};
use domain::kernel::{AccountId, Error, Flaw};
use domain::payout::Payout;
use edge::fields::reference;
use edge::{Call, ListPage, ReferenceTarget, SpanEnd, SpanStart, limit};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Listing, Page, Reference, Span, Store};
use ulid::Ulid;

use crate::transaction::{
    Transaction, TransactionStatus, TransactionType, TransactionView, transaction_key,
};

/// Filters and page of a list of transactions.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransactionsInput {
    /// Returns only transactions of this type.
    #[serde(rename = "type")]
    kind: Option<TransactionType>,
    /// Returns only transactions in this status, of any type.
    #[schemars(with = "Option<TransactionStatus>")]
    status: Option<String>,
    /// Returns only objects created at or after this instant.
    created_from: Option<SpanStart>,
    /// Returns only objects created before this instant.
    created_until: Option<SpanEnd>,
    /// Returns only transactions with this reference: at most one of each type.
    #[schemars(length(min = 1, max = 64))]
    reference: Option<String>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

type TransactionQuery = Call<
    TransactionsInput,
    (ReferenceTarget<Charge>, ReferenceTarget<Payout>, ReferenceTarget<Refund>),
>;

/// A type of transactions, in all statuses or in one.
type TypeFilter = (TransactionType, Option<TransactionStatus>);

/// Lists a page. Each type is a list of its own, in the order of the ids. The lists are read in
/// parallel from the end of the previous page, and merged.
pub async fn handle(
    store: &Store,
    call: TransactionQuery,
) -> Result<ListPage<TransactionView>, Error> {
    let (input, now) = (&call.input, call.moment.now);
    if let Some(violation) = reference("reference", input.reference.as_deref()) {
        return Err(Error::Invalid(vec![violation]));
    }
    let filters = input.type_filters()?;
    if input.reference.is_some() {
        let mut found = referenced(store, &call).await?;
        found.retain(|transaction| input.selects(&filters, transaction));
        let data = found.iter().map(Transaction::masked).collect();
        return call.list_of_one_page(input.limit, input.cursor.as_deref(), data);
    }
    let (limit, of) = (limit(input.limit)?, input.filter_text());
    let before: Option<u128> = call.read_cursor(&of, input.cursor.as_deref())?;
    let before = before.map(Ulid::from);
    let (from, until) =
        (input.created_from.map(|from| from.0), input.created_until.map(|until| until.0));
    let span = Span { from, until, before };
    let pages = filters.iter().map(|filter| page(store, call.account_id(), *filter, span, limit));
    let (lists, ends): (Vec<_>, Vec<_>) = try_join_all(pages).await?.into_iter().unzip();
    // A list with a next page can have ended early, at the 1 MB limit of a query. Rows older than
    // its last row belong to a later page.
    let horizon = ends.into_iter().flatten().max();
    let mut rows: Vec<_> = lists.into_iter().flatten().collect();
    rows.retain(|row| horizon.is_none_or(|horizon| row.ulid() >= horizon));
    rows.sort_by_key(|row| Reverse(row.ulid()));
    let more = rows.len() > usize::from(limit) || horizon.is_some();
    rows.truncate(limit.into());
    let last = rows.last().map(Transaction::ulid).filter(|_| more);
    Ok(ListPage {
        data: rows.into_iter().map(|row| row.with_status_at(now).masked()).collect(),
        next_cursor: last.map(|ulid| call.write_cursor(&of, &u128::from(ulid))),
    })
}

/// Reads a page of one type. Also returns the id of its last row if the list has a next page.
async fn page(
    store: &Store,
    account_id: AccountId,
    (kind, status): TypeFilter,
    span: Span,
    limit: u8,
) -> Result<(Vec<Transaction>, Option<Ulid>), Error> {
    let page = Page { limit: limit.into(), after: None };
    let word = status.map(|status| status.as_str());
    let (rows, goes_on): (Vec<_>, bool) = match kind {
        TransactionType::Charge => {
            let all = Listing::Charges(account_id, span);
            let listing = word.map_or(all, |word| Listing::ChargesIn(account_id, word, span));
            let (rows, ended) = store.list(&listing, page).await?;
            (rows.into_iter().map(Transaction::Charge).collect(), ended.is_some())
        }
        TransactionType::Payout => {
            let all = Listing::Payouts(account_id, span);
            let listing = word.map_or(all, |word| Listing::PayoutsIn(account_id, word, span));
            let (rows, ended) = store.list(&listing, page).await?;
            (rows.into_iter().map(Transaction::Payout).collect(), ended.is_some())
        }
        TransactionType::Refund => {
            let all = Listing::Refunds(account_id, span);
            let listing = word.map_or(all, |word| Listing::RefundsIn(account_id, word, span));
            let (rows, ended) = store.list(&listing, page).await?;
            (rows.into_iter().map(Transaction::Refund).collect(), ended.is_some())
        }
    };
    let last = rows.last().map(Transaction::ulid).filter(|_| goes_on);
    Ok((rows, last))
}

/// The references were read with the credential. Their transactions need a second round trip.
async fn referenced(store: &Store, call: &TransactionQuery) -> Result<Vec<Transaction>, Error> {
    let (charge, payout, refund) = &call.target;
    let holders = [&charge.0, &payout.0, &refund.0].into_iter().flatten();
    let key = |row: &Reference| transaction_key(call.account_id(), row.holder);
    let rows = store.read(&holders.map(key).collect::<Vec<_>>()).await?;
    let now = call.moment.now;
    rows.into_iter().flatten().map(|row| Ok(Transaction::read(row)?.with_status_at(now))).collect()
}

impl TransactionsInput {
    /// Returns the requested types and statuses. A status that no type has is an error. A status
    /// of another type than the requested one selects nothing.
    fn type_filters(&self) -> Result<Vec<TypeFilter>, Error> {
        let kinds = TransactionType::ALL.iter().copied();
        let Some(word) = &self.status else {
            return Ok(kinds.filter(|kind| self.is_of(*kind)).map(|kind| (kind, None)).collect());
        };
        let filters: Vec<_> = kinds
            .filter_map(|kind| Some((kind, Some(TransactionStatus::of(kind, word)?))))
            .collect();
        if filters.is_empty() {
            let detail = "unknown status; send a status of a charge, refund or payout";
            return Err(Error::invalid("status", Flaw::UnknownValue, detail));
        }
        Ok(filters.into_iter().filter(|(kind, _)| self.is_of(*kind)).collect())
    }

    fn is_of(&self, kind: TransactionType) -> bool {
        self.kind.is_none_or(|requested| requested == kind)
    }

    /// Returns true if a transaction that was found by its reference passes the other filters.
    fn selects(&self, filters: &[TypeFilter], transaction: &Transaction) -> bool {
        let (kind, status, created_at) = transaction.summary();
        filters.contains(&(kind, None)) | filters.contains(&(kind, Some(status)))
            && self.created_from.is_none_or(|from| created_at >= from.0)
            && self.created_until.is_none_or(|until| created_at < until.0)
    }

    /// Returns the filters as text, to bind the cursor to them.
    fn filter_text(&self) -> String {
        let Self { kind, status, created_from, created_until, .. } = self;
        format!("{kind:?} {status:?} {created_from:?} {created_until:?}")
    }
}
