//! Fault row 56: servers with a wrong certificate or without current TLS. None of them gets the
//! request.

use std::net::SocketAddr;
use std::sync::Arc;

use dispatch::egress::{EgressSettings, FailureKind, HttpEgress, TrustedRoots};
use rcgen::{KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::rustls::ServerConfig;

use crate::receiver::{
    Authority, NAME, OK, ScriptedResolver, URL, answering, answering_over_tls, for_name, listen,
    post, public, server,
};

fn egress(roots: TrustedRoots, address: SocketAddr) -> HttpEgress {
    HttpEgress::with(public(ScriptedResolver::always(&["93.184.215.14"]), roots, address).0)
}

async fn check(roots: TrustedRoots, server: Arc<ServerConfig>, expected: &str) {
    let (address, requests) = answering_over_tls(server, OK).await;
    let failure = post(&egress(roots, address), URL).await.expect_err(expected);
    assert_eq!((failure.kind, failure.detail.as_str()), (FailureKind::TlsFailed, expected));
    assert_eq!(requests.entries(), [""; 0]);
}

const NOT_TRUSTED: &str = "no trusted authority signed the certificate: it is self-signed, or \
                           the server does not send the intermediate certificate";

/// Fault row 56.
#[tokio::test]
async fn a_certificate_of_a_trusted_authority_for_the_name_is_accepted() {
    let authority = Authority::new();
    let server = authority.server(&for_name(NAME));
    let (address, requests) = answering_over_tls(server, OK).await;
    let received = post(&egress(authority.roots(), address), URL).await.expect("an answer");
    assert_eq!((received.status, received.excerpt.as_str()), (200, "ok"));
    assert!(requests.entries().concat().contains("\r\nhost: receiver.example.com\r\n"));
}

/// Fault row 56.
#[tokio::test]
async fn a_self_signed_certificate_is_refused() {
    let key = KeyPair::generate().expect("a key");
    let certificate = for_name(NAME).self_signed(&key).expect("a certificate");
    let server = server(certificate.der().to_vec(), &key);
    check(Authority::new().roots(), server, NOT_TRUSTED).await;
}

/// Fault row 56. Functions trust the roots of the system.
#[tokio::test]
async fn the_system_does_not_trust_an_unknown_authority() {
    check(TrustedRoots::System, Authority::new().server(&for_name(NAME)), NOT_TRUSTED).await;
}

/// Fault row 56.
#[tokio::test]
async fn a_certificate_outside_its_time_is_refused() {
    let authority = Authority::new();
    let mut params = for_name(NAME);
    params.not_after = date_time_ymd(2020, 1, 1);
    let server = authority.server(&params);
    check(authority.roots(), server, "the certificate has expired").await;
    let mut params = for_name(NAME);
    params.not_before = date_time_ymd(2999, 1, 1);
    let server = authority.server(&params);
    check(authority.roots(), server, "the certificate is not valid yet").await;
}

/// Fault row 56. Includes a wildcard for another depth.
#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    for name in ["other.example.com", "example.com", "*.receiver.example.com", "93.184.215.14"] {
        let server = authority.server(&for_name(name));
        check(authority.roots(), server, "the certificate is for another host name").await;
    }
}

/// Fault row 56: servers that send only the first bytes of a handshake.
#[tokio::test]
async fn a_server_without_current_tls_is_refused() {
    const OLD: &str = "the server offers neither TLS 1.2 nor TLS 1.3 with a current cipher";
    // A fatal alert `protocol_version` in a record of TLS 1.0, and of SSL 3.0.
    let alerts: [&[u8]; 2] = [&[0x15, 3, 1, 0, 2, 2, 70], &[0x15, 3, 0, 0, 2, 2, 70]];
    // A `ServerHello` that chooses TLS 1.0 or 1.1: a random of zeros, no session, AES128-SHA.
    let hello = |minor: u8| {
        let mut hello = vec![0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, minor];
        hello.extend([0; 32]);
        hello.extend([0, 0, 0x2f, 0]);
        hello
    };
    let plain = "the server does not speak TLS on this port";
    let broken = "the server aborted the TLS handshake";
    let closed = "the connection was closed during the TLS handshake";
    let cases = alerts.iter().map(|alert| (alert.to_vec(), OLD)).chain([
        (hello(1), OLD),
        (hello(2), OLD),
        (vec![0x15, 3, 3, 0, 2, 2, 40], broken),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), plain),
        (Vec::new(), closed),
    ]);
    for (response, expected) in cases {
        let address = listen(move |mut stream| {
            let response = response.clone();
            async move {
                let mut hello = [0; 4096];
                let _length = stream.read(&mut hello).await;
                let _sent = stream.write_all(&response).await;
                let _closed = stream.shutdown().await;
                let _length = stream.read(&mut hello).await;
            }
        });
        let egress = egress(Authority::new().roots(), address.await);
        let failure = post(&egress, URL).await.expect_err(expected);
        assert_eq!((failure.kind, failure.detail.as_str()), (FailureKind::TlsFailed, expected));
    }
}

/// A public receiver never gets a request without TLS.
#[tokio::test]
async fn a_server_that_speaks_http_on_the_tls_port_gets_no_request() {
    let (address, requests) = answering(OK).await;
    let (settings, _) =
        public(ScriptedResolver::always(&["93.184.215.14"]), Authority::new().roots(), address);
    let deadline = std::time::Duration::from_millis(200);
    let egress = HttpEgress::with(EgressSettings { deadline, ..settings });
    let failure = post(&egress, URL).await.expect_err("no TLS");
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert_eq!(requests.entries(), [""; 0]);
}
