//! `GET /v1/deliveries`: list deliveries, newest first.

use domain::kernel::{DeliveryId, EndpointId, Error, EventId};
use domain::webhook::{Delivery, DeliveryStatus, DeliveryView};
use edge::{Call, ListPage, SpanEnd, SpanStart};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Listing, Span, Store};

/// Filters and page of a list of deliveries.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesInput {
    /// Returns only deliveries in this status.
    status: Option<DeliveryStatus>,
    /// Returns only deliveries to this endpoint.
    endpoint_id: Option<EndpointId>,
    /// Returns only deliveries of this event.
    event_id: Option<EventId>,
    /// Returns only deliveries of events created at or after this instant; a date alone is the start of
    /// that day in São Paulo.
    created_from: Option<SpanStart>,
    /// Returns only deliveries of events created before this instant; a date alone is the end of that day
    /// in São Paulo.
    created_until: Option<SpanEnd>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists a page. With a filter a page can be short or empty and still have a next page, which
/// `next_cursor` shows.
pub async fn handle(
    store: &Store,
    call: Call<DeliveriesInput>,
) -> Result<ListPage<DeliveryView>, Error> {
    let DeliveriesInput { status, endpoint_id, event_id, .. } = call.input;
    let (from, until) = (call.input.created_from, call.input.created_until);
    let span =
        Span { from: from.map(|from| from.0), until: until.map(|until| until.0), before: None };
    let (limit, cursor) = (call.input.limit, call.input.cursor.as_deref());
    let listing = match event_id {
        Some(event_id) if !span.contains(&event_id) => {
            return call.list_of_one_page(limit, cursor, Vec::new());
        }
        Some(event_id) => Listing::DeliveriesOf(call.account_id(), event_id, status, endpoint_id),
        None if status == Some(DeliveryStatus::Pending) => {
            return pending(store, &call, span, endpoint_id).await;
        }
        None => Listing::Deliveries(call.account_id(), span, status, endpoint_id),
    };
    let view = |delivery: Delivery| DeliveryView::from(&delivery);
    call.list(store, &listing, limit, cursor, view).await
}

/// Lists a page of pending deliveries.
async fn pending(
    store: &Store,
    call: &Call<DeliveriesInput>,
    span: Span,
    endpoint_id: Option<EndpointId>,
) -> Result<ListPage<DeliveryView>, Error> {
    let of = format!("pending {span:?} {endpoint_id:?}");
    let after: Option<DeliveryId> = call.read_cursor(&of, call.input.cursor.as_deref())?;
    let page = (edge::limit(call.input.limit)?.into(), after);
    let (account_id, now) = (call.account_id(), call.moment.now);
    let (deliveries, continues_after) =
        store.list_pending_deliveries(account_id, (span, endpoint_id), page, now).await?;
    let next_cursor = continues_after.map(|after| call.write_cursor(&of, &after));
    Ok(ListPage { data: deliveries.iter().map(DeliveryView::from).collect(), next_cursor })
}
