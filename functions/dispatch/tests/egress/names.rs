//! Fault rows 59 to 62: what a name resolves to, and where the connection goes.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use dispatch::egress::{EgressSettings, FailureKind, HttpEgress, Resolution, Resolver};
use tokio::io::AsyncWriteExt;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use crate::receiver::{
    Authority, Canary, ClosedPort, NAME, OK, ScriptedResolver, URL, answering_over_tls, for_name,
    listen, post, public, request,
};

const PUBLIC: &str = "93.184.215.14";

const CLOSING: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";

/// Fault row 59. The receiver closes, so each delivery connects and resolves the name again.
#[tokio::test]
async fn a_name_that_turns_private_is_refused_the_moment_it_does() {
    let authority = Authority::new();
    let server = authority.server(&for_name(NAME));
    let (address, requests) = answering_over_tls(server, CLOSING).await;
    let names =
        ScriptedResolver::then(&[&[PUBLIC], &["127.0.0.1"], &["169.254.169.254"], &[PUBLIC]]);
    let (settings, dialled) = public(names, authority.roots(), address);
    let egress = HttpEgress::with(settings);
    let mut outcomes = Vec::new();
    for _ in 0..4 {
        let outcome = post(&egress, URL).await;
        outcomes.push(outcome.map(|received| received.status).map_err(|failure| failure.kind));
    }
    assert_eq!(outcomes, [Ok(200), Err(FailureKind::Refused), Err(FailureKind::Refused), Ok(200)]);
    assert_eq!(dialled.entries(), [PUBLIC, PUBLIC]);
    assert_eq!(requests.entries().len(), 2);
}

/// A pooled connection keeps its vetted address, even if the name resolves to another one.
#[tokio::test]
async fn a_pooled_connection_goes_to_the_address_that_was_vetted() {
    let authority = Authority::new();
    let server = authority.server(&for_name(NAME));
    let (address, requests) = answering_over_tls(server, OK).await;
    let names = ScriptedResolver::then(&[&[PUBLIC], &["127.0.0.1"]]);
    let (settings, dialled) = public(names, authority.roots(), address);
    let egress = HttpEgress::with(settings);
    for _ in 0..3 {
        assert_eq!(post(&egress, URL).await.expect("an answer").status, 200);
    }
    assert_eq!(dialled.entries(), [PUBLIC]);
    assert_eq!(requests.entries().len(), 3);
}

/// Fault row 60.
#[tokio::test]
async fn of_public_and_private_addresses_only_the_public_ones_are_dialled() {
    let authority = Authority::new();
    let server = authority.server(&for_name(NAME));
    let (address, _) = answering_over_tls(server, OK).await;
    let names = ScriptedResolver::always(&[
        "10.0.0.5",
        "127.0.0.1",
        "::1",
        PUBLIC,
        "169.254.169.254",
        "fd00:ec2::254",
        "2606:4700::1",
        "::ffff:93.184.215.14",
    ]);
    let (settings, dialled) = public(names, authority.roots(), address);
    let received = post(&HttpEgress::with(settings), URL).await.expect("an answer");
    assert_eq!(received.status, 200);
    assert_eq!(dialled.entries(), [PUBLIC, "2606:4700::1"]);
}

/// Fault row 60. The guard comes before the dial: an address that it refuses is never dialled.
#[tokio::test]
async fn a_name_with_private_addresses_only_is_refused_before_anything_is_dialled() {
    let canary = Canary::new();
    let private = [
        "127.0.0.1",
        "10.0.0.5",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.215.14",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001::1",
        "fe80::1",
        "fd00:ec2::254",
    ];
    let together = [private.as_slice()];
    for addresses in private.chunks(1).chain(together) {
        let names = ScriptedResolver::always(addresses);
        let (settings, dialled) = public(names, Authority::new().roots(), canary.address());
        let failure = post(&HttpEgress::with(settings), URL).await.expect_err("private");
        assert_eq!(failure.kind, FailureKind::Refused, "{addresses:?}");
        assert_eq!(
            failure.detail,
            "the host name has only addresses outside the public internet; use a public address"
        );
        assert_eq!(dialled.entries(), [""; 0]);
    }
    canary.is_untouched();
}

