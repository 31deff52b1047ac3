//! A network as far as it carries out orders.
//!
//! A network is told of an order by a name that is the order's own, and carries each name out once
//! however often it is told. What it does not answer is not known: see [`NoResponse`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::account::Stage;
use domain::kernel::{Code, Error};
use jiff::Timestamp;

use crate::{PayoutOrder, PayoutRail, RefundOrder, sandbox};

/// What a network can be told of.
pub trait NetworkOrder {
    /// What it tells about one.
    type Update;
}

/// What a network tells.
#[derive(Debug, Clone)]
pub struct NetworkStatus<N> {
    /// Facts, in their order.
    pub updates: Vec<N>,
    /// A fact announced for later.
    pub announced: Option<(Timestamp, N)>,
}

impl<N> NetworkStatus<N> {
    /// One fact, and nothing announced.
    pub fn single(update: N) -> Self {
        Self { updates: vec![update], announced: None }
    }
}

impl<N> Default for NetworkStatus<N> {
    fn default() -> Self {
        Self { updates: Vec::new(), announced: None }
    }
}

/// No answer. Nothing is known: what was asked for may have happened or not.
#[derive(Debug, thiserror::Error)]
pub enum NoResponse {
    /// It took too long.
    #[error("the network did not answer in time")]
    TimedOut,
    /// The connection broke, or the answer was none.
    #[error("the network gave no answer: {0}")]
    ConnectionFailed(String),
}

/// An answer on its way.
pub type RailFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, NoResponse>> + Send + 'a>>;

/// A network that carries out orders of one kind.
pub trait Rail<O: NetworkOrder>: Send + Sync {
    /// Tells it of an order. Told of one again it says what it said before.
    fn submit<'a>(
        &'a self,
        order: &'a O,
        now: Timestamp,
    ) -> RailFuture<'a, NetworkStatus<O::Update>>;

    /// Asks what became of an order; none if it never heard of it, which holds for as long as it is
    /// not told.
    fn query<'a>(
        &'a self,
        order: &'a O,
        now: Timestamp,
    ) -> RailFuture<'a, Option<NetworkStatus<O::Update>>>;
}

/// A network with everything that is asked of one.
pub trait Network: PayoutRail + Rail<RefundOrder> {}

impl<T: PayoutRail + Rail<PayoutOrder> + Rail<RefundOrder>> Network for T {}

/// The network of the stage. Refuses where there is none, rather than take orders that nobody will
/// carry out.
pub fn network(stage: Stage) -> Result<Arc<dyn Network>, Error> {
    match stage {
        Stage::Sandbox => Ok(Arc::new(sandbox::SandboxRail)),
        Stage::Live => Err(missing()),
    }
}

/// The participant of the stage's network: the start of end-to-end ids.
pub fn participant(stage: Stage) -> Result<&'static str, Error> {
    match stage {
        Stage::Sandbox => Ok(sandbox::ISPB),
        Stage::Live => Err(missing()),
    }
}

/// The refusal of what needs a network where there is none.
pub fn missing() -> Error {
    Error::refused(Code::RailMissing, "no payment network is configured for this deployment")
}
