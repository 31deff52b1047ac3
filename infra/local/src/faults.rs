//! The SDK's HTTP client of the bundle: routes each service to its stand-in, keeps what was sent,
//! and injects faults. The functions' own code is never imitated.

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

use crate::conflicts::{Conflicts, HeldItems};
use crate::files::SdkRequest;
use crate::put_tokens::PutTokens;
use crate::roles::Roles;
use crate::{LocalFiles, LocalQueues};

/// What can go wrong with one request to AWS.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The connection fails before anything is sent.
    BeforeSend,
    /// The request is carried out and its answer lost.
    AfterCommit,
    /// `ProvisionedThroughputExceededException`, and `SlowDown` where it is S3.
    Throttled,
    /// `TransactionCanceledException` with these reasons, in the order of the steps.
    Cancelled(&'static [&'static str]),
    /// `TransactionInProgressException`.
    InProgress,
    /// The answer takes so long.
    Slow(Duration),
}

/// One request as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// `BatchGetItem`, `TransactWriteItems`, `GetSecretValue`, `UploadPart`, ...
    pub operation: String,
    /// Its body; of a request to S3 method, key and query instead, as `PUT key?partNumber=1`.
    pub body: String,
}

#[derive(Debug, Default)]
struct Plan {
    faults: VecDeque<(&'static str, Fault)>,
    sent: Vec<Sent>,
    recording: bool,
    counts: BTreeMap<String, u64>,
    in_flight: usize,
    pace: Option<Pace>,
    meeting: Option<(Conflicts, Pace)>,
}

/// How long each request takes, and whose time it takes.
#[derive(Clone)]
struct Pace(Arc<dyn Timer>, Duration);

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pace({:?})", self.1)
    }
}

/// The faults to come, and what was sent so far. Shared by all clients of a bundle.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

impl Faults {
    fn plan(&self) -> std::sync::MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next request of `operation` meets this fault; several queue up.
    pub fn next(&self, operation: &'static str, fault: Fault) {
        self.plan().faults.push_back((operation, fault));
    }

    /// The next `times` requests of `operation` meet this fault.
    pub fn next_times(&self, operation: &'static str, fault: &Fault, times: usize) {
        for _ in 0..times {
            self.next(operation, fault.clone());
        }
    }

    /// Faults that nothing has met yet.
    pub fn left(&self) -> usize {
        self.plan().faults.len()
    }

    /// Forgets the faults that nothing has met.
    pub fn clear(&self) {
        self.plan().faults.clear();
    }

    /// Begins to keep what is sent.
    pub fn record(&self) {
        let mut plan = self.plan();
        plan.recording = true;
        plan.sent.clear();
    }

    /// What was sent since [`Faults::record`].
    pub fn sent(&self) -> Vec<Sent> {
        self.plan().sent.clone()
    }

    /// How often each operation was called.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.plan().counts.clone()
    }

    /// Requests that have no answer yet.
    pub fn in_flight(&self) -> usize {
        self.plan().in_flight
    }

    /// From now on each request takes so long, measured by this timer.
    pub fn pace(&self, timer: Arc<dyn Timer>, each: Duration) {
        self.plan().pace = Some(Pace(timer, each));
    }

    /// From now on transactions that touch the same item meet: each is at its items for so long,
    /// measured by this timer, and who comes meanwhile is refused. See `conflicts.rs`.
    pub fn meet_within(&self, timer: Arc<dyn Timer>, each: Duration) {
        self.plan().meeting = Some((Conflicts::default(), Pace(timer, each)));
    }

    /// Lets a transaction come to its items, or refuses it. None when nobody meets.
    fn enter(&self, operation: &str, body: &[u8]) -> Option<Result<(HeldItems, Pace), Value>> {
        let (conflicts, pace) = self.plan().meeting.clone()?;
        let code = |code: &str| json!({ "Code": code });
        (operation == "TransactWriteItems").then(|| match conflicts.enter(body) {
            Ok(entered) => Ok((entered, pace)),
            Err(codes) => Err(codes.into_iter().map(code).collect()),
        })
    }

    /// Counts a request as on its way until it is answered or given up; how long it is to take.
    fn depart(&self) -> (InFlightRequest, Option<Pace>) {
        let mut plan = self.plan();
        plan.in_flight += 1;
        (InFlightRequest(self.clone()), plan.pace.clone())
    }

    fn meet(&self, operation: &str, body: &[u8]) -> Option<Fault> {
        let mut plan = self.plan();
        *plan.counts.entry(operation.to_owned()).or_default() += 1;
        if plan.recording {
            let body = String::from_utf8_lossy(body).into_owned();
            plan.sent.push(Sent { operation: operation.to_owned(), body });
        }
        let place = plan.faults.iter().position(|(name, _)| *name == operation)?;
        plan.faults.remove(place).map(|(_, fault)| fault)
    }
}

