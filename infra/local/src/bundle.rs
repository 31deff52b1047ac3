//! Puts the bundle together: table, secrets, functions, clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use dispatch::egress::Egress;
use dispatch::{Dispatcher, Timer};
use domain::account::Stage;
use domain::kernel::{Code, Error};
use edge::{App, Clock, Config, Level, Log, SystemEntropy};
use export::Exporter;
use files::{Links, Uploads};
use network::OrderWorker;
use queue::LaneUrls;
use rails::OrderRails;
use serde_json::{Value, json};
use stack::{AwsResource, Right, StreamFilter};
use tokio::sync::Notify;
use winterbaume_core::MockAws;
use winterbaume_secretsmanager::SecretsManagerService;
use worker::{Job, Worker, run_job};

use crate::error::BoxError;
use crate::faults::{Faults, LoopbackClient};
use crate::files::{BUCKET, CREDENTIAL};
use crate::gateway::{GatewayAnswer, GatewayRequest, invoke};
use crate::put_tokens::PutTokens;
use crate::roles::{Roles, Signer, acting};
use crate::router::{RouteMatch, route};
use crate::stream::TableStream;
use crate::{LocalClock, LocalFiles, LocalQueues, WallClock};

const TABLE: &str = "trilho";
const DELIVERIES_TABLE: &str = "trilho-deliveries";
/// Six times the longest run of the function, as the template has it.
const VISIBILITY_SECONDS: u32 = 180;
/// Receives before a message is put aside.
const RECEIVES_MAX: u32 = 5;
const PEPPER: &str = "trilho/pepper";
const SIGNING: &str = "trilho/signing";
const LIVE: &str = "trilho-live";
const RETRY: &str = "trilho-retry";
const ORDERS: &str = "trilho-orders";
const EXPORTS: &str = "trilho-exports";
/// The largest body API Gateway hands to a function: 10 MB, of which Lambda takes 6.
const GATEWAY_BODY_BYTES_MAX: usize = 6 * 1024 * 1024;

/// The text of the pepper secret.
pub struct PepperText(pub String);

/// What a bundle is started with.
pub struct BundleOptions {
    /// The table's file; in memory when there is none.
    pub database: Option<PathBuf>,
    /// Where files are kept; in a folder that goes with the bundle when there is none.
    pub files: Option<PathBuf>,
    /// The pepper secret.
    pub pepper: PepperText,
    /// The secret that signing secrets are sealed under; of the same form.
    pub signing: PepperText,
    /// The clock.
    pub clock: Arc<LocalClock>,
    /// Where the request log goes.
    pub log: Arc<dyn Log>,
    /// The stage.
    pub stage: Stage,
    /// Where callers reach it.
    pub public_url: Option<String>,
    /// What posts to endpoints.
    pub egress: Arc<dyn Egress>,
    /// The rails of every function.
    pub rails: OrderRails,
    /// What waits while they answer.
    pub timer: Arc<dyn Timer>,
    /// Whether endpoints may be on loopback.
    pub loopback_receivers: bool,
}

/// A running bundle.
pub struct Bundle {
    // The workers are on the heap: the bundle would be three times its size.
    pub(crate) dispatcher: Box<Dispatcher>,
    pub(crate) remitter: Box<OrderWorker>,
    pub(crate) exporter: Box<Exporter>,
    pub(crate) stream: TableStream,
    pub(crate) work_stream: TableStream,
    pub(crate) sqs: aws_sdk_sqs::Client,
    /// Told of each request, because it may have written something.
    pub(crate) written: Arc<Notify>,
    queues: LocalQueues,
    files: LocalFiles,
    faults: Faults,
    roles: Roles,
    parts: BundleParts,
}

/// What another sandbox of the same deployment is made of.
#[derive(Clone)]
struct BundleParts {
    aws: SdkConfig,
    config: Config,
    clock: Arc<LocalClock>,
    log: Arc<dyn Log>,
    egress: Arc<dyn Egress>,
    rails: OrderRails,
    timer: Arc<dyn Timer>,
    urls: LaneUrls,
}

