//! All keys of the two tables. docs/access-patterns.md has a row for each.
//!
//! A partition key begins with its family, so a role can be limited to families
//! (`dynamodb:LeadingKeys`). The account follows, so no request can address an object of another
//! account. The partition keys of `Login`, `LoginSalt`, `LoginThrottle`, `FailureWindow` and `Location`
//! have no account, because these rows find it or are counted before it is known.

use domain::access::{AttemptKind, AuditFilter, FailureSubject, KeyId, LoginKey};
use domain::kernel::{
    AccountId, AuditId, BatchId, ChargeId, DeliveryId, EndpointId, EventId, ExportId, HoldId,
    PayoutId, RefundId, ScheduleId, SessionId, UserId,
};
use domain::ledger::EntryPosition;
use domain::network::KeyBucket;
use jiff::Timestamp;
use jiff::civil::Date;

/// The key of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// An account with its terms.
    Account(AccountId),
    /// The payout settings of an account.
    PayoutSettings(AccountId),
    /// The number of moderators of an account.
    ModeratorCount(AccountId),
    /// A user.
    User(AccountId, UserId),
    /// An API key.
    ApiKey(AccountId, KeyId),
    /// A session of a person.
    Session(AccountId, UserId, SessionId),
    /// The credentials of a person in one account, by log-in key.
    Login(LoginKey, AccountId),
    /// The salt of the passwords of an e-mail.
    LoginSalt(LoginKey),
    /// The failed attempts on an e-mail, by kind of attempt.
    LoginThrottle(LoginKey, AttemptKind),
    /// The failed log-ins of a period, on an e-mail or from an address.
    FailureWindow(FailureSubject),
    /// An audit event.
    Audit(AccountId, AuditId),
    /// The balances of an account.
    Books(AccountId),
    /// A ledger entry, by its position, so that a period is a range of keys.
    Entry(AccountId, EntryPosition),
    /// The opening balances of a ledger day.
    LedgerDay(AccountId, Date),
    /// The progress of the ledger audit of an account.
    LedgerAudit(AccountId),
    /// The progress of the search for waiting payouts that the money of an account covers.
    FundingSearch(AccountId),
    /// A hold: money that is reserved for a payout or a refund.
    Hold(AccountId, HoldId),
    /// A charge.
    Charge(AccountId, ChargeId),
    /// The charge that owns a caller's reference.
    ChargeReference(AccountId, String),
    /// A payout.
    Payout(AccountId, PayoutId),
    /// The payout that owns a caller's reference.
    PayoutReference(AccountId, String),
    /// A refund.
    Refund(AccountId, RefundId),
    /// The refund that owns a caller's reference.
    RefundReference(AccountId, String),
    /// What is left of a budget of key look-ups.
    LookupBudget(AccountId, KeyBucket),
    /// The answer of the directory for a Pix key, by the SHA-256 of kind and key. The hash keeps
    /// the key out of every place that shows names of rows. It hides nothing from a reader of the
    /// rows.
    KeyLookup(AccountId, String),
    /// The charge behind a Pix location.
    Location(String),
    /// A batch of payouts.
    Batch(AccountId, BatchId),
    /// A row of lines of a batch.
    BatchLines(AccountId, BatchId, u32),
    /// The number of batches of an account that are not completed.
    BatchCount(AccountId),
    /// A statement export.
    Export(AccountId, ExportId),
    /// The number of statement exports of an account that are not finished.
    ExportCount(AccountId),
    /// A statement schedule.
    Schedule(AccountId, ScheduleId),
    /// The number of statement schedules of an account.
    ScheduleCount(AccountId),
    /// An event.
    Event(AccountId, EventId),
    /// A webhook endpoint.
    Endpoint(AccountId, EndpointId),
    /// The number of webhook endpoints of an account.
    EndpointCount(AccountId),
    /// The replay of past events to an endpoint.
    Replay(AccountId, EndpointId),
    /// The delivery of an event to an endpoint; in the deliveries table.
    Delivery(AccountId, DeliveryId),
    /// The health of an endpoint; in the deliveries table.
    EndpointHealth(AccountId, EndpointId),
    /// The stored answer of a request, by account, operation and the caller's key.
    Idempotency(AccountId, String, String),
    /// The calls of one API key on one UTC day (`2026-11-23`).
    Usage(AccountId, String, KeyId),
}