/// A request on its way.
struct InFlightRequest(Faults);

impl Drop for InFlightRequest {
    fn drop(&mut self) {
        self.0.plan().in_flight -= 1;
    }
}

/// The client: DynamoDB goes to the embedded one on loopback, SQS and S3 to the queues and files in
/// this process, everything else to the mock services.
#[derive(Debug, Clone)]
pub(crate) struct LoopbackClient {
    pub(crate) dynamodb: String,
    pub(crate) http: SharedHttpClient,
    pub(crate) services: SharedHttpClient,
    pub(crate) queues: LocalQueues,
    pub(crate) files: LocalFiles,
    pub(crate) tokens: PutTokens,
    pub(crate) faults: Faults,
    pub(crate) roles: Roles,
}

impl LoopbackClient {
    /// S3 has its own form, and none of the faults that only a table has.
    fn call_files(&self, asked: &SdkRequest, request: HttpRequest) -> HttpConnectorFuture {
        if let Some(why) = self.files.refuses(asked) {
            return HttpConnectorFuture::ready(Ok(SdkRequest::refused("AccessDenied", &why)));
        }
        let fault = self.faults.meet(asked.operation, asked.line.as_bytes());
        let (departed, pace) = self.faults.depart();
        let files = self.files.clone();
        HttpConnectorFuture::new(async move {
            let answer = match fault {
                None => files.answer(request).await,
                Some(Fault::BeforeSend) => Err(broken("refused")),
                Some(Fault::AfterCommit) => {
                    files.answer(request).await?;
                    Err(broken("the answer was lost"))
                }
                Some(Fault::Slow(delay)) => {
                    tokio::time::sleep(delay).await;
                    files.answer(request).await
                }
                Some(Fault::Throttled | Fault::InProgress | Fault::Cancelled(_)) => {
                    Ok(SdkRequest::refused("SlowDown", "injected"))
                }
            };
            drop(departed);
            if let Some(Pace(timer, each)) = pace {
                timer.wait(each).await;
            }
            answer
        })
    }
}

#[derive(Debug)]
struct Connector {
    client: LoopbackClient,
    http: SharedHttpConnector,
    services: SharedHttpConnector,
}

impl HttpClient for LoopbackClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            client: self.clone(),
            http: self.http.http_connector(settings, components),
            services: self.services.http_connector(settings, components),
        })
    }
}

impl HttpConnector for Connector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if let Some(asked) = SdkRequest::of(&request) {
            return self.client.call_files(&asked, request);
        }
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let (service, operation) = target.split_once('.').unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        if let Some(why) = self.client.roles.refuses(&target, body) {
            return refusal("AccessDeniedException", json!({ "message": why }));
        }
        let fault = self.client.faults.meet(operation, request.body().bytes().unwrap_or_default());
        let connector = if service.starts_with("DynamoDB") {
            request.set_uri(self.client.dynamodb.clone()).expect("a loopback URL");
            self.http.clone()
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
                let entered = match self.client.faults.enter(operation, body).transpose() {
                    Ok(entered) => entered,
                    Err(reasons) => return cancelled(reasons),
                };
                let (departed, pace) = self.client.faults.depart();
                HttpConnectorFuture::new(async move {
                    let answer = match entered {
                        None => connector.call(request).await,
                        Some((_entered, Pace(timer, each))) => {
                            timer.wait(each).await;
                            connector.call(request).await
                        }
                    };
                    drop(departed);
                    if let Some(Pace(timer, each)) = pace {
                        timer.wait(each).await;
                    }
                    answer
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
            Some(Fault::Throttled) => refusal("ProvisionedThroughputExceededException", json!({})),
            Some(Fault::InProgress) => refusal("TransactionInProgressException", json!({})),
            Some(Fault::Cancelled(reasons)) => {
                cancelled(reasons.iter().map(|code| json!({ "Code": code })).collect())
            }
        }
    }
}

fn broken(what: &str) -> ConnectorError {
    ConnectorError::io(std::io::Error::other(what).into())
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
