//! The side of a network that pays out and knows whose a PIX key is.

use std::sync::Arc;

use brazil::{Bank, BankAccountKind, Document, EndToEndId, PixKey};
use domain::account::Stage;
use domain::kernel::{Due, Error, Moment};
use domain::ledger::{Effects, Funds};
use domain::payout::{
    Beneficiary, Payout, PayoutDestination, PayoutMethod, PayoutStep, PayoutUpdate,
};
use jiff::Timestamp;

use crate::rail::{NetworkOrder, NetworkStatus, Rail, RailFuture, network};

/// An order as the network is told of it.
#[derive(Debug, Clone)]
pub struct PayoutOrder {
    /// Its name in the network.
    pub order_id: String,
    /// The end-to-end id of a PIX; none for a TED.
    pub end_to_end_id: Option<EndToEndId>,
    /// How it travels.
    pub method: PayoutMethod,
    /// How much.
    pub amount_cents: u64,
    /// Where to.
    pub to: PayoutDestination,
    /// Who gets it.
    pub beneficiary: Option<Beneficiary>,
    /// When it was let go.
    pub since: Timestamp,
    /// How often the network was spoken to about it, this time included.
    pub attempt: u32,
}

impl PayoutOrder {
    /// The order of a payout; none when it was not let go.
    pub fn of(payout: &Payout) -> Option<Self> {
        let submission = payout.submission.as_ref()?;
        Some(Self {
            order_id: submission.order_id.clone(),
            end_to_end_id: submission.end_to_end_id.clone(),
            method: payout.method,
            amount_cents: payout.amount_cents,
            to: payout.to.clone(),
            beneficiary: payout.beneficiary.clone(),
            since: submission.since,
            attempt: submission.attempts,
        })
    }
}

impl NetworkOrder for PayoutOrder {
    type Update = PayoutUpdate;
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

/// A network that pays out.
pub trait PayoutRail: Rail<PayoutOrder> {
    /// Asks the directory whose a PIX key is; none if nobody's.
    fn look_up<'a>(&'a self, key: &'a PixKey) -> RailFuture<'a, Option<DirectoryEntry>>;
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
        network(stage).map(|network| Self(network))
    }

    /// Asks whose a PIX key is; none if nobody's.
    pub fn look_up<'a>(&'a self, key: &'a PixKey) -> RailFuture<'a, Option<DirectoryEntry>> {
        self.0.look_up(key)
    }
}

/// Takes in what a network told: all of it or nothing.
pub fn apply_to_payout(
    payout: &mut Payout,
    funds: &mut Funds,
    status: &NetworkStatus<PayoutUpdate>,
    moment: &Moment,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    for update in &status.updates {
        effects.append(payout.receive(update, funds, moment)?);
    }
    if let Some((at, update)) = status.announced.clone() {
        payout.due = Some(Due { at, step: PayoutStep::ApplyUpdate { update } });
    }
    Ok(effects)
}
