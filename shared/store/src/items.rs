//! What is stored: for each type its key, its place in the indexes, its version and its end.

use std::fmt::Display;

use domain::access::{
    ApiKey, AuditEvent, KeyId, Login, LoginThrottle, ModeratorCount, Session, User,
};
use domain::account::Account;
use domain::charge::{Charge, Refund};
use domain::event::Event;
use domain::kernel::{AccountId, ChargeId, Id};
use domain::ledger::{Books, Entry, Hold, HoldStatus, LedgerAudit, LedgerDay, TransactionRef};
use domain::network::{KnownKey, Lookups};
use domain::payout::{BatchLines, Payout, PayoutBatch, PayoutSettings};
use domain::statement::{StatementExport, StatementSchedule};
use domain::webhook::{Delivery, DeliveryStatus, Endpoint, EndpointHealth, Replay};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::due::DueList;
use crate::key::{self, Key};
use crate::table;

/// A type that has rows.
pub trait Item: Serialize + DeserializeOwned {
    /// Its name in the rows, for the stream and for people.
    const KIND: &'static str;

    /// Its key.
    fn key(&self) -> Key;

    /// Attributes for the indexes, derived from the value.
    fn index(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The version it was read with, for types that are replaced.
    fn version(&self) -> Option<u64> {
        None
    }

    /// When the row may go.
    fn ends_at(&self) -> Option<Timestamp> {
        None
    }
}

/// The stored answer of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Idempotency {
    /// The account.
    pub account_id: AccountId,
    /// The operation.
    pub operation: String,
    /// The caller's key.
    pub idempotency_key: String,
    /// SHA-256 of user, method, route, path values and canonical body.
    pub fingerprint: String,
    /// Status of the answer.
    pub status: u16,
    /// Body of the answer, sealed: it can hold a secret that is shown once.
    pub sealed_body: String,
    /// From then on the key is free, whether the row is still there or not.
    pub expires_at: Timestamp,
}

/// Which charge, payout or refund holds a reference: of each kind one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reference {
    /// The account.
    pub account_id: AccountId,
    /// The caller's own id.
    pub reference: String,
    /// What holds it.
    pub holder: TransactionRef,
}

/// Which charge is behind a PIX location.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Location {
    pub(crate) token: String,
    pub(crate) account_id: AccountId,
    pub(crate) charge_id: ChargeId,
}

/// Calls of one key on one UTC day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageDay {
    /// The account.
    pub account_id: AccountId,
    /// The day, as `2026-11-23`.
    pub day: String,
    /// The key.
    pub key_id: KeyId,
    /// Calls that passed the gate.
    pub requests: u64,
}

macro_rules! items {
    ($($type:ty { $kind:literal, |$this:ident| $key:expr $(, $name:ident: $value:expr)* })*) => {$(
        impl Item for $type {
            const KIND: &'static str = $kind;
            fn key(&self) -> Key {
                let $this = self;
                $key
            }
            $(items!(@ $name $this $value);)*
        }
    )*};
    (@ index $this:ident $value:expr) => {
        fn index(&self) -> Vec<(&'static str, String)> {
            let $this = self;
            $value
        }
    };
    (@ version $this:ident $value:expr) => {
        fn version(&self) -> Option<u64> {
            let $this = self;
            Some($value)
        }
    };
    (@ ends_at $this:ident $value:expr) => {
        fn ends_at(&self) -> Option<Timestamp> {
            let $this = self;
            $value
        }
    };
}

/// How long a delivery can be looked up after its last attempt, or the one it waits for.
const DELIVERY_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A day after which a row that ended may go; its end itself is checked where it is used.
const TTL_GRACE: SignedDuration = SignedDuration::from_hours(24);

