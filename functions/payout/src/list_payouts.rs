//! `GET /v1/payouts`: list payouts, newest first.

use domain::kernel::{BatchId, BeneficiaryId, Error};
use domain::payout::{Payout, PayoutMethod, PayoutStatus, PayoutView};
use edge::{Call, ListPage, SearchTarget};
use store::Store;

edge::list_query! {
    /// Filters and page of the list of payouts.
    PayoutsInput of Payout, PayoutStatus {
        /// Returns only the payouts of this batch, last line first.
        batch_id: Option<BatchId>,
        /// Returns only payouts by this method.
        method: Option<PayoutMethod>,
        /// Returns only payouts to the owner of this CPF or CNPJ, with or without punctuation: the document of
        /// the beneficiary, or a Pix key that is a document.
        document: Option<String>,
        /// Returns only payouts to this Pix key.
        #[schemars(length(min = 1, max = 100))]
        pix_key: Option<String>,
        /// Returns only payouts that name this saved beneficiary.
        beneficiary_id: Option<BeneficiaryId>,
        /// If true, returns only payouts of which money came back; if false, only the others.
        has_returns: Option<bool>,
    }
    |query, reader| {
        reader.filters.batch_id = query.batch_id;
        reader.filters.method = query.method.map(PayoutMethod::as_str);
        reader.filters.document = reader.document(query.document.as_deref());
        reader.filters.pix_keys = reader.pix_keys(query.pix_key.as_deref());
        reader.filters.beneficiary_id = query.beneficiary_id;
        reader.filters.has_returns = query.has_returns;
    }
}

/// Lists a page with masked documents, keys and account numbers of people. A payout without
/// approval in time is shown as `rejected` at once; the filter follows within a minute.
pub async fn handle(
    store: &Store,
    call: Call<PayoutsInput, SearchTarget<PayoutsInput>>,
) -> Result<ListPage<PayoutView>, Error> {
    call.search_page(store, PayoutView::masked).await
}
