//! The SDK's HTTP client of the bundle: it routes each service to its emulator, records requests,
//! and injects faults. The code of the functions is the real code.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dispatch::Timer;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::conflicts::{Conflicts, HeldItems};
use crate::files::SdkRequest;
use crate::put_tokens::PutTokens;
use crate::roles::Roles;
use crate::table::LocalTable;
use crate::{LocalFiles, LocalQueues};

/// A fault of one request to AWS.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The connection fails before the request is sent.
    BeforeSend,
    /// The request is carried out, but its answer is lost.
    AfterCommit,
    /// `ProvisionedThroughputExceededException`, or `SlowDown` from S3.
    Throttled,
    /// `TransactionCanceledException` with these reasons, in the order of the steps.
    Cancelled(&'static [&'static str]),
    /// `TransactionInProgressException`.
    InProgress,
    /// The request is carried out after this time.
    Slow(Duration),
    /// The request waits at the barrier twice, so that a test knows when it comes and decides when it goes on.
    Held(Arc<Barrier>),
}

/// One recorded request.
#[derive(Debug, Clone)]
pub struct RecordedRequest {
    /// `BatchGetItem`, `TransactWriteItems`, `GetSecretValue`, `UploadPart`, ...
    pub operation: String,
    /// The body; for S3 method, key and query, as `PUT key?partNumber=1`.
    pub body: String,
}

#[derive(Debug, Default)]
struct FaultState {
    faults: VecDeque<(&'static str, Fault)>,
    sent: Vec<RecordedRequest>,
    recording: bool,
    counts: BTreeMap<String, u64>,
    in_flight: usize,
    pace: Option<RequestDelay>,
    meeting: Option<(Conflicts, RequestDelay)>,
}

/// The time that each request takes, and the timer that measures it.
#[derive(Clone)]
struct RequestDelay(Arc<dyn Timer>, Duration);

impl std::fmt::Debug for RequestDelay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pace({:?})", self.1)
    }
}

/// The faults to inject, and the requests so far. All clients of a bundle share them.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<FaultState>>);

impl Faults {
    fn plan(&self) -> std::sync::MutexGuard<'_, FaultState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Injects this fault into the next request of `operation`. Several faults queue up.
    pub fn next(&self, operation: &'static str, fault: Fault) {
        self.plan().faults.push_back((operation, fault));
    }

    /// Injects this fault into the next `times` requests of `operation`.
    pub fn next_times(&self, operation: &'static str, fault: &Fault, times: usize) {
        for _ in 0..times {
            self.next(operation, fault.clone());
        }
    }

    /// Returns the number of faults that were not injected yet.
    pub fn left(&self) -> usize {
        self.plan().faults.len()
    }

    /// Drops the faults that were not injected yet.
    pub fn clear(&self) {
        self.plan().faults.clear();
    }

    /// Starts to record requests.
    pub fn record(&self) {
        let mut plan = self.plan();
        plan.recording = true;
        plan.sent.clear();
    }

    /// Returns the requests since [`Faults::record`].
    pub fn sent(&self) -> Vec<RecordedRequest> {
        self.plan().sent.clone()
    }

    /// Returns how often each operation was called.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.plan().counts.clone()
    }

    /// Returns the number of requests without an answer yet.
    pub fn in_flight(&self) -> usize {
        self.plan().in_flight
    }

    /// Makes each request take this long from now on, measured by this timer.
    pub fn pace(&self, timer: Arc<dyn Timer>, each: Duration) {
        self.plan().pace = Some(RequestDelay(timer, each));
    }

    /// Makes transactions on the same item conflict from now on: each holds its items for this
    /// long, measured by this timer, and others on these items are refused. See `conflicts.rs`.
    pub fn meet_within(&self, timer: Arc<dyn Timer>, each: Duration) {
        self.plan().meeting = Some((Conflicts::default(), RequestDelay(timer, each)));
    }

    /// Holds the items of a transaction, or returns why it is refused. Returns `None` if
    /// transactions do not conflict, or if this is no transaction.
    fn enter(
        &self,
        operation: &str,
        body: &[u8],
    ) -> Option<Result<(HeldItems, RequestDelay), Value>> {
        let (conflicts, pace) = self.plan().meeting.clone()?;
        let code = |code: &str| json!({ "Code": code });
        (operation == "TransactWriteItems").then(|| match conflicts.enter(body) {
            Ok(held) => Ok((held, pace)),
            Err(codes) => Err(codes.into_iter().map(code).collect()),
        })
    }

    /// Counts a request as in flight until the guard is dropped, and returns the time it must take.
    fn begin(&self) -> (InFlightRequest, Option<RequestDelay>) {
        let mut plan = self.plan();
        plan.in_flight += 1;
        (InFlightRequest(self.clone()), plan.pace.clone())
    }

    /// Counts and records a request, and returns its fault.
    fn meet(&self, operation: &str, body: &[u8]) -> Option<Fault> {
        let mut plan = self.plan();
        *plan.counts.entry(operation.to_owned()).or_default() += 1;
        if plan.recording {
            let body = String::from_utf8_lossy(body).into_owned();
            plan.sent.push(RecordedRequest { operation: operation.to_owned(), body });
        }
        let index = plan.faults.iter().position(|(name, _)| *name == operation)?;
        plan.faults.remove(index).map(|(_, fault)| fault)
    }
}

/// A request in flight, until it is dropped.
struct InFlightRequest(Faults);

