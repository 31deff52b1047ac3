//! A payment network, as far as it executes orders.
//!
//! Each order has an id of its own. A network executes each id at most once, however often a worker
//! submits it. A missing response says nothing about the order: see [`NoResponse`].

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;

/// An order that a worker submits to a network.
pub trait NetworkOrder {
    /// A fact that the network reports about the order.
    type Update;
}

/// The status of an order or a payment, as the network reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkStatus<U> {
    /// The facts that hold now, oldest first.
    pub updates: Vec<U>,
    /// A fact that the network announces for a later time.
    pub announced: Option<(Timestamp, U)>,
}

impl<U> NetworkStatus<U> {
    /// Returns a status with one fact and no announcement.
    pub fn single(update: U) -> Self {
        Self { updates: vec![update], announced: None }
    }
}

impl<U> Default for NetworkStatus<U> {
    fn default() -> Self {
        Self { updates: Vec::new(), announced: None }
    }
}

/// The network did not respond. The caller does not know whether the network executed the request.
#[derive(Debug, thiserror::Error)]
pub enum NoResponse {
    /// The response did not arrive in time.
    #[error("the network did not answer in time")]
    TimedOut,
    /// The connection broke, or the response was not readable.
    #[error("the network gave no answer: {0}")]
    ConnectionFailed(String),
}

/// A response of the network that has not arrived yet.
pub type RailFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, NoResponse>> + Send + 'a>>;

/// A network that executes orders of one kind. `rails_contract` checks every implementation.
pub trait Rail<O: NetworkOrder>: Send + Sync {
    /// Submits an order. For an id that the network already has, returns the status and executes
    /// nothing.
    fn submit<'a>(
        &'a self,
        order: &'a O,
        now: Timestamp,
    ) -> RailFuture<'a, NetworkStatus<O::Update>>;

    /// Queries the status of an order. Returns `None` if the network does not have the order. That
    /// stays true until a worker submits it.
    fn query<'a>(
        &'a self,
        order: &'a O,
        now: Timestamp,
    ) -> RailFuture<'a, Option<NetworkStatus<O::Update>>>;
}
