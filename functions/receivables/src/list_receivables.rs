//! `GET /v1/receivables`: list the instalments of sales by card, the earliest payment of the acquirer first.

use domain::kernel::{ChargeId, Error};
use domain::receivable::{ReceivableRecord, ReceivableRecordView, ReceivableStatus};
use edge::{Call, ListPage, SpanEnd, SpanStart};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Listing, Store};

use crate::receivable_fields::filter;

/// Filters and page of a list of instalments.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceivablesInput {
    /// Returns only instalments that the acquirer pays at this instant or later; a date alone is the start of that
    /// day in São Paulo.
    settles_from: Option<SpanStart>,
    /// Returns only instalments that the acquirer pays before this instant; a date alone is the end of that day in
    /// São Paulo.
    settles_until: Option<SpanEnd>,
    /// Returns only instalments in this status.
    status: Option<ReceivableStatus>,
    /// Returns only instalments of this charge.
    charge_id: Option<ChargeId>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists a page; for the payments to come send `settles_from`. With `status` or `charge_id` a page can be short or empty and still have a next page.
pub async fn handle(
    store: &Store,
    call: Call<ReceivablesInput>,
) -> Result<ListPage<ReceivableRecordView>, Error> {
    let input = &call.input;
    let filter = filter((input.settles_from, input.settles_until), input.status, input.charge_id);
    let listing = Listing::Receivables(call.account_id(), filter);
    let (limit, cursor) = (input.limit, input.cursor.as_deref());
    let view = |record: ReceivableRecord| ReceivableRecordView::from(&record);
    call.list(store, &listing, limit, cursor, view).await
}
