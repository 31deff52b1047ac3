//! Every key of the two tables, in one place. docs/access-patterns.md has a row for each.
//!
//! The partition begins with its family, so a role can be limited to families
//! (`dynamodb:LeadingKeys`), and goes on with the account, so another account's object is
//! unaddressable. `Login`, `LoginThrottle` and `Location` are the exceptions: they are what finds the account.

use domain::access::{AttemptKind, KeyId, LoginKey};
use domain::kernel::{
    AccountId, AuditId, BatchId, ChargeId, DeliveryId, EndpointId, EventId, ExportId, HoldId,
    PayoutId, RefundId, ScheduleId, UserId,
};
use domain::ledger::EntryPosition;
use domain::network::KeyBucket;
use jiff::Timestamp;
use jiff::civil::Date;

/// What a row is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// The account and its terms.
    Account(AccountId),
    /// What it demands of its payouts.
    PayoutSettings(AccountId),
    /// How many moderators it has.
    ModeratorCount(AccountId),
    /// A user.
    User(AccountId, UserId),
    /// An API key.
    ApiKey(AccountId, KeyId),
    /// A session, by the hash of its token.
    Session(AccountId, String),
    /// What a person logs in with.
    Login(LoginKey),
    /// The failed attempts on an e-mail, by door.
    LoginThrottle(LoginKey, AttemptKind),
    /// A line of the audit trail.
    Audit(AccountId, AuditId),
    /// The balances.
    Books(AccountId),
    /// A ledger entry, by its place: a period is a run of keys.
    Entry(AccountId, EntryPosition),
    /// Where a day of the ledger begins.
    LedgerDay(AccountId, Date),
    /// How far the books were audited.
    LedgerAudit(AccountId),
    /// Money put aside.
    Hold(AccountId, HoldId),
    /// A charge.
    Charge(AccountId, ChargeId),
    /// The charge that holds a caller's reference.
    ChargeReference(AccountId, String),
    /// A payout.
    Payout(AccountId, PayoutId),
    /// The payout that holds a caller's reference.
    PayoutReference(AccountId, String),
    /// A refund.
    Refund(AccountId, RefundId),
    /// The refund that holds a caller's reference.
    RefundReference(AccountId, String),
    /// What is left of one of its budgets of key look-ups.
    LookupBudget(AccountId, KeyBucket),
    /// What the directory said of a PIX key, by the SHA-256 of kind and key. That keeps keys out of
    /// whatever shows names of rows; it hides nothing from who can read them.
    KeyLookup(AccountId, String),
    /// The charge behind a PIX location.
    Location(String),
    /// A batch of payouts.
    Batch(AccountId, BatchId),
    /// Some of its lines.
    BatchLines(AccountId, BatchId, u32),
    /// A statement as a file.
    Export(AccountId, ExportId),
    /// A schedule of statements.
    Schedule(AccountId, ScheduleId),
    /// How many schedules it has.
    ScheduleCount(AccountId),
    /// An event.
    Event(AccountId, EventId),
    /// An endpoint that events are sent to.
    Endpoint(AccountId, EndpointId),
    /// How many endpoints it has.
    EndpointCount(AccountId),
    /// The replay of past events to an endpoint.
    Replay(AccountId, EndpointId),
    /// An event on its way to an endpoint; in the deliveries table.
    Delivery(AccountId, DeliveryId),
    /// How an endpoint has been answering; in the deliveries table.
    EndpointHealth(AccountId, EndpointId),
    /// The stored answer of a request: account, operation, the caller's key.
    Idempotency(AccountId, String, String),
    /// The calls of one API key on one UTC day (`2026-11-23`).
    Usage(AccountId, String, KeyId),
}

/// Which table a row is in. Deliveries are written several times each and read by the function that
/// talks to customers; apart from the money they neither fill its stream nor share its rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Table {
    Main,
    Deliveries,
}

impl Key {
    pub(crate) fn table(&self) -> Table {
        match self {
            Self::Delivery(..) | Self::EndpointHealth(..) => Table::Deliveries,
            _ => Table::Main,
        }
    }

    /// What it is called in a line of the log: nothing of it is personal.
    pub fn name(&self) -> String {
        format!("{} {}", self.pk(), self.sk())
    }

