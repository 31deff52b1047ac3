//! How many deliveries a second, and what one costs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use dispatch::TokioTimer;
use dispatch::egress::{HttpEgress, SystemResolver};
use domain::access::Permission;
use domain::account::Stage;
use domain::kernel::AccountId;
use gate::DestinationScope;
use jiff::SignedDuration;
use local::{Bundle, BundleOptions, GatewayRequest, LocalClock, seed};
use rails::{OrderRails, Provider};
use rails_sandbox::SandboxRail;
use runtime::{Log, SystemEntropy};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tests::fairness::happen_many;

/// A run that takes longer has failed.
const LONGEST: Duration = Duration::from_secs(120);

struct DiscardedLog;

impl Log for DiscardedLog {
    fn line(&self, _: &Value) {}
}

/// What a run came to.
pub(crate) struct ThroughputRun {
    endpoints: usize,
    deliveries: usize,
    took: Duration,
    cpu: Duration,
    calls: BTreeMap<String, u64>,
}

impl ThroughputRun {
    pub(crate) fn row(&self) -> String {
        let count = u128::try_from(self.deliveries).unwrap_or(1).max(1);
        let per_second = count * 1_000_000 / self.took.as_micros().max(1);
        let cpu = self.cpu.as_micros() / count;
        let calls = |names: &[&str]| {
            let all: u64 = names.iter().filter_map(|name| self.calls.get(*name)).sum();
            let hundredths = u128::from(all) * 100 / count;
            format!("{}.{:02}", hundredths / 100, hundredths % 100)
        };
        let writes = calls(&["PutItem", "UpdateItem", "TransactWriteItems"]);
        let reads = calls(&["GetItem", "BatchGetItem", "Query"]);
        let queue = calls(&["SendMessageBatch", "ReceiveMessage", "DeleteMessageBatch"]);
        let endpoints = self.endpoints;
        format!("| {endpoints} | {per_second} | {cpu} us | {writes} | {reads} | {queue} |")
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}

/// Returns the CPU time of this process: ticks of user and system, a hundred a second.
pub(crate) fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

async fn receiver() -> (String, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let response = async |State(count): State<Arc<AtomicUsize>>| {
        count.fetch_add(1, Ordering::Relaxed);
        StatusCode::NO_CONTENT
    };
    let router = Router::new().fallback(response).with_state(Arc::clone(&count));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}/"), count)
}

pub(crate) async fn bundle() -> Bundle {
    let options = BundleOptions {
        database: None,
        files: None,
        pepper: tests::pepper(&[1]),
        signing: tests::pepper(&[9]),
        receipt_signing: tests::pepper(&[5]),
        clock: Arc::new(LocalClock::ahead(SignedDuration::ZERO)),
        entropy: Arc::new(SystemEntropy),
        log: Arc::new(DiscardedLog),
        stage: Stage::Sandbox,
        public_url: Some("http://127.0.0.1:4000".to_owned()),
        egress: Arc::new(HttpEgress::new(DestinationScope::Loopback, Arc::new(SystemResolver))),
        rails: OrderRails::new([Provider::complete("sandbox", SandboxRail)]),
        timer: Arc::new(TokioTimer),
        loopback_receivers: true,
        moved_authenticators: false,
        contended_books: false,
    };
    Bundle::start(options).await.expect("the bundle starts")
}

/// Makes an account with an endpoint at this address.
async fn listening(bundle: &Bundle, url: &str) -> AccountId {
    let app = bundle.app();
    let account_id = seed::account(app, "bench").await.expect("an account").id;
    let permissions = [Permission::WebhooksWrite];
    let program = seed::program(app, account_id, "bench", &permissions, &["127.0.0.1"]).await;
    let key = program.expect("a program").api_key;
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let request = GatewayRequest {
        method: "POST".to_owned(),
        path: "/v1/webhook-endpoints".to_owned(),
        query: String::new(),
        headers: vec![
            header("authorization", &format!("Bearer {key}")),
            header("content-type", "application/json"),
        ],
        body: json!({ "url": url, "events": ["*"] }).to_string().into_bytes(),
        source_ip: [127, 0, 0, 1].into(),
        host: "127.0.0.1".to_owned(),
        request_id: "bench".to_owned(),
    };
    assert_eq!(bundle.call(request).await.status, 201);
    account_id
}

/// Delivers so many events to so many endpoints, from the stream to the receiver's answer.
pub(crate) async fn measure(endpoints: usize, deliveries: usize) -> ThroughputRun {
    let (url, count) = receiver().await;
    let bundle = bundle().await;
    for number in 0..endpoints {
        let account_id = listening(&bundle, &format!("{url}{number}")).await;
        happen_many(&bundle, account_id, deliveries / endpoints).await;
    }
    let before = bundle.faults().counts();
    let (began, cpu_before) = (stopwatch(), cpu());
    let flow = bundle.flow(|error| panic!("{error}"));
    let arrived = async {
        while count.load(Ordering::Relaxed) < deliveries {
            assert!(began.elapsed() < LONGEST, "{} arrived", count.load(Ordering::Relaxed));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! { () = flow => {} () = arrived => {} }
    let (took, cpu) = (began.elapsed(), cpu().saturating_sub(cpu_before));
    let mut calls = bundle.faults().counts();
    for (name, count) in before {
        calls.entry(name).and_modify(|all| *all -= count);
    }
    ThroughputRun { endpoints, deliveries, took, cpu, calls }
}

/// Measures the nanoseconds to sign a body of 1 KB with one secret.
pub(crate) fn signing_ns() -> u128 {
    const TIMES: u32 = 20_000;
    let webhook = Webhook::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
    let body = vec![b'x'; 1_024];
    let began = stopwatch();
    for seconds in 0..TIMES {
        let signature = webhook.sign("evt_01M84PAB1TDP32RCVT3CE2MBPK", i64::from(seconds), &body);
        assert!(std::hint::black_box(signature).is_ok());
    }
    began.elapsed().as_nanos() / u128::from(TIMES)
}
