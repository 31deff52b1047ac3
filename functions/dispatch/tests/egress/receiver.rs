//! Receivers on loopback with scripted answers, names with scripted addresses, and the client for
//! them.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr, TcpListener as PlainListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dispatch::egress::{
    DeliveryFailure, Egress, EgressSettings, HttpEgress, HttpResponse, OutboundRequest, Resolution,
    Resolver, TrustedRoots,
};
use gate::{DestinationScope, WebhookUrl};
use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A name with addresses that a test chooses.
pub(crate) const NAME: &str = "receiver.example.com";
pub(crate) const URL: &str = "https://receiver.example.com/hook";

/// Long enough for every success on a busy machine.
pub(crate) const PATIENT: Duration = Duration::from_mins(1);

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// The requests or addresses that reached a receiver.
#[derive(Clone, Default)]
pub(crate) struct ReceiverLog(Arc<Mutex<Vec<String>>>);

impl ReceiverLog {
    pub(crate) fn add(&self, entry: impl Into<String>) {
        self.0.lock().expect("no panic while held").push(entry.into());
    }

    pub(crate) fn entries(&self) -> Vec<String> {
        self.0.lock().expect("no panic while held").clone()
    }
}

/// Listens and passes each connection to the script.
pub(crate) async fn listen<S, F>(script: S) -> SocketAddr
where
    S: Fn(TcpStream) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(script(stream));
        }
    });
    address
}

/// Answers every request with the same bytes and keeps the connection open.
pub(crate) async fn answering(response: impl Into<Vec<u8>>) -> (SocketAddr, ReceiverLog) {
    let (response, log) = (response.into(), ReceiverLog::default());
    let requests = log.clone();
    let address = listen(move |mut stream| {
        let (response, requests) = (response.clone(), requests.clone());
        async move { exchange(&mut stream, &response, &requests).await }
    });
    (address.await, log)
}

/// Does the same over TLS.
pub(crate) async fn answering_over_tls(
    config: Arc<ServerConfig>,
    response: impl Into<Vec<u8>>,
) -> (SocketAddr, ReceiverLog) {
    let (response, log) = (response.into(), ReceiverLog::default());
    let requests = log.clone();
    let address = listen(move |stream| {
        let (response, requests) = (response.clone(), requests.clone());
        let handshake = TlsAcceptor::from(Arc::clone(&config)).accept(stream);
        async move {
            let Ok(mut stream) = handshake.await else { return };
            exchange(&mut stream, &response, &requests).await;
        }
    });
    (address.await, log)
}

async fn exchange<S>(stream: &mut S, response: &[u8], requests: &ReceiverLog)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(request) = request(stream).await {
        requests.add(request);
        if stream.write_all(response).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        if response.windows(17).any(|bytes| bytes == b"connection: close") {
            let _closed = stream.shutdown().await;
            return;
        }
    }
}

/// Reads one request; `None` if the connection ends before.
pub(crate) async fn request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut request = Vec::new();
    while !is_complete(&request) {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(length) => request.extend_from_slice(&buffer[..length]),
        }
    }
    Some(String::from_utf8(request).expect("text"))
}

fn is_complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().expect("a length"))
}

/// A listener that must not be reached. The kernel completes connections before they are accepted,
/// so the check misses none.
pub(crate) struct Canary(PlainListener);

impl Canary {
    pub(crate) fn new() -> Self {
        let listener = PlainListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener");
        Self(listener)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("an address")
    }

    #[track_caller]
    pub(crate) fn is_untouched(&self) {
        let accepted = self.0.accept().map(|(_, from)| from);
        let kind = accepted.expect_err("the canary was reached").kind();
        assert_eq!(kind, std::io::ErrorKind::WouldBlock);
    }
}

/// An address that refuses connections and stays occupied: bound, but not listening.
pub(crate) struct ClosedPort(TcpSocket);

impl ClosedPort {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        Self(socket)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("an address")
    }
}

/// Resolves with one list of addresses after the other; the last one stays.
pub(crate) struct ScriptedResolver(Mutex<VecDeque<Vec<IpAddr>>>);

impl ScriptedResolver {
    pub(crate) fn always(addresses: &[&str]) -> Arc<Self> {
        Self::then(&[addresses])
    }

    pub(crate) fn then(responses: &[&[&str]]) -> Arc<Self> {
        let lists = responses.iter().map(|list| list.iter().map(|text| ip(text)).collect());
        Arc::new(Self(Mutex::new(lists.collect())))
    }
}

impl Resolver for ScriptedResolver {
    fn resolve(&self, name: &str) -> Resolution {
        assert_eq!(name, NAME, "the resolver gets the name of the URL");
        let mut lists = self.0.lock().expect("no panic while held");
        let list = if lists.len() > 1 { lists.pop_front() } else { lists.front().cloned() };
        Box::pin(std::future::ready(Ok(list.expect("a list"))))
    }
}

/// A certificate authority of the test.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Authority of the test");
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    pub(crate) fn roots(&self) -> TrustedRoots {
        TrustedRoots::Only(vec![self.0.der().to_vec()])
    }

    /// Returns a server with a certificate of this authority.
    pub(crate) fn server(&self, params: &CertificateParams) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        server(certificate.der().to_vec(), &key)
    }
}

pub(crate) fn for_name(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).expect("a name")
}

pub(crate) fn server(certificate: Vec<u8>, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_no_client_auth();
    Arc::new(config.with_single_cert(vec![certificate.into()], key).expect("a certificate"))
}

/// Returns the client of the local bundle: http to loopback only.
pub(crate) fn local(deadline: Duration) -> HttpEgress {
    HttpEgress::with(EgressSettings {
        roots: Authority::new().roots(),
        deadline,
        ..EgressSettings::new(DestinationScope::Loopback, ScriptedResolver::always(&[]))
    })
}

/// Returns the settings of functions with a certificate authority of the test. An address that
/// passes the guard is logged, and the client dials `address` instead.
pub(crate) fn public(
    resolver: Arc<dyn Resolver>,
    roots: TrustedRoots,
    address: SocketAddr,
) -> (EgressSettings, ReceiverLog) {
    let log = ReceiverLog::default();
    let dialled = log.clone();
    let settings = EgressSettings {
        roots,
        deadline: PATIENT,
        dial: Arc::new(move |ip| {
            dialled.add(ip.to_string());
            address
        }),
        ..EgressSettings::new(DestinationScope::Public, resolver)
    };
    (settings, log)
}

pub(crate) fn url_of(address: SocketAddr) -> String {
    format!("http://{address}/hook")
}

/// Posts `{}`. Checks that the text of a failure has no address.
pub(crate) async fn post(egress: &dyn Egress, url: &str) -> Result<HttpResponse, DeliveryFailure> {
    let destination = WebhookUrl::parse(url, DestinationScope::Loopback).expect("a destination");
    let request =
        OutboundRequest { destination: &destination, headers: Vec::new(), body: b"{}".to_vec() };
    let outcome = egress.post(request).await;
    if let Err(failure) = &outcome {
        let detail = &failure.detail;
        assert!(
            !detail.is_empty() && !detail.contains("127.") && !detail.contains("::"),
            "{detail}"
        );
    }
    outcome
}
