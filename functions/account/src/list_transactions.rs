//! `GET /v1/transactions`: list charges, refunds, payouts and credits together, newest first.

use domain::access::Permission;
use domain::kernel::{Code, Error};
use domain::ledger::{TransactionMethod, TransactionType};
use edge::{Call, ListPage, SearchTarget};
use store::Store;

use crate::transaction::{Transaction, TransactionStatus, TransactionView};

edge::list_query! {
    /// Filters and page of a list of transactions.
    TransactionsInput of Transaction, TransactionStatus {
        /// Returns only transactions of this type.
        #[serde(rename = "type")]
        kind: Option<TransactionType>,
        /// Returns only transactions by this method.
        method: Option<TransactionMethod>,
        /// Returns only transactions whose payer or beneficiary has this CPF or CNPJ, with or without
        /// punctuation; no refunds.
        document: Option<String>,
        /// Returns only payouts to this Pix key.
        #[schemars(length(min = 1, max = 100))]
        pix_key: Option<String>,
        /// Returns only charges and credits with this txid.
        #[schemars(length(min = 1, max = 100))]
        txid: Option<String>,
    }
    |query, reader| {
        reader.filters.kind = query.kind;
        reader.filters.method = query.method.map(TransactionMethod::as_str);
        reader.filters.document = reader.document(query.document.as_deref());
        reader.filters.pix_keys = reader.pix_keys(query.pix_key.as_deref());
        reader.filters.txid = reader.text("txid", query.txid.as_deref());
    }
}

/// Lists a page. A search by a document or a Pix key confirms the whole value, which only callers may see
/// who may read the objects themselves. Each type is a list of its own, in the order of the ids. The lists are read in parallel
/// from the end of the previous page, and merged.
pub async fn handle(
    store: &Store,
    call: Call<TransactionsInput, SearchTarget<TransactionsInput>>,
) -> Result<ListPage<TransactionView>, Error> {
    let access = call.principal.access();
    let reads = |permission| access.allows(permission);
    let by_document = call.input.document.is_some() && !reads(Permission::ChargesRead);
    let by_owner = call.input.document.is_some() || call.input.pix_key.is_some();
    if by_document || (by_owner && !reads(Permission::PayoutsRead)) {
        return Err(Error::forbidden(
            Code::PermissionDenied,
            "a search by `document` needs charges:read and payouts:read, one by `pix_key` needs \
             payouts:read",
        ));
    }
    let now = call.moment.now;
    call.search_page(store, |transaction| transaction.masked(now)).await
}
