//! Lists: each a named query with a page size, read from an index or a partition. Never a scan.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::event::EventType;
use domain::kernel::{
    AccountId, BatchId, ChargeId, DeliveryId, EndpointId, Error, EventId, ExportId, HoldId, Id,
    PayoutId, RefundId, ScheduleId,
};
use domain::ledger::EntryPosition;
use domain::webhook::DeliveryStatus;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::error::refusal;
use crate::key::{self, Table};
use crate::read::{Attributes, Row};
use crate::{Item, Store, table};

/// A list somebody may ask for.
#[derive(Debug, Clone)]
pub enum Listing {
    /// Users of an account, oldest first.
    Users(AccountId),
    /// API keys of an account, oldest first.
    ApiKeys(AccountId),
    /// The audit trail, newest first.
    AuditEvents(AccountId),
    /// Calls per key and day, newest day first; days as `2026-11-23`, both included.
    Usage(AccountId, String, String),
    /// Charges of an account, newest first.
    Charges(AccountId, Span),
    /// Charges of an account in one status, newest first.
    ChargesIn(AccountId, &'static str, Span),
    /// Payouts of an account, newest first.
    Payouts(AccountId, Span),
    /// Payouts of an account in one status, newest first.
    PayoutsIn(AccountId, &'static str, Span),
    /// Refunds of an account, newest first.
    Refunds(AccountId, Span),
    /// Refunds of an account in one status, newest first.
    RefundsIn(AccountId, &'static str, Span),
    /// Batches of payouts of an account, newest first.
    PayoutBatches(AccountId),
    /// Entries of an account in their order, from one place to another, both included.
    Entries(AccountId, EntryPosition, EntryPosition),
    /// The last entry of an account before an instant: one row.
    EntriesBefore(AccountId, Timestamp),
    /// Days of an account's ledger after one of them, oldest first.
    LedgerDaysAfter(AccountId, Date),
    /// Holds of an account that are open.
    OpenHolds(AccountId),
    /// Statements of an account as files, newest first.
    Exports(AccountId, Span),
    /// Schedules of statements of an account, oldest first.
    Schedules(AccountId),
    /// Endpoints of an account, oldest first.
    Endpoints(AccountId),
    /// Events of an account, newest first; of one type, of one object.
    Events(AccountId, Span, Option<EventType>, Option<String>),
    /// Events of an account, oldest first, after one of them.
    EventsFrom(AccountId, Span, Option<EventId>),
    /// Deliveries of an account, newest first; of one status, to one endpoint.
    Deliveries(AccountId, Span, Option<DeliveryStatus>, Option<EndpointId>),
    /// Deliveries of an event.
    DeliveriesOf(AccountId, EventId, Option<DeliveryStatus>, Option<EndpointId>),
}

/// From when (included) to when (excluded).
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// The earliest.
    pub from: Option<Timestamp>,
    /// The first that is too late.
    pub until: Option<Timestamp>,
    /// Only ids whose ULID is below this one.
    pub before: Option<Ulid>,
}

/// Where a page ended: the key of its last row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position(HashMap<String, String>);

/// How many rows, and from where on.
#[derive(Debug, Clone)]
pub struct Page {
    /// At most so many. What is asked for over HTTP is 1 to 100.
    pub limit: u16,
    /// After this row.
    pub after: Option<Position>,
}

pub(crate) struct Query {
    pub(crate) table: Table,
    pub(crate) index: Option<&'static str>,
    pub(crate) names: (&'static str, &'static str),
    pub(crate) pk: String,
    pub(crate) between: (String, String),
    pub(crate) newest_first: bool,
    /// Rows must have these values. They are read and counted against the page's limit before, so a
    /// page can be short without being the last.
    pub(crate) filter: Vec<(&'static str, String)>,
}

impl Query {
    fn on_table(pk: String, between: (String, String), newest_first: bool) -> Self {
        Self {
            table: Table::Main,
            index: None,
            names: (table::PK, table::SK),
            pk,
            between,
            newest_first,
            filter: Vec::new(),
        }
    }

    fn by_status(self) -> Self {
        Self { index: Some(table::BY_STATUS), names: table::STATUS_KEYS, ..self }
    }

    fn on_deliveries(self, filter: Vec<(&'static str, String)>) -> Self {
        Self { table: Table::Deliveries, filter, ..self }
    }
}

impl Listing {
    fn query(&self) -> Query {
        let of = Query::on_table;
        let all = |prefix: &str| (prefix.to_owned(), format!("{prefix}~"));
        match self {
            Self::Users(account) => of(key::access(account), all(key::USER), false),
            Self::ApiKeys(account) => of(key::access(account), all(key::API_KEY), false),
            Self::AuditEvents(account) => of(key::audit(account), all("aud_"), true),
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
                // No id begins with another, so the next one is beyond this text.
                let first = after.map_or(first, |after| format!("{after}~"));
                of(key::events(account), (first, last), false)
            }
            Self::Deliveries(account, span, status, endpoint) => {
                deliveries(account, *span, *status, *endpoint)
            }
            Self::DeliveriesOf(account, event, status, endpoint) => {
                // A delivery's id has the time of its event.
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
        // Only those not delivered are in the index.
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

/// The first and last id of the millisecond of this ULID.
fn same_time<I: Id + ToString>(ulid: Ulid) -> (String, String) {
    let id = |random| I::from_ulid(Ulid::from_parts(ulid.timestamp_ms(), random)).to_string();
    (id(0), id(u128::MAX))
}

impl Span {
    /// Whether what has this id is of the span.
    pub fn holds<I: Id + ToString>(self, id: &I) -> bool {
        let (first, last) = self.ids::<I>();
        let id = id.to_string();
        first <= id && id <= last
    }

    /// The first and last id of the span: ids begin with their time, to the millisecond.
    fn ids<I: Id + ToString>(self) -> (String, String) {
        // The first millisecond that is not before the instant. In whole numbers, because the
        // earliest timestamp there is has none before it.
        let reached = |at: Timestamp| {
            let whole = at.as_millisecond();
            let cut = at.as_nanosecond() > i128::from(whole) * 1_000_000;
            u64::try_from(whole + i64::from(cut)).unwrap_or(0)
        };
        let id = |milliseconds: u64, random: u128| {
            I::from_ulid(Ulid::from_parts(milliseconds, random)).to_string()
        };
        let from = self.from.map_or_else(|| I::PREFIX.to_owned(), |at| id(reached(at), 0));
        let until = match self.until.map(reached) {
            None => format!("{}~", I::PREFIX),
            // No id is as short as the bare prefix.
            Some(0) => I::PREFIX.to_owned(),
            Some(milliseconds) => id(milliseconds - 1, u128::MAX),
        };
        let before = |ulid: Ulid| match u128::from(ulid).checked_sub(1) {
            None => I::PREFIX.to_owned(),
            Some(last) => I::from_ulid(Ulid::from(last)).to_string(),
        };
        (from, self.before.map_or(until.clone(), before).min(until))
    }
}

impl Store {
    /// A page of a list, and where it ended if there may be more.
    pub async fn list<I: Item>(
        &self,
        listing: &Listing,
        page: Page,
    ) -> Result<(Vec<I>, Option<Position>), Error> {
        let query = listing.query();
        // BETWEEN refuses bounds in the wrong order; such a span is simply empty.
        if query.between.0 > query.between.1 {
            return Ok((Vec::new(), None));
        }
        let (rows, ended) = self.query(query, page).await?;
        let items = rows.into_iter().map(|row| Row(row).read()).collect::<Result<_, _>>()?;
        Ok((items, ended))
    }

    pub(crate) async fn query(
        &self,
        query: Query,
        page: Page,
    ) -> Result<(Vec<Attributes>, Option<Position>), Error> {
        let text = |text: String| AttributeValue::S(text);
        let (from, until) = query.between;
        let mut request = self
            .client
            .query()
            .table_name(self.table(query.table))
            // A table's own rows as they are now: an endpoint made a moment ago gets its events. An
            // index cannot.
            .set_consistent_read(query.index.is_none().then_some(true))
            .set_index_name(query.index.map(str::to_owned))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :until")
            .expression_attribute_names("#pk", query.names.0)
            .expression_attribute_names("#sk", query.names.1)
            .expression_attribute_values(":pk", text(query.pk))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":until", text(until))
            .scan_index_forward(!query.newest_first)
            .limit(i32::from(page.limit))
            .set_exclusive_start_key(page.after.map(Position::into_key));
        // Short names for filters, by their place.
        const PLACES: [(&str, &str); 3] = [("#f0", ":f0"), ("#f1", ":f1"), ("#f2", ":f2")];
        let mut clauses = Vec::new();
        for ((name, value), (field, wanted)) in PLACES.into_iter().zip(query.filter) {
            clauses.push(format!("{name} = {value}"));
            request = request
                .expression_attribute_names(name, field)
                .expression_attribute_values(value, text(wanted));
        }
        let filter = (!clauses.is_empty()).then(|| clauses.join(" AND "));
        let answer = request.set_filter_expression(filter).send().await.map_err(refusal)?;
        let ended = answer.last_evaluated_key.map(Position::from_key).transpose()?;
        Ok((answer.items.unwrap_or_default(), ended))
    }
}

impl Position {
    fn from_key(key: Attributes) -> Result<Self, Error> {
        let text = |(name, value): (String, AttributeValue)| match value {
            AttributeValue::S(value) => Ok((name, value)),
            _ => Err(Error::internal("a key of the table is not text")),
        };
        key.into_iter().map(text).collect::<Result<_, _>>().map(Self)
    }

    fn into_key(self) -> Attributes {
        self.0.into_iter().map(|(name, value)| (name, AttributeValue::S(value))).collect()
    }
}
