//! A request as the gateway sends it. The caller's address comes from the request context only;
//! headers that claim an address are not read.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use domain::kernel::{Code, Error};
use gate::{Denial, Grant};
use lambda_http::http::{HeaderMap, Method, header};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt};

use crate::step_up::StepUp;

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
        if self.body.len() > self.body_bytes_max {
            return Err(Error::TooLarge { bytes_max: self.body_bytes_max });
        }
        let kind = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let media = kind.split(';').next().unwrap_or_default().trim();
        if !self.body.is_empty() && !media.eq_ignore_ascii_case("application/json") {
            return Err(Error::UnsupportedMedia);
        }
        if std::str::from_utf8(&self.body).is_err() {
            return Err(Error::Malformed {
                code: Code::MalformedJson,
                detail: "the body is not UTF-8".to_owned(),
            });
        }
        Ok(&self.body)
    }
}
