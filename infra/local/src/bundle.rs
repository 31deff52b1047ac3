//! The bundle: table, secrets, queues, files, functions and clock in one process.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use ::uploads::Inspector;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use aws_types::region::Region;
use dispatch::egress::Egress;
use dispatch::{Dispatcher, Timer};
use domain::account::Stage;
use domain::kernel::{Code, Entropy, Error};
use export::Exporter;
use files::{FileContents, Links, Uploads};
use network::OrderWorker;
use queue::LaneUrls;
use rails::OrderRails;
use runtime::{App, Clock, Config, Level, Log};
use scanner::Scanner;
use serde_json::{Value, json};
use stack::Right;
use tokio::sync::Notify;
use winterbaume_core::MockAws;
use winterbaume_secretsmanager::SecretsManagerService;
use worker::{Job, Worker, run_job};

use crate::error::BoxError;
use crate::faults::{EmulatorClient, Faults};
use crate::files::KeptFiles;
use crate::gateway::{GatewayRequest, GatewayResponse, invoke};
use crate::names::{
    BUCKET, CREDENTIAL, DELIVERIES_TABLE, EXPORTS, LIVE, ORDERS, PEPPER, RECEIPT_SIGNING, RETRY,
    SIGNING, TABLE, UPLOADS,
};
use crate::put_tokens::PutTokens;
use crate::roles::{Roles, Signer, acting};
use crate::router::{RouteMatch, route};
use crate::stream::TableStream;
use crate::table::LocalTable;
use crate::{LinkSecret, LocalClock, LocalFiles, LocalQueues, WallClock};

/// How long a received message stays hidden: six times the longest run, as in the template.
const VISIBILITY_SECONDS: u32 = 180;
/// Receives of a message before it moves to the dead-letter queue.
const RECEIVES_MAX: u32 = 5;
/// Largest body of a request: API Gateway takes 10 MB, but Lambda takes only 6 MB.
const GATEWAY_BODY_BYTES_MAX: usize = 6 * 1024 * 1024;

/// The text of the pepper secret.
pub struct PepperText(pub String);

/// The options of [`Bundle::start`].
pub struct BundleOptions {
    /// File of the table; `None` keeps it in memory.
    pub database: Option<PathBuf>,
    /// The files; `None` uses a folder that is deleted with the bundle.
    pub files: Option<KeptFiles>,
    /// The pepper secret.
    pub pepper: PepperText,
    /// The secret that signing secrets are sealed under, in the form of the pepper.
    pub signing: PepperText,
    /// The secret that signs receipts, in the form of the pepper.
    pub receipt_signing: PepperText,
    /// The clock.
    pub clock: Arc<LocalClock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The log of requests.
    pub log: Arc<dyn Log>,
    /// The stage.
    pub stage: Stage,
    /// The URL of the API for callers.
    pub public_url: Option<String>,
    /// The HTTP client that posts to endpoints.
    pub egress: Arc<dyn Egress>,
    /// The rails of every function.
    pub rails: OrderRails,
    /// The timer that limits how long the HTTP client and the rails may take.
    pub timer: Arc<dyn Timer>,
    /// Whether endpoints may be on loopback.
    pub loopback_receivers: bool,
    /// Whether people's authenticators show the time of the moved clock, not the real time.
    pub moved_authenticators: bool,
    /// Whether all books count as contended, so that every request takes turns; for tests.
    pub contended_books: bool,
}

/// A running bundle.
pub struct Bundle {
    // Boxed, because the workers would make the bundle three times as large.
    pub(crate) dispatcher: Box<Dispatcher>,
    pub(crate) order_worker: Box<OrderWorker>,
    pub(crate) exporter: Box<Exporter>,
    pub(crate) inspector: Box<Inspector>,
    pub(crate) stream: TableStream,
    pub(crate) sqs: aws_sdk_sqs::Client,
    /// Notified after each request, because it may have written rows.
    pub(crate) written: Arc<Notify>,
    usage: edge::UsageCounter,
    table: LocalTable,
    queues: LocalQueues,
    files: LocalFiles,
    faults: Faults,
    roles: Roles,
    parts: BundleParts,
}

/// The parts that another instance of the same deployment shares.
#[derive(Clone)]
struct BundleParts {
    aws: SdkConfig,
    link_secret: LinkSecret,
    config: Config,
    clock: Arc<LocalClock>,
    entropy: Arc<dyn Entropy>,
    log: Arc<dyn Log>,
    egress: Arc<dyn Egress>,
    rails: OrderRails,
    timer: Arc<dyn Timer>,
    urls: LaneUrls,
    moved_authenticators: bool,
    contended_books: bool,
}

