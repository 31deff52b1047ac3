//! All keys of the two tables. docs/access-patterns.md has a row for each.
//!
//! A partition key begins with its family, so a role can be limited to families
//! (`dynamodb:LeadingKeys`). The account follows, so no request can address an object of another
//! account. The partition keys of `Login`, `LoginSalt`, `LoginThrottle`, `FailureWindow`, `Location`
//! and `CollectionLink` have no account, because these rows find it or are counted before it is known.

use domain::access::{AttemptKind, AuditFilter, FailureSubject, KeyId, LoginKey};
use domain::kernel::{
    AccountId, AuditId, BatchId, BeneficiaryId, BlockId, ChargeId, CollectionId, CreditId,
    DeliveryId, DisputeId, EndpointId, EventId, ExportId, HoldId, Id, IntentId, KycRequestId,
    PaymentId, PayoutId, RefundId, ScheduleId, SessionId, SettingsChangeId, UserId,
};
use domain::ledger::{EntryPosition, TransactionRef};
use domain::network::KeyBucket;
use domain::search::SearchField;
use jiff::civil::Date;

pub(crate) use crate::audit_partition::audit;
pub(crate) use crate::beneficiary_keys::{beneficiaries, beneficiaries_in, beneficiaries_with};
pub(crate) use crate::collection_keys::{COLLECTIONS, collections, collections_in};
pub(crate) use crate::dispute_keys::{
    BLOCKS, DISPUTE_ORDER, DISPUTES, blocks, blocks_in, dispute_order, disputes, disputes_in,
};
pub(crate) use crate::kyc_keys::{KYC, kyc_requests, kyc_requests_in};
pub(crate) use crate::order_keys::number_of;
use crate::partition;
pub(crate) use crate::payment_keys::{
    CREDITS, REFUNDS, credits, credits_in, payments, receivables, refunds, refunds_in,
};
pub(crate) use crate::statement_keys::{EXPORTS, SCHEDULES, exports, schedules};

pub(crate) use crate::sort_time::{due_at, parse_due_at};