items! {
    Account { "account", |it| Key::Account(it.id) }
    ModeratorCount { "moderator_count", |it| Key::ModeratorCount(it.account_id) }
    User { "user", |it| Key::User(it.account_id, it.id), version: it.version }
    ApiKey {
        "api_key", |it| Key::ApiKey(it.account_id, it.id.clone()),
        version: it.version
    }
    Session {
        "session", |it| Key::Session(it.account_id, it.token_hash.clone()),
        ends_at: Some(it.created_at + domain::access::SESSION_ABSOLUTE + TTL_GRACE)
    }
    Login { "login", |it| Key::Login(it.key.clone()), version: it.version }
    LoginThrottle {
        "login_throttle", |it| Key::LoginThrottle(it.key.clone(), it.kind),
        version: it.version,
        ends_at: Some(it.retry_at + TTL_GRACE)
    }
    AuditEvent { "audit", |it| Key::Audit(it.account_id, it.id) }
    Books { "books", |it| Key::Books(it.account_id), version: it.version }
    Entry { "entry", |it| Key::Entry(it.account_id, it.position()) }
    LedgerDay { "ledger_day", |it| Key::LedgerDay(it.account_id, it.date) }
    LedgerAudit {
        "ledger_audit", |it| Key::LedgerAudit(it.account_id),
        index: due_index(DueList::LedgerAudits, 0, Some(it.due_at), &it.account_id),
        version: it.version
    }
    Hold {
        "hold", |it| Key::Hold(it.account_id, it.id),
        index: hold_index(it),
        version: it.version
    }
    Payout {
        "payout", |it| Key::Payout(it.account_id, it.id),
        index: payout_index(it),
        version: it.version
    }
    Refund {
        "refund", |it| Key::Refund(it.account_id, it.id),
        index: refund_index(it),
        version: it.version
    }
    PayoutBatch {
        "payout_batch", |it| Key::Batch(it.account_id, it.id),
        index: due_index(DueList::Batches, 0, it.lease.until, &it.id),
        version: it.version
    }
    BatchLines {
        "batch_lines", |it| Key::BatchLines(it.account_id, it.batch_id, it.row),
        version: it.version
    }
    StatementExport {
        "statement_export", |it| Key::Export(it.account_id, it.id),
        index: due_index(DueList::Exports, u128::from(it.id.ulid()), it.lease.until, &it.id),
        version: it.version
    }
    StatementSchedule {
        "statement_schedule", |it| Key::Schedule(it.account_id, it.id),
        index: due_index(DueList::Schedules, u128::from(it.id.ulid()), it.due_at, &it.id),
        version: it.version
    }
    PayoutSettings {
        "payout_settings", |it| Key::PayoutSettings(it.account_id),
        version: it.version
    }
    Charge {
        "charge", |it| Key::Charge(it.account_id, it.id),
        index: charge_index(it),
        version: it.version
    }
    Idempotency {
        "idempotency",
        |it| Key::Idempotency(it.account_id, it.operation.clone(), it.idempotency_key.clone()),
        ends_at: Some(it.expires_at + TTL_GRACE)
    }
    Reference { "reference", |it| reference_key(it) }
    Lookups {
        "lookups", |it| Key::LookupBudget(it.account_id, it.bucket),
        version: it.version
    }
    KnownKey {
        "known_key", |it| Key::KeyLookup(it.account_id, it.key_digest.clone()),
        ends_at: Some(it.ends_at())
    }
    Location { "location", |it| Key::Location(it.token.clone()) }
    Event {
        "event", |it| Key::Event(it.account_id, it.id),
        index: event_index(it)
    }
    Endpoint { "endpoint", |it| Key::Endpoint(it.account_id, it.id), version: it.version }
    Replay {
        "replay", |it| Key::Replay(it.account_id, it.endpoint_id),
        index: due_index(DueList::Replays, 0, it.lease.until, &it.endpoint_id),
        version: it.version
    }
    Delivery {
        "delivery", |it| Key::Delivery(it.account_id, it.id),
        index: delivery_index(it),
        version: it.version,
        ends_at: Some(delivery_last(it) + DELIVERY_KEPT)
    }
    EndpointHealth { "endpoint_health", |it| Key::EndpointHealth(it.account_id, it.endpoint_id), version: it.version }
    UsageDay { "usage", |it| Key::Usage(it.account_id, it.day.clone(), it.key_id.clone()) }
}

