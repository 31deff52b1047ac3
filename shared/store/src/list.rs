//! Lists: named queries on an index or a partition. No list is a scan.

use domain::access::{AuditFilter, LoginKey};
use domain::event::EventType;
use domain::kernel::{
    AccountId, AuditId, BatchId, ChargeId, DeliveryId, EndpointId, Error, EventId, ExportId,
    HoldId, Id, PayoutId, RefundId, ScheduleId, SessionId, UserId,
};
use domain::ledger::EntryPosition;
use domain::webhook::DeliveryStatus;
use jiff::Timestamp;
use jiff::civil::Date;
use std::fmt;

use crate::Store;
use crate::item::Item;
use crate::key;
use crate::query::{Page, Position, Query};
use crate::row::Row;
use crate::span::{Span, same_time};

/// A list of rows.
#[derive(Debug, Clone)]
pub enum Listing {
    /// Accounts of the deployment, oldest first, optionally after an account.
    Accounts(Option<AccountId>),
    /// Logins of an e-mail, by account.
    Logins(LoginKey),
    /// Sessions of a person whose token was made at this instant or later, newest first.
    Sessions(AccountId, UserId, Timestamp),
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
            Self::Accounts(after) => accounts(*after),
            Self::Logins(login) => of(key::logins(login), all(key::LOGIN), false),
            Self::Sessions(account, user, from) => sessions(account, user, *from),
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
                let first = after.map_or(first, after_id);
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
            Self::EventsFrom(account, span, after) => events_from(account, *span, *after),
            Self::Deliveries(account, span, status, endpoint) => {
                deliveries(account, *span, *status, *endpoint)
            }
            Self::DeliveriesOf(account, event, status, endpoint) => {
                deliveries_of(account, *event, *status, *endpoint)
            }
        }
    }
}

/// Returns a text that sorts between this id and the next one, because no id is a prefix of another.
fn after_id(id: impl fmt::Display) -> String {
    format!("{id}~")
}

fn accounts(after: Option<AccountId>) -> Query {
    let first = after.map_or(AccountId::PREFIX.to_owned(), after_id);
    let between = (first, format!("{}~", AccountId::PREFIX));
    Query::on_table(key::ACCOUNTS.to_owned(), between, false).by_status()
}

fn sessions(account: &AccountId, user: &UserId, from: Timestamp) -> Query {
    let (first, last) = Span { from: Some(from), ..Span::default() }.ids::<SessionId>();
    let sessions = key::sessions(user);
    let between = (format!("{sessions}{first}"), format!("{sessions}{last}"));
    Query::on_table(key::access(account), between, true)
}

fn events_from(account: &AccountId, span: Span, after: Option<EventId>) -> Query {
    let (first, last) = span.ids::<EventId>();
    let first = after.map_or(first, after_id);
    Query::on_table(key::events(account), (first, last), false)
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

fn deliveries_of(
    account: &AccountId,
    event: EventId,
    status: Option<DeliveryStatus>,
    endpoint: Option<EndpointId>,
) -> Query {
    // The id of a delivery has the time of its event.
    let between = same_time::<DeliveryId>(event.ulid());
    Query::on_table(key::deliveries(account), between, true).on_deliveries(delivery_filter(
        status,
        endpoint,
        Some(event),
    ))
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
    /// Returns true if the list has a row.
    pub async fn has_row(&self, listing: &Listing) -> Result<bool, Error> {
        let (rows, _) = self.query(listing.query(), Page { limit: 1, after: None }).await?;
        Ok(!rows.is_empty())
    }

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
