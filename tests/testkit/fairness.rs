//! One busy endpoint that answers fast, never, or first fast and then never, beside others: the real
//! functions and queues in virtual time, as Lambda runs them.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dispatch::egress::{
    DeliveryFailure, Egress, FailureKind, HttpResponse, OutboundRequest, ResponseFuture,
};
use domain::account::Stage;
use domain::event::{Event, EventType, History};
use domain::kernel::AccountId;
use futures::future::select;
use jiff::{SignedDuration, Timestamp};
use local::Bundle;
use outbox::publish;
use queue::Lane;
use serde_json::{Value, json};
use store::Writes;
use tokio::sync::Semaphore;

use crate::{Receivers, VirtualTime, World};

/// What the simulation is about.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// Events that wait for the busy endpoint when it begins.
    pub waiting: usize,
    /// New events of the busy endpoint at once; none for the undisturbed run.
    pub busy_events: usize,
    /// Milliseconds between them.
    pub busy_every_ms: i64,
    /// Seconds for which the busy endpoint answers within 100 ms, before it stops answering.
    pub answers_seconds: i64,
    /// Endpoints beside it, each with an account of its own.
    pub others: usize,
    /// Milliseconds between two events of each.
    pub others_every_ms: i64,
    /// How long it is watched.
    pub seconds: i64,
    /// Functions of a lane that run at the same time (`MaximumConcurrency`).
    pub concurrent: usize,
}

/// Delays of the others' first attempts.
#[derive(Debug)]
pub struct Delays {
    milliseconds: Vec<u64>,
    /// Requests the busy endpoint got.
    pub busy_requests: usize,
    /// Messages that the retry lane received.
    pub retry_messages: usize,
}

impl Delays {
    /// Returns how many first attempts were seen.
    pub fn count(&self) -> usize {
        self.milliseconds.len()
    }

    /// Returns the delay in milliseconds that so many per cent of them do not exceed.
    pub fn percentile(&self, percent: usize) -> u64 {
        let place = (self.milliseconds.len() * percent).div_ceil(100).saturating_sub(1);
        self.milliseconds.get(place).copied().unwrap_or(0)
    }
}

/// Each storage or queue request takes so long, as inside a region.
const REQUEST: Duration = Duration::from_millis(5);
/// Others answer in this time.
const QUICK: SignedDuration = SignedDuration::from_millis(40);
/// The busy endpoint answers in this time, while it answers.
const BUSY: SignedDuration = SignedDuration::from_millis(100);
/// The deadline of an attempt.
const DEADLINE: SignedDuration = SignedDuration::from_secs(15);
/// Events written in one transaction.
const CONCURRENT_WRITES_MAX: usize = 50;
/// Pollers of a lane: what Lambda begins with.
const POLLERS: usize = 5;
/// The longest a poll waits.
const LONG_POLL: SignedDuration = SignedDuration::from_secs(20);
const BUSY_URL: &str = "https://busy.example.com/";

/// Endpoints in virtual time.
struct Endpoints {
    time: Arc<VirtualTime>,
    /// Time from which the busy endpoint does not answer.
    silent_from: Timestamp,
    seen: Mutex<(BTreeMap<String, u64>, usize)>,
}

impl Egress for Endpoints {
    fn post<'a>(&'a self, parcel: OutboundRequest<'a>) -> ResponseFuture<'a> {
        let busy = parcel.destination.as_str() == BUSY_URL;
        let body: Value = serde_json::from_slice(&parcel.body).expect("JSON");
        let created: Timestamp =
            body["created_at"].as_str().expect("text").parse().expect("a time");
        let delay = self.time.now().duration_since(created).as_millis().max(0);
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if busy {
                seen.1 += 1;
            } else {
                let id = body["id"].as_str().expect("text").to_owned();
                seen.0.entry(id).or_insert(u64::try_from(delay).unwrap_or(u64::MAX));
            }
        }
        Box::pin(async move {
            if busy && self.time.now() >= self.silent_from {
                self.time.sleep(DEADLINE).await;
                let detail = "no answer within 15 s".to_owned();
                return Err(DeliveryFailure { kind: FailureKind::TimedOut, detail });
            }
            self.time.sleep(if busy { BUSY } else { QUICK }).await;
            Ok(HttpResponse { status: 204, retry_after: None, excerpt: String::new() })
        })
    }
}