impl BundleParts {
    fn worker(&self) -> Worker {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let (config, log) = (self.config.clone(), Arc::clone(&self.log));
        let mut app = App::with(&self.aws, config, clock, Arc::new(SystemEntropy), log);
        app.rails = self.rails.without_orders();
        app.links = self.config.files_bucket.as_deref().map(|bucket| self.links(bucket));
        Worker::with(app, &self.aws, self.urls.clone())
    }

    /// They lead to this process, and are signed in the name of the function that runs.
    fn links(&self, bucket: &str) -> Links {
        let mut aws = self.aws.to_builder();
        aws.set_endpoint_url(self.config.public_url.clone());
        aws.set_credentials_provider(Some(SharedCredentialsProvider::new(Signer)));
        Links::new(&aws.build(), bucket)
    }

    fn remitter(&self) -> Box<OrderWorker> {
        Box::new(OrderWorker::new(self.worker(), self.rails.clone()))
    }

    fn exporter(&self) -> Box<Exporter> {
        Box::new(Exporter::new(self.worker(), Uploads::new(&self.aws, BUCKET)))
    }

    fn dispatcher(&self) -> Box<Dispatcher> {
        let worker = self.worker();
        let receivers_clock = Arc::new(WallClock(Arc::clone(&self.clock)));
        let (egress, timer) = (Arc::clone(&self.egress), Arc::clone(&self.timer));
        Box::new(Dispatcher::new(worker, egress, timer, receivers_clock))
    }
}

impl Bundle {
    /// Starts everything: milliseconds with a table in memory.
    pub async fn start(options: BundleOptions) -> Result<Self, BoxError> {
        let (faults, roles) = (Faults::default(), Roles::default());
        let database = open_database(options.database)?;
        let dynamodb = start_dynamodb(database.clone()).await?;
        let services = MockAws::builder().with_service(SecretsManagerService::new()).build();
        let clock: Arc<dyn Clock> = options.clock.clone();
        let queues = LocalQueues::new(Arc::clone(&clock));
        let files = LocalFiles::open(options.files, clock, roles.clone())?;
        let http_client = SharedHttpClient::new(LoopbackClient {
            dynamodb,
            http: aws_smithy_http_client::Builder::new().build_http(),
            services: services.http_client(),
            queues: queues.clone(),
            files: files.clone(),
            tokens: PutTokens::default(),
            faults: faults.clone(),
            roles: roles.clone(),
        });
        let credentials = Credentials::new(CREDENTIAL, CREDENTIAL, None, None, "local");
        let aws = edge::aws_settings()
            .http_client(http_client)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(Region::new("sa-east-1"))
            .load()
            .await;
        let secrets = aws_sdk_secretsmanager::Client::new(&aws);
        for (name, secret) in [(PEPPER, options.pepper), (SIGNING, options.signing)] {
            secrets.create_secret().name(name).secret_string(secret.0).send().await?;
        }
        let config = Config {
            table: TABLE.to_owned(),
            deliveries_table: DELIVERIES_TABLE.to_owned(),
            pepper_secret_id: Some(PEPPER.to_owned()),
            signing_secret_id: Some(SIGNING.to_owned()),
            files_bucket: Some(BUCKET.to_owned()),
            stage: options.stage,
            log_level: Level::Info,
            public_url: options.public_url,
            plain_cookie: true,
            loopback_receivers: options.loopback_receivers,
        };
        let sqs = aws_sdk_sqs::Client::new(&aws);
        let live = make_queue(&sqs, LIVE).await?;
        let (retry, orders) = (make_queue(&sqs, RETRY).await?, make_queue(&sqs, ORDERS).await?);
        let exports = make_queue(&sqs, EXPORTS).await?;
        let urls = LaneUrls { live, retry, orders, exports };
        let BundleOptions { clock, log, egress, rails, timer, .. } = options;
        let parts = BundleParts { aws, config, clock, log, egress, rails, timer, urls };
        let dispatcher = parts.dispatcher();
        dispatcher.worker().app.store.ensure_tables().await?;
        let stream = TableStream::from_now(database.clone(), TABLE, StreamFilter::Events)?;
        let work_stream = TableStream::from_now(database, TABLE, StreamFilter::Work)?;
        let (remitter, exporter) = (parts.remitter(), parts.exporter());
        let written = Arc::new(Notify::new());
        Ok(Self {
            dispatcher,
            remitter,
            exporter,
            stream,
            work_stream,
            sqs,
            written,
            queues,
            files,
            faults,
            roles,
            parts,
        })
    }

