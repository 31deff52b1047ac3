//! Lists: named queries on an index or a partition. No list is a scan.

use domain::access::{AuditFilter, LoginKey};
use domain::kernel::{
    AccountId, AuditId, BatchId, BeneficiaryId, BlockId, ChargeId, CollectionId, CreditId,
    DeliveryId, EndpointId, Error, EventId, ExportId, HoldId, Id, IntentId, KycRequestId,
    PaymentId, PayoutId, RefundId, ScheduleId, SessionId, SettingsChangeId, UserId,
};
use domain::ledger::{EntryPosition, TransactionType};
use domain::search::{PaymentFilters, SearchField};
use domain::webhook::DeliveryStatus;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::fmt;

use crate::Store;
use crate::dispute_filter::DisputeFilter;
use crate::event_filter::EventFilter;
use crate::item::Item;
use crate::key;
use crate::partition;
use crate::query::{Condition, Operand, Page, Position, Query, Test};
use crate::receivable_filter::ReceivableFilter;
use crate::row::Row;
use crate::search_rows::SearchRows;
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
    /// Payouts of a span with this destination (its keyed hash) and this amount, newest first.
    PayoutsTo(AccountId, String, u64, Span),
    /// Rows of the search index of an account, newest object or greatest number first.
    Search(AccountId, SearchRows),
    /// Owners of references of one type that begin with a text, by reference.
    References(AccountId, TransactionType, String, Option<String>),
    /// Changes of the payout settings of an account, newest first.
    SettingsChanges(AccountId),
    /// Refunds of an account, newest first.
    Refunds(AccountId, Span),
    /// Refunds of an account in one status, newest first.
    RefundsIn(AccountId, &'static str, Span),
    /// Payments of an account, by the time at the network, newest first.
    Payments(AccountId, Span, PaymentFilters),
    /// Credits of an account, newest first.
    Credits(AccountId, Span),
    /// Credits of an account in one status, newest first.
    CreditsIn(AccountId, &'static str, Span),
    /// Saved beneficiaries of an account, newest first.
    Beneficiaries(AccountId),
    /// Saved beneficiaries of an account in one status, newest first.
    BeneficiariesIn(AccountId, &'static str),
    /// Saved beneficiaries with a document (its keyed hash), newest first.
    BeneficiariesWith(AccountId, String),
    /// Collections of an account, newest first, optionally in one status.
    Collections(AccountId, Option<&'static str>),
    /// KYC requests of an account, newest first, optionally in one status.
    KycRequests(AccountId, Option<&'static str>),
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
    /// Balance blocks of an account, newest first.
    Blocks(AccountId),
    /// Balance blocks of an account in one status, newest first.
    BlocksIn(AccountId, &'static str),
    /// Disputes of an account, newest first: those that the filter selects.
    Disputes(AccountId, DisputeFilter),
    /// Instalments of cards, the earliest payment first: those that the filter selects.
    Receivables(AccountId, ReceivableFilter),
    /// Statement exports of an account, newest first.
    Exports(AccountId, Span),
    /// Statement schedules of an account, oldest first.
    Schedules(AccountId),
    /// Webhook endpoints of an account, oldest first.
    Endpoints(AccountId),
    /// The health of the webhook endpoints of an account.
    EndpointHealth(AccountId),
    /// Events of an account, newest first: those that the filter selects.
    Events(AccountId, Span, EventFilter),
    /// Events of an account about transactions, newest first, of one type of them or of all.
    Changes(AccountId, Span, Option<TransactionType>),
    /// Events of an account, oldest first, optionally after an event: those that the filter selects.
    EventsFrom(AccountId, Span, Option<EventId>, EventFilter),
    /// Deliveries of an account, newest first, optionally in one status and to one endpoint. Those that are
    /// pending do not include new ones ([`Store::list_pending_deliveries`]).
    Deliveries(AccountId, Span, Option<DeliveryStatus>, Option<EndpointId>),
    /// Intents of an account, oldest first.
    Intents(AccountId),
    /// Pending deliveries of an account, newest first, also those that the index does not have.
    DeliveriesByTime(AccountId, Span, Option<EndpointId>),
    /// Deliveries of an event, optionally in one status and to one endpoint.
    DeliveriesOf(AccountId, EventId, Option<DeliveryStatus>, Option<EndpointId>),
}

impl Listing {
    /// Returns the query of the list; of a list that is spread over partitions the query of its first.
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
            Self::PayoutsInFrom(account, status, after) => payouts_in_from(account, status, *after),
            Self::PayoutsTo(account, key, cents, span) => payouts_to(account, key, *cents, *span),
            Self::Search(account, rows) => rows.query(account),
            Self::References(account, kind, prefix, after) => {
                references(account, *kind, prefix, after.as_deref())
            }
            Self::SettingsChanges(account) => settings_changes(account),
            Self::Refunds(account, span) => of(key::refunds(account), span.ids::<RefundId>(), true),
            Self::RefundsIn(account, status, span) => {
                of(key::refunds_in(account, status), span.ids::<RefundId>(), true).by_status()
            }
            Self::Payments(account, span, filters) => payments(account, *span, filters),
            Self::Credits(account, span) => of(key::credits(account), span.ids::<CreditId>(), true),
            Self::CreditsIn(account, status, span) => credits_in(account, status, *span),
            Self::Beneficiaries(account) => beneficiaries(key::beneficiaries(account)),
            Self::BeneficiariesIn(account, status) => beneficiaries_in(account, status),
            Self::BeneficiariesWith(account, digest) => beneficiaries_with(account, digest),
            Self::Collections(account, status) => collections(account, *status),
            Self::KycRequests(account, status) => kyc_requests(account, *status),
            Self::PayoutBatches(account) => of(key::batches(account), all(BatchId::PREFIX), true),
            Self::Entries(account, from, until) => entries(account, *from, *until),
            Self::EntriesBefore(account, at) => entries_before(account, *at),
            Self::LedgerDaysAfter(account, date) => ledger_days_after(account, *date),
            Self::OpenHolds(account) => open_holds(account),
            Self::Blocks(account) => of(key::blocks(account), all(BlockId::PREFIX), true),
            Self::BlocksIn(account, status) => blocks_in(account, status),
            Self::Disputes(account, filter) => filter.query(account),
            Self::Receivables(account, filter) => filter.query(account),
            Self::Exports(account, span) => of(key::exports(account), span.ids::<ExportId>(), true),
            Self::Schedules(account) => of(key::schedules(account), all(ScheduleId::PREFIX), false),
            Self::Endpoints(account) => of(key::webhooks(account), all(EndpointId::PREFIX), false),
            Self::EndpointHealth(account) => endpoint_health(account),
            Self::Intents(account) => of(key::turns(account), all(IntentId::PREFIX), false),
            Self::Changes(account, span, kind) => changes(account, *span, *kind),
            Self::Events(account, span, filter) => {
                let query = of(key::events(account, 0), span.ids::<EventId>(), true);
                Query { filter: filter.conditions(), ..query }
            }
            Self::EventsFrom(account, span, after, filter) => {
                Query { filter: filter.conditions(), ..events_from(account, *span, *after) }
            }
            Self::Deliveries(account, span, status, to) => deliveries(account, *span, *status, *to),
            Self::DeliveriesByTime(account, span, to) => pending_by_time(account, *span, *to),
            Self::DeliveriesOf(account, event, status, endpoint) => {
                deliveries_of(account, *event, *status, *endpoint)
            }
        }
    }
}

impl Listing {
    /// Returns the query, unless its bounds are in the wrong order: DynamoDB refuses such a BETWEEN, and
    /// the list is empty.
    fn query_with_rows(&self) -> Option<Query> {
        Some(self.query()).filter(|query| query.between.0 <= query.between.1)
    }

    /// Returns the partitions of a list that is spread over several. Returns `None` for other lists.
    fn partitions(&self) -> Option<Vec<String>> {
        match self {
            Self::Events(account, ..)
            | Self::EventsFrom(account, ..)
            | Self::Changes(account, ..) => {
                let name = |partition| key::events(account, partition);
                Some((0..partition::PARTITIONS).map(name).collect())
            }
            Self::DeliveriesOf(account, event, ..) => {
                // The first also has deliveries from before there was more than one.
                let own = partition::of_delivery(DeliveryId::from_ulid(event.ulid()));
                let partitions = BTreeSet::from([0, own]).into_iter();
                Some(partitions.map(|partition| key::deliveries(account, partition)).collect())
            }
            Self::Deliveries(account, ..) | Self::DeliveriesByTime(account, ..)
                if self.query().index.is_none() =>
            {
                let name = |partition| key::deliveries(account, partition);
                Some((0..partition::PARTITIONS).map(name).collect())
            }
            _ => None,
        }
    }
}

fn open_holds(account: &AccountId) -> Query {
    let between = (HoldId::PREFIX.to_owned(), format!("{}~", HoldId::PREFIX));
    Query::on_table(key::open_holds(account), between, false).by_status()
}

/// Returns a text that sorts between this id and the next one, because no id is a prefix of another.
fn after_id(id: impl fmt::Display) -> String {
    format!("{id}~")
}

fn payouts_to(account: &AccountId, digest: &str, amount_cents: u64, span: Span) -> Query {
    let rows = SearchRows::of_value(SearchField::Destination, digest);
    let mut query = rows.created_in(span).query(account);
    let amount = i64::try_from(amount_cents).unwrap_or(i64::MAX);
    query.filter.push(Condition::equals("amount_cents", Operand::Number(amount)));
    query
}

fn payments(account: &AccountId, span: Span, filters: &PaymentFilters) -> Query {
    let number = |cents: u64| Operand::Number(i64::try_from(cents).unwrap_or(i64::MAX));
    let range = filters.amount_cents;
    let amount = Condition {
        field: "report.amount_cents",
        test: Test::Between(
            number(range.from.unwrap_or(0)),
            number(range.until.unwrap_or(u64::MAX)),
        ),
    };
    let document = filters
        .document
        .as_ref()
        .map(|it| Condition::equals("report.payer.document.number", it.number().to_owned()));
    let txid = filters.txid.clone().map(|txid| Condition::equals("report.txid", txid));
    let amount = (!range.is_open()).then_some(amount);
    let query = Query::on_table(key::payments(account), span.ids::<PaymentId>(), true);
    Query { filter: [amount, document, txid].into_iter().flatten().collect(), ..query }
}

/// References of objects of another type are not in the range, because it has the type in it.
fn references(
    account: &AccountId,
    kind: TransactionType,
    prefix: &str,
    after: Option<&str>,
) -> Query {
    let family = match kind {
        TransactionType::Charge => key::CHARGES,
        TransactionType::Payout => key::PAYOUTS,
        TransactionType::Refund => key::REFUNDS,
        TransactionType::Credit => key::CREDITS,
    };
    let first = after.map_or(format!("{family}{prefix}"), |after| format!("{family}{after}"));
    let last = format!("{family}{prefix}{}", char::MAX);
    Query::on_table(key::references(account), (first, last), false)
}

fn beneficiaries(partition: String) -> Query {
    let prefix = BeneficiaryId::PREFIX;
    Query::on_table(partition, (prefix.to_owned(), format!("{prefix}~")), true)
}

fn beneficiaries_in(account: &AccountId, status: &str) -> Query {
    beneficiaries(key::beneficiaries_in(account, status)).by_status()
}

fn beneficiaries_with(account: &AccountId, digest: &str) -> Query {
    beneficiaries(key::beneficiaries_with(account, digest))
}

fn collections(account: &AccountId, status: Option<&str>) -> Query {
    let between = (CollectionId::PREFIX.to_owned(), format!("{}~", CollectionId::PREFIX));
    match status {
        Some(status) => {
            Query::on_table(key::collections_in(account, status), between, true).by_status()
        }
        None => Query::on_table(key::collections(account), between, true),
    }
}

fn kyc_requests(account: &AccountId, status: Option<&str>) -> Query {
    let between = (KycRequestId::PREFIX.to_owned(), format!("{}~", KycRequestId::PREFIX));
    match status {
        Some(status) => {
            Query::on_table(key::kyc_requests_in(account, status), between, true).by_status()
        }
        None => Query::on_table(key::kyc_requests(account), between, true),
    }
}

fn blocks_in(account: &AccountId, status: &str) -> Query {
    let between = (BlockId::PREFIX.to_owned(), format!("{}~", BlockId::PREFIX));
    Query::on_table(key::blocks_in(account, status), between, true).by_status()
}

fn settings_changes(account: &AccountId) -> Query {
    let prefix = SettingsChangeId::PREFIX;
    let between = (prefix.to_owned(), format!("{prefix}~"));
    Query::on_table(key::account_rows(account), between, true)
}

fn endpoint_health(account: &AccountId) -> Query {
    let all = (EndpointId::PREFIX.to_owned(), format!("{}~", EndpointId::PREFIX));
    Query::on_table(key::health(account), all, false).on_deliveries(Vec::new())
}

fn accounts(after: Option<AccountId>) -> Query {
    let first = after.map_or(AccountId::PREFIX.to_owned(), after_id);
    let between = (first, format!("{}~", AccountId::PREFIX));
    Query::on_table(key::ACCOUNTS.to_owned(), between, false).by_status()
}

fn payouts_in_from(account: &AccountId, status: &str, after: Option<PayoutId>) -> Query {
    let first = after.map_or(PayoutId::PREFIX.to_owned(), after_id);
    let between = (first, format!("{}~", PayoutId::PREFIX));
    Query::on_table(key::payouts_in(account, status), between, false).by_status()
}

fn credits_in(account: &AccountId, status: &str, span: Span) -> Query {
    let between = span.ids::<CreditId>();
    Query::on_table(key::credits_in(account, status), between, true).by_status()
}

fn entries(account: &AccountId, from: EntryPosition, until: EntryPosition) -> Query {
    Query::on_table(key::ledger(account), (key::entry(from), key::entry(until)), false)
}

fn entries_before(account: &AccountId, at: Timestamp) -> Query {
    let before = (key::ENTRY.to_owned(), key::entry(EntryPosition::before(at)));
    Query::on_table(key::ledger(account), before, true)
}

fn ledger_days_after(account: &AccountId, date: Date) -> Query {
    let after = format!("{}{date}~", key::LEDGER_DAY);
    let between = (after, format!("{}~", key::LEDGER_DAY));
    Query::on_table(key::ledger(account), between, false)
}

fn sessions(account: &AccountId, user: &UserId, from: Timestamp) -> Query {
    let (first, last) = Span { from: Some(from), ..Span::default() }.ids::<SessionId>();
    let sessions = key::sessions(user);
    let between = (format!("{sessions}{first}"), format!("{sessions}{last}"));
    Query::on_table(key::access(account), between, true)
}

fn changes(account: &AccountId, span: Span, kind: Option<TransactionType>) -> Query {
    let of_kind = |kind: TransactionType| Condition {
        field: "object_id",
        test: Test::BeginsWith(kind.id_prefix().to_owned()),
    };
    let query = Query::on_table(key::events(account, 0), span.ids::<EventId>(), true);
    Query { filter: kind.map(of_kind).into_iter().collect(), ..query }
}

fn events_from(account: &AccountId, span: Span, after: Option<EventId>) -> Query {
    let (first, last) = span.ids::<EventId>();
    let first = after.map_or(first, after_id);
    Query::on_table(key::events(account, 0), (first, last), false)
}

fn deliveries(
    account: &AccountId,
    span: Span,
    status: Option<DeliveryStatus>,
    endpoint: Option<EndpointId>,
) -> Query {
    match status {
        // The index has only deliveries that are not delivered.
        Some(status) if status != DeliveryStatus::Delivered => {
            let between = span.ids::<DeliveryId>();
            Query::on_table(key::deliveries_in(account, status.as_str()), between, true)
                .by_status()
                .on_deliveries(delivery_filter(None, endpoint, None))
        }
        _ => deliveries_by_time(account, span, status, endpoint),
    }
}

fn pending_by_time(account: &AccountId, span: Span, endpoint: Option<EndpointId>) -> Query {
    deliveries_by_time(account, span, Some(DeliveryStatus::Pending), endpoint)
}

fn deliveries_by_time(
    account: &AccountId,
    span: Span,
    status: Option<DeliveryStatus>,
    endpoint: Option<EndpointId>,
) -> Query {
    Query::on_table(key::deliveries(account, 0), span.ids::<DeliveryId>(), true)
        .on_deliveries(delivery_filter(status, endpoint, None))
}

fn deliveries_of(
    account: &AccountId,
    event: EventId,
    status: Option<DeliveryStatus>,
    endpoint: Option<EndpointId>,
) -> Query {
    // The id of a delivery has the time of its event.
    let between = same_time::<DeliveryId>(event.ulid());
    Query::on_table(key::deliveries(account, 0), between, true).on_deliveries(delivery_filter(
        status,
        endpoint,
        Some(event),
    ))
}

fn delivery_filter(
    status: Option<DeliveryStatus>,
    endpoint: Option<EndpointId>,
    event: Option<EventId>,
) -> Vec<Condition> {
    let status = status.map(|status| Condition::equals("status", status.as_str().to_owned()));
    let endpoint = endpoint.map(|id| Condition::equals("endpoint_id", id.to_string()));
    let event = event.map(|id| Condition::equals("event_id", id.to_string()));
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
        let (rows, ended) = Box::pin(self.list_rows(listing, page)).await?;
        let items = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
        Ok((items, ended))
    }

    /// Returns a page of a list as rows, and its position if there may be more rows.
    pub async fn list_rows(
        &self,
        listing: &Listing,
        page: Page,
    ) -> Result<(Vec<Row>, Option<Position>), Error> {
        let Some(query) = listing.query_with_rows() else { return Ok((Vec::new(), None)) };
        let (rows, ended) = match listing.partitions() {
            Some(partitions) => Box::pin(self.merged(query, partitions, page)).await?,
            None if query.filter.is_empty() => self.query(query, page).await?,
            None => Box::pin(self.filtered(query, page)).await?,
        };
        Ok((rows.into_iter().map(Row).collect(), ended))
    }

    /// Looks at as many rows as the page has, and returns those that pass the filter of the list. It is one
    /// round trip of a known size, for a caller who is not authorized yet.
    pub async fn list_rows_once(
        &self,
        listing: &Listing,
        page: Page,
    ) -> Result<(Vec<Row>, Option<Position>), Error> {
        let Some(query) = listing.query_with_rows() else { return Ok((Vec::new(), None)) };
        let (rows, ended) = match listing.partitions() {
            Some(partitions) => Box::pin(self.merged_once(query, partitions, page)).await?,
            None => self.query(query, page).await?,
        };
        Ok((rows.into_iter().map(Row).collect(), ended))
    }
}
