//! Requests with verbs, and people with authenticators.

use std::net::IpAddr;

use local::GatewayRequest;
use local::seed::Person;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Secret};

use crate::{TestResponse, World};

/// A request being put together.
#[must_use]
#[derive(Clone)]
pub struct Ask<'w> {
    world: &'w World,
    request: GatewayRequest,
}

impl<'w> Ask<'w> {
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

    /// Sends this value in place of what the header says so far.
    pub fn replace_header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.retain(|(known, _)| known != name);
        self.header(name, value)
    }

    /// Presents an API key.
    pub fn key(self, api_key: &str) -> Self {
        self.header("authorization", &format!("Bearer {api_key}"))
    }

    /// Presents a session, as the dashboard does.
    pub fn session(self, token: &str) -> Self {
        self.header("cookie", &format!("trilho={token}")).header("x-requested-with", "trilho")
    }

    /// Presents a two-factor code.
    pub fn code(self, code: &str) -> Self {
        self.header("two-factor-code", code)
    }

    /// Names the request.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Comes from this address rather than 203.0.113.7.
    pub fn from(mut self, ip: &str) -> Self {
        self.request.source_ip = ip.parse().expect("an address");
        self
    }

    /// Carries JSON.
    pub fn json(self, body: &Value) -> Self {
        self.raw(body.to_string().as_bytes())
    }

    /// Carries these bytes, said to be JSON.
    pub fn raw(mut self, body: &[u8]) -> Self {
        self.request.body = body.to_vec();
        self.header("content-type", "application/json")
    }

    /// Goes to another sandbox of the deployment.
    pub fn at(self, world: &'w World) -> Self {
        Self { world, ..self }
    }

    /// Sends it.
    pub async fn send(self) -> TestResponse {
        let answer = self.world.bundle.call(self.request).await;
        TestResponse { status: answer.status, headers: answer.headers, body: answer.body }
    }
}

/// Sends again what is answered with 503, as the answer asks for, up to ten times.
pub async fn insist(ask: Ask<'_>) -> TestResponse {
    for _ in 0..10 {
        let answer = ask.clone().send().await;
        if answer.status != 503 {
            return answer;
        }
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    panic!("unavailable for the tenth time");
}

/// A person with password and authenticator.
#[derive(Debug, Clone)]
pub struct Human {
    /// Their id.
    pub user_id: String,
    /// What they know and have.
    pub person: Person,
    /// Their session, once logged in.
    pub session: String,
}

impl Human {
    /// The code their authenticator shows now.
    pub fn code(&self, world: &World) -> String {
        code_at(&self.person.totp_secret, world.now().as_second())
    }

    /// The code their authenticator shows so many 30-second steps from now.
    pub fn code_in(&self, world: &World, steps: i64) -> String {
        code_at(&self.person.totp_secret, world.now().as_second() + 30 * steps)
    }

    /// Six digits that are no code of theirs now, nor within two minutes of it.
    pub fn wrong_code(&self, world: &World) -> String {
        let right: Vec<_> = (-4..=4).map(|steps| self.code_in(world, steps)).collect();
        let wrong = (0..).map(|number| format!("{number:06}"));
        wrong.into_iter().find(|code| !right.contains(code)).expect("nine codes are not a million")
    }

    /// A code that was not used yet: waits for the authenticator's next step.
    pub fn fresh_code(&self, world: &World) -> String {
        world.wait(30);
        self.code(world)
    }

    /// Logs in; the answer.
    pub async fn log_in(&mut self, world: &World) -> TestResponse {
        let mut body = json!({ "email": self.person.email, "password": self.person.password });
        if !self.person.totp_secret.is_empty() {
            body["totp_code"] = json!(self.fresh_code(world));
        }
        let answer = world.post("/v1/sessions").json(&body).send().await;
        if let Some(cookie) = answer.header("set-cookie") {
            let (_, rest) = cookie.split_once('=').expect("a cookie has a value");
            self.session = rest.split(';').next().unwrap_or_default().to_owned();
        }
        answer
    }

    /// A request with this person's session.
    pub fn ask<'w>(&self, world: &'w World, method: &str, target: &str) -> Ask<'w> {
        Ask::new(world, method, target).session(&self.session)
    }

    /// A request with this person's session and a fresh two-factor code.
    pub fn ask_with_code<'w>(&self, world: &'w World, method: &str, target: &str) -> Ask<'w> {
        self.ask(world, method, target).code(&self.fresh_code(world))
    }
}

/// The code of a secret at a second, by the totp-rs crate.
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
