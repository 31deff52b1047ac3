//! Requests with verbs, and people with authenticators.

use std::net::IpAddr;

use local::GatewayRequest;
use local::seed::Person;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Secret};

use crate::{TestResponse, World};

/// A request that a test builds.
#[must_use]
#[derive(Clone)]
pub struct RequestBuilder<'w> {
    world: &'w World,
    request: GatewayRequest,
}

impl<'w> RequestBuilder<'w> {
    pub(crate) fn new(world: &'w World, method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request = GatewayRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            source_ip: IpAddr::from([203, 0, 113, 7]),
            host: "127.0.0.1:4000".to_owned(),
            request_id: world.request_id(),
        };
        Self { world, request }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces a header.
    pub fn replace_header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.retain(|(known, _)| known != name);
        self.header(name, value)
    }

    /// Adds an API key.
    pub fn key(self, api_key: &str) -> Self {
        self.header("authorization", &format!("Bearer {api_key}"))
    }

    /// Adds a session, as the dashboard does.
    pub fn session(self, token: &str) -> Self {
        self.header("cookie", &format!("trilho={token}")).header("x-requested-with", "trilho")
    }

    /// Adds a two-factor code.
    pub fn code(self, code: &str) -> Self {
        self.header("two-factor-code", code)
    }

    /// Adds an idempotency key.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sets the address of the caller, in place of 203.0.113.7.
    pub fn from(mut self, ip: &str) -> Self {
        self.request.source_ip = ip.parse().expect("an address");
        self
    }

    /// Adds a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.raw(body.to_string().as_bytes())
    }

    /// Adds the fields of an object as the body of a form.
    pub fn form(self, fields: &Value) -> Self {
        let fields = fields.as_object().expect("an object").iter();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields.map(|(name, value)| (name, text(value))));
        let form = form.finish();
        self.raw_form(form.as_bytes())
    }

    /// Adds these bytes as the body, with the content type of a form.
    pub fn raw_form(self, body: &[u8]) -> Self {
        self.raw(body).replace_header("content-type", "application/x-www-form-urlencoded")
    }

    /// Adds these bytes as the body, with the content type of JSON.
    pub fn raw(mut self, body: &[u8]) -> Self {
        self.request.body = body.to_vec();
        self.header("content-type", "application/json")
    }

    /// Sends the request to another instance of the deployment.
    pub fn at(self, world: &'w World) -> Self {
        Self { world, ..self }
    }

    /// Sends the request and returns the answer.
    pub async fn send(self) -> TestResponse {
        let response = self.world.bundle.call(self.request).await;
        TestResponse { status: response.status, headers: response.headers, body: response.body }
    }
}

/// Sends the request again while the answer is 503 with `Retry-After`, up to ten times.
pub async fn insist(request: RequestBuilder<'_>) -> TestResponse {
    for _ in 0..10 {
        let response = request.clone().send().await;
        if response.status != 503 {
            return response;
        }
        assert_eq!(response.header("retry-after"), Some("1"));
    }
    panic!("unavailable for the tenth time");
}

/// A person with password and authenticator.
#[derive(Debug, Clone)]
pub struct Human {
    /// The id of the user.
    pub user_id: String,
    /// Their e-mail address, password and authenticator.
    pub person: Person,
    /// The token of their session; empty before the log-in.
    pub session: String,
}

impl Human {
    /// Returns the code that the authenticator shows now.
    pub fn code(&self, world: &World) -> String {
        code_at(&self.person.totp_secret, world.now().as_second())
    }

    /// Returns the code that the authenticator shows this many 30-second steps from now.
    pub fn code_in(&self, world: &World, steps: i64) -> String {
        code_at(&self.person.totp_secret, world.now().as_second() + 30 * steps)
    }

    /// Returns six digits that are no code now, nor within two minutes.
    pub fn wrong_code(&self, world: &World) -> String {
        let right: Vec<_> = (-4..=4).map(|steps| self.code_in(world, steps)).collect();
        let wrong = (0..).map(|number| format!("{number:06}"));
        wrong.into_iter().find(|code| !right.contains(code)).expect("nine codes are not a million")
    }

    /// Waits for the next step of the authenticator and returns its code, which is unused.
    pub fn fresh_code(&self, world: &World) -> String {
        world.wait(30);
        self.code(world)
    }

    /// Logs in and returns the answer.
    pub async fn log_in(&mut self, world: &World) -> TestResponse {
        let mut body = json!({ "email": self.person.email, "password": self.person.password });
        if !self.person.totp_secret.is_empty() {
            body["totp_code"] = json!(self.fresh_code(world));
        }
        let response = world.post("/v1/sessions").json(&body).send().await;
        if let Some(cookie) = response.header("set-cookie") {
            let (_, rest) = cookie.split_once('=').expect("a cookie has a value");
            self.session = rest.split(';').next().unwrap_or_default().to_owned();
        }
        response
    }

    /// Returns a request with this person's session.
    pub fn request<'w>(&self, world: &'w World, method: &str, target: &str) -> RequestBuilder<'w> {
        RequestBuilder::new(world, method, target).session(&self.session)
    }

    /// Returns a request that starts the enrolment of an authenticator.
    pub fn start_two_factor<'w>(&self, world: &'w World) -> RequestBuilder<'w> {
        let password = json!({ "password": self.person.password });
        self.request(world, "POST", "/v1/me/two-factor").json(&password)
    }

    /// Returns a request with this person's session and a fresh two-factor code.
    pub fn ask_with_code<'w>(
        &self,
        world: &'w World,
        method: &str,
        target: &str,
    ) -> RequestBuilder<'w> {
        self.request(world, method, target).code(&self.fresh_code(world))
    }
}

/// Returns the code of a secret at a second, by the totp-rs crate.
pub fn code_at(secret: &str, second: i64) -> String {
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(Secret::try_from_base32(secret).expect("base32"))
        .with_account_name("test")
        .build()
        .expect("a TOTP");
    totp.generate(u64::try_from(second).expect("after 1970")).to_string()
}
