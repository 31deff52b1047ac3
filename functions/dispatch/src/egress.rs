//! Sends one POST to a customer's URL, and returns what the receiver answered.
//!
//! The receiver counts as hostile. It can resolve into our own network, redirect there, never end
//! its answer, or send one that grows when unpacked. So everything here has a limit, and nothing
//! here follows a redirect.
//!
//! The guard has two places, because the HTTP client connects in two ways. A name goes through
//! [`resolver::GuardedResolver`], and the client connects to the addresses that it returns. An
//! address literal bypasses every resolver, so the whole URL is vetted again before each send.
//! That also covers URLs that were stored under older rules.
//!
//! Deliberately absent: redirects, proxies, cookies, decompression, HTTP/2, and any retry. The
//! lane decides about the next attempt.

mod failure;
mod resolver;

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use gate::{DestinationScope, WebhookUrl};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

pub use failure::{DeliveryFailure, FailureKind};
pub use resolver::{Dial, Resolution, Resolver, SystemResolver};

/// Time from the start of the resolution to the last byte of the body. The documentation tells
/// receivers to answer first and work afterwards, because a lane waits for each.
pub const DEADLINE: Duration = Duration::from_secs(15);

/// Time for the resolution. A resolver that is slower usually never answers.
const NAME_DEADLINE: Duration = Duration::from_secs(3);

/// Time for TCP and TLS. The client divides it among the addresses of a name, so that one dead
/// address does not use the whole deadline. It also ends handshakes that continue in the
/// background after another connection became free.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// Age of an idle connection. A Lambda can freeze for minutes between two invocations, and the
/// receiver closes the connection in that time. A delivery would find it dead.
const IDLE_DEADLINE: Duration = Duration::from_secs(20);

/// Idle connections per host. A batch has at most ten messages, which can all be for one endpoint.
const IDLE_PER_HOST_MAX: usize = 10;

/// Maximum number of header lines of an answer. The buffer of hyper limits the bytes before the
/// body to about 400 KB; reqwest has no setting for them.
const HEADERS_MAX: usize = 100;

/// Bytes of a body that are read from the connection, plus or minus one read of the client. A
/// shorter body is read completely, so that its connection can be used again.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Bytes of a body that are returned.
const EXCERPT_BYTES_MAX: usize = 1024;

/// Characters of a `Retry-After` that are returned. A date has 29.
const RETRY_AFTER_LENGTH_MAX: usize = 100;

const USER_AGENT: &str = concat!("Trilho-Webhooks/", env!("CARGO_PKG_VERSION"));

/// A POST request.
#[derive(Debug)]
pub struct OutboundRequest<'a> {
    /// URL of the receiver.
    pub destination: &'a WebhookUrl,
    /// Headers besides those that HTTP itself needs.
    pub headers: Vec<(&'static str, String)>,
    /// Bytes of the body.
    pub body: Vec<u8>,
}

/// The answer of the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// Status of any class; a redirect is not followed.
    pub status: u16,
    /// Raw `Retry-After` header, at most 100 characters.
    pub retry_after: Option<String>,
    /// First KB of the body as text. Bytes that are not UTF-8 become U+FFFD. Control characters
    /// become spaces, so that the text cannot affect the program that displays it.
    pub excerpt: String,
}

/// The future of [`Egress::post`].
pub type ResponseFuture<'a> =
    Pin<Box<dyn Future<Output = Result<HttpResponse, DeliveryFailure>> + Send + 'a>>;

/// Sends requests. A port, because the fairness simulation has its own.
pub trait Egress: Send + Sync {
    /// Sends one request, once.
    fn post<'a>(&'a self, request: OutboundRequest<'a>) -> ResponseFuture<'a>;
}

/// The certificate authorities that are trusted.
#[derive(Debug, Clone)]
pub enum TrustedRoots {
    /// Those that the operating system trusts.
    System,
    /// Only these certificates, as DER.
    Only(Vec<Vec<u8>>),
}

/// Settings of the egress. Functions use [`HttpEgress::new`]; tests change single settings.
pub struct EgressSettings {
    /// Addresses that the guard permits.
    pub destination_scope: DestinationScope,
    /// Resolver of names, before the guard.
    pub resolver: Arc<dyn Resolver>,
    /// Trusted certificate authorities.
    pub roots: TrustedRoots,
    /// Address to dial after the guard accepted it. It is the same address, except in a test that
    /// runs a public receiver on loopback.
    pub dial: Dial,
    /// Time for the whole exchange.
    pub deadline: Duration,
    /// Time for the resolution, within `deadline`.
    pub name_deadline: Duration,
}

impl EgressSettings {
    /// Returns the settings of functions.
    pub fn new(destination_scope: DestinationScope, resolver: Arc<dyn Resolver>) -> Self {
        Self {
            destination_scope,
            resolver,
            roots: TrustedRoots::System,
            dial: Arc::new(|ip| SocketAddr::new(ip, 0)),
            deadline: DEADLINE,
            name_deadline: NAME_DEADLINE,
        }
    }
}

