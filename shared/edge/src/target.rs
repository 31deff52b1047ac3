//! The object that an operation acts on, read in the same round trip as the caller's credential.
//!
//! A handler names it in its signature: `Call<Input, Charge>`. The account comes from the
//! credential, so a caller cannot name an object of another account.

use domain::access::{ApiKey, KeyId, LoginKey, Session, User};
use domain::account::Account;
use domain::beneficiary::SavedBeneficiary;
use domain::charge::{Charge, Refund};
use domain::collection::Collection;
use domain::credit::{Credit, CreditSettings};
use domain::dispute::Dispute;
use domain::event::Event;
use domain::kernel::{AccountId, BatchId, Error, Id, KycRequestId, PayoutId, SessionId, UserId};
use domain::kyc::KycRequest;
use domain::ledger::{BalanceBlock, Books, Funds, Hold};
use domain::payment::Payment;
use domain::payout::{
    BATCH_LINES_MAX, BatchLines, LINES_PER_ROW, Payout, PayoutBatch, PayoutSettings,
    SettingsChange, Terms, hold_of,
};
use domain::statement::{StatementExport, StatementSchedule};
use domain::webhook::{Delivery, Endpoint, Replay};
use gate::Peppers;
use rails::Rails;
use serde::de::DeserializeOwned;
use store::{Key, Listing};

use crate::incoming::Path;
use crate::input::{self, Input};
use crate::rows::Rows;

/// Where the targets of a request are.
pub struct TargetScope<'a> {
    /// Account of the credential.
    pub account_id: AccountId,
    /// Login of a session; none for an API key.
    pub login_key: Option<&'a LoginKey>,
    /// User of the credential.
    pub user_id: UserId,
    /// Session of the credential; none for an API key.
    pub session_id: Option<SessionId>,
    /// Values of the path.
    pub path: &'a Path,
    /// Name of the operation.
    pub operation: &'static str,
    /// Query of the request.
    pub query: &'a str,
    /// Body of the request, if it is JSON and small enough; otherwise empty.
    pub body: &'a [u8],
}

impl TargetScope<'_> {
    /// Reads the body, to know what to read with the credential. Returns `None` if it is malformed; the
    /// input check reports what is wrong.
    pub fn body_as<I: DeserializeOwned>(&self) -> Option<I> {
        input::body_as(self.body)
    }

    /// Reads the query, to know what to read with the credential. Returns `None` if it is wrong; the input
    /// check reports what is wrong.
    pub fn query_as<I: Input>(&self) -> Option<I> {
        input::query(self.query).ok()
    }

    /// Returns the id `{id}` of the path.
    fn id<I: Id>(&self) -> Result<I, Error> {
        I::parse(self.path.value("id"))
    }
}

/// An object that is read together with the credential.
pub trait Target: Sized + Send {
    /// Returns the keys of its rows.
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error>;

    /// Returns lists that are read in the same round trip, each with its number of rows.
    fn lists(_: &TargetScope<'_>, _: &Peppers) -> Vec<(Listing, u16)> {
        Vec::new()
    }

    /// Reads it from the rows of its keys and lists.
    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error>;
}

impl Target for () {
    fn keys(_: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(Vec::new())
    }

    fn read(_: &TargetScope<'_>, _: &Rows) -> Result<Self, Error> {
        Ok(())
    }
}

/// Declares targets of one row: the type, its noun in errors, and its key.
macro_rules! targets {
    ($($type:ty, $noun:literal, |$scope:ident| $key:expr;)*) => {$(
        impl Target for $type {
            fn keys($scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
                Ok(vec![$key])
            }
            fn read($scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
                rows.require(&$key, $noun)
            }
        }
    )*};
}

