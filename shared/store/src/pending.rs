//! The list of pending deliveries. The index by status has no delivery whose first attempt is to come,
//! because nearly all of these are delivered within a second (docs/adr/0034).

use std::collections::BTreeMap;

use domain::kernel::{AccountId, DeliveryId, EndpointId, Error, Id};
use domain::webhook::{Delivery, DeliveryStatus, FIRST_ATTEMPT_WITHIN};
use jiff::Timestamp;

use crate::list::Listing;
use crate::query::Page;
use crate::span::Span;
use crate::{Row, Store};

/// A page of pending deliveries, and the id after which the list continues.
type PendingPage = (Vec<Delivery>, Option<DeliveryId>);

impl Store {
    /// Returns a page of the pending deliveries of a span, newest first, optionally to one endpoint. Reads
    /// the index and the newest deliveries at the same time. A page can be short or empty and still have a
    /// next page.
    pub async fn list_pending_deliveries(
        &self,
        account_id: AccountId,
        (span, endpoint): (Span, Option<EndpointId>),
        (limit, after): (u16, Option<DeliveryId>),
        now: Timestamp,
    ) -> Result<PendingPage, Error> {
        let span = Span { before: after.map(|id| id.ulid()), ..span };
        let new = now - FIRST_ATTEMPT_WITHIN;
        let recent = Span { from: span.from.max(Some(new)), ..span };
        let pending = Some(DeliveryStatus::Pending);
        let indexed = Listing::Deliveries(account_id, span, pending, endpoint);
        let recent = Listing::DeliveriesByTime(account_id, recent, endpoint);
        let page = || Page { limit, after: None };
        let (indexed, recent) =
            tokio::try_join!(self.list_rows(&indexed, page()), self.list_rows(&recent, page()))?;
        let ends = [&indexed.1, &recent.1].into_iter().flatten();
        // A list that continues says nothing about deliveries older than its end.
        let horizon = ends.filter_map(|end| end.id::<DeliveryId>()).max();
        let mut found = BTreeMap::new();
        for row in [indexed.0, recent.0].into_iter().flatten().map(Row::read::<Delivery>) {
            let delivery = row?;
            found.insert(delivery.id, delivery);
        }
        found.retain(|id, _| horizon.is_none_or(|horizon| *id >= horizon));
        let is_cut = found.len() > usize::from(limit);
        let page: Vec<_> = found.into_values().rev().take(limit.into()).collect();
        let continues_after = if is_cut { page.last().map(|last| last.id) } else { horizon };
        Ok((page, continues_after))
    }
}
