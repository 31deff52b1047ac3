//! Fault row 54: answers that do not end, at any speed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dispatch::egress::FailureKind;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::receiver::{PATIENT, listen, local, post, request, url_of};

/// Maximum bytes that a receiver can send: what the client reads, and the buffers of both sockets,
/// which the kernel lets grow to several megabytes.
const BYTES_MAX: usize = 16 * 1024 * 1024;

const SHORT: Duration = Duration::from_millis(250);

/// A guard against an answer that never ends, and no claim about speed.
const LATE: Duration = Duration::from_mins(1);

/// Writes `start`, then `rest` repeatedly with pauses, until the connection closes. Returns the
/// number of bytes sent.
async fn pour(mut stream: TcpStream, start: &[u8], rest: &[u8], pause: Duration) -> usize {
    let mut sent = 0;
    if request(&mut stream).await.is_none() || stream.write_all(start).await.is_err() {
        return sent;
    }
    while stream.write_all(rest).await.is_ok() {
        sent += rest.len();
        if pause > Duration::ZERO {
            tokio::time::sleep(pause).await;
        }
    }
    sent
}

/// Returns a receiver that pours, and the number of bytes it sent once its connection is closed.
async fn pouring(
    start: &'static str,
    rest: &'static [u8],
    pause: Duration,
) -> (String, Arc<AtomicUsize>) {
    let poured = Arc::new(AtomicUsize::new(0));
    let total = Arc::clone(&poured);
    let address = listen(move |stream| {
        let total = Arc::clone(&total);
        async move {
            let sent = pour(stream, start.as_bytes(), rest, pause).await;
            total.store(sent, Ordering::SeqCst);
        }
    });
    (url_of(address.await), poured)
}

async fn settled(poured: &AtomicUsize) -> usize {
    let give_up_at = Instant::now() + PATIENT;
    while poured.load(Ordering::SeqCst) == 0 {
        assert!(Instant::now() < give_up_at, "the connection was not closed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    poured.load(Ordering::SeqCst)
}

/// Fault row 54.
#[tokio::test]
async fn an_endless_body_is_read_in_part_and_its_status_counts() {
    for start in
        ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n"]
    {
        let (url, poured) = pouring(start, &[b'a'; 65_536], Duration::ZERO).await;
        let received = post(&local(PATIENT), &url).await.expect("an answer");
        assert_eq!((received.status, received.excerpt), (200, "a".repeat(1024)));
        assert!(settled(&poured).await < BYTES_MAX);
    }
}

/// Fault row 54.
#[tokio::test]
async fn a_body_in_drops_ends_at_the_deadline() {
    let start = "HTTP/1.1 200 OK\r\n\r\n";
    let (url, poured) = pouring(start, b"a", Duration::from_millis(20)).await;
    let started = Instant::now();
    let failure = post(&local(SHORT), &url).await.expect_err("no whole answer");
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert!(started.elapsed() < LATE);
    assert!(settled(&poured).await < 1_000);
}

/// Fault row 54.
#[tokio::test]
async fn headers_without_end_are_a_bad_answer() {
    // Many lines, one long line, many lines that only inform.
    for (start, rest) in [
        ("HTTP/1.1 200 OK\r\n", b"x-a: b\r\n".as_slice()),
        ("HTTP/1.1 200 OK\r\nx-a: ", &[b'a'; 65_536]),
        ("", &[b'a'; 65_536]),
    ] {
        let (url, poured) = pouring(start, rest, Duration::ZERO).await;
        let failure = post(&local(PATIENT), &url).await.expect_err("no answer");
        assert_eq!(failure.kind, FailureKind::BadAnswer, "{start:?}");
        assert!(settled(&poured).await < BYTES_MAX);
    }
}

/// Fault row 54.
#[tokio::test]
async fn headers_in_drops_end_at_the_deadline() {
    for (start, rest) in [
        ("HTTP/1.1 200 OK\r\n", b"x-a: b\r\n".as_slice()),
        ("HTTP/1.1 200 OK\r\nx-a: ", b"a"),
        ("", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        ("", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ] {
        let (url, poured) = pouring(start, rest, Duration::from_millis(20)).await;
        let started = Instant::now();
        let failure = post(&local(SHORT), &url).await.expect_err("no answer");
        assert_eq!(failure.kind, FailureKind::TimedOut, "{start:?}");
        assert!(started.elapsed() < LATE);
        assert!(settled(&poured).await < 10_000);
    }
}

/// Fault row 54.
#[tokio::test]
async fn the_hundred_and_first_header_is_too_many() {
    for (count, expected) in [(100, None), (101, Some(FailureKind::BadAnswer))] {
        let address = listen(move |mut stream| async move {
            let headers = "x-a: b\r\n".repeat(count - 1);
            let response = format!("HTTP/1.1 200 OK\r\n{headers}content-length: 0\r\n\r\n");
            if request(&mut stream).await.is_some() {
                let _sent = stream.write_all(response.as_bytes()).await;
            }
        });
        let outcome = post(&local(PATIENT), &url_of(address.await)).await;
        assert_eq!(outcome.err().map(|failure| failure.kind), expected, "{count}");
    }
}

/// Fault row 54.
#[tokio::test]
async fn a_silent_receiver_ends_at_the_deadline() {
    let address = listen(|mut stream| async move {
        let _request = request(&mut stream).await;
        std::future::pending().await
    });
    let started = Instant::now();
    let failure = post(&local(SHORT), &url_of(address.await)).await.expect_err("no answer");
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert!(started.elapsed() < LATE);
}
