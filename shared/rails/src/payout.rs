//! The side of a network that pays out and knows whose a PIX key is.
//!
//! A network is told of an order by a name that is the order's own, and pays each name once however
//! often it is told. What it does not answer is not known: see [`Silence`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use brazil::{Bank, BankAccountKind, Document, EndToEndId, PixKey};
use domain::{
    Beneficiary, Code, Destination, Effects, Error, Funds, Moment, Payout, PayoutDue, PayoutMethod,
    PayoutNotice, PayoutStep, Stage,
};
use jiff::Timestamp;

use crate::sandbox;

/// An order as the network is told of it.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its name in the network.
    pub order_id: String,
    /// The end-to-end id of a PIX; none for a TED.
    pub end_to_end_id: Option<EndToEndId>,
    /// How it travels.
    pub method: PayoutMethod,
    /// How much.
    pub amount_cents: u64,
    /// Where to.
    pub to: Destination,
    /// Who gets it.
    pub beneficiary: Option<Beneficiary>,
    /// When it was let go.
    pub since: Timestamp,
    /// How often the network was spoken to about it, this time included.
    pub attempt: u32,
}

impl Order {
    /// The order of a payout; none when it was not let go.
    pub fn of(payout: &Payout) -> Option<Self> {
        let sending = payout.sending.as_ref()?;
        Some(Self {
            order_id: sending.order_id.clone(),
            end_to_end_id: sending.end_to_end_id.clone(),
            method: payout.method,
            amount_cents: payout.amount_cents,
            to: payout.to.clone(),
            beneficiary: payout.beneficiary.clone(),
            since: sending.since,
            attempt: sending.attempts,
        })
    }
}

/// What a network tells about a payout.
#[derive(Debug, Clone, Default)]
pub struct PayoutTold {
    /// Facts, in their order.
    pub now: Vec<PayoutNotice>,
    /// A fact announced for later.
    pub later: Option<(Timestamp, PayoutNotice)>,
}

/// A PIX key in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Name of the owner.
    pub owner_name: String,
    /// CPF or CNPJ of the owner.
    pub owner_document: Document,
    /// Where the account is.
    pub bank: &'static Bank,
    /// What kind of account.
    pub account_kind: BankAccountKind,
}

/// No answer. Nothing is known: what was asked for may have happened or not.
#[derive(Debug, thiserror::Error)]
pub enum Silence {
    /// It took too long.
    #[error("the network did not answer in time")]
    TimedOut,
    /// The connection broke, or the answer was none.
    #[error("the network gave no answer: {0}")]
    Broken(String),
}

/// An answer on its way.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Silence>> + Send + 'a>>;

/// A network that pays out.
pub trait PayoutRail: Send + Sync {
    /// Tells it of an order. Told of one again it says what it said before.
    fn submit<'a>(&'a self, order: &'a Order, now: Timestamp) -> Answer<'a, PayoutTold>;

    /// Asks what became of an order; none if it never heard of it, which holds for as long as it is
    /// not told.
    fn ask<'a>(&'a self, order: &'a Order, now: Timestamp) -> Answer<'a, Option<PayoutTold>>;

    /// Asks the directory whose a PIX key is; none if nobody's.
    fn look_up<'a>(&'a self, key: &'a PixKey) -> Answer<'a, Option<DirectoryEntry>>;
}

/// The directory of a network and nothing else of it: whoever is given this can look keys up and pay
/// nobody.
#[derive(Clone)]
pub struct KeyDirectory(Arc<dyn PayoutRail>);

impl KeyDirectory {
    /// The directory of this network.
    pub fn of(rail: Arc<dyn PayoutRail>) -> Self {
        Self(rail)
    }

    /// The directory of the stage's network.
    pub fn on(stage: Stage) -> Result<Self, Error> {
        payout_rail(stage).map(Self)
    }

    /// Asks whose a PIX key is; none if nobody's.
    pub fn look_up<'a>(&'a self, key: &'a PixKey) -> Answer<'a, Option<DirectoryEntry>> {
        self.0.look_up(key)
    }
}

/// The participant of the stage's network: the start of end-to-end ids. Refuses where there is none,
/// rather than take orders that nobody will carry out.
pub fn participant(stage: Stage) -> Result<&'static str, Error> {
    match stage {
        Stage::Sandbox => Ok(sandbox::ISPB),
        Stage::Live => Err(missing()),
    }
}

/// The network of the stage.
pub fn payout_rail(stage: Stage) -> Result<Arc<dyn PayoutRail>, Error> {
    match stage {
        Stage::Sandbox => Ok(Arc::new(sandbox::SandboxRail)),
        Stage::Live => Err(missing()),
    }
}

/// The refusal of what needs a network where there is none.
pub fn missing() -> Error {
    Error::refused(Code::RailMissing, "no payment network is configured for this deployment")
}

/// Takes in what a network told: all of it or nothing.
pub fn apply_to_payout(
    payout: &mut Payout,
    funds: &mut Funds,
    told: &PayoutTold,
    moment: &Moment,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    for notice in &told.now {
        effects.append(payout.receive(notice, funds, moment)?);
    }
    if let Some((at, notice)) = told.later.clone() {
        payout.due = Some(PayoutDue { at, step: PayoutStep::Receive { notice } });
    }
    Ok(effects)
}
