//! A payment network that a test scripts. It answers like the sandbox, loses responses and orders on
//! demand, and counts what it really executed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brazil::PixKey;
use domain::account::Stage;
use domain::charge::{BoletoAgreement, CardAgreement, Charge};
use jiff::Timestamp;
use rails::{
    BoletoRail, BoletoRequest, CardRail, CardRequest, ChargeFuture, ChargeRail, DirectoryEntry,
    DisputeRequest, KeyDirectory, NetworkOrder, NetworkStatus, NoResponse, OrderRails, PayoutOrder,
    PayoutRail, Provider, Rail, RailFuture, RefundOrder,
};
use rails_sandbox::SandboxRail;
use tokio::sync::Notify;

/// What the network does at the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkBehavior {
    /// Executes the call and responds.
    Responds,
    /// Executes the call, and the response is lost.
    ResponseLost,
    /// Does not receive the call.
    OrderLost,
    /// Executes the call, and the function crashes before it records the response.
    Panics,
}

/// The end of e-mail keys that the directory does not have.
const UNKNOWN_SUFFIX: &str = "@missing.example";

/// The orders of one kind.
struct StoredOrders<O> {
    executed: BTreeMap<String, O>,
    submissions: usize,
    delayed: Vec<O>,
}

impl<O> Default for StoredOrders<O> {
    fn default() -> Self {
        Self { executed: BTreeMap::new(), submissions: 0, delayed: Vec::new() }
    }
}

/// An order of a kind that the network stores.
trait StoredOrder: NetworkOrder + Clone {
    fn order_id(&self) -> &str;
    fn orders(state: &mut NetworkState) -> &mut StoredOrders<Self>;
}

impl StoredOrder for PayoutOrder {
    fn order_id(&self) -> &str {
        &self.order_id
    }

    fn orders(state: &mut NetworkState) -> &mut StoredOrders<Self> {
        &mut state.payouts
    }
}

impl StoredOrder for RefundOrder {
    fn order_id(&self) -> &str {
        &self.order_id
    }

    fn orders(state: &mut NetworkState) -> &mut StoredOrders<Self> {
        &mut state.refunds
    }
}

impl StoredOrder for BoletoRequest {
    fn order_id(&self) -> &str {
        &self.order_id
    }

    fn orders(state: &mut NetworkState) -> &mut StoredOrders<Self> {
        &mut state.boletos
    }
}

impl StoredOrder for CardRequest {
    fn order_id(&self) -> &str {
        &self.order_id
    }

    fn orders(state: &mut NetworkState) -> &mut StoredOrders<Self> {
        &mut state.cards
    }
}

impl StoredOrder for DisputeRequest {
    fn order_id(&self) -> &str {
        &self.order_id
    }

    fn orders(state: &mut NetworkState) -> &mut StoredOrders<Self> {
        &mut state.disputes
    }
}

impl<O: StoredOrder> StoredOrders<O> {
    fn receive(&mut self, order: O) {
        self.submissions += 1;
        self.executed.entry(order.order_id().to_owned()).or_insert(order);
    }

    fn deliver_lost(&mut self) {
        for order in std::mem::take(&mut self.delayed) {
            self.receive(order);
        }
    }
}

#[derive(Default)]
struct NetworkState {
    script: VecDeque<NetworkBehavior>,
    payouts: StoredOrders<PayoutOrder>,
    refunds: StoredOrders<RefundOrder>,
    boletos: StoredOrders<BoletoRequest>,
    cards: StoredOrders<CardRequest>,
    disputes: StoredOrders<DisputeRequest>,
    looked_up: Vec<String>,
    unknown: BTreeSet<String>,
    owners: BTreeMap<String, String>,
    directory_is_silent: bool,
    silent_keys: BTreeSet<String>,
    held: Option<Arc<Notify>>,
}

/// The network of a test. Without a script it answers like the sandbox.
#[derive(Clone, Default)]
pub struct ScriptedNetwork(Arc<Mutex<NetworkState>>);

impl ScriptedNetwork {
    /// Returns the rails of a stage with this network in place of the sandbox.
    pub fn rails(&self, stage: Stage) -> OrderRails {
        match stage {
            Stage::Sandbox => OrderRails::new([Provider::complete("scripted", self.clone())]),
            Stage::Live => OrderRails::new([]),
        }
    }

    /// Scripts the next calls, one behavior for each.
    pub fn script(&self, behavior: impl IntoIterator<Item = NetworkBehavior>) {
        self.state().script.extend(behavior);
    }

    /// Removes the rest of the script: the network responds to every call.
    pub fn clear_script(&self) {
        self.state().script.clear();
    }

    /// Returns the payouts that it executed.
    pub fn orders(&self) -> Vec<PayoutOrder> {
        self.state().payouts.executed.values().cloned().collect()
    }

    /// Returns the number of submissions of payouts that it received.
    pub fn payout_submissions(&self) -> usize {
        self.state().payouts.submissions
    }

    /// Returns the refunds that it executed.
    pub fn refunds(&self) -> Vec<RefundOrder> {
        self.state().refunds.executed.values().cloned().collect()
    }

    /// Returns the number of submissions of refunds that it received.
    pub fn refund_submissions(&self) -> usize {
        self.state().refunds.submissions
    }

    /// Returns the orders of boletos that it executed, in the order of their ids.
    pub fn boleto_orders(&self) -> Vec<BoletoRequest> {
        self.state().boletos.executed.values().cloned().collect()
    }

    /// Returns the orders of cards that it executed, in the order of their ids.
    pub fn card_orders(&self) -> Vec<CardRequest> {
        self.state().cards.executed.values().cloned().collect()
    }

