//! A payment network as a test scripts it: the sandbox, with answers that are lost, orders that are
//! lost, and a count of what it really paid and gave back.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brazil::PixKey;
use jiff::Timestamp;
use rails::sandbox::SandboxRail;
use rails::{
    DirectoryEntry, NetworkOrder, NetworkStatus, NoResponse, PayoutOrder, PayoutRail, Rail,
    RailFuture, RefundOrder,
};
use tokio::sync::Notify;

/// What the network does when it is next spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkBehavior {
    /// Does it and answers.
    Responds,
    /// Does it, and the answer is lost.
    ResponseLost,
    /// Never hears of it.
    OrderLost,
    /// Does it, and the function dies before it is written down.
    Panics,
}

/// The end of e-mail addresses that are nobody's, as many as a test wants.
const NOBODYS: &str = "@nobody.example";

/// Orders of one kind.
struct StoredOrders<O> {
    known: BTreeMap<String, O>,
    told: usize,
    underway: Vec<O>,
}

impl<O> Default for StoredOrders<O> {
    fn default() -> Self {
        Self { known: BTreeMap::new(), told: 0, underway: Vec::new() }
    }
}

/// An order of a kind that is carried out.
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

impl<O: StoredOrder> StoredOrders<O> {
    fn arrive(&mut self, order: O) {
        self.told += 1;
        self.known.entry(order.order_id().to_owned()).or_insert(order);
    }

    fn lost_arrive(&mut self) {
        for order in std::mem::take(&mut self.underway) {
            self.arrive(order);
        }
    }
}

#[derive(Default)]
struct NetworkState {
    script: VecDeque<NetworkBehavior>,
    payouts: StoredOrders<PayoutOrder>,
    refunds: StoredOrders<RefundOrder>,
    looked_up: Vec<String>,
    unknown: BTreeSet<String>,
    silent: bool,
    held: Option<Arc<Notify>>,
}

/// The network of a test. Without a script it does what the sandbox does.
#[derive(Clone, Default)]
pub struct ScriptedNetwork(Arc<Mutex<NetworkState>>);

impl ScriptedNetwork {
    /// From now on, one after the other.
    pub fn script(&self, behavior: impl IntoIterator<Item = NetworkBehavior>) {
        self.state().script.extend(behavior);
    }

    /// From now on it speaks well again.
    pub fn forget_script(&self) {
        self.state().script.clear();
    }

    /// The orders it has, each once however often it was told.
    pub fn orders(&self) -> Vec<PayoutOrder> {
        self.state().payouts.known.values().cloned().collect()
    }

    /// How often it was told of an order.
    pub fn told(&self) -> usize {
        self.state().payouts.told
    }

    /// The refunds it has, each once however often it was told.
    pub fn refunds(&self) -> Vec<RefundOrder> {
        self.state().refunds.known.values().cloned().collect()
    }

    /// How often it was told of a refund.
    pub fn refunds_told(&self) -> usize {
        self.state().refunds.told
    }

    /// The PIX keys it was asked about.
    pub fn looked_up(&self) -> Vec<String> {
        self.state().looked_up.clone()
    }

    /// The orders that were lost arrive after all.
    pub fn lost_arrive(&self) {
        let mut state = self.state();
        state.payouts.lost_arrive();
        state.refunds.lost_arrive();
    }

    /// From now on nobody has this PIX key.
    pub fn forget(&self, key: &str) {
        self.state().unknown.insert(key.to_owned());
    }

    /// Whether the directory answers.
    pub fn silence_directory(&self, silent: bool) {
        self.state().silent = silent;
    }

    /// The directory keeps its next answer until the returned is notified.
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

fn lost<'a, T: Send + 'a>() -> RailFuture<'a, T> {
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
            NetworkBehavior::OrderLost => O::orders(&mut self.state()).underway.push(order.clone()),
            _ => O::orders(&mut self.state()).arrive(order.clone()),
        }
        match behavior {
            NetworkBehavior::Responds => SandboxRail.submit(order, now),
            NetworkBehavior::ResponseLost | NetworkBehavior::OrderLost => lost(),
            NetworkBehavior::Panics => panic!("the function dies here"),
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
                if O::orders(&mut self.state()).known.contains_key(order.order_id()) =>
            {
                SandboxRail.query(order, now)
            }
            NetworkBehavior::Responds => Box::pin(std::future::ready(Ok(None))),
            NetworkBehavior::ResponseLost | NetworkBehavior::OrderLost => lost(),
            NetworkBehavior::Panics => panic!("the function dies here"),
        }
    }
}

impl PayoutRail for ScriptedNetwork {
    fn look_up<'a>(&'a self, key: &'a PixKey) -> RailFuture<'a, Option<DirectoryEntry>> {
        let mut state = self.state();
        state.looked_up.push(key.as_str().to_owned());
        if state.silent {
            return lost();
        }
        let nobodys = state.unknown.contains(key.as_str()) || key.as_str().ends_with(NOBODYS);
        let held = state.held.take();
        Box::pin(async move {
            if let Some(held) = held {
                held.notified().await;
            }
            if nobodys { Ok(None) } else { SandboxRail.look_up(key).await }
        })
    }
}
