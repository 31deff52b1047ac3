//! Answers of every kind: what the client sends, what it reads, and what it never follows.

use std::time::Duration;

use dispatch::egress::{Egress, FailureKind, HttpResponse, OutboundRequest};
use gate::{DestinationScope, WebhookUrl};
use tokio::io::AsyncWriteExt;

use crate::receiver::{
    Canary, ClosedPort, OK, PATIENT, ReceiverLog, answering, listen, local, post, request, url_of,
};

/// 100 KB of `a`, compressed with gzip.
const BOMB: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01\x00\x00\x00\xc2\
\xa0\xac\xeb\x5f\xc2\x1a\x1e\x40\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
\x00\x00\xaf\x06\x87\xfa\xe2\x1b\xa0\x86\x01\x00";

fn received(status: u16, excerpt: &str) -> HttpResponse {
    HttpResponse { status, retry_after: None, excerpt: excerpt.to_owned() }
}

#[tokio::test]
async fn a_request_arrives_with_its_headers_and_body_and_nothing_else() {
    let (address, requests) = answering(OK).await;
    let destination = format!("http://{address}/hook?shop=7");
    let destination =
        WebhookUrl::parse(&destination, DestinationScope::Loopback).expect("a destination");
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-id", "msg_1".to_owned()),
        ("webhook-signature", "v1,a v1,b".to_owned()),
    ];
    let request =
        OutboundRequest { destination: &destination, headers, body: b"{\"a\":1}".to_vec() };
    let outcome = local(PATIENT).post(request).await;
    assert_eq!(outcome, Ok(received(200, "ok")));
    let version = env!("CARGO_PKG_VERSION");
    let mut lines = [
        "POST /hook?shop=7 HTTP/1.1".to_owned(),
        "content-type: application/json".to_owned(),
        "webhook-id: msg_1".to_owned(),
        "webhook-signature: v1,a v1,b".to_owned(),
        "accept: */*".to_owned(),
        format!("user-agent: Trilho-Webhooks/{version}"),
        format!("host: {address}"),
        "content-length: 7".to_owned(),
        String::new(),
        "{\"a\":1}".to_owned(),
    ];
    let request = requests.entries().concat();
    let mut sent: Vec<_> = request.split("\r\n").collect();
    assert_eq!(sent.first(), Some(&lines[0].as_str()));
    sent.sort_unstable();
    lines.sort_unstable();
    assert_eq!(sent, lines);
}

#[tokio::test]
async fn a_header_with_a_line_break_is_not_sent() {
    let (address, requests) = answering(OK).await;
    let destination =
        WebhookUrl::parse(&url_of(address), DestinationScope::Loopback).expect("a destination");
    for value in ["a\r\nhost: 127.0.0.1", "a\nb", "a\0"] {
        let headers = vec![("x-shop", value.to_owned())];
        let request = OutboundRequest { destination: &destination, headers, body: Vec::new() };
        let failure = local(PATIENT).post(request).await.expect_err("an invalid value");
        assert_eq!(failure.kind, FailureKind::Refused);
        assert_eq!(failure.detail, "the value of the header x-shop is not valid in HTTP");
    }
    assert_eq!(requests.entries(), [""; 0]);
}

/// Fault row 53.
#[tokio::test]
async fn a_redirect_is_an_answer_and_is_never_followed() {
    for status in [300, 301, 302, 303, 307, 308] {
        let canary = Canary::new();
        let location = url_of(canary.address());
        let response = format!(
            "HTTP/1.1 {status} Moved\r\nlocation: {location}\r\nrefresh: 0; url={location}\r\n\
             content-length: 0\r\n\r\n"
        );
        let (address, requests) = answering(response).await;
        let outcome = post(&local(PATIENT), &url_of(address)).await;
        assert_eq!(outcome, Ok(received(status, "")));
        assert_eq!(requests.entries().len(), 1);
        canary.is_untouched();
    }
}

