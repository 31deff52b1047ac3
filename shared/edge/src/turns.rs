//! Requests that change the same books take turns (docs/adr/0035).
//!
//! A request that met another one at the books of its account waits. The one that has the turn carries
//! out the waiting requests of the same operation, each with its own credential, check of rights,
//! decision and stored reply, and writes them in one transaction. Each caller then finds its reply
//! where a repeated request finds it.

use std::time::Duration;

use domain::kernel::{AccountId, Error, Id, IntentId};
use futures::future::try_join_all;
use jiff::SignedDuration;
use runtime::App;
use store::{Fate, Group, HeldTurn, Intent, WaitEnd, Writes};
use tokio::time::Instant;

use crate::decision::decide;
use crate::incoming::Incoming;
use crate::operation::{IdempotencyPolicy, Operation, Route};
use crate::reply::HttpReply;
use crate::step_up::CODE_HEADER;

/// Requests that are carried out on one reading of their rows. They are several transactions.
const GROUP_MAX: usize = 48;
/// How often a request goes to a group. Then it is decided alone.
const GROUP_ATTEMPTS_MAX: usize = 3;
/// Time after which a request passes the turn on, because its own caller waits too.
const TURN_MAX: Duration = Duration::from_millis(200);
/// Time before the end of a request in which it begins no group.
const LAST_GROUP: Duration = Duration::from_secs(1);
/// Time before its end in which a request is in no group, because its caller withdraws it.
const WITHDRAWN_SOON: SignedDuration = SignedDuration::from_millis(500);
/// Difference between the clocks of two processes, at most.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(10);
/// Time before the end of a request at which it withdraws its intent.
const WITHDRAWAL: Duration = Duration::from_millis(300);

/// A request that takes turns.
pub(crate) struct TurnRequest<'a> {
    pub(crate) app: &'a App,
    pub(crate) operation: &'static Operation,
    pub(crate) incoming: &'a Incoming,
    /// The end of the request.
    pub(crate) ends_at: Instant,
}