/// Sends requests over HTTP/1.1. Each process has one, because it owns the connection pool.
pub struct HttpEgress {
    client: reqwest::Client,
    destination_scope: DestinationScope,
    deadline: Duration,
}

impl HttpEgress {
    /// Returns the client of functions.
    ///
    /// # Panics
    ///
    /// If the system trusts no certificates. A function must not start then.
    pub fn new(destination_scope: DestinationScope, resolver: Arc<dyn Resolver>) -> Self {
        Self::with(EgressSettings::new(destination_scope, resolver))
    }

    /// Returns a client with other settings.
    ///
    /// # Panics
    ///
    /// If a root is not a certificate, or if the system trusts none.
    pub fn with(settings: EgressSettings) -> Self {
        let EgressSettings { destination_scope, resolver, roots, dial, deadline, name_deadline } =
            settings;
        let resolver = resolver::GuardedResolver {
            destination_scope,
            resolver,
            dial,
            deadline: name_deadline,
        };
        let client = client_builder(destination_scope).dns_resolver(resolver);
        let client = match roots {
            TrustedRoots::System => client,
            TrustedRoots::Only(roots) => client.tls_certs_only(roots.iter().map(|root| {
                reqwest::Certificate::from_der(root).expect("a root is a certificate in DER")
            })),
        };
        Self {
            client: client.build().expect("the system trusts some roots"),
            destination_scope,
            deadline,
        }
    }

    async fn exchange(
        &self,
        request: OutboundRequest<'_>,
    ) -> Result<HttpResponse, DeliveryFailure> {
        let destination = WebhookUrl::parse(request.destination.as_str(), self.destination_scope)
            .map_err(|error| {
            DeliveryFailure::new(FailureKind::Refused, format!("the URL {error}"))
        })?;
        let post = self.client.post(destination.url().clone());
        let post = post.headers(header_map(request.headers)?).body(request.body);
        let response = post.send().await.map_err(|error| failure::from_client(&error))?;
        read(response).await.map_err(|error| failure::from_client(&error))
    }
}

impl Egress for HttpEgress {
    fn post<'a>(&'a self, request: OutboundRequest<'a>) -> ResponseFuture<'a> {
        Box::pin(async move {
            // One deadline covers all phases, so no phase can pass its rest to the next. Dropping
            // the future drops the connection.
            let exchange = tokio::time::timeout(self.deadline, self.exchange(request));
            exchange.await.unwrap_or_else(|_elapsed| Err(DeliveryFailure::timed_out()))
        })
    }
}

/// Builds the client. It also switches off features that are off by default or not compiled in.
/// Another crate of the workspace could compile them in, and a default could change.
fn client_builder(destination_scope: DestinationScope) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .https_only(destination_scope == DestinationScope::Public)
        .tls_backend_rustls()
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .http1_only()
        .http1_max_headers(HEADERS_MAX)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .no_hickory_dns()
        .connect_timeout(CONNECT_DEADLINE)
        // The guard vetted the address of a pooled connection when it was made. A later change of
        // the name does not change where the connection leads.
        .pool_idle_timeout(IDLE_DEADLINE)
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
}

/// Returns the headers. A value with line breaks would add headers, so the client refuses it.
fn header_map(headers: Vec<(&'static str, String)>) -> Result<HeaderMap, DeliveryFailure> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let refused = |_| format!("the value of the header {name} is not valid in HTTP");
        let value = HeaderValue::try_from(value).map_err(refused);
        let value = value.map_err(|detail| DeliveryFailure::new(FailureKind::Refused, detail))?;
        let name = HeaderName::try_from(name).expect("our header names are valid");
        map.append(name, value);
    }
    Ok(map)
}

async fn read(mut response: reqwest::Response) -> Result<HttpResponse, reqwest::Error> {
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.map(|value| value.chars().take(RETRY_AFTER_LENGTH_MAX).collect());
    let mut head = Vec::new();
    let mut bytes_read = 0;
    // Leaving the loop early drops the response with its connection, which is closed and not
    // pooled.
    while bytes_read < BODY_BYTES_MAX
        && let Some(chunk) = response.chunk().await?
    {
        bytes_read += chunk.len();
        let room = EXCERPT_BYTES_MAX - head.len();
        head.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(HttpResponse { status, retry_after, excerpt: excerpt(&head) })
}

fn excerpt(head: &[u8]) -> String {
    let text = String::from_utf8_lossy(head);
    text.chars().map(|character| if is_inert(character) { character } else { ' ' }).collect()
}

/// Returns true if the character is neither a control character nor one that changes the text
/// direction, which could make a log line read as another.
fn is_inert(character: char) -> bool {
    let turns = matches!(character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !character.is_control() && !turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_has_no_control_characters() {
        assert_eq!(excerpt(b"ok\r\n\x1b[2J\x00\x7f"), "ok   [2J  ");
        assert_eq!(excerpt("a\u{202e}b\u{2066}c\u{85}d".as_bytes()), "a b c d");
        assert_eq!(excerpt(b"caf\xc3\xa9 \xff"), "caf\u{e9} \u{fffd}");
    }
}
