//! Calls to a running bundle over HTTP, as its users make them.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use serde_json::Value;

use crate::settings::hint;

/// Longest wait for an answer. The gateway answers within 30 seconds.
const DEADLINE: Duration = Duration::from_secs(35);

/// A caller of one bundle: its address, and the headers of every request.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    headers: Vec<(&'static str, String)>,
}

/// An answer that is a success.
pub struct ClientResponse {
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null if there is none.
    pub body: Value,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The address does not answer.
    #[error("{base_url} does not answer ({cause}); start the bundle: {}", hint("make run"))]
    Silent {
        /// The address.
        base_url: String,
        /// The cause.
        cause: String,
    },
    /// The bundle answered with an error.
    #[error(transparent)]
    Refused(#[from] ClientError),
}

/// An error that the bundle answered.
#[derive(Debug)]
pub struct ClientError {
    /// Method and path: `POST /v1/charges`.
    pub request: String,
    /// The status.
    pub status: u16,
    /// The body: a problem, as docs/errors.md describes it.
    pub problem: Value,
}

impl ClientError {
    /// Returns one line for each wrong field.
    pub fn violations(&self) -> impl Iterator<Item = String> {
        let violations = self.problem["violations"].as_array();
        let line = |violation: &Value| {
            let text = |name: &str| violation[name].as_str().unwrap_or_default().to_owned();
            format!("{}: {}", text("field"), text("detail"))
        };
        violations.into_iter().flatten().map(line)
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = self.problem["detail"].as_str().unwrap_or("the answer has no detail");
        write!(formatter, "{} answered {}: {detail}", self.request, self.status)?;
        // The detail repeats the first violation.
        self.violations().skip(1).try_for_each(|line| write!(formatter, "\n  {line}"))
    }
}

impl Error for ClientError {}

impl Client {
    /// Returns a client of the bundle at this address. It uses no proxy, because the bundle is on
    /// loopback.
    pub fn new(base_url: &str) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(DEADLINE)
            .build()?;
        Ok(Self { http, base_url: base_url.to_owned(), headers: Vec::new() })
    }

    /// Returns a copy with one more header.
    #[must_use]
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name, value.to_owned()));
        client
    }

    /// Returns a copy with this API key.
    #[must_use]
    pub fn with_key(&self, api_key: &str) -> Self {
        self.with("authorization", &format!("Bearer {api_key}"))
    }

    /// Sends a GET and returns the body of the answer.
    pub async fn get(&self, path: &str) -> Result<Value, CallError> {
        Ok(self.call(Method::GET, path, None).await?.body)
    }

    /// Sends a POST and returns the body of the answer.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, CallError> {
        Ok(self.call(Method::POST, path, Some(body)).await?.body)
    }

    /// Sends a DELETE.
    pub async fn delete(&self, path: &str) -> Result<(), CallError> {
        self.call(Method::DELETE, path, None).await.map(drop)
    }

    /// Downloads a link without credentials, because the link has its own.
    pub async fn download(&self, url: &str) -> Result<Vec<u8>, reqwest::Error> {
        let response = self.http.get(url).send().await?.error_for_status()?;
        Ok(response.bytes().await?.into())
    }

    /// Sends any request.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<ClientResponse, CallError> {
        let silent = |cause: reqwest::Error| CallError::Silent {
            base_url: self.base_url.clone(),
            cause: root_cause(&cause),
        };
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base_url));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.map_err(silent)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(silent)?;
        let body = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(ClientResponse { headers, body });
        }
        let request = format!("{method} {path}");
        Err(ClientError { request, status: status.as_u16(), problem: body }.into())
    }

    /// Posts a form as a browser does, and returns the path of the page that it leads to. Returns `None` if the
    /// form leads nowhere.
    pub async fn submit(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Option<String>, reqwest::Error> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let request = self.http.post(format!("{}{path}", self.base_url));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form.finish()).send().await?.error_for_status()?;
        let location = answer.headers().get("location").and_then(|it| it.to_str().ok());
        Ok(location.map(str::to_owned))
    }
}

/// Returns the innermost cause of an error, because the client's own text only says that a request
/// failed.
pub fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
