//! Closes the local bundle to web pages of other sites in a browser of this machine.
//!
//! A page reaches a server on loopback by a name that it points there ("DNS rebinding"), or by a
//! request that needs no permission of the server ("simple request").

use axum::http::request::Parts;
use axum::http::{Method, Version, header};
use domain::kernel::Code;

/// A request that this server refuses by itself.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: Code,
    pub(super) detail: String,
}

impl Refusal {
    pub(super) fn malformed(detail: &str) -> Self {
        Self { status: 400, code: Code::InvalidRequest, detail: detail.to_owned() }
    }

    fn foreign(detail: String) -> Self {
        Self { status: 403, code: Code::CrossSiteRequest, detail }
    }
}

/// The addresses of this server.
pub(super) struct Guard([String; 3]);

impl Guard {
    pub(super) fn on(port: u16) -> Self {
        Self(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}")))
    }

    /// Returns the host that answers name.
    pub(super) fn own_host(&self) -> &str {
        &self.0[0]
    }

    /// Returns the host that the caller addressed, if it is this server.
    pub(super) fn host(&self, parts: &Parts) -> Result<String, Refusal> {
        let named = parts.headers.get_all(header::HOST).iter().map(|host| host.to_str());
        let target = parts.uri.authority().map(axum::http::uri::Authority::as_str);
        let named: Vec<_> = named.collect();
        let host = match (named.as_slice(), target) {
            ([], _) if parts.version < Version::HTTP_11 => return Ok(self.own_host().to_owned()),
            ([Ok(host)], None) => *host,
            // A target with a host counts instead of the header (RFC 9112, section 3.2.2).
            ([Ok(_)], Some(target)) => target,
            _ => return Err(Refusal::malformed("a request must have exactly one Host header")),
        };
        let own = self.0.iter().any(|own| own.eq_ignore_ascii_case(host));
        own.then(|| host.to_owned()).ok_or_else(|| {
            Refusal::foreign(format!(
                "the host {host} is not this server; send the request to http://{}",
                self.own_host()
            ))
        })
    }

    /// Refuses requests to `/local` from pages of other sites, and writes that a page can send
    /// without asking.
    pub(super) fn own_page(&self, parts: &Parts) -> Result<(), Refusal> {
        let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let own_origin = text("origin").is_none_or(|origin| {
            origin.strip_prefix("http://").is_some_and(|host| self.0.iter().any(|own| own == host))
        });
        let same_site =
            text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
        if !own_origin || !same_site {
            let detail = "a browser sent the request from a page of another site".to_owned();
            return Err(Refusal::foreign(detail));
        }
        let media = text("content-type").and_then(|media| media.split(';').next());
        let json = media.is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"));
        if parts.method == Method::POST && !json {
            let detail = "the body is not application/json; send Content-Type: application/json";
            let code = Code::UnsupportedMediaType;
            return Err(Refusal { status: 415, code, detail: detail.to_owned() });
        }
        Ok(())
    }
}