/// The key of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// An account with its terms.
    Account(AccountId),
    /// The payout settings of an account.
    PayoutSettings(AccountId),
    /// A change of the payout settings that lowers a protection.
    SettingsChange(AccountId, SettingsChangeId),
    /// The rules of an account for payments without a charge.
    CreditSettings(AccountId),
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
    /// A balance block: money that the customer may not use.
    Block(AccountId, BlockId),
    /// A dispute: a demand for the money of a charge.
    Dispute(AccountId, DisputeId),
    /// The answer to the demand of a dispute, on its way to the network.
    DisputeOrder(AccountId, DisputeId),
    /// A charge.
    Charge(AccountId, ChargeId),
    /// The charge that owns a caller's reference.
    ChargeReference(AccountId, String),
    /// The last number of a boleto of an account.
    BoletoNumbers(AccountId),
    /// The charge behind the number of a boleto.
    BoletoNumber(AccountId, u64),
    /// An order to the bank of a charge by boleto, by its number.
    BoletoOrder(AccountId, ChargeId, u32),
    /// Order to the acquirer of a charge, by its number.
    CardOrder(AccountId, ChargeId, u32),
    /// A payout.
    Payout(AccountId, PayoutId),
    /// The payout that owns a caller's reference.
    PayoutReference(AccountId, String),
    /// A row of the search index: field, value (empty for a field that is a range), and sort key.
    Search(AccountId, SearchField, String, String),
    /// A credit that was matched to a reference of the caller.
    CreditReference(AccountId, String, CreditId),
    /// A refund.
    Refund(AccountId, RefundId),
    /// The refund that owns a caller's reference.
    RefundReference(AccountId, String),
    /// A payment, by an id that follows from its network id.
    Payment(AccountId, PaymentId),
    /// A credit.
    Credit(AccountId, CreditId),
    /// What is left of a budget of key look-ups.
    LookupBudget(AccountId, KeyBucket),
    /// The answer of the directory for a Pix key, by the SHA-256 of kind and key. The hash keeps the key
    /// out of names of rows. It hides nothing from a reader of the rows.
    KeyLookup(AccountId, String),
    /// The charge behind a Pix location.
    Location(String),
    /// An instalment of a card, by its time and its charge.
    Receivable(AccountId, String),
    /// A saved beneficiary.
    Beneficiary(AccountId, BeneficiaryId),
    /// A beneficiary by the keyed hash of its document.
    BeneficiaryDocument(AccountId, String, BeneficiaryId),
    /// The beneficiary that owns a caller's reference.
    BeneficiaryReference(AccountId, String),
    /// A Data Collect link.
    Collection(AccountId, CollectionId),
    /// The collection behind a link, by the digest of its token.
    CollectionLink(String),
    /// A KYC request.
    KycRequest(AccountId, KycRequestId),
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
    /// An event, in the partition of its id. A read of a missing one looks for `UnspreadEvent` too.
    Event(AccountId, EventId),
    /// An event from before the events of an account had more than one partition.
    UnspreadEvent(AccountId, EventId),
    /// A webhook endpoint.
    Endpoint(AccountId, EndpointId),
    /// The number of webhook endpoints of an account.
    EndpointCount(AccountId),
    /// The replay of past events to an endpoint.
    Replay(AccountId, EndpointId),
    /// A delivery, in the partition of its id; in the deliveries table. As `Event` with `UnspreadDelivery`.
    Delivery(AccountId, DeliveryId),
    /// A delivery from before the deliveries of an account had more than one partition.
    UnspreadDelivery(AccountId, DeliveryId),
    /// The health of an endpoint; in the deliveries table.
    EndpointHealth(AccountId, EndpointId),
    /// The stored answer of a request, by account, operation and the caller's key.
    Idempotency(AccountId, String, String),
    /// Whose turn it is at the books of an account.
    Turn(AccountId),
    /// A request that waits for its turn.
    Intent(AccountId, IntentId),
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
    /// Returns the key of a charge, payout, refund or credit. Returns `None` for a balance block, which is
    /// no transaction of the API.
    pub fn transaction(account_id: AccountId, transaction: TransactionRef) -> Option<Self> {
        match transaction {
            TransactionRef::Charge(id) => Some(Self::Charge(account_id, id)),
            TransactionRef::Payout(id) => Some(Self::Payout(account_id, id)),
            TransactionRef::Refund(id) => Some(Self::Refund(account_id, id)),
            TransactionRef::Credit(id) => Some(Self::Credit(account_id, id)),
            TransactionRef::Block(_) => None,
        }
    }

    /// Returns the key that an earlier version gave to the row, if it was another one.
    pub(crate) fn former(&self) -> Option<Self> {
        match self {
            Self::Event(account, event) if partition::of_event(*event) != 0 => {
                Some(Self::UnspreadEvent(*account, *event))
            }
            Self::Delivery(account, delivery) if partition::of_delivery(*delivery) != 0 => {
                Some(Self::UnspreadDelivery(*account, *delivery))
            }
            _ => None,
        }
    }

    /// Reads the partition key of a stored answer: account, operation and the caller's key.
    pub(crate) fn read_idempotency(pk: &str) -> Option<(AccountId, String, String)> {
        let (account, rest) = pk.strip_prefix(IDEMPOTENCY)?.split_once('#')?;
        let (operation, key) = rest.split_once('#')?;
        Some((AccountId::parse(account).ok()?, operation.to_owned(), key.to_owned()))
    }

    pub(crate) fn table(&self) -> Table {
        match self {
            Self::Delivery(..) | Self::UnspreadDelivery(..) | Self::EndpointHealth(..) => {
                Table::Deliveries
            }
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
            Self::Account(account)
            | Self::PayoutSettings(account)
            | Self::SettingsChange(account, _)
            | Self::CreditSettings(account) => account_rows(account),
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
            Self::Block(account, _) => blocks(account),
            Self::Dispute(account, _) | Self::DisputeOrder(account, _) => disputes(account),
            Self::Charge(account, _) => charges(account),
            Self::BoletoNumbers(it) | Self::BoletoNumber(it, _) => format!("NUMBERS#{it}"),
            Self::BoletoOrder(account, ..) => format!("{BOLETOS}{account}"),
            Self::CardOrder(account, ..) => format!("{CARDS}{account}"),
            Self::Receivable(account, _) => receivables(account),
            Self::Payout(account, _) => payouts(account),
            Self::Beneficiary(account, _) => beneficiaries(account),
            Self::BeneficiaryDocument(account, digest, _) => beneficiaries_with(account, digest),
            Self::Collection(account, _) => collections(account),
            Self::CollectionLink(digest) => format!("LINK#{digest}"),
            Self::KycRequest(account, _) => kyc_requests(account),
            Self::Search(account, field, value, _) => search(account, *field, value),
            Self::Refund(account, _) => refunds(account),
            Self::Payment(account, _) => payments(account),
            Self::Credit(account, _) => credits(account),
            Self::ChargeReference(account, _)
            | Self::PayoutReference(account, _)
            | Self::RefundReference(account, _)
            | Self::BeneficiaryReference(account, _)
            | Self::CreditReference(account, ..) => references(account),
            Self::LookupBudget(account, _) | Self::KeyLookup(account, _) => {
                format!("PIXKEY#{account}")
            }
            Self::Location(token) => format!("LOCATION#{token}"),
            Self::Batch(account, _) | Self::BatchLines(account, ..) | Self::BatchCount(account) => {
                batches(account)
            }
            Self::Export(account, _) | Self::ExportCount(account) => exports(account),
            Self::Schedule(account, _) | Self::ScheduleCount(account) => schedules(account),
            Self::Event(account, event) => events(account, partition::of_event(*event)),
            Self::UnspreadEvent(account, _) => events(account, 0),
            Self::Endpoint(account, _)
            | Self::EndpointCount(account)
            | Self::Replay(account, _) => webhooks(account),
            Self::Delivery(account, delivery) => {
                deliveries(account, partition::of_delivery(*delivery))
            }
            Self::UnspreadDelivery(account, _) => deliveries(account, 0),
            Self::EndpointHealth(account, _) => health(account),
            // One partition for each request: these rows are written most and never listed.
            Self::Idempotency(account, operation, key) => {
                format!("{IDEMPOTENCY}{account}#{operation}#{key}")
            }
            Self::Turn(account) | Self::Intent(account, _) => turns(account),
            Self::Usage(account, _, _) => usage(account),
        }
    }

    /// Returns the sort key.
    pub(crate) fn sk(&self) -> String {
        match self {
            Self::Account(_) => "ACCOUNT".to_owned(),
            Self::PayoutSettings(_) => "PAYOUT_SETTINGS".to_owned(),
            Self::SettingsChange(_, change) => change.to_string(),
            Self::CreditSettings(_) => "CREDIT_SETTINGS".to_owned(),
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
            Self::Block(_, block) => block.to_string(),
            Self::Dispute(_, dispute) => dispute.to_string(),
            Self::DisputeOrder(_, dispute) => dispute_order(dispute),
            Self::Charge(_, charge) => charge.to_string(),
            Self::ChargeReference(_, reference) => format!("{CHARGES}{reference}"),
            Self::BoletoNumbers(_) => "NUMBERS".to_owned(),
            Self::BoletoNumber(_, number) => format!("NUMBER#{number:011}"),
            Self::BoletoOrder(_, it, number) | Self::CardOrder(_, it, number) => {
                number_of(it, *number)
            }
            Self::Payout(_, it) => it.to_string(),
            Self::Search(_, _, _, sort) | Self::Receivable(_, sort) => sort.clone(),
            Self::PayoutReference(_, reference) => format!("{PAYOUTS}{reference}"),
            Self::Beneficiary(_, id) | Self::BeneficiaryDocument(_, _, id) => id.to_string(),
            Self::BeneficiaryReference(_, reference) => format!("BENEFICIARY#{reference}"),
            Self::Collection(_, collection) => collection.to_string(),
            Self::CollectionLink(_) => "LINK".to_owned(),
            Self::KycRequest(_, request) => request.to_string(),
            Self::Location(_) => "LOCATION".to_owned(),
            Self::Refund(_, refund) => refund.to_string(),
            Self::Payment(_, payment) => payment.to_string(),
            Self::Credit(_, credit) => credit.to_string(),
            Self::CreditReference(_, reference, credit) => format!("{CREDITS}{reference}#{credit}"),
            Self::RefundReference(_, reference) => format!("{REFUNDS}{reference}"),
            Self::LookupBudget(_, KeyBucket::Contacts) => "BUDGET#CONTACTS".to_owned(),
            Self::LookupBudget(_, KeyBucket::Documents) => "BUDGET#DOCUMENTS".to_owned(),
            Self::KeyLookup(_, digest) => format!("KEY#{digest}"),
            Self::Batch(_, batch) => batch.to_string(),
            Self::BatchLines(_, batch, row) => format!("LINES#{batch}#{row:02}"),
            Self::Export(_, export) => export.to_string(),
            Self::Schedule(_, schedule) => schedule.to_string(),
            Self::Event(_, event) | Self::UnspreadEvent(_, event) => event.to_string(),
            Self::Endpoint(_, endpoint) | Self::EndpointHealth(_, endpoint) => endpoint.to_string(),
            Self::EndpointCount(_)
            | Self::ScheduleCount(_)
            | Self::BatchCount(_)
            | Self::ExportCount(_) => "COUNT".to_owned(),
            Self::Replay(_, endpoint) => format!("{REPLAY}{endpoint}"),
            Self::Delivery(_, it) | Self::UnspreadDelivery(_, it) => it.to_string(),
            Self::Idempotency(..) => "IDEMPOTENCY".to_owned(),
            Self::Turn(_) => "TURN".to_owned(),
            Self::Intent(_, intent) => intent.to_string(),
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
pub(crate) const BOLETOS: &str = "BOLETO#";
pub(crate) const CARDS: &str = "CARD#";
pub(crate) const PAYOUTS: &str = "PAYOUT#";
pub(crate) const BATCHES: &str = "BATCH#";
pub(crate) const EVENTS: &str = "EVENT#";
pub(crate) const WEBHOOKS: &str = "WEBHOOK#";
pub(crate) const IDEMPOTENCY: &str = "IDEMPOTENCY#";
pub(crate) const DELIVERIES: &str = "DELIVERY#";

/// The account, its payout settings and the changes of them.
pub(crate) fn account_rows(account: &AccountId) -> String {
    format!("ACCOUNT#{account}")
}

/// One partition for each value of a field, or one for a field that is a range.
pub(crate) fn search(account: &AccountId, field: SearchField, value: &str) -> String {
    format!("SEARCH#{account}#{}#{value}", field.as_str())
}

pub(crate) fn references(account: &AccountId) -> String {
    format!("REFERENCE#{account}")
}

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

pub(crate) fn batches(account: &AccountId) -> String {
    format!("{BATCHES}{account}")
}

pub(crate) fn ledger(account: &AccountId) -> String {
    format!("{LEDGER}{account}")
}

pub(crate) fn open_holds(account: &AccountId) -> String {
    format!("{LEDGER}{account}#OPEN")
}

/// Returns a partition of events. The first has the name that the only one had before.
pub(crate) fn events(account: &AccountId, partition: u8) -> String {
    partition::name(EVENTS, account, partition)
}

pub(crate) fn webhooks(account: &AccountId) -> String {
    format!("{WEBHOOKS}{account}")
}

/// Returns a partition of deliveries. The first has the name that the only one had before.
pub(crate) fn deliveries(account: &AccountId, partition: u8) -> String {
    partition::name(DELIVERIES, account, partition)
}

pub(crate) fn deliveries_in(account: &AccountId, status: &str) -> String {
    format!("{DELIVERIES}{account}#{status}")
}

pub(crate) fn health(account: &AccountId) -> String {
    format!("HEALTH#{account}")
}

pub(crate) fn turns(account: &AccountId) -> String {
    format!("TURN#{account}")
}

pub(crate) fn usage(account: &AccountId) -> String {
    format!("USAGE#{account}")
}

/// Sorts in the order of the ledger.
pub(crate) fn entry(position: EntryPosition) -> String {
    format!("{ENTRY}{}#{:020}", due_at(position.at), position.sequence)
}
