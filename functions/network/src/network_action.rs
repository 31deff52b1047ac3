//! Executes one network action of an order: claim, call, record. Payouts and refunds share it.
//!
//! The worker writes the claim before it calls the network. If the worker dies after that, the lease
//! expires and the scheduler starts a status query. No worker submits an order that the network may
//! already have without a query first, and the network recognises the order id.

use std::time::Duration;

use domain::kernel::{AccountId, Error, Moment};
use domain::ledger::Books;
use domain::network::{NetworkAction, OutboundOrder};
use domain::payout::CheckedOwner;
use jiff::{SignedDuration, Timestamp};
use queue::OrderMessage;
use rails::{NetworkOrder, NetworkStatus, NoResponse, OrderRails, ProviderRail, RailFuture};
use runtime::App;
use store::{Item, Key, Store, decide_again, without_delay};

use crate::OrderWorker;

/// The time that the network has for one response. The timeout of the function covers two responses and
/// one look-up, and the lease covers that timeout.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(7);
/// When the worker checks an order again that it may not submit now: the account is frozen, or the
/// owner of the Pix key changed.
pub(crate) const RECHECK_INTERVAL: SignedDuration = SignedDuration::from_mins(5);
/// How often the worker retries to record a status when another writer changed the books. After that
/// the scheduler queries again: the network does not forget.
const RECORD_ATTEMPTS_MAX: usize = 20;

/// The decision about an order that the network does not have.
pub(crate) enum PreSubmitCheck<U> {
    /// The worker may submit the order.
    Proceed,
    /// The worker must not submit the order. An order that was submitted before may still be in
    /// flight even if the network does not have it now. The worker gives it up when its window closes.
    Reject(U),
    /// The network cannot execute the order any more, also if an earlier submission arrives late.
    RejectForGood(U),
    /// The worker must not submit the order, because users approved another owner of the key than this
    /// one. The order waits for approval again.
    Withdraw(CheckedOwner),
    /// The check has no result yet; the worker repeats it at this time.
    Defer(Timestamp),
}

/// A stored row that carries an order for the network.
pub(crate) trait OrderKind: OutboundOrder + Item + Clone + PartialEq + Send + Sync {
    /// The order as the network receives it.
    type Order: NetworkOrder<Update = Self::Update> + Send + Sync;
    /// A fact that the network reports about the order.
    type Update: Clone + Send + Sync;

    /// Returns true if the order moves money. A frozen account sends no such order.
    fn moves_money(&self) -> bool {
        true
    }

    /// Returns the stored version, to change it.
    fn version_mut(&mut self) -> &mut u64;

    /// Returns the order. Returns `None` if the row was not released for submission.
    fn order(&self) -> Option<Self::Order>;