    /// The partition key.
    pub(crate) fn pk(&self) -> String {
        match self {
            Self::Account(account) | Self::PayoutSettings(account) => format!("ACCOUNT#{account}"),
            Self::ModeratorCount(account)
            | Self::User(account, _)
            | Self::ApiKey(account, _)
            | Self::Session(account, _) => access(account),
            Self::Login(key) | Self::LoginThrottle(key, _) => format!("LOGIN#{}", key.as_hex()),
            Self::Audit(account, _) => audit(account),
            Self::Books(account)
            | Self::Entry(account, _)
            | Self::LedgerDay(account, _)
            | Self::LedgerAudit(account)
            | Self::Hold(account, _) => ledger(account),
            Self::Charge(account, _) => charges(account),
            Self::Payout(account, _) => payouts(account),
            Self::Refund(account, _) => refunds(account),
            Self::ChargeReference(account, _)
            | Self::PayoutReference(account, _)
            | Self::RefundReference(account, _) => format!("REFERENCE#{account}"),
            Self::LookupBudget(account, _) | Self::KeyLookup(account, _) => {
                format!("PIXKEY#{account}")
            }
            Self::Location(token) => format!("LOCATION#{token}"),
            Self::Batch(account, _) | Self::BatchLines(account, ..) => batches(account),
            Self::Export(account, _) => exports(account),
            Self::Schedule(account, _) | Self::ScheduleCount(account) => schedules(account),
            Self::Event(account, _) => events(account),
            Self::Endpoint(account, _)
            | Self::EndpointCount(account)
            | Self::Replay(account, _) => webhooks(account),
            Self::Delivery(account, _) => deliveries(account),
            Self::EndpointHealth(account, _) => format!("HEALTH#{account}"),
            // Its own partition: these are the most written rows and are never listed.
            Self::Idempotency(account, operation, key) => {
                format!("IDEMPOTENCY#{account}#{operation}#{key}")
            }
            Self::Usage(account, _, _) => usage(account),
        }
    }

    /// The sort key.
    pub(crate) fn sk(&self) -> String {
        match self {
            Self::Account(_) => "ACCOUNT".to_owned(),
            Self::PayoutSettings(_) => "PAYOUT_SETTINGS".to_owned(),
            Self::ModeratorCount(_) => "MODERATORS".to_owned(),
            Self::User(_, user) => format!("{USER}{user}"),
            Self::ApiKey(_, key) => format!("{API_KEY}{key}"),
            Self::Session(_, hash) => format!("SESSION#{hash}"),
            Self::Login(_) => "LOGIN".to_owned(),
            Self::LoginThrottle(_, AttemptKind::LogIn) => "THROTTLE#LOG_IN".to_owned(),
            Self::LoginThrottle(_, AttemptKind::StepUp) => "THROTTLE#STEP_UP".to_owned(),
            Self::Audit(_, audit) => audit.to_string(),
            Self::Books(_) => "BOOKS".to_owned(),
            Self::Entry(_, position) => entry(*position),
            Self::LedgerDay(_, date) => format!("{LEDGER_DAY}{date}"),
            Self::LedgerAudit(_) => "AUDIT".to_owned(),
            Self::Hold(_, hold) => format!("{HOLD}{hold}"),
            Self::Charge(_, charge) => charge.to_string(),
            Self::ChargeReference(_, reference) => format!("CHARGE#{reference}"),
            Self::Payout(_, payout) => payout.to_string(),
            Self::PayoutReference(_, reference) => format!("PAYOUT#{reference}"),
            Self::Refund(_, refund) => refund.to_string(),
            Self::RefundReference(_, reference) => format!("REFUND#{reference}"),
            Self::LookupBudget(_, KeyBucket::Contacts) => "BUDGET#CONTACTS".to_owned(),
            Self::LookupBudget(_, KeyBucket::Documents) => "BUDGET#DOCUMENTS".to_owned(),
            Self::KeyLookup(_, digest) => format!("KEY#{digest}"),
            Self::Location(_) => "LOCATION".to_owned(),
            Self::Batch(_, batch) => batch.to_string(),
            Self::BatchLines(_, batch, row) => format!("LINES#{batch}#{row:02}"),
            Self::Export(_, export) => export.to_string(),
            Self::Schedule(_, schedule) => schedule.to_string(),
            Self::Event(_, event) => event.to_string(),
            Self::Endpoint(_, endpoint) | Self::EndpointHealth(_, endpoint) => endpoint.to_string(),
            Self::EndpointCount(_) | Self::ScheduleCount(_) => "COUNT".to_owned(),
            Self::Replay(_, endpoint) => format!("{REPLAY}{endpoint}"),
            Self::Delivery(_, delivery) => delivery.to_string(),
            Self::Idempotency(..) => "IDEMPOTENCY".to_owned(),
            Self::Usage(_, day, key) => format!("{day}#{key}"),
        }
    }
}