fn reference_key(row: &Reference) -> Key {
    let (account, reference) = (row.account_id, row.reference.clone());
    match row.holder {
        TransactionRef::Charge(_) => Key::ChargeReference(account, reference),
        TransactionRef::Payout(_) => Key::PayoutReference(account, reference),
        TransactionRef::Refund(_) => Key::RefundReference(account, reference),
    }
}

/// The open ones, which are the few: their sum is what the books say is held.
fn hold_index(hold: &Hold) -> Vec<(&'static str, String)> {
    if hold.status != HoldStatus::Open {
        return Vec::new();
    }
    vec![
        (table::STATUS_KEYS.0, key::open_holds(&hold.account_id)),
        (table::STATUS_KEYS.1, hold.id.to_string()),
    ]
}

fn payout_index(payout: &Payout) -> Vec<(&'static str, String)> {
    let status = key::payouts_in(&payout.account_id, payout.status.as_str());
    let due_at = payout.due.as_ref().map(|due| due.at);
    status_and_due(status, DueList::Payouts, payout.id, due_at)
}

fn refund_index(refund: &Refund) -> Vec<(&'static str, String)> {
    let status = key::refunds_in(&refund.account_id, refund.status.as_str());
    let due_at = refund.due.as_ref().map(|due| due.at);
    status_and_due(status, DueList::Refunds, refund.id, due_at)
}

fn charge_index(charge: &Charge) -> Vec<(&'static str, String)> {
    let status = key::charges_in(&charge.account_id, charge.status.as_str());
    let due_at = charge.due.as_ref().map(|due| due.at);
    status_and_due(status, DueList::Charges, charge.id, due_at)
}

/// What is listed by its status, and waits for the clock or a network now and then.
fn status_and_due(
    status: String,
    list: DueList,
    id: impl Id + Display,
    due_at: Option<Timestamp>,
) -> Vec<(&'static str, String)> {
    let by_status = [(table::STATUS_KEYS.0, status), (table::STATUS_KEYS.1, id.to_string())];
    let due = due_index(list, u128::from(id.ulid()), due_at, &id);
    by_status.into_iter().chain(due).collect()
}

/// An event waits for its deliveries to be made from the moment it happens.
fn event_index(event: &Event) -> Vec<(&'static str, String)> {
    let waits = event.relayed_at.is_none().then_some(event.created_at);
    due_index(DueList::Events, u128::from(event.id.ulid()), waits, &event.id)
}

/// The attempt it waits for, or else the last one.
fn delivery_last(delivery: &Delivery) -> Timestamp {
    let made = delivery.attempts.last().map(|attempt| attempt.at);
    delivery.next_attempt_at.or(made).unwrap_or(delivery.created_at)
}

/// Delivered ones are the many, and nobody looks for them by status.
fn delivery_index(delivery: &Delivery) -> Vec<(&'static str, String)> {
    let shard = u128::from(delivery.id.ulid());
    let mut index = due_index(DueList::Deliveries, shard, delivery.due_at, &delivery.id);
    if delivery.status != DeliveryStatus::Delivered {
        let status = delivery.status.as_str();
        index.push((table::STATUS_KEYS.0, key::deliveries_in(&delivery.account_id, status)));
        index.push((table::STATUS_KEYS.1, delivery.id.to_string()));
    }
    index
}

fn due_index(
    list: DueList,
    shard: u128,
    due_at: Option<Timestamp>,
    id: &impl Display,
) -> Vec<(&'static str, String)> {
    let Some(at) = due_at else { return Vec::new() };
    vec![
        (table::DUE_KEYS.0, list.partition(list.shard(shard))),
        (table::DUE_KEYS.1, format!("{}#{id}", key::due_at(at))),
    ]
}
