//! `GET /v1/kyc-requests`: list KYC requests, newest first.

use domain::kernel::Error;
use domain::kyc::{KycRequest, KycRequestView, KycStatus};
use edge::{Call, ListPage};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Listing, Store};

/// Filter and page of a list of KYC requests.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KycRequestsInput {
    /// Returns only requests in this status.
    status: Option<KycStatus>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists a page without texts and messages. The filter by status lags behind by less than a second.
pub async fn handle(
    store: &Store,
    call: Call<KycRequestsInput>,
) -> Result<ListPage<KycRequestView>, Error> {
    let input = &call.input;
    let status = input.status.map(KycStatus::as_str);
    let listing = Listing::KycRequests(call.account_id(), status);
    let (limit, cursor) = (input.limit, input.cursor.as_deref());
    let view = |request: KycRequest| KycRequestView::from(&request);
    call.list(store, &listing, limit, cursor, view).await
}