/// The table of a row. The deliveries have a table of their own. Each is written several times,
/// and the function that talks to customers reads it. So deliveries do not fill the stream of the
/// main table, and that function has no rights on money.
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

    /// Returns the name of the row for log lines. It contains no personal data.
    pub fn name(&self) -> String {
        format!("{} {}", self.pk(), self.sk())
    }

    /// Returns the partition key.
    pub(crate) fn pk(&self) -> String {
        match self {
            Self::Account(account) | Self::PayoutSettings(account) => format!("ACCOUNT#{account}"),
            Self::ModeratorCount(account)
            | Self::User(account, _)
            | Self::ApiKey(account, _)
            | Self::Session(account, ..) => access(account),
            Self::Login(key, _)
            | Self::LoginSalt(key)
            | Self::LoginThrottle(key, _)
            | Self::FailureWindow(FailureSubject::Login(key)) => logins(key),
            Self::FailureWindow(FailureSubject::Address(address)) => format!("ADDRESS#{address}"),
            Self::Audit(account, _) => audit(account, &AuditFilter::default()),
            Self::Books(account)
            | Self::Entry(account, _)
            | Self::LedgerDay(account, _)
            | Self::LedgerAudit(account)
            | Self::FundingSearch(account)
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
            Self::Batch(account, _) | Self::BatchLines(account, ..) | Self::BatchCount(account) => {
                batches(account)
            }
            Self::Export(account, _) | Self::ExportCount(account) => exports(account),
            Self::Schedule(account, _) | Self::ScheduleCount(account) => schedules(account),
            Self::Event(account, _) => events(account),
            Self::Endpoint(account, _)
            | Self::EndpointCount(account)
            | Self::Replay(account, _) => webhooks(account),
            Self::Delivery(account, _) => deliveries(account),
            Self::EndpointHealth(account, _) => format!("HEALTH#{account}"),
            // One partition for each request: these rows are written most and never listed.
            Self::Idempotency(account, operation, key) => {
                format!("IDEMPOTENCY#{account}#{operation}#{key}")
            }
            Self::Usage(account, _, _) => usage(account),
        }
    }

    /// Returns the sort key.
    pub(crate) fn sk(&self) -> String {
        match self {
            Self::Account(_) => "ACCOUNT".to_owned(),
            Self::PayoutSettings(_) => "PAYOUT_SETTINGS".to_owned(),
            Self::ModeratorCount(_) => "MODERATORS".to_owned(),
            Self::User(_, user) => format!("{USER}{user}"),
            Self::ApiKey(_, key) => format!("{API_KEY}{key}"),
            Self::Session(_, user, session) => format!("{}{session}", sessions(user)),
            Self::Login(_, account) => format!("{LOGIN}{account}"),
            Self::LoginSalt(_) => "SALT".to_owned(),
            Self::LoginThrottle(_, AttemptKind::LogIn(address)) => {
                format!("THROTTLE#LOG_IN#{address}")
            }
            Self::LoginThrottle(_, AttemptKind::StepUp(account)) => {
                format!("THROTTLE#STEP_UP#{account}")
            }
            Self::FailureWindow(_) => "FAILURES".to_owned(),
            Self::Audit(_, audit) => audit.to_string(),
            Self::Books(_) => "BOOKS".to_owned(),
            Self::Entry(_, position) => entry(*position),
            Self::LedgerDay(_, date) => format!("{LEDGER_DAY}{date}"),
            Self::LedgerAudit(_) => "AUDIT".to_owned(),
            Self::FundingSearch(_) => "FUNDING".to_owned(),
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
            Self::EndpointCount(_)
            | Self::ScheduleCount(_)
            | Self::BatchCount(_)
            | Self::ExportCount(_) => "COUNT".to_owned(),
            Self::Replay(_, endpoint) => format!("{REPLAY}{endpoint}"),
            Self::Delivery(_, delivery) => delivery.to_string(),
            Self::Idempotency(..) => "IDEMPOTENCY".to_owned(),
            Self::Usage(_, day, key) => format!("{day}#{key}"),
        }
    }
}

pub(crate) const USER: &str = "USER#";
pub(crate) const API_KEY: &str = "KEY#";
pub(crate) const LOGIN: &str = "LOGIN#";
/// Index partition of all accounts.
pub(crate) const ACCOUNTS: &str = "ACCOUNT#ALL";

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

pub(crate) fn logins(key: &LoginKey) -> String {
    format!("LOGIN#{}", key.as_hex())
}

/// Start of the sort keys of a person's sessions.
pub(crate) fn sessions(user: &UserId) -> String {
    format!("SESSION#{user}#")
}

/// Returns the partition of the audit lines that the filter selects. The target comes last, because
/// only the target is text of a caller.
pub(crate) fn audit(account: &AccountId, filter: &AuditFilter) -> String {
    let AuditFilter { action, user_id, target } = filter;
    let action =
        action.and_then(|action| Some(serde_json::to_value(action).ok()?.as_str()?.to_owned()));
    let part = |name: &str, value: Option<String>| {
        value.map_or(String::new(), |value| format!("#{name}={value}"))
    };
    let user = part("user", user_id.map(|user| user.to_string()));
    format!("AUDIT#{account}{}{user}{}", part("action", action), part("target", target.clone()))
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

/// Sorts in the order of the ledger.
pub(crate) fn entry(position: EntryPosition) -> String {
    format!("{ENTRY}{}#{:020}", due_at(position.at), position.sequence)
}

/// Sorts by time: milliseconds in 13 digits reach the year 2286. No time is before 1970.
pub(crate) fn due_at(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond().max(0))
}
