//! `GET /v1/charges`: list charges, newest first.

use domain::charge::{Charge, ChargeStatus, ChargeView};
use domain::kernel::{Error, MethodKind};
use edge::{Call, ListPage, SearchTarget};
use store::Store;

edge::list_query! {
    /// Filters and page of the list of charges.
    ChargesInput of Charge, ChargeStatus {
        /// Returns only charges by this method.
        method: Option<MethodKind>,
        /// Returns only charges whose payer has this CPF or CNPJ, with or without punctuation: the payer who
        /// was asked, or the one who paid.
        document: Option<String>,
        /// Returns only the charge with this txid.
        #[schemars(length(min = 1, max = 100))]
        txid: Option<String>,
        /// If true, returns only charges of which money was refunded or returned; if false, only the others.
        has_returns: Option<bool>,
    }
    |query, reader| {
        reader.filters.method = query.method.map(MethodKind::as_str);
        reader.filters.document = reader.document(query.document.as_deref());
        reader.filters.txid = reader.text("txid", query.txid.as_deref());
        reader.filters.has_returns = query.has_returns;
    }
}

/// Returns a page; the documents of payers are masked. A `pending` charge past its `expires_at` appears
/// as `expired` at once; the filter follows within a minute.
pub async fn handle(
    store: &Store,
    call: Call<ChargesInput, SearchTarget<ChargesInput>>,
) -> Result<ListPage<ChargeView>, Error> {
    let now = call.moment.now;
    let view = |charge: &Charge| {
        ChargeView::masked(charge, now).with_payment_url(call.payment_url(charge.id))
    };
    call.search_page(store, view).await
}