    /// Returns the number of submissions of orders of cards that it received.
    pub fn card_submissions(&self) -> usize {
        self.state().cards.submissions
    }

    /// Returns the answers to demands that it has.
    pub fn dispute_orders(&self) -> Vec<DisputeRequest> {
        self.state().disputes.executed.values().cloned().collect()
    }

    /// Returns the number of submissions of answers to demands that it received.
    pub fn dispute_submissions(&self) -> usize {
        self.state().disputes.submissions
    }

    /// Returns the Pix keys that were looked up.
    pub fn looked_up(&self) -> Vec<String> {
        self.state().looked_up.clone()
    }

    /// Delivers the lost orders to the network.
    pub fn deliver_lost(&self) {
        let mut state = self.state();
        state.payouts.deliver_lost();
        state.refunds.deliver_lost();
        state.boletos.deliver_lost();
        state.cards.deliver_lost();
        state.disputes.deliver_lost();
    }

    /// Removes a Pix key from the directory.
    pub fn forget(&self, key: &str) {
        self.state().unknown.insert(key.to_owned());
    }

    /// Gives a Pix key to an owner of this name, who has the CPF that the sandbox names.
    pub fn give_key(&self, key: &str, name: &str) {
        self.state().owners.insert(key.to_owned(), name.to_owned());
    }

    /// Sets whether the directory does not respond.
    pub fn silence_directory(&self, silent: bool) {
        self.state().directory_is_silent = silent;
    }

    /// Sets whether the directory does not respond about one key.
    pub fn silence_directory_for(&self, key: &str, silent: bool) {
        let keys = &mut self.state().silent_keys;
        if silent {
            keys.insert(key.to_owned())
        } else {
            keys.remove(key)
        };
    }

    /// Holds the next response of the directory until the test notifies the returned value.
    pub fn hold_directory(&self) -> Arc<Notify> {
        let held = Arc::new(Notify::new());
        self.state().held = Some(Arc::clone(&held));
        held
    }

    fn state(&self) -> MutexGuard<'_, NetworkState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> NetworkBehavior {
        self.state().script.pop_front().unwrap_or(NetworkBehavior::Responds)
    }
}

fn timed_out<'a, T: Send + 'a>() -> RailFuture<'a, T> {
    Box::pin(std::future::ready(Err(NoResponse::TimedOut)))
}

impl<O: StoredOrder + Send + Sync> Rail<O> for ScriptedNetwork
where
    O::Update: Send,
    SandboxRail: Rail<O>,
{
    fn submit<'a>(
        &'a self,
        order: &'a O,
        now: Timestamp,
    ) -> RailFuture<'a, NetworkStatus<O::Update>> {
        let behavior = self.next();
        match behavior {
            NetworkBehavior::OrderLost => O::orders(&mut self.state()).delayed.push(order.clone()),
            _ => O::orders(&mut self.state()).receive(order.clone()),
        }
        match behavior {
            NetworkBehavior::Responds => SandboxRail.submit(order, now),
            NetworkBehavior::ResponseLost | NetworkBehavior::OrderLost => timed_out(),
            NetworkBehavior::Panics => panic!("the function crashes here"),
        }
    }

    fn query<'a>(
        &'a self,
        order: &'a O,
        now: Timestamp,
    ) -> RailFuture<'a, Option<NetworkStatus<O::Update>>> {
        let behavior = self.next();
        match behavior {
            NetworkBehavior::Responds
                if O::orders(&mut self.state()).executed.contains_key(order.order_id()) =>
            {
                SandboxRail.query(order, now)
            }
            NetworkBehavior::Responds => Box::pin(std::future::ready(Ok(None))),
            NetworkBehavior::ResponseLost | NetworkBehavior::OrderLost => timed_out(),
            NetworkBehavior::Panics => panic!("the function crashes here"),
        }
    }
}

impl ChargeRail for ScriptedNetwork {
    fn open<'a>(&'a self, charge: &'a Charge) -> ChargeFuture<'a> {
        SandboxRail.open(charge)
    }
}

impl BoletoRail for ScriptedNetwork {
    fn agreement(&self) -> BoletoAgreement {
        BoletoRail::agreement(&SandboxRail)
    }
}

impl CardRail for ScriptedNetwork {
    fn agreement(&self) -> CardAgreement {
        CardRail::agreement(&SandboxRail)
    }

    fn early_payment_at(&self, now: Timestamp) -> Option<Timestamp> {
        SandboxRail.early_payment_at(now)
    }

    fn form_url(&self, payment_url: &str, language: &str) -> Option<String> {
        SandboxRail.form_url(payment_url, language)
    }
}

impl PayoutRail for ScriptedNetwork {
    fn participant(&self) -> &'static str {
        SandboxRail.participant()
    }
}

impl KeyDirectory for ScriptedNetwork {
    fn look_up<'a>(
        &'a self,
        key: &'a PixKey,
        now: Timestamp,
    ) -> RailFuture<'a, Option<DirectoryEntry>> {
        let mut state = self.state();
        state.looked_up.push(key.as_str().to_owned());
        if state.directory_is_silent || state.silent_keys.contains(key.as_str()) {
            return timed_out();
        }
        let text = key.as_str();
        let unknown = state.unknown.contains(text) || text.ends_with(UNKNOWN_SUFFIX);
        let owner = state.owners.get(text).cloned();
        let held = state.held.take();
        Box::pin(async move {
            if let Some(held) = held {
                held.notified().await;
            }
            if unknown {
                return Ok(None);
            }
            let mut entry = SandboxRail.look_up(key, now).await?;
            if let (Some(entry), Some(owner)) = (&mut entry, owner) {
                entry.owner_name = owner;
            }
            Ok(entry)
        })
    }
}