    /// Returns the rail that has the order, or the rail of the account before the first claim.
    fn rail<'a>(
        &self,
        rails: &'a OrderRails,
        account_id: AccountId,
    ) -> Result<ProviderRail<'a, Self::Order>, Error>;

    /// Returns the update that ends an order which the network never accepted.
    fn expired_update() -> Self::Update;

    /// Returns true if the network rejects the order with this update.
    fn is_rejection(update: &Self::Update) -> bool;

    /// Checks an order that the network does not have, before the worker submits it. Records on the row
    /// what the check found, such as the recipient.
    fn check(
        &mut self,
        worker: &OrderWorker,
        moment: &Moment,
    ) -> impl Future<Output = PreSubmitCheck<Self::Update>> + Send;

    /// Runs after the network accepted the order. Best effort.
    fn on_accepted(&self, worker: &OrderWorker, moment: &Moment)
    -> impl Future<Output = ()> + Send;

    /// Commits that the order goes back to users, who approve another owner of the key.
    fn commit_withdrawal(
        self,
        store: &Store,
        owner: CheckedOwner,
        moment: &Moment,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Commits what the network reported, with every row that changes with it.
    fn commit_status(
        self,
        store: &Store,
        status: &NetworkStatus<Self::Update>,
        moment: &Moment,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// The result of one call to the network.
enum NetworkOutcome<U> {
    /// The network has the order and reported its status.
    QueryResult(NetworkStatus<U>),
    /// The network answered the submission.
    SubmitResult(NetworkStatus<U>),
    /// The network did not respond.
    NoResponse(NoResponse),
    /// The network does not have the order, and the worker will not submit it.
    RejectedLocally(NetworkStatus<U>),
    /// The network never received the order, and users must approve this owner of its key.
    Withdrawn(CheckedOwner),
    /// The network does not have the order, and the worker submits it at this time at the earliest.
    Deferred(NetworkAction, Timestamp),
}

impl<U> NetworkOutcome<U> {
    /// Returns true if the outcome holds only while no other worker called the network.
    fn depends_on_claim(&self) -> bool {
        matches!(self, Self::RejectedLocally(_) | Self::Withdrawn(_) | Self::Deferred(..))
    }
}

/// Executes the action that is due for a row, which the caller has just read. Does nothing if none is due or another worker holds
/// the lease.
pub(crate) async fn process<R: OrderKind>(
    worker: &OrderWorker,
    message: OrderMessage,
    mut row: R,
) -> Result<(), Error> {
    let (app, store) = (worker.app(), &worker.app().store);
    let moment = app.moment();
    // Without a rail the worker claims nothing: the message stays in the queue.
    let provider = row.rail(&worker.rails, message.account_id)?.provider;
    let Some(action) = row.claim(provider, moment.now) else { return Ok(()) };
    match store.replace(&row).await {
        Ok(()) => *row.version_mut() += 1,
        // Another worker holds the lease. If this very claim was written and its response was lost,
        // the scheduler starts a query when the lease expires.
        Err(Error::Stale) => return Ok(()),
        Err(error) => return Err(error),
    }
    let outcome = match call_network(worker, message, &mut row, action, &moment).await {
        // Another worker claimed the row since then, and this one submitted nothing.
        Err(Error::Stale) => return Ok(()),
        outcome => outcome?,
    };
    if let NetworkOutcome::NoResponse(cause) = &outcome {
        let cause = Error::unavailable(cause.to_string());
        let text =
            format!("{}: no response; the scheduler queries the network", message.transaction);
        app.warn(&text, &cause);
    }
    record(app, row.clone(), &outcome).await?;
    if let NetworkOutcome::SubmitResult(status) = &outcome
        && !status.updates.iter().any(R::is_rejection)
    {
        row.on_accepted(worker, &moment).await;
    }
    Ok(())
}

async fn call_network<R: OrderKind>(
    worker: &OrderWorker,
    message: OrderMessage,
    row: &mut R,
    action: NetworkAction,
    moment: &Moment,
) -> Result<NetworkOutcome<R::Update>, Error> {
    let missing =
        || Error::internal("the row has no order, because it was not released for submission");
    let order = row.order().ok_or_else(missing)?;
    let (rail, now) = (row.rail(&worker.rails, message.account_id)?.rail, moment.now);
    if action == NetworkAction::Query {
        match within_timeout(rail.query(&order, now)).await {
            Err(cause) => return Ok(NetworkOutcome::NoResponse(cause)),
            Ok(Some(status)) => return Ok(NetworkOutcome::QueryResult(status)),
            Ok(None) => {}
        }
    }
    // The network does not have the order, and no other worker submits it while the lease holds.
    if !row.may_be_submitted(now) {
        return Ok(NetworkOutcome::RejectedLocally(NetworkStatus::single(R::expired_update())));
    }
    let before = row.clone();
    match row.check(worker, moment).await {
        PreSubmitCheck::Proceed => {}
        PreSubmitCheck::Reject(update) if action == NetworkAction::Submit => {
            return Ok(NetworkOutcome::RejectedLocally(NetworkStatus::single(update)));
        }
        PreSubmitCheck::RejectForGood(update) => {
            return Ok(NetworkOutcome::RejectedLocally(NetworkStatus::single(update)));
        }
        PreSubmitCheck::Withdraw(owner) if action == NetworkAction::Submit => {
            return Ok(NetworkOutcome::Withdrawn(owner));
        }
        PreSubmitCheck::Reject(_) | PreSubmitCheck::Withdraw(_) => {
            return Ok(NetworkOutcome::Deferred(action, now + RECHECK_INTERVAL));
        }
        PreSubmitCheck::Defer(at) => return Ok(NetworkOutcome::Deferred(action, at)),
    }
    if row.moves_money() && is_frozen(worker, message.account_id).await? {
        return Ok(NetworkOutcome::Deferred(action, now + RECHECK_INTERVAL));
    }
    // What the check found is stored first, so that a worker that dies after the submission loses none of
    // it. If another worker claimed the row since then, the write fails and this worker submits nothing.
    if *row != before {
        worker.app().store.replace(row).await?;
        *row.version_mut() += 1;
    }
    Ok(match within_timeout(rail.submit(&order, now)).await {
        Err(cause) => NetworkOutcome::NoResponse(cause),
        Ok(status) => NetworkOutcome::SubmitResult(status),
    })
}

async fn is_frozen(worker: &OrderWorker, account_id: AccountId) -> Result<bool, Error> {
    let books = worker.app().store.find::<Books>(&Key::Books(account_id)).await?;
    Ok(books.is_none_or(|books| books.require_not_frozen().is_err()))
}

async fn within_timeout<T>(response: RailFuture<'_, T>) -> Result<T, NoResponse> {
    tokio::time::timeout(NETWORK_TIMEOUT, response).await.unwrap_or(Err(NoResponse::TimedOut))
}

/// Records the outcome. Decides again with fresh rows if another writer changed them.
async fn record<R: OrderKind>(
    app: &App,
    mut row: R,
    outcome: &NetworkOutcome<R::Update>,
) -> Result<(), Error> {
    let (store, claimed, key) = (&app.store, *row.version_mut(), &row.key());
    decide_again(without_delay(RECORD_ATTEMPTS_MAX), row, |row| async move {
        let row = match row {
            Some(row) => Some(row),
            None => store.find::<R>(key).await?,
        };
        // Another worker has answered the order, which removed its row.
        let Some(mut row) = row else { return Ok(()) };
        // Another worker claimed the row since then and may have submitted the order, so this outcome
        // is out of date.
        if outcome.depends_on_claim() && *row.version_mut() != claimed {
            return Ok(());
        }
        let moment = app.moment();
        match outcome {
            NetworkOutcome::QueryResult(status)
            | NetworkOutcome::SubmitResult(status)
            | NetworkOutcome::RejectedLocally(status) => {
                row.commit_status(store, status, &moment).await
            }
            NetworkOutcome::Withdrawn(owner) => {
                row.commit_withdrawal(store, owner.clone(), &moment).await
            }
            NetworkOutcome::Deferred(action, until) => {
                row.defer(*action, *until);
                store.replace(&row).await
            }
            // The order has ended since the claim, so there is nothing to query.
            NetworkOutcome::NoResponse(_) if !row.is_in_flight() => Ok(()),
            NetworkOutcome::NoResponse(_) => {
                row.record_no_response(moment.now);
                store.replace(&row).await
            }
        }
    })
    .await
}