/// An account with one endpoint, and events of its own making.
struct Source {
    account_id: AccountId,
    history: History,
}

impl Source {
    async fn new(world: &World, name: &str, url: &str) -> Self {
        let tenant = world.tenant(name).await;
        world.endpoint(&tenant.program.api_key, url, &["charge.created"]).await;
        Self { account_id: tenant.account_id, history: History::default() }
    }

    /// Writes events as changes of state do; the relay is told as by the stream.
    async fn happen(&mut self, world: &World, count: usize) -> Vec<Event> {
        let moment = world.bundle.app().moment();
        let object = json!({ "id": "chg_1", "status": "pending" });
        let mut record = || {
            let (kind, id) = (EventType::ChargeCreated, "chg_1".to_owned());
            self.history.record(kind, self.account_id, id, object.clone(), &moment)
        };
        let events: Vec<_> = (0..count).map(|_| record()).collect();
        let writes = events.iter().fold(Writes::default(), Writes::create);
        world.bundle.app().store.commit(writes, &moment).await.expect("written");
        events
    }
}

/// Writes so many `charge.created` of an account, fifty in a transaction; the stream has them all.
pub async fn happen_many(bundle: &Bundle, account_id: AccountId, count: usize) {
    let example =
        domain::catalogue::examples().into_iter().find(|one| one.kind == EventType::ChargeCreated);
    let object = example.expect("every type has an example").object;
    let mut history = History::default();
    let mut left = count;
    while left > 0 {
        let moment = bundle.app().moment();
        let mut writes = Writes::default();
        for _ in 0..left.min(CONCURRENT_WRITES_MAX) {
            let (kind, id) = (EventType::ChargeCreated, "chg_1".to_owned());
            writes = writes.create(&history.record(kind, account_id, id, object.clone(), &moment));
        }
        left = left.saturating_sub(CONCURRENT_WRITES_MAX);
        bundle.app().store.commit(writes, &moment).await.expect("written");
    }
}

async fn relay(world: &World, events: Vec<Event>) {
    let worker = world.bundle.worker();
    let moment = worker.app.moment();
    let (store, lanes) = (&worker.app.store, &worker.lanes);
    for outcome in publish(store, lanes, &worker.lane_limiter, &events, &moment).await.outcomes {
        outcome.expect("published");
    }
}

/// Takes batches off a lane while a function is free, and runs a function for each.
async fn poll(
    (world, time): (Arc<World>, Arc<VirtualTime>),
    lane: Lane,
    functions: Arc<Semaphore>,
    received: Arc<AtomicUsize>,
) {
    let (queues, url) =
        (world.bundle.queues().clone(), world.bundle.worker().lanes.url(lane).to_owned());
    loop {
        // A long poll: SQS answers as soon as something comes.
        let sent = queues.sent().notified();
        let next = queues.next_visible_at(&url).map(|at| at.duration_since(time.now()));
        if next.is_none_or(|left| left > SignedDuration::ZERO) {
            let left = next.map_or(LONG_POLL, |left| left.min(LONG_POLL));
            select(pin!(sent), pin!(time.sleep(left))).await;
            continue;
        }
        let function = Arc::clone(&functions).acquire_owned().await.expect("never closed");
        let messages = world.bundle.receive(lane).await.expect("the lane flows");
        received.fetch_add(messages.len(), Ordering::Relaxed);
        if messages.is_empty() {
            continue;
        }
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            world.bundle.process(lane, &messages).await.expect("the function runs");
            drop(function);
        });
    }
}