    /// The function's life: one, as if every function ran in one sandbox.
    pub fn app(&self) -> &App {
        &self.worker().app
    }

    /// The function that posts to endpoints.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// The life of the functions that nobody calls.
    pub fn worker(&self) -> &Worker {
        self.dispatcher.worker()
    }

    /// Another sandbox of the same deployment: its own caches and counters, the same table, with a
    /// changed set-up if asked for.
    #[must_use]
    pub fn second_sandbox(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut parts = self.parts.clone();
        change(&mut parts.config);
        Self {
            dispatcher: parts.dispatcher(),
            remitter: parts.remitter(),
            exporter: parts.exporter(),
            stream: self.stream.clone(),
            work_stream: self.work_stream.clone(),
            sqs: self.sqs.clone(),
            written: Arc::clone(&self.written),
            queues: self.queues.clone(),
            files: self.files.clone(),
            faults: self.faults.clone(),
            roles: self.roles.clone(),
            parts,
        }
    }

    /// Has statements written in parts of this size, and runs of this length.
    pub fn write_in(&mut self, part_bytes: usize, run: jiff::SignedDuration) {
        self.files.take_small_parts();
        *self.exporter = self.parts.exporter().with(part_bytes, run);
    }

    /// The clock.
    pub fn clock(&self) -> &LocalClock {
        &self.parts.clock
    }

    /// The faults to come.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What each function has done so far, as rights.
    pub fn rights_used(&self) -> BTreeMap<&'static str, BTreeSet<Right>> {
        self.roles.used()
    }

    /// The queues.
    pub fn queues(&self) -> &LocalQueues {
        &self.queues
    }

    /// The files.
    pub fn files(&self) -> &LocalFiles {
        &self.files
    }

    /// What writes files, faults included.
    pub fn uploads(&self) -> Uploads {
        Uploads::new(&self.parts.aws, BUCKET)
    }

    /// Follows a link, as whoever was given it does.
    pub async fn follow(&self, url: &str) -> GatewayAnswer {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, target) = rest.split_once('/').unwrap_or((rest, ""));
        self.files.follow("GET", host, &format!("/{target}"), None).await
    }

    /// The SDK's client of the queues, faults included.
    pub fn queue_client(&self) -> aws_sdk_sqs::Client {
        self.sqs.clone()
    }

    /// Puts another text into the pepper secret: a rotation.
    pub async fn rotate_pepper(&self, secret: &PepperText) -> Result<(), Error> {
        let client = aws_sdk_secretsmanager::Client::new(&self.parts.aws);
        let put = client.put_secret_value().secret_id(PEPPER).secret_string(&secret.0);
        put.send().await.map(drop).map_err(Error::unavailable)
    }

    /// Answers a request as gateway and function together do.
    pub async fn call(&self, request: GatewayRequest) -> GatewayAnswer {
        if request.body.len() > GATEWAY_BODY_BYTES_MAX {
            return problem(413, Code::BodyTooLarge, "the gateway takes 6 MB at most", &request);
        }
        let time_ms = self.clock().now().as_millisecond();
        match route(&request.method, &request.path) {
            RouteMatch::To(operation, values) => {
                let event = request.event(operation, &values, time_ms);
                let answer = acting(operation.name, invoke(self.app(), operation, event)).await;
                self.written.notify_waiters();
                match answer {
                    Ok(answer) => answer,
                    Err(cause) => problem(500, Code::Internal, &cause.to_string(), &request),
                }
            }
            RouteMatch::OtherMethod(methods) => {
                let methods = methods.join(", ");
                let detail = format!("this path takes {methods}");
                let mut answer = problem(405, Code::MethodNotAllowed, &detail, &request);
                answer.headers.push(("allow".to_owned(), methods));
                answer
            }
            RouteMatch::Nowhere => {
                problem(404, Code::NotFound, "there is no such path; see /docs", &request)
            }
        }
    }

    /// Carries out a command of the operator, as `aws lambda invoke` does.
    pub async fn operate(
        &self,
        name: &str,
        input: Value,
    ) -> Result<Value, operator::CommandFailure> {
        let known = |command: &&operator::Command| command.name == name;
        let command = operator::COMMANDS.iter().find(known).expect("a command of the operator");
        let request_id = format!("operator-{name}");
        acting(command.name, operator::perform(self.app(), command, input, request_id)).await
    }

    /// Every scheduled operation of the bundle.
    pub fn jobs() -> impl Iterator<Item = &'static Job> {
        scheduler::JOBS.iter()
    }

    /// One tick of the schedule; says how much was done.
    pub async fn tick(&self) -> Result<u64, Error> {
        let mut done = 0;
        for job in Self::jobs() {
            done += acting(job.name, run_job(self.worker(), job)).await?;
        }
        Ok(done)
    }
}