impl BundleParts {
    fn worker(&self) -> Worker {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let (config, log) = (self.config.clone(), Arc::clone(&self.log));
        let mut app = App::with(&self.aws, config, clock, Arc::clone(&self.entropy), log);
        // People's authenticators show the code of the real time, wherever the clock was moved.
        if !self.moved_authenticators {
            app.authenticator_clock = Some(Arc::new(WallClock(Arc::clone(&self.clock))));
        }
        if self.contended_books {
            app.store = app.store.contended_everywhere();
        }
        app.rails = self.rails.without_orders();
        app.links = self.config.files_bucket.as_deref().map(|bucket| self.links(bucket));
        Worker::with(app, &self.aws, self.urls.clone())
    }

    /// Returns links to this process, signed in the name of the function that runs.
    fn links(&self, bucket: &str) -> Links {
        let mut aws = self.aws.to_builder();
        aws.set_endpoint_url(self.config.public_url.clone());
        aws.set_credentials_provider(Some(SharedCredentialsProvider::new(Signer(
            self.link_secret.clone(),
        ))));
        Links::new(&aws.build(), bucket)
    }

    fn order_worker(&self) -> Box<OrderWorker> {
        Box::new(OrderWorker::new(self.worker(), self.rails.clone()))
    }

    fn exporter(&self) -> Box<Exporter> {
        Box::new(Exporter::new(self.worker(), Uploads::new(&self.aws, BUCKET)))
    }

    fn inspector(&self) -> Box<Inspector> {
        Box::new(Inspector::new(self.worker(), FileContents::new(&self.aws, BUCKET)))
    }

    fn dispatcher(&self) -> Box<Dispatcher> {
        let worker = self.worker();
        let receivers_clock = Arc::new(WallClock(Arc::clone(&self.clock)));
        let (egress, timer) = (Arc::clone(&self.egress), Arc::clone(&self.timer));
        Box::new(Dispatcher::new(worker, egress, timer, receivers_clock))
    }
}

impl Bundle {
    /// Starts the bundle. With a table in memory this takes milliseconds.
    pub async fn start(options: BundleOptions) -> Result<Self, BoxError> {
        let (faults, roles) = (Faults::default(), Roles::default());
        let config = config_of(&options);
        let database = open_database(options.database)?;
        let services = MockAws::builder().with_service(SecretsManagerService::new()).build();
        let clock: Arc<dyn Clock> = options.clock.clone();
        let queues = LocalQueues::new(Arc::clone(&clock));
        let files = LocalFiles::open(options.files, clock, roles.clone())?;
        let (table, link_secret) = (LocalTable::of(database.clone()), files.link_secret().clone());
        let http_client = SharedHttpClient::new(EmulatorClient {
            table: table.clone(),
            services: services.http_client(),
            queues: queues.clone(),
            files: files.clone(),
            tokens: PutTokens::default(),
            faults: faults.clone(),
            roles: roles.clone(),
        });
        let credentials = Credentials::new(CREDENTIAL, link_secret.reveal(), None, None, "local");
        let aws = runtime::aws_settings()
            .http_client(http_client)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(Region::new("sa-east-1"))
            .build();
        make_secret(&aws, PEPPER, options.pepper).await?;
        make_secret(&aws, SIGNING, options.signing).await?;
        make_secret(&aws, RECEIPT_SIGNING, options.receipt_signing).await?;
        let sqs = aws_sdk_sqs::Client::new(&aws);
        let live = make_queue(&sqs, LIVE).await?;
        let (retry, orders) = (make_queue(&sqs, RETRY).await?, make_queue(&sqs, ORDERS).await?);
        let (exports, uploads) =
            (make_queue(&sqs, EXPORTS).await?, make_queue(&sqs, UPLOADS).await?);
        let urls = LaneUrls { live, retry, orders, exports, uploads };
        let BundleOptions { clock, entropy, log, egress, rails, timer, .. } = options;
        let BundleOptions { moved_authenticators, contended_books, .. } = options;
        let parts = BundleParts {
            aws,
            link_secret,
            config,
            clock,
            entropy,
            log,
            egress,
            rails,
            timer,
            urls,
            moved_authenticators,
            contended_books,
        };
        let dispatcher = parts.dispatcher();
        dispatcher.worker().app.store.ensure_tables().await?;
        let stream = TableStream::from_now(database, TABLE)?;
        let (order_worker, exporter) = (parts.order_worker(), parts.exporter());
        let written = Arc::new(Notify::new());
        Ok(Self {
            dispatcher,
            order_worker,
            exporter,
            inspector: parts.inspector(),
            stream,
            sqs,
            written,
            usage: edge::UsageCounter::default(),
            table,
            queues,
            files,
            faults,
            roles,
            parts,
        })
    }

