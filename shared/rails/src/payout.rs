//! The side of a network that pays out and knows whose a PIX key is.

use std::sync::Arc;

use brazil::{Bank, BankAccountKind, Document, EndToEndId, PixKey};
use domain::{
    Beneficiary, Destination, Effects, Error, Funds, Moment, Payout, PayoutDue, PayoutMethod,
    PayoutNotice, PayoutStep, Stage,
};
use jiff::Timestamp;

use crate::rail::{Answer, NetworkOrder, Rail, Told, network};

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

impl NetworkOrder for Order {
    type Notice = PayoutNotice;
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
pub trait PayoutRail: Rail<Order> {
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
        network(stage).map(|network| Self(network))
    }

    /// Asks whose a PIX key is; none if nobody's.
    pub fn look_up<'a>(&'a self, key: &'a PixKey) -> Answer<'a, Option<DirectoryEntry>> {
        self.0.look_up(key)
    }
}

/// Takes in what a network told: all of it or nothing.
pub fn apply_to_payout(
    payout: &mut Payout,
    funds: &mut Funds,
    told: &Told<PayoutNotice>,
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