impl Drop for InFlightRequest {
    fn drop(&mut self) {
        self.0.plan().in_flight -= 1;
    }
}

/// The client: DynamoDB requests go to the embedded table, SQS and S3 requests to the queues and
/// files, and all others to the mock services. All of them are in this process; none has a port.
#[derive(Debug, Clone)]
pub(crate) struct EmulatorClient {
    pub(crate) table: LocalTable,
    pub(crate) services: SharedHttpClient,
    pub(crate) queues: LocalQueues,
    pub(crate) files: LocalFiles,
    pub(crate) tokens: PutTokens,
    pub(crate) faults: Faults,
    pub(crate) roles: Roles,
}

impl EmulatorClient {
    /// Sends a request to S3, which has its own error form and no faults of a table.
    fn call_files(&self, sdk_request: &SdkRequest, request: HttpRequest) -> HttpConnectorFuture {
        if let Some(why) = self.files.refuses(sdk_request) {
            return HttpConnectorFuture::ready(Ok(SdkRequest::refused("AccessDenied", &why)));
        }
        let fault = self.faults.meet(sdk_request.operation, sdk_request.line.as_bytes());
        let (in_flight, pace) = self.faults.begin();
        let files = self.files.clone();
        HttpConnectorFuture::new(async move {
            let response = match fault {
                None => files.response(request).await,
                Some(Fault::BeforeSend) => Err(broken("refused")),
                Some(Fault::AfterCommit) => {
                    files.response(request).await?;
                    Err(broken("the answer was lost"))
                }
                Some(Fault::Slow(delay)) => {
                    tokio::time::sleep(delay).await;
                    files.response(request).await
                }
                Some(Fault::Held(barrier)) => {
                    barrier.wait().await;
                    barrier.wait().await;
                    files.response(request).await
                }
                Some(Fault::Throttled | Fault::InProgress | Fault::Cancelled(_)) => {
                    Ok(SdkRequest::refused("SlowDown", "injected"))
                }
            };
            drop(in_flight);
            if let Some(RequestDelay(timer, each)) = pace {
                timer.wait(each).await;
            }
            response
        })
    }
}

#[derive(Debug)]
struct Connector {
    client: EmulatorClient,
    services: SharedHttpConnector,
}

impl HttpClient for EmulatorClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            client: self.clone(),
            services: self.services.http_connector(settings, components),
        })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if let Some(sdk_request) = SdkRequest::of(&request) {
            return self.client.call_files(&sdk_request, request);
        }
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let (service, operation) = target.split_once('.').unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        if let Some(why) = self.client.roles.refuses(&target, body) {
            return refusal("AccessDeniedException", json!({ "message": why }));
        }
        let fault = self.client.faults.meet(operation, request.body().bytes().unwrap_or_default());
        let connector = if service.starts_with("DynamoDB") {
            SharedHttpConnector::new(self.client.table.clone())
        } else if service.starts_with("AmazonSQS") {
            SharedHttpConnector::new(self.client.queues.clone())
        } else if self.client.tokens.refuse(operation, request.body().bytes().unwrap_or_default()) {
            return refusal("ResourceExistsException", json!({}));
        } else {
            self.services.clone()
        };
        match fault {
            None => {
                let body = request.body().bytes().unwrap_or_default();
                let held = match self.client.faults.enter(operation, body).transpose() {
                    Ok(held) => held,
                    Err(reasons) => return cancelled(reasons),
                };
                let (in_flight, pace) = self.client.faults.begin();
                HttpConnectorFuture::new(async move {
                    let response = match held {
                        None => connector.call(request).await,
                        Some((_held, RequestDelay(timer, each))) => {
                            timer.wait(each).await;
                            connector.call(request).await
                        }
                    };
                    drop(in_flight);
                    if let Some(RequestDelay(timer, each)) = pace {
                        timer.wait(each).await;
                    }
                    response
                })
            }
            Some(Fault::BeforeSend) => HttpConnectorFuture::ready(Err(broken("refused"))),
            Some(Fault::AfterCommit) => HttpConnectorFuture::new(async move {
                connector.call(request).await?;
                Err(broken("the answer was lost"))
            }),
            Some(Fault::Slow(delay)) => HttpConnectorFuture::new(async move {
                tokio::time::sleep(delay).await;
                connector.call(request).await
            }),
            Some(Fault::Held(barrier)) => HttpConnectorFuture::new(async move {
                barrier.wait().await;
                barrier.wait().await;
                connector.call(request).await
            }),
            Some(Fault::Throttled) => refusal("ProvisionedThroughputExceededException", json!({})),
            Some(Fault::InProgress) => refusal("TransactionInProgressException", json!({})),
            Some(Fault::Cancelled(reasons)) => {
                cancelled(reasons.iter().map(|code| json!({ "Code": code })).collect())
            }
        }
    }
}

fn broken(cause: &str) -> ConnectorError {
    ConnectorError::io(std::io::Error::other(cause).into())
}

fn cancelled(reasons: Value) -> HttpConnectorFuture {
    refusal("TransactionCanceledException", json!({ "CancellationReasons": reasons }))
}

fn refusal(code: &str, mut body: Value) -> HttpConnectorFuture {
    body["__type"] = json!(format!("com.amazonaws.dynamodb.v20120810#{code}"));
    if body["message"].is_null() {
        body["message"] = json!("injected");
    }
    let status = StatusCode::try_from(400_u16).expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    HttpConnectorFuture::ready(Ok(response))
}