/// What API Gateway itself answers, in the shape of the API.
fn problem(status: u16, code: Code, detail: &str, request: &GatewayRequest) -> GatewayAnswer {
    let title = match status {
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Payload Too Large",
        _ => "Internal Server Error",
    };
    let body = json!({
        "type": format!("http://{}/docs/errors#{}", request.host, code.as_str()),
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request.request_id,
        "violations": [],
    });
    let headers = [
        ("content-type", "application/problem+json"),
        ("cache-control", "no-store"),
        ("request-id", request.request_id.as_str()),
    ];
    GatewayAnswer {
        status,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body: body.to_string().into_bytes(),
    }
}

/// What this name of a table or secret, or address of a queue, means.
pub(crate) fn resource(name: &str) -> Option<AwsResource> {
    match name
        .rsplit_once('/')
        .filter(|(host, _)| host.contains("://"))
        .map_or(name, |(_, queue)| queue)
    {
        TABLE => Some(AwsResource::Main),
        DELIVERIES_TABLE => Some(AwsResource::Deliveries),
        PEPPER => Some(AwsResource::Pepper),
        SIGNING => Some(AwsResource::Signing),
        LIVE => Some(AwsResource::Live),
        RETRY => Some(AwsResource::Retry),
        ORDERS => Some(AwsResource::Orders),
        EXPORTS => Some(AwsResource::Exports),
        _ => None,
    }
}

fn open_database(file: Option<PathBuf>) -> Result<dynoxide::Database, BoxError> {
    let database = match file {
        Some(file) => dynoxide::Database::new(&file.to_string_lossy()),
        None => dynoxide::Database::memory(),
    };
    Ok(database.map_err(|error| error.to_string())?)
}

/// Starts the embedded DynamoDB on a free port of loopback; says where.
async fn start_dynamodb(database: dynoxide::Database) -> Result<String, BoxError> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    Ok(format!("http://{address}/"))
}

/// Makes a lane's queue and its dead-letter queue; the address of the lane.
async fn make_queue(sqs: &aws_sdk_sqs::Client, name: &str) -> Result<String, BoxError> {
    let dead = sqs.create_queue().queue_name(format!("{name}-dead")).send().await?;
    let url = dead.queue_url().unwrap_or_default();
    let arn = QueueAttributeName::QueueArn;
    let asked = sqs.get_queue_attributes().queue_url(url).attribute_names(arn.clone());
    let answer = asked.send().await?;
    let arn = answer.attributes().and_then(|all| all.get(&arn)).cloned().unwrap_or_default();
    let redrive = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": RECEIVES_MAX });
    let made = sqs
        .create_queue()
        .queue_name(name)
        .attributes(QueueAttributeName::VisibilityTimeout, VISIBILITY_SECONDS.to_string())
        .attributes(QueueAttributeName::RedrivePolicy, redrive.to_string())
        .send()
        .await?;
    Ok(made.queue_url().unwrap_or_default().to_owned())
}