    /// Returns the `App` of all functions: they share one, as if all ran in one instance.
    pub fn app(&self) -> &App {
        &self.worker().app
    }

    /// Returns the worker that posts to endpoints.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// Returns the worker of jobs, stream and queue functions.
    pub fn worker(&self) -> &Worker {
        self.dispatcher.worker()
    }

    /// Returns another instance of the same deployment: the same table, its own caches and counters,
    /// and a configuration that `change` can alter.
    #[must_use]
    pub fn second_instance(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut parts = self.parts.clone();
        change(&mut parts.config);
        self.instance(parts)
    }

    /// Returns another instance of the same deployment, in which all books count as contended.
    #[must_use]
    pub fn contended_instance(&self) -> Self {
        self.instance(BundleParts { contended_books: true, ..self.parts.clone() })
    }

    fn instance(&self, parts: BundleParts) -> Self {
        Self {
            dispatcher: parts.dispatcher(),
            order_worker: parts.order_worker(),
            exporter: parts.exporter(),
            inspector: parts.inspector(),
            stream: self.stream.clone(),
            sqs: self.sqs.clone(),
            written: Arc::clone(&self.written),
            usage: edge::UsageCounter::default(),
            table: self.table.clone(),
            queues: self.queues.clone(),
            files: self.files.clone(),
            faults: self.faults.clone(),
            roles: self.roles.clone(),
            parts,
        }
    }

    /// Makes the exporter write parts of this size, in runs of this length.
    pub fn write_in(&mut self, part_bytes: usize, run: jiff::SignedDuration) {
        self.files.take_small_parts();
        *self.exporter = self.parts.exporter().with(part_bytes, run);
    }

    /// Makes the inspector ask this scanner about each file.
    pub fn scan_with(&mut self, scanner: Arc<dyn Scanner>) {
        *self.inspector = self.parts.inspector().with_scanner(scanner);
    }

    /// Returns the clock.
    pub fn clock(&self) -> &LocalClock {
        &self.parts.clock
    }

    /// Returns the faults to inject.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Returns the rights that each function has used so far.
    pub fn rights_used(&self) -> BTreeMap<&'static str, BTreeSet<Right>> {
        self.roles.used()
    }

    /// Returns the queues.
    pub fn queues(&self) -> &LocalQueues {
        &self.queues
    }

    /// Returns the files.
    pub fn files(&self) -> &LocalFiles {
        &self.files
    }

    /// Returns the writer of files, which meets injected faults.
    pub fn uploads(&self) -> Uploads {
        Uploads::new(&self.parts.aws, BUCKET)
    }

    /// Downloads a link, as a customer does.
    pub async fn follow(&self, url: &str) -> GatewayResponse {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, target) = rest.split_once('/').unwrap_or((rest, ""));
        self.files.follow("GET", host, &format!("/{target}"), None).await
    }

    /// Returns the SDK's client of the queues, which meets injected faults.
    pub fn queue_client(&self) -> aws_sdk_sqs::Client {
        self.sqs.clone()
    }

    /// Rotates the pepper: puts another text into its secret.
    pub async fn rotate_pepper(&self, secret: &PepperText) -> Result<(), Error> {
        let client = aws_sdk_secretsmanager::Client::new(&self.parts.aws);
        let put = client.put_secret_value().secret_id(PEPPER).secret_string(&secret.0);
        put.send().await.map(drop).map_err(Error::unavailable)
    }

    /// Returns true if the gateway passes such a request on to a function.
    pub fn routes(method: &str, path: &str) -> bool {
        matches!(route(method, path), RouteMatch::To(..))
    }

    /// Returns the event that the gateway sends to the function of a request, or `None` if it has no such
    /// route.
    pub fn event(&self, request: &GatewayRequest) -> Option<Value> {
        let time_ms = self.clock().now().as_millisecond();
        match route(&request.method, &request.path) {
            RouteMatch::To(operation, values) => Some(request.event(operation, &values, time_ms)),
            _ => None,
        }
    }

    /// Returns status and text of the table's response to a request that another process sent. Every
    /// right is granted, and no fault is injected.
    pub fn table_response(&self, operation: &str, body: &[u8]) -> (u16, String) {
        self.table.respond(operation, body)
    }

    /// Answers a request as the gateway and the function do together.
    pub async fn call(&self, request: GatewayRequest) -> GatewayResponse {
        if request.body.len() > GATEWAY_BODY_BYTES_MAX {
            let detail = "the body must have at most 6 MB";
            return problem(413, Code::BodyTooLarge, detail, &request);
        }
        let time_ms = self.clock().now().as_millisecond();
        match route(&request.method, &request.path) {
            RouteMatch::To(operation, values) => {
                let event = request.event(operation, &values, time_ms);
                let response = invoke(self.app(), &self.usage, operation, event);
                let response = acting(operation.name, response).await;
                self.written.notify_waiters();
                match response {
                    Ok(response) => response,
                    Err(cause) => problem(500, Code::Internal, &cause.to_string(), &request),
                }
            }
            RouteMatch::OtherMethod(methods) => {
                let methods = methods.join(", ");
                let detail = format!("the path does not accept this method; use {methods}");
                let mut response = problem(405, Code::MethodNotAllowed, &detail, &request);
                response.headers.push(("allow".to_owned(), methods));
                response
            }
            RouteMatch::Nowhere => problem(
                404,
                Code::NotFound,
                "the API has no such path; /docs lists all paths",
                &request,
            ),
        }
    }

    /// Returns every scheduled job.
    pub fn jobs() -> impl Iterator<Item = &'static Job> {
        scheduler::JOBS.iter()
    }

    /// Runs every scheduled job once and returns how many objects they changed.
    pub async fn tick(&self) -> Result<u64, Error> {
        let mut done = 0;
        for job in Self::jobs() {
            done += acting(job.name, run_job(self.worker(), job)).await?;
        }
        Ok(done)
    }
}

