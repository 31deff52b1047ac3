//! Puts the bundle together: table, secrets, functions, clock.

use std::path::PathBuf;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use domain::{Code, Error, Stage};
use edge::{App, Clock, Config, Job, Log, SystemEntropy};
use serde_json::json;
use winterbaume_core::MockAws;
use winterbaume_secretsmanager::SecretsManagerService;

use crate::LocalClock;
use crate::faults::{Faults, LoopbackClient};
use crate::gateway::{GatewayAnswer, GatewayRequest, invoke};
use crate::router::{Routed, route};

const TABLE: &str = "trilho";
const PEPPER: &str = "trilho/pepper";
/// The largest body API Gateway hands to a function: 10 MB, of which Lambda takes 6.
const GATEWAY_BODY_BYTES_MAX: usize = 6 * 1024 * 1024;

/// The text of the pepper secret.
pub struct Secret(pub String);

/// What a bundle is started with.
pub struct Options {
    /// The table's file; in memory when there is none.
    pub database: Option<PathBuf>,
    /// The pepper secret.
    pub pepper: Secret,
    /// The clock.
    pub clock: Arc<LocalClock>,
    /// Where the request log goes.
    pub log: Arc<dyn Log>,
    /// The stage.
    pub stage: Stage,
    /// Where callers reach it.
    pub public_url: Option<String>,
}

/// A running bundle.
pub struct Bundle {
    app: App,
    clock: Arc<LocalClock>,
    faults: Faults,
    aws: SdkConfig,
    config: Config,
    log: Arc<dyn Log>,
}

impl Bundle {
    /// Starts everything: milliseconds with a table in memory.
    pub async fn start(options: Options) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let faults = Faults::default();
        let dynamodb = start_dynamodb(options.database).await?;
        let services = MockAws::builder().with_service(SecretsManagerService::new()).build();
        let http_client = SharedHttpClient::new(LoopbackClient {
            dynamodb,
            http: aws_smithy_http_client::Builder::new().build_http(),
            services: services.http_client(),
            faults: faults.clone(),
        });
        let credentials = Credentials::new("local", "local", None, None, "local");
        let aws = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http_client)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(Region::new("sa-east-1"))
            .load()
            .await;
        let secrets = aws_sdk_secretsmanager::Client::new(&aws);
        secrets.create_secret().name(PEPPER).secret_string(options.pepper.0).send().await?;
        let config = Config {
            table: TABLE.to_owned(),
            pepper_secret_id: PEPPER.to_owned(),
            stage: options.stage,
            public_url: options.public_url,
            plain_cookie: true,
        };
        let clock: Arc<dyn Clock> = options.clock.clone();
        let app = App::with(
            &aws,
            config.clone(),
            clock,
            Arc::new(SystemEntropy),
            Arc::clone(&options.log),
        );
        app.store.ensure_table().await?;
        Ok(Self { app, clock: options.clock, faults, aws, config, log: options.log })
    }

    /// The function's life: one, as if every function ran in one sandbox.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Another sandbox of the same deployment: its own caches and counters, the same table, with a
    /// changed set-up if asked for.
    #[must_use]
    pub fn second_sandbox(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.config.clone();
        change(&mut config);
        let clock: Arc<dyn Clock> = self.clock.clone();
        let log = Arc::clone(&self.log);
        let app = App::with(&self.aws, config.clone(), clock, Arc::new(SystemEntropy), log);
        Self {
            app,
            clock: Arc::clone(&self.clock),
            faults: self.faults.clone(),
            aws: self.aws.clone(),
            config,
            log: Arc::clone(&self.log),
        }
    }

    /// The clock.
    pub fn clock(&self) -> &LocalClock {
        &self.clock
    }

    /// The faults to come.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Puts another text into the pepper secret: a rotation.
    pub async fn rotate_pepper(&self, secret: &Secret) -> Result<(), Error> {
        let client = aws_sdk_secretsmanager::Client::new(&self.aws);
        let put = client.put_secret_value().secret_id(PEPPER).secret_string(&secret.0);
        put.send().await.map(drop).map_err(Error::unavailable)
    }

    /// Answers a request as gateway and function together do.
    pub async fn call(&self, request: GatewayRequest) -> GatewayAnswer {
        if request.body.len() > GATEWAY_BODY_BYTES_MAX {
            return problem(413, Code::BodyTooLarge, "the gateway takes 6 MB at most", &request);
        }
        let time_ms = self.clock.now().as_millisecond();
        match route(&request.method, &request.path) {
            Routed::To(operation, values) => {
                let event = request.event(operation, &values, time_ms);
                match invoke(&self.app, operation, event).await {
                    Ok(answer) => answer,
                    Err(cause) => problem(500, Code::Internal, &cause.to_string(), &request),
                }
            }
            Routed::OtherMethod(methods) => {
                let methods = methods.join(", ");
                let detail = format!("this path takes {methods}");
                let mut answer = problem(405, Code::MethodNotAllowed, &detail, &request);
                answer.headers.push(("allow".to_owned(), methods));
                answer
            }
            Routed::Nowhere => {
                problem(404, Code::NotFound, "there is no such path; see /docs", &request)
            }
        }
    }

    /// Every scheduled operation of the bundle.
    pub fn jobs() -> impl Iterator<Item = &'static Job> {
        clock::JOBS.iter()
    }

    /// One tick of the schedule; says how much was done.
    pub async fn tick(&self) -> Result<u64, Error> {
        let mut done = 0;
        for job in Self::jobs() {
            done += (job.run)(&self.app).await?;
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

/// Starts the embedded DynamoDB on a free port of loopback; says where.
async fn start_dynamodb(
    file: Option<PathBuf>,
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let database = match file {
        Some(file) => dynoxide::Database::new(&file.to_string_lossy()),
        None => dynoxide::Database::memory(),
    };
    let database = database.map_err(|error| error.to_string())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    Ok(format!("http://{address}/"))
}