targets! {
    Account, "account", |at| Key::Account(at.account_id);
    Books, "books", |at| Key::Books(at.account_id);
    Payout, "payout", |at| Key::Payout(at.account_id, at.id()?);
    SavedBeneficiary, "beneficiary", |at| Key::Beneficiary(at.account_id, at.id()?);
    Collection, "collection", |at| Key::Collection(at.account_id, at.id()?);
    KycRequest, "KYC request", |at| Key::KycRequest(at.account_id, at.id()?);
    PayoutBatch, "payout batch", |at| Key::Batch(at.account_id, at.id()?);
    SettingsChange, "payout settings change", |at| Key::SettingsChange(at.account_id, at.id()?);
    Charge, "charge", |at| Key::Charge(at.account_id, at.id()?);
    Dispute, "dispute", |at| Key::Dispute(at.account_id, at.id()?);
    BalanceBlock, "balance block", |at| Key::Block(at.account_id, at.id()?);
    StatementExport, "statement export", |at| Key::Export(at.account_id, at.id()?);
    StatementSchedule, "statement schedule", |at| Key::Schedule(at.account_id, at.id()?);
    Refund, "refund", |at| Key::Refund(at.account_id, at.id()?);
    Payment, "payment", |at| Key::Payment(at.account_id, at.id()?);
    Credit, "credit", |at| Key::Credit(at.account_id, at.id()?);
    User, "user", |at| Key::User(at.account_id, at.id()?);
    Session, "session", |at| Key::Session(at.account_id, at.user_id, at.id()?);
    Event, "event", |at| Key::Event(at.account_id, at.id()?);
    Endpoint, "webhook endpoint", |at| Key::Endpoint(at.account_id, at.id()?);
    Delivery, "delivery", |at| Key::Delivery(at.account_id, at.id()?);
    ApiKey, "API key", |at| Key::ApiKey(at.account_id, KeyId::parse(at.path.value("id"))?);
}

/// A payout with the money on which it is decided.
#[derive(Clone)]
pub struct FundedPayout {
    /// The payout.
    pub payout: Payout,
    /// Books of the account and hold of the payout.
    pub funds: Funds,
}

impl FundedPayout {
    /// Returns the keys of the payout, the books and the hold.
    fn keys(scope: &TargetScope<'_>) -> Result<[Key; 3], Error> {
        let (account_id, id) = (scope.account_id, scope.id::<PayoutId>()?);
        Ok([
            Key::Payout(account_id, id),
            Key::Books(account_id),
            Key::Hold(account_id, hold_of(id)),
        ])
    }
}

impl Target for FundedPayout {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Self::keys(scope).map(Vec::from)
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let [payout, books, hold] = Self::keys(scope)?;
        let payout = rows.require(&payout, "payout")?;
        let books = rows.require(&books, "books")?;
        let hold = rows.find::<Hold>(&hold)?;
        Ok(Self { payout, funds: Funds::new(books, hold) })
    }
}

/// The KYC request of the payout of the path, if there is one.
#[derive(Clone)]
pub struct KycOfPayout(pub Option<KycRequest>);

impl KycOfPayout {
    fn key(scope: &TargetScope<'_>) -> Result<Key, Error> {
        let id = KycRequestId::of_payout(scope.id()?);
        Ok(Key::KycRequest(scope.account_id, id))
    }
}

impl Target for KycOfPayout {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(vec![Self::key(scope)?])
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        rows.find(&Self::key(scope)?).map(Self)
    }
}

/// A KYC request with its payout, which copies its deadline.
#[derive(Clone)]
pub struct KycWithPayout {
    /// The request.
    pub request: KycRequest,
    /// The payout that waits for it.
    pub payout: Payout,
}

impl KycWithPayout {
    fn keys(scope: &TargetScope<'_>) -> Result<[Key; 2], Error> {
        let (account_id, id) = (scope.account_id, scope.id::<KycRequestId>()?);
        let payout = PayoutId::from_ulid(id.ulid());
        Ok([Key::KycRequest(account_id, id), Key::Payout(account_id, payout)])
    }
}

impl Target for KycWithPayout {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Self::keys(scope).map(Vec::from)
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let [request, payout] = Self::keys(scope)?;
        let request = rows.require(&request, "KYC request")?;
        Ok(Self { request, payout: rows.require(&payout, "payout")? })
    }
}

