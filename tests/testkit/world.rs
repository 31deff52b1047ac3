//! A bundle of its own for each test, with an account, its people and a key.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use dispatch::Timer;
use dispatch::egress::Egress;
use domain::account::Stage;
use domain::kernel::Entropy;
use jiff::{SignedDuration, Timestamp};
use local::{Bundle, BundleOptions, LocalClock, PepperText};
use runtime::{Clock, Log, SystemEntropy};
use serde_json::{Value, json};

use crate::{NoTimer, Receivers, RepeatedEntropy, ScriptedNetwork};

/// The time at which every test begins.
const BEGIN: &str = "2026-11-23T12:00:00Z";

#[derive(Default)]
struct CapturedLog(Mutex<Vec<Value>>);

impl Log for CapturedLog {
    fn line(&self, line: &Value) {
        self.0.lock().expect("no test panics while logging").push(line.clone());
    }
}

/// Returns a pepper secret with these versions; the last is current.
pub fn pepper(versions: &[u8]) -> PepperText {
    let known: serde_json::Map<_, _> = versions
        .iter()
        .map(|version| (version.to_string(), json!(format!("{version:064}"))))
        .collect();
    let mut secret = json!({ "current": versions.last() });
    secret.as_object_mut().expect("an object").extend(known);
    PepperText(secret.to_string())
}

/// Returns true if the tests run with all books contended, so that every change of balances takes turns:
/// `CONTENDED_BOOKS=1 cargo test --package tests --test it`.
#[expect(clippy::disallowed_methods, reason = "the switch of the tests")]
pub fn contended_books() -> bool {
    std::env::var_os("CONTENDED_BOOKS").is_some()
}

/// A test's own deployment.
pub struct World {
    /// The bundle.
    pub bundle: Bundle,
    /// The receivers of webhooks.
    pub receivers: Receivers,
    /// The payment network.
    pub network: ScriptedNetwork,
    log: Arc<CapturedLog>,
    requests: AtomicU64,
}

impl World {
    /// Starts a sandbox deployment.
    pub async fn new() -> Self {
        Self::on(Stage::Sandbox).await
    }

    /// Starts a deployment of this stage.
    pub async fn on(stage: Stage) -> Self {
        let clock = Self::clock();
        let egress = Receivers::new(Arc::clone(&clock));
        Self::with(stage, clock, Arc::new(egress.clone()), Arc::new(NoTimer), egress).await
    }

    /// Starts a sandbox deployment whose ids and other random bytes are the same in each run.
    pub async fn repeatable() -> Self {
        let clock = Self::clock();
        let egress = Receivers::new(Arc::clone(&clock));
        let (entropy, timer) = (Arc::new(RepeatedEntropy::default()), Arc::new(NoTimer));
        Self::start(Stage::Sandbox, clock, entropy, (Arc::new(egress.clone()), timer), egress).await
    }

    /// Returns a clock that stands still at the beginning.
    pub fn clock() -> Arc<LocalClock> {
        let begin: Timestamp = BEGIN.parse().expect("a timestamp");
        Arc::new(LocalClock::frozen(begin))
    }

    /// Starts a deployment on this clock, with an egress that posts webhooks and a timer that waits.
    pub async fn with(
        stage: Stage,
        clock: Arc<LocalClock>,
        egress: Arc<dyn Egress>,
        timer: Arc<dyn Timer>,
        receivers: Receivers,
    ) -> Self {
        Self::start(stage, clock, Arc::new(SystemEntropy), (egress, timer), receivers).await
    }

    async fn start(
        stage: Stage,
        clock: Arc<LocalClock>,
        entropy: Arc<dyn Entropy>,
        (egress, timer): (Arc<dyn Egress>, Arc<dyn Timer>),
        receivers: Receivers,
    ) -> Self {
        let (log, network) = (Arc::new(CapturedLog::default()), ScriptedNetwork::default());
        let options = BundleOptions {
            database: None,
            files: None,
            pepper: pepper(&[1]),
            signing: pepper(&[9]),
            receipt_signing: pepper(&[5]),
            clock,
            entropy,
            log: log.clone(),
            stage,
            public_url: Some("http://127.0.0.1:4000".to_owned()),
            egress,
            rails: network.rails(stage),
            timer,
            loopback_receivers: false,
            moved_authenticators: false,
            contended_books: contended_books(),
        };
        let bundle = Bundle::start(options).await.expect("the bundle starts");
        Self { bundle, receivers, network, log, requests: AtomicU64::new(0) }
    }

    /// Starts another instance of this deployment, with the same table, its own caches and a changed
    /// configuration.
    #[must_use]
    pub fn second_instance(&self, change: impl FnOnce(&mut runtime::Config)) -> Self {
        let bundle = self.bundle.second_instance(change);
        let (receivers, log) = (self.receivers.clone(), Arc::clone(&self.log));
        let network = self.network.clone();
        Self { bundle, receivers, network, log, requests: AtomicU64::new(1_000_000) }
    }

    /// Starts another instance of this deployment in which all books count as contended, so that every change
    /// of balances takes turns.
    #[must_use]
    pub fn contended_instance(&self) -> Self {
        let bundle = self.bundle.contended_instance();
        let (receivers, log) = (self.receivers.clone(), Arc::clone(&self.log));
        let network = self.network.clone();
        Self { bundle, receivers, network, log, requests: AtomicU64::new(2_000_000) }
    }

    /// Returns the time of the clock.
    pub fn now(&self) -> Timestamp {
        self.bundle.clock().now()
    }

    /// Moves the clock; nothing runs by itself.
    pub fn wait(&self, seconds: i64) {
        self.bundle.clock().advance(SignedDuration::from_secs(seconds));
    }

    /// Lets time pass and the schedule run once, and returns how much it did. The stream is processed
    /// before, so that nothing is left to the sweep.
    pub async fn wait_and_tick(&self, seconds: i64) -> u64 {
        while Box::pin(self.bundle.relay()).await.expect("the stream flows") > 0 {}
        self.wait(seconds);
        Box::pin(self.bundle.tick()).await.expect("the schedule runs")
    }

    /// Processes everything in the stream and the queues that is due now.
    pub async fn deliver(&self) -> usize {
        Box::pin(self.bundle.deliver()).await.expect("the deliveries flow")
    }

    /// Moves the clock, lets the schedule run once, and processes the stream and the queues.
    pub async fn wait_and_deliver(&self, seconds: i64) {
        self.wait_and_tick(seconds).await;
        self.deliver().await;
    }

    pub(crate) fn request_id(&self) -> String {
        format!("req-{}", self.requests.fetch_add(1, Ordering::SeqCst))
    }

    /// Returns the lines of the log.
    pub fn logged(&self) -> Vec<Value> {
        self.log.0.lock().expect("no test panics while logging").clone()
    }

    /// Returns the last line of the log.
    pub fn last_logged(&self) -> Value {
        self.logged().pop().expect("something was logged")
    }

    /// Returns the transactions that were sent since the recording began.
    pub fn transactions(&self) -> Vec<String> {
        let sent = self.bundle.faults().sent().into_iter();
        sent.filter(|sent| sent.operation == "TransactWriteItems").map(|sent| sent.body).collect()
    }
}