async fn happen_every(
    world: Arc<World>,
    time: Arc<VirtualTime>,
    mut source: Source,
    (first_ms, every_ms): (i64, i64),
    count: usize,
) {
    time.sleep(SignedDuration::from_millis(first_ms)).await;
    loop {
        let events = source.happen(&world, count).await;
        let world = Arc::clone(&world);
        tokio::spawn(async move { relay(&world, events).await });
        time.sleep(SignedDuration::from_millis(every_ms)).await;
    }
}

/// Plays the scene. It needs a runtime of one thread.
pub async fn play(scene: Scene) -> Delays {
    let clock = World::clock();
    let time = Arc::new(VirtualTime::on(Arc::clone(&clock)));
    let silent_from = time.now() + SignedDuration::from_secs(scene.answers_seconds);
    let (seen, beat) = (Mutex::default(), Arc::clone(&time));
    let endpoints = Arc::new(Endpoints { time: beat, silent_from, seen });
    let receivers = Receivers::new(Arc::clone(&clock));
    let (egress, timer) = (Arc::clone(&endpoints), Arc::clone(&time));
    let world = World::with(Stage::Sandbox, clock, egress, timer, receivers).await;
    let mut busy = Source::new(&world, "busy", BUSY_URL).await;
    let mut others = Vec::new();
    for number in 0..scene.others {
        let url = format!("https://other-{number}.example.com/");
        others.push(Source::new(&world, &format!("other-{number}"), &url).await);
    }
    let worker = world.bundle.worker();
    for _ in 0..scene.waiting.div_ceil(50) {
        let events = busy.happen(&world, 50).await;
        let moment = worker.app.moment();
        let (store, lanes) = (&worker.app.store, &worker.lanes);
        publish(store, lanes, &worker.lane_limiter, &events, &moment).await;
    }
    let world = Arc::new(world);
    let faults = world.bundle.faults().clone();
    faults.pace(Arc::<VirtualTime>::clone(&time), REQUEST);
    let mut tasks = tokio::task::JoinSet::new();
    let retry_messages = Arc::new(AtomicUsize::new(0));
    for lane in [Lane::Live, Lane::Retry] {
        let received = if lane == Lane::Retry { &retry_messages } else { &Arc::default() };
        let functions = Arc::new(Semaphore::new(scene.concurrent));
        for _ in 0..POLLERS {
            let place = (Arc::clone(&world), Arc::clone(&time));
            tasks.spawn(poll(place, lane, Arc::clone(&functions), Arc::clone(received)));
        }
    }
    if scene.busy_events > 0 {
        let rhythm = (0, scene.busy_every_ms);
        let (world, time) = (Arc::clone(&world), Arc::clone(&time));
        tasks.spawn(happen_every(world, time, busy, rhythm, scene.busy_events));
    }
    let spread = scene.others_every_ms / i64::try_from(scene.others.max(1)).unwrap_or(1);
    for (number, source) in (0..).zip(others) {
        let rhythm = (number * spread, scene.others_every_ms);
        tasks.spawn(happen_every(Arc::clone(&world), Arc::clone(&time), source, rhythm, 1));
    }
    let (ticking, beat) = (Arc::clone(&world), Arc::clone(&time));
    tasks.spawn(async move {
        loop {
            beat.sleep(SignedDuration::from_secs(60)).await;
            ticking.bundle.tick().await.expect("the schedule runs");
        }
    });
    let end = time.now() + SignedDuration::from_secs(scene.seconds);
    time.run_until(end, &faults).await;
    tasks.shutdown().await;
    let seen = endpoints.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let mut milliseconds: Vec<_> = seen.0.values().copied().collect();
    milliseconds.sort_unstable();
    let retry_messages = retry_messages.load(Ordering::Relaxed);
    Delays { milliseconds, busy_requests: seen.1, retry_messages }
}