impl TurnRequest<'_> {
    /// Waits until the request is carried out, and returns its reply.
    pub(crate) async fn reply(&self) -> Result<HttpReply, Error> {
        let (app, store) = (self.app, self.app.store.with_turns());
        let (_, caller) = self.incoming.notes();
        let caller = caller.ok_or_else(|| Error::internal("only a caller has books"))?;
        let until = self.ends_at - WITHDRAWAL;
        for attempt in 0.. {
            let in_group = attempt < GROUP_ATTEMPTS_MAX && self.is_for_groups();
            let intent = self.intent(caller.account_id, in_group, until).await?;
            app.store.put_intent(&intent).await?;
            let mut had_turn = false;
            loop {
                match app.store.wait_for_turn(&intent, until, || app.moment()).await? {
                    WaitEnd::Withdrawn => return Err(too_late()),
                    WaitEnd::Gone => break,
                    WaitEnd::Turn { turn, alone: true } => {
                        if let Some(outcome) = self.outcome_alone(turn, &intent).await? {
                            return outcome;
                        }
                        break;
                    }
                    WaitEnd::Turn { turn, alone: false } => {
                        had_turn = true;
                        let carried = self.carry_out(turn).await;
                        if carried.is_err() && app.store.delete_intent(&intent).await? {
                            carried?;
                        }
                    }
                }
            }
            // Another process carried it out, so the books are contended.
            if !had_turn {
                app.store.note_contention(caller.account_id);
            }
            match decide(app, &store, None, self.operation, self.incoming).await {
                Err(Error::Contended) if Instant::now() < until => {}
                Err(Error::Contended) => break,
                Ok(mut reply) => {
                    // The stored reply is the first one that the caller gets.
                    reply.headers.retain(|(name, _)| *name != "idempotent-replayed");
                    return Ok(reply);
                }
                refusal => return refusal,
            }
        }
        Err(too_late())
    }

    /// Decides this request alone, while it has the turn. Returns `None` if another process has carried it
    /// out meanwhile. The outcome counts whatever becomes of the turn.
    async fn outcome_alone(
        &self,
        turn: HeldTurn,
        intent: &Intent,
    ) -> Result<Option<Result<HttpReply, Error>>, Error> {
        let app = self.app;
        let is_ours = app.store.delete_intent(intent).await?;
        let outcome = match is_ours {
            true => Some(decide(app, &app.store, None, self.operation, self.incoming).await),
            false => None,
        };
        let waiting = self.waiting(intent.account_id).await;
        let next = waiting.map(|Waiting { ours, others }| {
            ours.into_iter().chain(others).min_by_key(|intent| intent.id)
        });
        self.pass(turn, next.unwrap_or_default().as_ref()).await;
        Ok(outcome)
    }

    /// Passes the turn on. If that fails, another process takes it after a second.
    async fn pass(&self, turn: HeldTurn, next: Option<&Intent>) {
        if let Err(error) = self.app.store.pass_turn(turn, next, &self.app.moment()).await {
            self.app.warn("could not pass the turn on; another process takes it soon", &error);
        }
    }

    /// Carries out the waiting requests of the operation, group by group, and passes the turn on.
    async fn carry_out(&self, mut turn: HeldTurn) -> Result<(), Error> {
        let (app, account_id, began) = (self.app, turn.account_id(), Instant::now());
        let Waiting { mut ours, mut others } = match self.waiting(account_id).await {
            Ok(waiting) => waiting,
            Err(error) => {
                self.pass(turn, None).await;
                return Err(error);
            }
        };
        if ours.len() + others.len() > 1 {
            app.store.note_contention(account_id);
        }
        loop {
            ours.truncate(GROUP_MAX);
            let taken: Vec<_> = ours.iter().map(|intent| intent.id).collect();
            let moment = app.moment();
            let (left, is_held, waiting) = tokio::join!(
                self.carry_out_group(ours),
                app.store.renew_turn(&mut turn, &moment),
                self.waiting(account_id),
            );
            let (left, waiting) = match (left, waiting) {
                (Ok(left), Ok(waiting)) => (left, waiting),
                (Err(error), _) | (_, Err(error)) => {
                    self.pass(turn, None).await;
                    return Err(error);
                }
            };
            // Requests that came while the group was written are the next one. Those that were withdrawn
            // are not in the list any more.
            let is_left =
                |intent: &Intent| !taken.contains(&intent.id) || left.contains(&intent.id);
            ours = waiting.ours.into_iter().filter(is_left).collect();
            others = waiting.others;
            let other_is_older = match (ours.first(), others.first()) {
                (Some(own), Some(other)) => other.id < own.id,
                (None, _) => true,
                (Some(_), None) => false,
            };
            let now = Instant::now();
            let is_over = now >= began + TURN_MAX || now + LAST_GROUP >= self.ends_at;
            if !is_held? {
                return Ok(());
            }
            if other_is_older || is_over {
                let next = ours.iter().chain(&others).min_by_key(|intent| intent.id);
                self.pass(turn, next).await;
                return Ok(());
            }
        }
    }

    /// Returns the waiting requests, and removes those of dead processes.
    async fn waiting(&self, account_id: AccountId) -> Result<Waiting, Error> {
        let (store, now) = (&self.app.store, self.app.clock.now());
        let intents = store.intents(account_id).await?;
        // The callers withdraw their intents. Only those of dead processes are left, on any clock.
        let (dead, mut waiting): (Vec<_>, Vec<_>) =
            intents.into_iter().partition(|intent| intent.expires_at + CLOCKS_DIFFER <= now);
        try_join_all(dead.iter().map(|intent| store.delete_intent(intent))).await?;
        waiting.retain(|intent| intent.expires_at > now + WITHDRAWN_SOON);
        let is_ours = |intent: &Intent| {
            intent.operation == self.operation.name && intent.sealed_request.is_some()
        };
        let (ours, others) = waiting.into_iter().partition(is_ours);
        Ok(Waiting { ours, others })
    }

    /// Carries these requests out together and returns those that are left for another group.
    async fn carry_out_group(&self, intents: Vec<Intent>) -> Result<Vec<IntentId>, Error> {
        let (app, operation) = (self.app, self.operation);
        let moment = app.moment();
        let peppers = app.secrets.peppers(moment.now).await?;
        let read = |intent: &Intent| {
            let sealed = peppers.open(&seal_context(intent), intent.sealed_request.as_deref()?);
            Incoming::restored(&sealed.ok()?, operation.body_bytes_max)
        };
        let (mut requests, mut apart) = (Vec::new(), Vec::new());
        for intent in intents {
            match read(&intent) {
                Some(incoming) => requests.push((intent, incoming)),
                None => apart.push(intent),
            }
        }
        let group = Group::new(&app.store);
        let work = |number: usize| {
            let incoming = &requests[number].1;
            let (store, moment) = (group.store(), app.moment());
            (operation.run)(Route { app, store, usage: None, operation, incoming, moment })
        };
        let with = |number: usize| Writes::default().carry_out(&requests[number].0);
        let fates = group.carry_out(requests.len(), work, with, &moment).await?;
        let (mut left, mut ended) = (Vec::new(), Vec::new());
        for ((intent, _), fate) in requests.into_iter().zip(fates) {
            match fate {
                Fate::Written(_) => {}
                // Its caller decides again, on the rows as they now are, and gets the reply or refusal.
                Fate::Ended(Ok(_)) => ended.push(intent),
                Fate::Ended(Err(error)) if is_refusal(&error) => ended.push(intent),
                Fate::Ended(Err(_)) | Fate::Apart => apart.push(intent),
                Fate::Left => left.push(intent.id),
            }
        }
        let store = &app.store;
        tokio::try_join!(
            try_join_all(ended.iter().map(|it| store.delete_intent(it))),
            try_join_all(apart.iter().map(|it| store.leave_to_caller(it))),
        )?;
        Ok(left)
    }

    async fn intent(
        &self,
        account_id: AccountId,
        in_group: bool,
        until: Instant,
    ) -> Result<Intent, Error> {
        let moment = self.app.moment();
        let wait = until.duration_since(Instant::now());
        let expires_at = moment.now + SignedDuration::try_from(wait).map_err(Error::internal)?;
        let id = IntentId::mint(&moment);
        let operation = self.operation.name.to_owned();
        let mut intent = Intent { account_id, id, operation, sealed_request: None, expires_at };
        if let Some(saved) = in_group.then(|| self.incoming.saved()).flatten() {
            let peppers = self.app.secrets.peppers(moment.now).await?;
            intent.sealed_request = Some(peppers.seal(&seal_context(&intent), &saved, &moment));
        }
        Ok(intent)
    }

    /// Returns true if another process can carry the request out. Its reply must be stored, and a two-factor
    /// code must be used up by the process that checked it.
    fn is_for_groups(&self) -> bool {
        let headers = &self.incoming.headers;
        self.operation.idempotence != IdempotencyPolicy::Natural
            && headers.contains_key("idempotency-key")
            && !headers.contains_key(CODE_HEADER)
    }
}

/// The waiting requests of an account, oldest first.
struct Waiting {
    /// Those of the same operation that can be carried out together.
    ours: Vec<Intent>,
    others: Vec<Intent>,
}

fn too_late() -> Error {
    Error::unavailable("no turn at the books in time")
}

/// Returns true if the error says something about the request, and not about the group or the table.
fn is_refusal(error: &Error) -> bool {
    !matches!(error, Error::Stale | Error::Contended | Error::Unavailable(_) | Error::Internal(_))
}

fn seal_context(intent: &Intent) -> String {
    format!("intent:{}:{}", intent.account_id, intent.id)
}
