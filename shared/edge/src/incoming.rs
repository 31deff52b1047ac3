//! A request as the gateway sends it. The caller's address comes from the request context only;
//! headers that claim an address are not read.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use domain::kernel::{Code, Error};
use gate::{Denial, Grant};
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt};
use serde::{Deserialize, Serialize};

use crate::reply::JSON;
use crate::step_up::StepUp;

/// Media type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A request, read but not yet authorized.
pub struct Incoming {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
    body_bytes_max: usize,
    pub(crate) path: Path,
    pub(crate) ip: IpAddr,
    pub(crate) host: String,
    pub(crate) request_id: String,
    denial: OnceLock<Denial>,
    caller: OnceLock<Grant>,
    code: Mutex<Option<Arc<StepUp>>>,
}

/// A request that another process can carry out. It holds a credential, so it is stored sealed.
#[derive(Serialize, Deserialize)]
struct SavedRequest {
    method: String,
    headers: Vec<(String, String)>,
    query: String,
    body: String,
    path: Vec<(String, String)>,
    ip: IpAddr,
    host: String,
    request_id: String,
}

/// The headers that the API reads.
const SAVED_HEADERS: [&str; 8] = [
    "accept",
    "authorization",
    "content-type",
    "cookie",
    "idempotency-key",
    "origin",
    "sec-fetch-site",
    "x-requested-with",
];
/// Size of the largest saved request. Sealed and in base64 it must fit a row of 400 KB.
const SAVED_BYTES_MAX: usize = 200 * 1024;

/// Values of the `{names}` in the path.
#[derive(Debug, Clone, Default)]
pub struct Path(Vec<(String, String)>);

impl Path {
    /// Returns all values, in the order of their names.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.as_str())
    }

    /// Returns the value of `{name}`, or an empty text.
    pub fn value(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(other, _)| other == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

impl Incoming {
    /// Reads a gateway event, which must be a payload 2.0 event of an HTTP API.
    pub(crate) fn read(request: Request, body_bytes_max: usize) -> Result<Self, Error> {
        let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else {
            return Err(Error::internal("the event is not a payload 2.0 event of an HTTP API"));
        };
        let ip = context.http.source_ip.as_deref().and_then(|ip| ip.parse().ok());
        let ip = ip.ok_or_else(|| Error::internal("the event has no source address"))?;
        let host = context.domain_name.clone().unwrap_or_default();
        let request_id = context.request_id.clone().unwrap_or_default();
        let path = request.path_parameters_ref().map(|values| {
            let mut values: Vec<_> =
                values.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            values.sort_unstable();
            values
        });
        let (parts, body) = request.into_parts();
        let body = match body {
            Body::Text(text) => text.into_bytes(),
            Body::Binary(bytes) => bytes,
            _ => Vec::new(),
        };
        Ok(Self {
            method: parts.method,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body,
            body_bytes_max,
            path: Path(path.unwrap_or_default()),
            ip,
            host,
            request_id,
            denial: OnceLock::new(),
            caller: OnceLock::new(),
            code: Mutex::new(None),
        })
    }

    /// Returns the request as text that [`Incoming::restored`] reads. Returns `None` if a header or the body
    /// is no text.
    pub(crate) fn saved(&self) -> Option<Vec<u8>> {
        let read = self.headers.iter().filter(|(name, _)| SAVED_HEADERS.contains(&name.as_str()));
        let headers = read
            .map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
        let saved = SavedRequest {
            method: self.method.to_string(),
            headers: headers.collect::<Option<_>>()?,
            query: self.query.clone(),
            body: String::from_utf8(self.body.clone()).ok()?,
            path: self.path.0.clone(),
            ip: self.ip,
            host: self.host.clone(),
            request_id: self.request_id.clone(),
        };
        let text = serde_json::to_vec(&saved).ok()?;
        (text.len() <= SAVED_BYTES_MAX).then_some(text)
    }

    /// Reads a saved request. Returns `None` if the text is malformed.
    pub(crate) fn restored(saved: &[u8], body_bytes_max: usize) -> Option<Self> {
        let saved: SavedRequest = serde_json::from_slice(saved).ok()?;
        let header = |(name, value): (String, String)| {
            Some((
                HeaderName::from_bytes(name.as_bytes()).ok()?,
                HeaderValue::from_str(&value).ok()?,
            ))
        };
        let headers = saved.headers.into_iter().map(header).collect::<Option<Vec<_>>>()?;
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(name, value);
        }
        Some(Self {
            method: saved.method.parse().ok()?,
            headers: all,
            query: saved.query,
            body: saved.body.into_bytes(),
            body_bytes_max,
            path: Path(saved.path),
            ip: saved.ip,
            host: saved.host,
            request_id: saved.request_id,
            denial: OnceLock::new(),
            caller: OnceLock::new(),
            code: Mutex::new(None),
        })
    }

    /// Notes the reason of the gate for the log.
    pub(crate) fn note_denial(&self, denial: Denial) {
        // A decision that is made again keeps the first reason.
        let _ = self.denial.set(denial);
    }

    /// Notes the caller for the log.
    pub(crate) fn note_caller(&self, grant: &Grant) {
        let _ = self.caller.set(grant.clone());
    }

    /// Notes a correct two-factor code, which must be used up however the request ends.
    pub(crate) fn note_code(&self, code: &Arc<StepUp>) {
        *self.code.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(code));
    }

    /// Returns a correct two-factor code that no change has used up.
    pub(crate) fn unspent_code(&self) -> Option<Arc<StepUp>> {
        let code = self.code.lock().unwrap_or_else(PoisonError::into_inner).clone();
        code.filter(|code| !code.is_spent())
    }

    /// Returns the notes for the log: the gate's reason and the caller.
    pub(crate) fn notes(&self) -> (Option<&Denial>, Option<&Grant>) {
        (self.denial.get(), self.caller.get())
    }

    /// Returns the origin of the API: the configured one, or else the host of the request.
    pub(crate) fn origin(&self, public_url: Option<&str>) -> String {
        public_url.map_or_else(|| format!("https://{}", self.host), str::to_owned)
    }

    /// Returns the first header of this name, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the body.
    ///
    /// # Errors
    ///
    /// Refuses a body that is too large, not JSON by its media type, or not UTF-8.
    pub(crate) fn json(&self) -> Result<&[u8], Error> {
        self.body_of_type(JSON).map(str::as_bytes)
    }

    /// Returns the body of a form.
    ///
    /// # Errors
    ///
    /// Refuses a body that is too large, not a form by its media type, or not UTF-8.
    pub(crate) fn form(&self) -> Result<&str, Error> {
        self.body_of_type(FORM)
    }

    fn body_of_type(&self, expected: &'static str) -> Result<&str, Error> {
        if self.body.len() > self.body_bytes_max {
            return Err(Error::TooLarge { bytes_max: self.body_bytes_max });
        }
        let kind = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let media = kind.split(';').next().unwrap_or_default().trim();
        if !self.body.is_empty() && !media.eq_ignore_ascii_case(expected) {
            return Err(Error::UnsupportedMedia { expected });
        }
        std::str::from_utf8(&self.body).map_err(|_| Error::Malformed {
            code: Code::MalformedJson,
            detail: "the body is not UTF-8".to_owned(),
        })
    }
}
