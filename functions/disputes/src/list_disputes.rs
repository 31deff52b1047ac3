//! `GET /v1/disputes`: list disputes, newest first.

use domain::dispute::{Dispute, DisputeKind, DisputeStatus, DisputeView};
use domain::kernel::{ChargeId, Error};
use edge::{Call, ListPage, SpanEnd};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{DisputeFilter, Listing, Store};

/// Filters and page of a list of disputes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputesInput {
    /// Returns only disputes in this status.
    status: Option<DisputeStatus>,
    /// Returns only disputes of this kind.
    kind: Option<DisputeKind>,
    /// Returns only disputes of this charge.
    charge_id: Option<ChargeId>,
    /// Returns only disputes that must be answered before this instant; a date alone is the end of that day in
    /// São Paulo.
    respond_before: Option<SpanEnd>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists a page. With a filter a page can be short or empty and still have a next page. The filter by status
/// lags behind by less than a second.
pub async fn handle(
    store: &Store,
    call: Call<DisputesInput>,
) -> Result<ListPage<DisputeView>, Error> {
    let input = &call.input;
    let filter = DisputeFilter {
        status: input.status,
        kind: input.kind,
        charge_id: input.charge_id,
        respond_before: input.respond_before.map(|end| end.0),
    };
    let listing = Listing::Disputes(call.account_id(), filter);
    let (limit, cursor) = (input.limit, input.cursor.as_deref());
    call.list(store, &listing, limit, cursor, |dispute: Dispute| DisputeView::from(&dispute)).await
}
