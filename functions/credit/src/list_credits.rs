//! `GET /v1/credits`: list credits, newest first.

use domain::credit::{Credit, CreditStatus, CreditView};
use domain::kernel::Error;
use edge::{Call, ListPage, SearchTarget};
use store::Store;

edge::list_query! {
    /// Filters and page of the list of credits.
    CreditsInput of Credit, CreditStatus {
        /// Returns only credits whose payer has this CPF or CNPJ, with or without punctuation.
        document: Option<String>,
        /// Returns only credits whose payment named this txid.
        #[schemars(length(min = 1, max = 100))]
        txid: Option<String>,
    }
    |query, reader| {
        reader.filters.document = reader.document(query.document.as_deref());
        reader.filters.txid = reader.text("txid", query.txid.as_deref());
    }
}

/// Lists a page; the documents of payers are masked. `reference` finds credits that were matched to it.
pub async fn handle(
    store: &Store,
    call: Call<CreditsInput, SearchTarget<CreditsInput>>,
) -> Result<ListPage<CreditView>, Error> {
    call.search_page(store, CreditView::masked).await
}