/// A batch of payouts with all its lines.
#[derive(Clone)]
pub struct BatchInFull {
    /// The batch.
    pub batch: PayoutBatch,
    /// Lines of the batch, row by row.
    pub rows: Vec<BatchLines>,
}

impl BatchInFull {
    /// Returns the keys of the batch and of the rows that the longest batch has. Reading rows that do
    /// not exist costs little.
    fn keys(scope: &TargetScope<'_>) -> Result<(Key, impl Iterator<Item = Key>), Error> {
        let (account_id, id) = (scope.account_id, scope.id::<BatchId>()?);
        let rows = (0..).take(BATCH_LINES_MAX.div_ceil(LINES_PER_ROW));
        let rows = rows.map(move |row| Key::BatchLines(account_id, id, row));
        Ok((Key::Batch(account_id, id), rows))
    }
}

impl Target for BatchInFull {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let (batch, lines) = Self::keys(scope)?;
        Ok([batch].into_iter().chain(lines).collect())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let (batch, lines) = Self::keys(scope)?;
        let batch = rows.require(&batch, "payout batch")?;
        let rows = lines.filter_map(|key| rows.find(&key).transpose());
        Ok(Self { batch, rows: rows.collect::<Result<_, _>>()? })
    }
}

/// The rules under which payouts of the account are created and released.
#[derive(Clone)]
pub struct PayoutRules {
    /// The account.
    pub account: Account,
    /// Payout settings of the account, or the default ones.
    pub settings: PayoutSettings,
}

impl PayoutRules {
    /// Returns the terms of the account's payouts. Fails if no rail pays out for the account.
    pub fn terms(&self, rails: &Rails) -> Result<Terms, Error> {
        Ok(Terms {
            fees: self.account.fees.payout,
            settings: self.settings.clone(),
            ispb: rails.participant(self.account.id)?,
        })
    }
}

impl Target for PayoutRules {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let account_id = scope.account_id;
        Ok(vec![Key::Account(account_id), Key::PayoutSettings(account_id)])
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let account_id = scope.account_id;
        let account = rows.require(&Key::Account(account_id), "account")?;
        let settings = rows.find(&Key::PayoutSettings(account_id))?;
        let default = || PayoutSettings::default_of(account_id);
        Ok(Self { settings: settings.unwrap_or_else(default), account })
    }
}

/// The terms under which payments of the account match charges.
#[derive(Clone)]
pub struct PaymentTerms {
    /// The account.
    pub account: Account,
    /// Rules of the account for payments without a charge, or the default ones.
    pub settings: CreditSettings,
}

impl Target for PaymentTerms {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let account_id = scope.account_id;
        Ok(vec![Key::Account(account_id), Key::CreditSettings(account_id)])
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let account_id = scope.account_id;
        let account = rows.require(&Key::Account(account_id), "account")?;
        let settings = rows.find(&Key::CreditSettings(account_id))?;
        let default = || CreditSettings::default_of(account_id);
        Ok(Self { settings: settings.unwrap_or_else(default), account })
    }
}

/// The last replay to the endpoint of the path, if there was one.
pub struct LastReplay(pub Option<Replay>);

impl LastReplay {
    fn key(scope: &TargetScope<'_>) -> Result<Key, Error> {
        Ok(Key::Replay(scope.account_id, scope.id()?))
    }
}

impl Target for LastReplay {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(vec![Self::key(scope)?])
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        rows.find(&Self::key(scope)?).map(Self)
    }
}

impl<A: Target, B: Target> Target for (A, B) {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok([A::keys(scope)?, B::keys(scope)?].concat())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        Ok((A::read(scope, rows)?, B::read(scope, rows)?))
    }
}

impl<A: Target, B: Target, C: Target> Target for (A, B, C) {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok([A::keys(scope)?, B::keys(scope)?, C::keys(scope)?].concat())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        Ok((A::read(scope, rows)?, B::read(scope, rows)?, C::read(scope, rows)?))
    }
}
