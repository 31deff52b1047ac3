//! Receivers that a test scripts, behind the port that posts, on the clock of the test. `dispatch`
//! tests what real receivers do to the HTTP client.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dispatch::Timer;
use dispatch::egress::{
    DeliveryFailure, Egress, FailureKind, HttpResponse, OutboundRequest, ResponseFuture,
};
use jiff::{SignedDuration, Timestamp};
use local::LocalClock;
use runtime::Clock;
use serde_json::Value;
use tokio::sync::Notify;

/// What a receiver does with a delivery.
#[derive(Debug, Clone)]
pub enum ReceiverBehavior {
    /// Answers with this status.
    Answers(u16),
    /// Answers with this status and this `Retry-After`.
    AsksFor(u16, &'static str),
    /// Cannot be reached.
    Fails(FailureKind),
    /// Takes so many seconds of the test's clock, then answers.
    Takes(i64, u16),
    /// Takes the delivery and makes the function panic before it is written down.
    Panics,
    /// Keeps the delivery until [`Receivers::release`], then answers with this status.
    Holds(u16),
}

/// A delivery as it arrived.
#[derive(Debug, Clone)]
pub struct ReceivedWebhook {
    /// Where.
    pub url: String,
    /// With which headers.
    pub headers: BTreeMap<&'static str, String>,
    /// The body.
    pub body: Vec<u8>,
    /// When, on the test's clock.
    pub at: Timestamp,
}

impl ReceivedWebhook {
    /// Returns a header.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
    }

    /// Returns the event's id.
    #[track_caller]
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// Returns the body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        let body = serde_json::from_slice(&self.body).expect("JSON");
        crate::check_times("", &body);
        body
    }
}

#[derive(Default)]
struct ReceiversState {
    scripts: BTreeMap<String, VecDeque<ReceiverBehavior>>,
    habits: BTreeMap<String, ReceiverBehavior>,
    arrived: Vec<ReceivedWebhook>,
}

/// All receivers of a test. Without a script they answer 204.
#[derive(Clone)]
pub struct Receivers {
    state: Arc<Mutex<ReceiversState>>,
    clock: Arc<LocalClock>,
    go: Arc<Notify>,
}

impl Receivers {
    /// Returns receivers without a script, which answer 204.
    pub fn new(clock: Arc<LocalClock>) -> Self {
        Self { state: Arc::default(), clock, go: Arc::new(Notify::new()) }
    }

    fn state(&self) -> MutexGuard<'_, ReceiversState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Scripts the next deliveries to this URL, one behavior for each.
    pub fn script(&self, url: &str, does: impl IntoIterator<Item = ReceiverBehavior>) {
        self.state().scripts.entry(url.to_owned()).or_default().extend(does);
    }

    /// Sets what answers deliveries to this URL while nothing else is scripted.
    pub fn always(&self, url: &str, does: ReceiverBehavior) {
        self.state().habits.insert(url.to_owned(), does);
    }

    /// Ends [`ReceiverBehavior::Holds`]: the deliveries get their answers.
    pub fn release(&self) {
        self.go.notify_waiters();
    }

    /// Returns what arrived anywhere, in order.
    pub fn all(&self) -> Vec<ReceivedWebhook> {
        self.state().arrived.clone()
    }

    /// Returns what arrived at this URL, in order.
    pub fn at(&self, url: &str) -> Vec<ReceivedWebhook> {
        self.all().into_iter().filter(|arrived| arrived.url == url).collect()
    }
}

impl Egress for Receivers {
    fn post<'a>(&'a self, parcel: OutboundRequest<'a>) -> ResponseFuture<'a> {
        let url = parcel.destination.as_str().to_owned();
        let does = {
            let mut state = self.state();
            let at = self.clock.now();
            let headers = parcel.headers.into_iter().collect();
            state.arrived.push(ReceivedWebhook {
                url: url.clone(),
                headers,
                body: parcel.body,
                at,
            });
            let scripted = state.scripts.get_mut(&url).and_then(VecDeque::pop_front);
            scripted
                .or_else(|| state.habits.get(&url).cloned())
                .unwrap_or(ReceiverBehavior::Answers(204))
        };
        let received = |status, retry_after: Option<&str>| HttpResponse {
            status,
            retry_after: retry_after.map(str::to_owned),
            excerpt: String::new(),
        };
        Box::pin(async move {
            // An answer is awaited: a worker can die between the endpoint's having it and its answer.
            tokio::task::yield_now().await;
            match does {
                ReceiverBehavior::Answers(status) => Ok(received(status, None)),
                ReceiverBehavior::AsksFor(status, retry_after) => {
                    Ok(received(status, Some(retry_after)))
                }
                ReceiverBehavior::Fails(kind) => {
                    Err(DeliveryFailure { kind, detail: "scripted".to_owned() })
                }
                ReceiverBehavior::Takes(seconds, status) => {
                    self.clock.advance(SignedDuration::from_secs(seconds));
                    Ok(received(status, None))
                }
                ReceiverBehavior::Panics => panic!("scripted"),
                ReceiverBehavior::Holds(status) => {
                    self.go.notified().await;
                    Ok(received(status, None))
                }
            }
        })
    }
}

/// The scripted clock stands still while an answer is awaited, so no receiver becomes slow by waiting.
pub struct NoTimer;

impl Timer for NoTimer {
    fn wait(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}
