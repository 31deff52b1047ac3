//! Sends one POST to a customer's URL, and hands back what the receiver answered.
//!
//! The receiver is hostile until proven otherwise: it may resolve into our own network, redirect
//! there, never end its answer, or send one that grows when unpacked. So everything here has a
//! limit, and nothing here follows anything.
//!
//! The guard is in two places, because the HTTP client connects in two ways. A name goes through
//! [`resolver::GuardedResolver`], whose addresses the client connects to without asking again. An
//! address literal bypasses every resolver, so the whole URL is vetted again before each send,
//! which also covers URLs that were stored under older rules.
//!
//! Deliberately absent: redirects, proxies, cookies, decompression, HTTP/2, a retry of any kind.
//! The lane decides about another attempt.

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

/// From the start of the resolution to the last byte of the body. Receivers are told to answer
/// first and work afterwards, and a lane waits for each.
pub const DEADLINE: Duration = Duration::from_secs(15);

/// A resolver that has not answered by then mostly never does.
const NAME_DEADLINE: Duration = Duration::from_secs(3);

/// TCP and TLS. The client divides it among the addresses of a name, so that one dead address does
/// not use up the whole deadline. Also ends handshakes that go on in the background after another
/// connection became free.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// A Lambda may be frozen for minutes between two invocations; the receiver closes meanwhile, and
/// a connection kept for long would be found dead by a delivery.
const IDLE_DEADLINE: Duration = Duration::from_secs(20);

/// A batch holds ten messages at most, which may all be for one endpoint.
const IDLE_PER_HOST_MAX: usize = 10;

/// Header lines of an answer. The bytes before the body are limited by hyper's buffer, some 400 KB;
/// reqwest has no setting for that.
const HEADERS_MAX: usize = 100;

/// Bytes of a body that are taken off the wire, give or take one read of the client. A body that
/// ends before is read whole, so that its connection can be used again.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Bytes of a body that are kept.
const EXCERPT_BYTES_MAX: usize = 1024;

/// Characters of a `Retry-After` that are kept. A date has 29.
const RETRY_AFTER_LENGTH_MAX: usize = 100;

const USER_AGENT: &str = concat!("Trilho-Webhooks/", env!("CARGO_PKG_VERSION"));

/// One POST.
#[derive(Debug)]
pub struct OutboundRequest<'a> {
    /// Where to.
    pub destination: &'a WebhookUrl,
    /// Sent as they are, next to those that HTTP itself needs.
    pub headers: Vec<(&'static str, String)>,
    /// Sent as it is.
    pub body: Vec<u8>,
}

/// What the receiver answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// Of any class; a redirect comes back as itself.
    pub status: u16,
    /// The raw header, at most 100 characters.
    pub retry_after: Option<String>,
    /// The first KB of the body as text. Bytes that are no UTF-8 become U+FFFD, and characters that
    /// would act on whoever displays them become spaces.
    pub excerpt: String,
}

/// The future of [`Egress::post`].
pub type ResponseFuture<'a> =
    Pin<Box<dyn Future<Output = Result<HttpResponse, DeliveryFailure>> + Send + 'a>>;

/// Sends parcels. A port: the fairness simulation has its own.
pub trait Egress: Send + Sync {
    /// Sends one parcel, once.
    fn post<'a>(&'a self, request: OutboundRequest<'a>) -> ResponseFuture<'a>;
}

/// Whose certificates are trusted.
#[derive(Debug, Clone)]
pub enum TrustedRoots {
    /// Those the operating system trusts.
    System,
    /// Only these, as DER.
    Only(Vec<Vec<u8>>),
}

/// How to send. Functions use [`HttpEgress::new`]; a test changes what it is about.
pub struct EgressSettings {
    /// How far.
    pub destination_scope: DestinationScope,
    /// Names to addresses, before the guard.
    pub resolver: Arc<dyn Resolver>,
    /// Whose certificates.
    pub roots: TrustedRoots,
    /// Where an address is dialled after the guard let it through: itself, except in a test that
    /// plays a public receiver on loopback.
    pub dial: Dial,
    /// For the whole exchange.
    pub deadline: Duration,
    /// For the resolution, within `deadline`.
    pub name_deadline: Duration,
}

impl EgressSettings {
    /// The settings of functions.
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

/// Sends parcels over HTTP/1.1. Made once per process: it holds the pool of connections.
pub struct HttpEgress {
    client: reqwest::Client,
    destination_scope: DestinationScope,
    deadline: Duration,
}

impl HttpEgress {
    /// The client of functions.
    ///
    /// # Panics
    ///
    /// If the system trusts no certificates, which a start should not survive.
    pub fn new(destination_scope: DestinationScope, resolver: Arc<dyn Resolver>) -> Self {
        Self::with(EgressSettings::new(destination_scope, resolver))
    }

    /// A client with other settings.
    ///
    /// # Panics
    ///
    /// If the roots are no certificates, or if the system trusts none.
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
            // Around everything, so no phase can hand its rest to the next. Dropping the future
            // drops the connection.
            let exchange = tokio::time::timeout(self.deadline, self.exchange(request));
            exchange.await.unwrap_or_else(|_elapsed| Err(DeliveryFailure::timed_out()))
        })
    }
}

/// What is off by default or not compiled in is switched off again: another crate of the workspace
/// could compile it in, and a default could change.
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
        // A connection in the pool goes to an address the guard vetted when it was made; what the
        // name resolves to since then changes nothing about where it leads.
        .pool_idle_timeout(IDLE_DEADLINE)
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
}

/// Values with line breaks would be headers of their own; the client refuses them.
fn header_map(headers: Vec<(&'static str, String)>) -> Result<HeaderMap, DeliveryFailure> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let refused = |_| format!("the value of the header {name} is not valid in HTTP");
        let value = HeaderValue::try_from(value).map_err(refused);
        let value = value.map_err(|detail| DeliveryFailure::new(FailureKind::Refused, detail))?;
        let name = HeaderName::try_from(name).expect("a header of ours has a valid name");
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
    // Leaving early drops the response with its connection, which is closed and not pooled.
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

/// Neither a control character nor one that turns the direction of what follows it, which could
/// make a log line read as another one.
fn is_inert(character: char) -> bool {
    let turns = matches!(character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !character.is_control() && !turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_cannot_act_on_whoever_displays_it() {
        assert_eq!(excerpt(b"ok\r\n\x1b[2J\x00\x7f"), "ok   [2J  ");
        assert_eq!(excerpt("a\u{202e}b\u{2066}c\u{85}d".as_bytes()), "a b c d");
        assert_eq!(excerpt(b"caf\xc3\xa9 \xff"), "caf\u{e9} \u{fffd}");
    }
}
