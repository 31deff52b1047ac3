//! What an operation acts on, read in the same round trip as the caller's credential.
//!
//! A handler asks for it in its signature: `Call<Input, Charge>`. The account comes from the
//! credential, so another account's object is unaddressable.

use domain::access::{ApiKey, KeyId, Login, LoginKey, Session, User};
use domain::account::Account;
use domain::charge::{Charge, Refund};
use domain::event::Event;
use domain::kernel::{
    AccountId, BatchId, ChargeId, DeliveryId, EndpointId, Error, EventId, ExportId, Id, PayoutId,
    RefundId, ScheduleId, UserId,
};
use domain::ledger::{Books, Funds, Hold};
use domain::payout::{
    BATCH_LINES_MAX, BatchLines, LINES_PER_ROW, Payout, PayoutBatch, PayoutSettings, hold_of,
};
use domain::statement::{StatementExport, StatementSchedule};
use domain::webhook::{Delivery, Endpoint, Replay};
use store::{Item, Key, Row};

use crate::incoming::Path;

/// Where targets are looked for.
pub struct TargetScope<'a> {
    /// The credential's account.
    pub account_id: AccountId,
    /// The login behind a session.
    pub login_key: Option<&'a LoginKey>,
    /// The hash of a session's token.
    pub session_hash: Option<String>,
    /// The values of the path.
    pub path: &'a Path,
    /// The query.
    pub query: &'a str,
    /// The body; empty when it is not JSON. Not yet known to be good: the input says that.
    pub body: &'a [u8],
}

/// Something that is read together with the credential.
pub trait Target: Sized + Send {
    /// The rows it is made of.
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error>;

    /// Reads the rows, in the order of the keys.
    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error>;
}

impl Target for () {
    fn keys(_: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(Vec::new())
    }

    fn read(_: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        Ok(())
    }
}

fn found<I: Item>(
    rows: &mut dyn Iterator<Item = Option<Row>>,
    noun: &'static str,
) -> Result<I, Error> {
    rows.next().flatten().ok_or(Error::NotFound(noun))?.read()
}

macro_rules! targets {
    ($($type:ty, $noun:literal, |$scope:ident| $key:expr;)*) => {$(
        impl Target for $type {
            fn keys($scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
                Ok(vec![$key])
            }
            fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
                found(rows, $noun)
            }
        }
    )*};
}

targets! {
    Account, "account", |at| Key::Account(at.account_id);
    Books, "books", |at| Key::Books(at.account_id);
    Payout, "payout", |at| Key::Payout(at.account_id, PayoutId::parse(at.path.value("id"))?);
    Charge, "charge", |at| Key::Charge(at.account_id, ChargeId::parse(at.path.value("id"))?);
    StatementExport, "statement export",
        |at| Key::Export(at.account_id, ExportId::parse(at.path.value("id"))?);
    StatementSchedule, "statement schedule",
        |at| Key::Schedule(at.account_id, ScheduleId::parse(at.path.value("id"))?);
    Refund, "refund", |at| Key::Refund(at.account_id, RefundId::parse(at.path.value("id"))?);
    User, "user", |at| Key::User(at.account_id, UserId::parse(at.path.value("id"))?);
    Event, "event", |at| Key::Event(at.account_id, EventId::parse(at.path.value("id"))?);
    Endpoint, "webhook endpoint",
        |at| Key::Endpoint(at.account_id, EndpointId::parse(at.path.value("id"))?);
    Delivery, "delivery",
        |at| Key::Delivery(at.account_id, DeliveryId::parse(at.path.value("id"))?);
    ApiKey, "API key", |at| Key::ApiKey(at.account_id, KeyId::parse(at.path.value("id"))?);
}

/// A payout with the money it is decided over.
#[derive(Clone)]
pub struct FundedPayout {
    /// The payout.
    pub payout: Payout,
    /// Its money.
    pub funds: Funds,
}

impl Target for FundedPayout {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let (account_id, id) = (scope.account_id, PayoutId::parse(scope.path.value("id"))?);
        Ok(vec![
            Key::Payout(account_id, id),
            Key::Books(account_id),
            Key::Hold(account_id, hold_of(id)),
        ])
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        let payout = found(rows, "payout")?;
        let books = found(rows, "books")?;
        let hold = rows.next().flatten().map(Row::read::<Hold>).transpose()?;
        Ok(Self { payout, funds: Funds::new(books, hold) })
    }
}

/// A batch of payouts with all its lines.
#[derive(Clone)]
pub struct BatchInFull {
    /// The batch.
    pub batch: PayoutBatch,
    /// Its lines, row by row.
    pub rows: Vec<BatchLines>,
}

impl Target for BatchInFull {
    /// The rows a batch of the most lines has: those that are not there cost nothing much.
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let (account_id, id) = (scope.account_id, BatchId::parse(scope.path.value("id"))?);
        let rows = (0..).take(BATCH_LINES_MAX.div_ceil(LINES_PER_ROW));
        let rows = rows.map(|row| Key::BatchLines(account_id, id, row));
        Ok([Key::Batch(account_id, id)].into_iter().chain(rows).collect())
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        let batch = found(rows, "payout batch")?;
        let rows = rows.take(BATCH_LINES_MAX.div_ceil(LINES_PER_ROW));
        Ok(Self { batch, rows: rows.flatten().map(Row::read).collect::<Result<_, _>>()? })
    }
}

/// What payouts of the account are opened and let go under.
#[derive(Clone)]
pub struct PayoutRules {
    /// The account.
    pub account: Account,
    /// What it demands.
    pub settings: PayoutSettings,
}

impl Target for PayoutRules {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let account_id = scope.account_id;
        Ok(vec![Key::Account(account_id), Key::PayoutSettings(account_id)])
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        let account: Account = found(rows, "account")?;
        let settings = rows.next().flatten().map(Row::read).transpose()?;
        let default = || PayoutSettings::default_of(account.id);
        Ok(Self { settings: settings.unwrap_or_else(default), account })
    }
}

/// The last replay to the endpoint of the path, if there was one.
pub struct LastReplay(pub Option<Replay>);

impl Target for LastReplay {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let endpoint_id = EndpointId::parse(scope.path.value("id"))?;
        Ok(vec![Key::Replay(scope.account_id, endpoint_id)])
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        rows.next().flatten().map(Row::read).transpose().map(Self)
    }
}

/// The login of the person who calls.
pub struct OwnLogin(pub Login);

impl Target for OwnLogin {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let key = scope.login_key.ok_or(Error::NotFound("login"))?;
        Ok(vec![Key::Login(key.clone())])
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        found(rows, "login").map(Self)
    }
}

/// The session of the person who calls.
pub struct OwnSession(pub Session);

impl Target for OwnSession {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let hash = scope.session_hash.clone().ok_or(Error::NotFound("session"))?;
        Ok(vec![Key::Session(scope.account_id, hash)])
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        found(rows, "session").map(Self)
    }
}

impl<A: Target, B: Target> Target for (A, B) {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok([A::keys(scope)?, B::keys(scope)?].concat())
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        Ok((A::read(rows)?, B::read(rows)?))
    }
}

impl<A: Target, B: Target, C: Target> Target for (A, B, C) {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok([A::keys(scope)?, B::keys(scope)?, C::keys(scope)?].concat())
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        Ok((A::read(rows)?, B::read(rows)?, C::read(rows)?))
    }
}
