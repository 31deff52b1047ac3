//! Lists: named queries on an index or a partition. No list is a scan.

use domain::access::AuditFilter;
use domain::event::EventType;
use domain::kernel::{
    AccountId, AuditId, BatchId, ChargeId, DeliveryId, EndpointId, Error, EventId, ExportId,
    HoldId, Id, PayoutId, RefundId, ScheduleId,
};
use domain::ledger::EntryPosition;
use domain::webhook::DeliveryStatus;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::Store;
use crate::item::Item;
use crate::key;
use crate::query::{Page, Position, Query};
use crate::row::Row;
use crate::span::{Span, same_time};

/// A list of rows.
#[derive(Debug, Clone)]
pub enum Listing {
    /// Users of an account, oldest first.
    Users(AccountId),
    /// API keys of an account, oldest first.
    ApiKeys(AccountId),
    /// The audit trail, newest first: the lines that the filter selects.
    AuditEvents(AccountId, Span, AuditFilter),
    /// Calls per key and day, newest day first; days as `2026-11-23`, both inclusive.
    Usage(AccountId, String, String),
    /// Charges of an account, newest first.
    Charges(AccountId, Span),
    /// Charges of an account in one status, newest first.
    ChargesIn(AccountId, &'static str, Span),
    /// Payouts of an account, newest first.
    Payouts(AccountId, Span),
    /// Payouts of an account in one status, newest first.
    PayoutsIn(AccountId, &'static str, Span),
    /// Payouts of an account in one status, oldest first, optionally after a payout.
    PayoutsInFrom(AccountId, &'static str, Option<PayoutId>),
    /// Refunds of an account, newest first.
    Refunds(AccountId, Span),
    /// Refunds of an account in one status, newest first.
    RefundsIn(AccountId, &'static str, Span),
    /// Batches of payouts of an account, newest first.
    PayoutBatches(AccountId),
    /// Entries of an account in ledger order, between two positions, both inclusive.
    Entries(AccountId, EntryPosition, EntryPosition),
    /// The last entry of an account before an instant (one row).
    EntriesBefore(AccountId, Timestamp),
    /// Ledger days of an account after a date, oldest first.
    LedgerDaysAfter(AccountId, Date),
    /// Open holds of an account.
    OpenHolds(AccountId),
    /// Statement exports of an account, newest first.
    Exports(AccountId, Span),
    /// Statement schedules of an account, oldest first.
    Schedules(AccountId),
    /// Webhook endpoints of an account, oldest first.
    Endpoints(AccountId),
    /// Events of an account, newest first, optionally of one type and one object.
    Events(AccountId, Span, Option<EventType>, Option<String>),
    /// Events of an account, oldest first, optionally after an event.
    EventsFrom(AccountId, Span, Option<EventId>),
    /// Deliveries of an account, newest first, optionally in one status and to one endpoint.
    Deliveries(AccountId, Span, Option<DeliveryStatus>, Option<EndpointId>),
    /// Deliveries of an event, optionally in one status and to one endpoint.
    DeliveriesOf(AccountId, EventId, Option<DeliveryStatus>, Option<EndpointId>),
}

impl Listing {
    fn query(&self) -> Query {
        let of = Query::on_table;
        let all = |prefix: &str| (prefix.to_owned(), format!("{prefix}~"));
        match self {
            Self::Users(account) => of(key::access(account), all(key::USER), false),
            Self::ApiKeys(account) => of(key::access(account), all(key::API_KEY), false),
            Self::AuditEvents(account, span, filter) => {
                of(key::audit(account, filter), span.ids::<AuditId>(), true)
            }
            Self::Usage(account, from, until) => {
                of(key::usage(account), (from.clone(), format!("{until}~")), true)
            }
            Self::Charges(account, span) => of(key::charges(account), span.ids::<ChargeId>(), true),
            Self::ChargesIn(account, status, span) => {
                of(key::charges_in(account, status), span.ids::<ChargeId>(), true).by_status()
            }
            Self::Payouts(account, span) => of(key::payouts(account), span.ids::<PayoutId>(), true),
            Self::PayoutsIn(account, status, span) => {
                of(key::payouts_in(account, status), span.ids::<PayoutId>(), true).by_status()
            }
            Self::PayoutsInFrom(account, status, after) => {
                let (first, last) = all(PayoutId::PREFIX);
                // No id is a prefix of another, so this text sorts between `after` and the next id.
                let first = after.map_or(first, |after| format!("{after}~"));
                of(key::payouts_in(account, status), (first, last), false).by_status()
            }
            Self::Refunds(account, span) => of(key::refunds(account), span.ids::<RefundId>(), true),
            Self::RefundsIn(account, status, span) => {
                of(key::refunds_in(account, status), span.ids::<RefundId>(), true).by_status()
            }
            Self::PayoutBatches(account) => of(key::batches(account), all(BatchId::PREFIX), true),
            Self::Entries(account, from, until) => {
                of(key::ledger(account), (key::entry(*from), key::entry(*until)), false)
            }
            Self::EntriesBefore(account, at) => {
                let before = (key::ENTRY.to_owned(), key::entry(EntryPosition::before(*at)));
                of(key::ledger(account), before, true)
            }
            Self::LedgerDaysAfter(account, date) => {
                let after = format!("{}{date}~", key::LEDGER_DAY);
                of(key::ledger(account), (after, format!("{}~", key::LEDGER_DAY)), false)
            }
            Self::OpenHolds(account) => {
                of(key::open_holds(account), all(HoldId::PREFIX), false).by_status()
            }
            Self::Exports(account, span) => of(key::exports(account), span.ids::<ExportId>(), true),
            Self::Schedules(account) => of(key::schedules(account), all(ScheduleId::PREFIX), false),
            Self::Endpoints(account) => of(key::webhooks(account), all(EndpointId::PREFIX), false),
            Self::Events(account, span, kind, object) => {
                let kind = kind.map(|kind| ("type", kind.as_str().to_owned()));
                let object = object.clone().map(|object| ("object_id", object));
                let filter = kind.into_iter().chain(object).collect();
                Query { filter, ..of(key::events(account), span.ids::<EventId>(), true) }
            }
            Self::EventsFrom(account, span, after) => {
                let (first, last) = span.ids::<EventId>();
                // No id is a prefix of another, so this text sorts between `after` and the next
                // id.
                let first = after.map_or(first, |after| format!("{after}~"));
                of(key::events(account), (first, last), false)
            }
            Self::Deliveries(account, span, status, endpoint) => {
                deliveries(account, *span, *status, *endpoint)
            }
            Self::DeliveriesOf(account, event, status, endpoint) => {
                // The id of a delivery has the time of its event.
                of(key::deliveries(account), same_time::<DeliveryId>(event.ulid()), true)
                    .on_deliveries(delivery_filter(*status, *endpoint, Some(*event)))
            }
        }
    }
}

fn deliveries(
    account: &AccountId,
    span: Span,
    status: Option<DeliveryStatus>,
    endpoint: Option<EndpointId>,
) -> Query {
    let between = span.ids::<DeliveryId>();
    match status {
        // The index has only deliveries that are not delivered.
        Some(status) if status != DeliveryStatus::Delivered => {
            Query::on_table(key::deliveries_in(account, status.as_str()), between, true)
                .by_status()
                .on_deliveries(delivery_filter(None, endpoint, None))
        }
        _ => Query::on_table(key::deliveries(account), between, true)
            .on_deliveries(delivery_filter(status, endpoint, None)),
    }
}

fn delivery_filter(
    status: Option<DeliveryStatus>,
    endpoint: Option<EndpointId>,
    event: Option<EventId>,
) -> Vec<(&'static str, String)> {
    let status = status.map(|status| ("status", status.as_str().to_owned()));
    let endpoint = endpoint.map(|endpoint| ("endpoint_id", endpoint.to_string()));
    let event = event.map(|event| ("event_id", event.to_string()));
    [status, endpoint, event].into_iter().flatten().collect()
}

impl Store {
    /// Returns a page of a list, and its position if there may be more rows.
    pub async fn list<I: Item>(
        &self,
        listing: &Listing,
        page: Page,
    ) -> Result<(Vec<I>, Option<Position>), Error> {
        let query = listing.query();
        // DynamoDB refuses BETWEEN with bounds in the wrong order. Such a span is empty.
        if query.between.0 > query.between.1 {
            return Ok((Vec::new(), None));
        }
        let (rows, ended) = match query.filter.is_empty() {
            true => self.query(query, page).await?,
            false => Box::pin(self.filtered(query, page)).await?,
        };
        let items = rows.into_iter().map(|row| Row(row).read()).collect::<Result<_, _>>()?;
        Ok((items, ended))
    }
}