/// Fault row 62: the address itself is dialled, as in production, but with the port of the canary.
#[tokio::test]
async fn a_name_that_resolves_to_loopback_does_not_reach_the_runtime_api() {
    let canary = Canary::new();
    let port = canary.address().port();
    let egress = HttpEgress::with(EgressSettings {
        dial: Arc::new(move |ip| SocketAddr::new(ip, port)),
        ..public(
            ScriptedResolver::always(&["127.0.0.1", "::1"]),
            Authority::new().roots(),
            canary.address(),
        )
        .0
    });
    let failure = post(&egress, URL).await.expect_err("loopback");
    assert_eq!(failure.kind, FailureKind::Refused);
    canary.is_untouched();
}

/// Resolves with the result of a function.
struct ScriptedAnswer<F>(F);

impl<F: Fn() -> Resolution + Send + Sync + 'static> Resolver for ScriptedAnswer<F> {
    fn resolve(&self, _name: &str) -> Resolution {
        self.0()
    }
}

fn scripted(script: impl Fn() -> Resolution + Send + Sync + 'static) -> EgressSettings {
    let resolver = Arc::new(ScriptedAnswer(script));
    public(resolver, Authority::new().roots(), ClosedPort::new().address()).0
}

fn ready(outcome: io::Result<Vec<IpAddr>>) -> Resolution {
    Box::pin(std::future::ready(outcome))
}

/// Fault row 61.
#[tokio::test]
async fn a_resolver_that_never_answers_times_out() {
    let settings = scripted(|| Box::pin(std::future::pending()));
    let short = Duration::from_millis(100);
    let egress = HttpEgress::with(EgressSettings { name_deadline: short, ..settings });
    let started = Instant::now();
    let failure = post(&egress, URL).await.expect_err("no address");
    assert_eq!(failure.kind, FailureKind::NameTimeout);
    assert!(started.elapsed() < Duration::from_mins(1));
}

/// Fault row 61.
#[tokio::test]
async fn a_name_without_addresses_is_not_found() {
    for empty in [true, false] {
        let egress = HttpEgress::with(scripted(move || {
            ready(if empty { Ok(Vec::new()) } else { Err(io::Error::other("by 10.0.0.2")) })
        }));
        let failure = post(&egress, URL).await.expect_err("no address");
        assert_eq!(failure.kind, FailureKind::NameNotFound);
        assert_eq!(failure.detail, "the host name has no address; check the url and DNS");
    }
}

/// Fault row 61.
#[tokio::test]
async fn of_a_thousand_addresses_sixteen_are_considered() {
    let addresses = |first: [u8; 2]| {
        let all = (0..1_000_u16).map(move |index| {
            let [high, low] = index.to_be_bytes();
            IpAddr::V4(Ipv4Addr::new(first[0], first[1], high, low))
        });
        all.collect::<Vec<_>>()
    };
    for (first, dials, kind) in
        [([93, 184], 16, FailureKind::ConnectionFailed), ([10, 0], 0, FailureKind::Refused)]
    {
        let resolver = Arc::new(ScriptedAnswer(move || ready(Ok(addresses(first)))));
        let closed_port = ClosedPort::new();
        let (settings, dialled) = public(resolver, Authority::new().roots(), closed_port.address());
        let failure = post(&HttpEgress::with(settings), URL).await.expect_err("no answer");
        assert_eq!(failure.kind, kind);
        assert_eq!(dialled.entries().len(), dials);
    }
}

/// Fault row 54: resolution, headers and body each stay below the deadline, together they do not.
#[tokio::test]
async fn the_deadline_is_for_all_phases_together() {
    let step = Duration::from_millis(150);
    let authority = Authority::new();
    let server = authority.server(&for_name(NAME));
    let address = listen(move |stream| {
        let handshake = TlsAcceptor::from(Arc::clone(&server)).accept(stream);
        async move {
            let Ok(mut stream) = handshake.await else { return };
            let _request = request(&mut stream).await;
            for part in ["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", "ok"] {
                tokio::time::sleep(step).await;
                let _sent = stream.write_all(part.as_bytes()).await;
                let _sent = stream.flush().await;
            }
        }
    });
    let slow = move || -> Resolution {
        Box::pin(async move {
            tokio::time::sleep(step).await;
            Ok(vec![IpAddr::V4(Ipv4Addr::new(93, 184, 215, 14))])
        })
    };
    let (settings, _) = public(Arc::new(ScriptedAnswer(slow)), authority.roots(), address.await);
    let deadline = Duration::from_millis(350);
    let egress = HttpEgress::with(EgressSettings { deadline, ..settings });
    let started = Instant::now();
    let failure = post(&egress, URL).await.expect_err("too slow in total");
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert!(started.elapsed() >= deadline);
}