/// Returns an answer of API Gateway itself, in the form of the API.
fn problem(status: u16, code: Code, detail: &str, request: &GatewayRequest) -> GatewayResponse {
    GatewayResponse::problem(status, code, detail, &request.host, &request.request_id)
}

/// Returns the configuration that the environment gives to a function on AWS.
fn config_of(options: &BundleOptions) -> Config {
    Config {
        table: TABLE.to_owned(),
        deliveries_table: DELIVERIES_TABLE.to_owned(),
        pepper_secret_id: Some(PEPPER.to_owned()),
        signing_secret_id: Some(SIGNING.to_owned()),
        receipt_signing_secret_id: Some(RECEIPT_SIGNING.to_owned()),
        files_bucket: Some(BUCKET.to_owned()),
        scanner_address: None,
        stage: options.stage,
        log_level: Level::Info,
        public_url: options.public_url.clone(),
        plain_cookie: true,
        loopback_receivers: options.loopback_receivers,
    }
}

fn open_database(file: Option<PathBuf>) -> Result<dynoxide::Database, BoxError> {
    let Some(file) = file else {
        return Ok(dynoxide::Database::memory().map_err(|error| error.to_string())?);
    };
    let database = dynoxide::Database::new(&file.to_string_lossy());
    let database = database.map_err(|error| error.to_string())?;
    rusqlite::Connection::open(&file)?.execute_batch(STREAM_INDEXES)?;
    Ok(database)
}

/// Indexes of the stream's records, which dynoxide does not make. Without them each write and each look for
/// new records reads all records that there are, so a bundle becomes slower with every write.
const STREAM_INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS stream_numbers
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS stream_order
        ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));
";

async fn make_secret(aws: &SdkConfig, name: &str, secret: PepperText) -> Result<(), BoxError> {
    let secrets = aws_sdk_secretsmanager::Client::new(aws);
    secrets.create_secret().name(name).secret_string(secret.0).send().await?;
    Ok(())
}

/// Creates the queue of a lane and its dead-letter queue, and returns the URL of the lane.
async fn make_queue(sqs: &aws_sdk_sqs::Client, name: &str) -> Result<String, BoxError> {
    let dead = sqs.create_queue().queue_name(format!("{name}-dead")).send().await?;
    let url = dead.queue_url().unwrap_or_default();
    let arn = QueueAttributeName::QueueArn;
    let request = sqs.get_queue_attributes().queue_url(url).attribute_names(arn.clone());
    let response = request.send().await?;
    let arn = response.attributes().and_then(|all| all.get(&arn)).cloned().unwrap_or_default();
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