pub(crate) const USER: &str = "USER#";
pub(crate) const API_KEY: &str = "KEY#";

pub(crate) const ENTRY: &str = "ENTRY#";
pub(crate) const LEDGER_DAY: &str = "DAY#";
pub(crate) const HOLD: &str = "HOLD#";
pub(crate) const REPLAY: &str = "REPLAY#";
pub(crate) const LEDGER: &str = "LEDGER#";
pub(crate) const CHARGES: &str = "CHARGE#";
pub(crate) const PAYOUTS: &str = "PAYOUT#";
pub(crate) const REFUNDS: &str = "REFUND#";
pub(crate) const BATCHES: &str = "BATCH#";
pub(crate) const EXPORTS: &str = "EXPORT#";
pub(crate) const SCHEDULES: &str = "SCHEDULE#";
pub(crate) const EVENTS: &str = "EVENT#";
pub(crate) const WEBHOOKS: &str = "WEBHOOK#";
pub(crate) const DELIVERIES: &str = "DELIVERY#";

pub(crate) fn access(account: &AccountId) -> String {
    format!("ACCESS#{account}")
}

pub(crate) fn audit(account: &AccountId) -> String {
    format!("AUDIT#{account}")
}

pub(crate) fn charges(account: &AccountId) -> String {
    format!("{CHARGES}{account}")
}

pub(crate) fn charges_in(account: &AccountId, status: &str) -> String {
    format!("{CHARGES}{account}#{status}")
}

pub(crate) fn payouts(account: &AccountId) -> String {
    format!("{PAYOUTS}{account}")
}

pub(crate) fn payouts_in(account: &AccountId, status: &str) -> String {
    format!("{PAYOUTS}{account}#{status}")
}

pub(crate) fn refunds(account: &AccountId) -> String {
    format!("{REFUNDS}{account}")
}

pub(crate) fn refunds_in(account: &AccountId, status: &str) -> String {
    format!("{REFUNDS}{account}#{status}")
}

pub(crate) fn batches(account: &AccountId) -> String {
    format!("{BATCHES}{account}")
}

pub(crate) fn ledger(account: &AccountId) -> String {
    format!("{LEDGER}{account}")
}

pub(crate) fn open_holds(account: &AccountId) -> String {
    format!("{LEDGER}{account}#OPEN")
}

pub(crate) fn exports(account: &AccountId) -> String {
    format!("{EXPORTS}{account}")
}

pub(crate) fn schedules(account: &AccountId) -> String {
    format!("{SCHEDULES}{account}")
}

pub(crate) fn events(account: &AccountId) -> String {
    format!("{EVENTS}{account}")
}

pub(crate) fn webhooks(account: &AccountId) -> String {
    format!("{WEBHOOKS}{account}")
}

pub(crate) fn deliveries(account: &AccountId) -> String {
    format!("{DELIVERIES}{account}")
}

pub(crate) fn deliveries_in(account: &AccountId, status: &str) -> String {
    format!("{DELIVERIES}{account}#{status}")
}

pub(crate) fn usage(account: &AccountId) -> String {
    format!("USAGE#{account}")
}

/// Sorts as places do: in the order of the books.
pub(crate) fn entry(position: EntryPosition) -> String {
    format!("{ENTRY}{}#{:020}", due_at(position.at), position.sequence)
}

/// Sorts by time: milliseconds in 13 digits reach the year 2286. Nothing was before 1970.
pub(crate) fn due_at(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond().max(0))
}