/// Fault row 55.
#[tokio::test]
async fn a_compressed_answer_stays_compressed_and_is_not_asked_for() {
    for encoding in ["gzip", "x-gzip", "br", "deflate", "zstd"] {
        let mut response = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n",
            BOMB.len()
        )
        .into_bytes();
        response.extend_from_slice(BOMB);
        let (address, requests) = answering(response).await;
        let received = post(&local(PATIENT), &url_of(address)).await.expect("an answer");
        assert_eq!(received.status, 200);
        assert!(received.excerpt.starts_with(" \u{fffd} "), "{:?}", received.excerpt);
        assert!(!received.excerpt.contains("aa"));
        let request = requests.entries().concat().to_ascii_lowercase();
        assert!(!request.contains("accept-encoding"), "{request}");
    }
}

#[tokio::test]
async fn a_cookie_is_not_sent_back() {
    let response = "HTTP/1.1 200 OK\r\nset-cookie: a=b; Path=/\r\ncontent-length: 0\r\n\r\n";
    let (address, requests) = answering(response).await;
    let egress = local(PATIENT);
    for _ in 0..2 {
        post(&egress, &url_of(address)).await.expect("an answer");
    }
    let requests = requests.entries();
    assert_eq!(requests.len(), 2);
    assert!(!requests.concat().contains("cookie"));
}

#[tokio::test]
async fn status_retry_after_and_the_first_kilobyte_are_kept() {
    let wait = "9".repeat(150);
    let body = "b".repeat(5_000);
    let response = format!(
        "HTTP/1.1 503 Busy\r\nretry-after: {wait}\r\nretry-after: 1\r\ncontent-length: 5000\r\n\r\n\
         {body}"
    );
    let (address, _) = answering(response).await;
    let received = post(&local(PATIENT), &url_of(address)).await.expect("an answer");
    assert_eq!(received.status, 503);
    assert_eq!(received.retry_after.as_deref(), Some(&wait[..100]));
    assert_eq!(received.excerpt, body[..1024]);
}

#[tokio::test]
async fn a_receiver_that_closes_without_an_answer_is_lost() {
    let requests = ReceiverLog::default();
    let log = requests.clone();
    let address = listen(move |mut stream| {
        let log = log.clone();
        async move { log.add(request(&mut stream).await.unwrap_or_default()) }
    });
    let failure = post(&local(PATIENT), &url_of(address.await)).await.expect_err("no answer");
    assert_eq!(failure.kind, FailureKind::ConnectionLost);
    assert_eq!(requests.entries().len(), 1, "it is not sent twice");
}

#[tokio::test]
async fn an_answer_that_ends_early_is_lost() {
    for response in [
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n",
    ] {
        let (address, _) = answering(response).await;
        let failure = post(&local(PATIENT), &url_of(address)).await.expect_err("half an answer");
        assert_eq!(failure.kind, FailureKind::ConnectionLost, "{response}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_bad() {
    for response in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "220 mail.example.com ESMTP\r\n",
        "<html>It works</html>\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
        "\0\0\0\0\0\0\r\n\r\n",
    ] {
        let (address, _) = answering(response).await;
        let failure = post(&local(PATIENT), &url_of(address)).await.expect_err("no HTTP");
        assert_eq!(failure.kind, FailureKind::BadAnswer, "{response:?}");
    }
}

#[tokio::test]
async fn a_port_without_a_listener_is_a_failed_connection() {
    let closed_port = ClosedPort::new();
    let failure =
        post(&local(PATIENT), &url_of(closed_port.address())).await.expect_err("no listener");
    assert_eq!(failure.kind, FailureKind::ConnectionFailed);
}

#[tokio::test]
async fn a_connection_that_the_receiver_closed_is_replaced() {
    let address = listen(|mut stream| async move {
        if request(&mut stream).await.is_some() {
            let _sent = stream.write_all(OK.as_bytes()).await;
        }
    });
    let (address, egress) = (address.await, local(PATIENT));
    for _ in 0..3 {
        assert_eq!(post(&egress, &url_of(address)).await, Ok(received(200, "ok")));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
