//! The server as callers reach it: over a connection to a port.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::account::Stage;
use jiff::SignedDuration;
use local::settings::data_dir;
use local::{LATEST, LocalClock};
use runtime::Clock;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::console::Console;
use crate::data_dir::DataDir;

struct TestServer {
    address: SocketAddr,
    site: Site,
    folder: std::path::PathBuf,
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl TestServer {
    async fn start() -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        assert_eq!(data_dir().to_str(), Some(".trilho"), "tests do not use the data of make run");
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("trilho-http-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let data = Arc::new(DataDir::open(folder.clone(), false).expect("it opens"));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let clock = Arc::new(LocalClock::ahead(SignedDuration::ZERO));
        let log = Console::new().request_log(Arc::clone(&clock));
        let url = format!("http://{address}");
        let started = crate::start(&data, clock, Arc::new(log.clone()), &url).await;
        let (bundle, _) = started.expect("it starts");
        assert_eq!(bundle.app().config.stage, Stage::Sandbox);
        let site = Site::new(Arc::new(bundle), data, log, address.port());
        tokio::spawn(serve(listener, site.clone()));
        Self { address, site, folder }
    }

    /// Sends bytes and returns status and body of the answer.
    async fn send(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).await.expect("connected");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.expect("an answer");
        let response = String::from_utf8(response).expect("text");
        let (head, body) = response.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), body.to_owned())
    }

    /// Sends a request with these headers, and a body if it is not empty.
    async fn request(&self, line: &str, headers: &[&str], body: &str) -> (u16, Value) {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let length = body.len();
        let (status, body) = self
            .send(&format!(
                "{line} HTTP/1.1\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
            ))
            .await;
        (status, serde_json::from_str(&body).unwrap_or_default())
    }

    async fn move_clock(&self, headers: &[&str], seconds: i64) -> (u16, Value) {
        let host = format!("host: {}", self.address);
        let headers: Vec<_> = headers.iter().copied().chain([host.as_str()]).collect();
        let body = format!("{{\"advance_seconds\": {seconds}}}");
        self.request("POST /local/clock", &headers, &body).await
    }

    fn moved(&self) -> i64 {
        self.site.bundle.clock().moved().as_secs()
    }
}

const JSON: &str = "content-type: application/json";

#[tokio::test]
async fn a_page_of_another_site_cannot_move_the_clock() {
    let server = TestServer::start().await;
    for headers in [
        &["content-type: text/plain"][..],
        &[],
        &["content-type: application/x-www-form-urlencoded"],
    ] {
        let (status, problem) = server.move_clock(headers, 60).await;
        assert_eq!((status, problem["code"].as_str()), (415, Some("unsupported_media_type")));
    }
    for header in [
        "origin: http://evil.example",
        "origin: null",
        "origin: https://127.0.0.1",
        "sec-fetch-site: cross-site",
        "sec-fetch-site: same-site",
    ] {
        let (status, problem) = server.move_clock(&[JSON, header], 60).await;
        assert_eq!(
            (status, problem["code"].as_str()),
            (403, Some("cross_site_request")),
            "{header}"
        );
    }
    assert_eq!(server.moved(), 0);

    let own = format!("origin: http://{}", server.address);
    let (status, response) =
        server.move_clock(&[JSON, &own, "sec-fetch-site: same-origin"], 60).await;
    assert_eq!((status, response["ahead_seconds"].as_i64()), (200, Some(60)));
    assert_eq!(server.moved(), 60);
    let host = format!("host: {}", server.address);
    let (status, shown) = server.request("GET /local/clock", &[&host], "").await;
    assert_eq!((status, shown["ahead_seconds"].as_i64()), (200, Some(60)));
    assert!(shown["now"].as_str().is_some_and(|now| now.ends_with('Z')), "{shown}");
    let (status, _) = server.request("DELETE /local/clock", &[&host], "").await;
    assert_eq!(status, 405);
}

#[tokio::test]
async fn commands_run_for_this_machine_and_for_no_page_of_another_site() {
    let server = TestServer::start().await;
    let host = format!("host: {}", server.address);
    let line = "POST /local/operate/list_waiting_kyc_requests";
    let (status, list) = server.request(line, &[JSON, &host], "{}").await;
    assert_eq!((status, &list["kyc_requests"]), (200, &serde_json::json!([])));
    let evil = "origin: http://evil.example";
    let (status, problem) = server.request(line, &[JSON, &host, evil], "{}").await;
    assert_eq!((status, problem["code"].as_str()), (403, Some("cross_site_request")));
    let (status, problem) = server.request(line, &[JSON, &host], "{\"limit\": 1}").await;
    assert_eq!((status, problem["code"].as_str()), (400, Some("invalid_request")));
    let (status, _) = server.request("POST /local/operate/nothing", &[JSON, &host], "{}").await;
    assert_eq!(status, 404);
}

/// A page of `evil.example` reaches this server if that name leads to 127.0.0.1 (DNS rebinding).
#[tokio::test]
async fn a_request_to_another_host_is_refused_for_every_path() {
    let server = TestServer::start().await;
    let port = server.address.port();
    for path in ["/v1/me", "/health", "/docs/", "/trilho-files/a", "/local/clock", "/nowhere"] {
        let evil = format!("host: evil.example:{port}");
        let (status, problem) = server.request(&format!("GET {path}"), &[&evil], "").await;
        assert_eq!((status, problem["code"].as_str()), (403, Some("cross_site_request")), "{path}");
    }
    for host in [format!("localhost:{port}"), format!("[::1]:{port}")] {
        let (status, _) = server.request("GET /health", &[&format!("host: {host}")], "").await;
        assert_eq!(status, 200, "{host}");
    }
    let own = format!("host: {}", server.address);
    let (status, _) =
        server.request(&format!("GET http://evil.example:{port}/health"), &[&own], "").await;
    assert_eq!(status, 403, "the host of the target counts");
}

#[tokio::test]
async fn a_request_without_one_host_is_refused() {
    let server = TestServer::start().await;
    let own = format!("host: {}", server.address);
    for headers in [&[][..], &[own.as_str(), own.as_str()]] {
        let (status, problem) = server.request("GET /health", headers, "").await;
        assert_eq!((status, problem["code"].as_str()), (400, Some("invalid_request")));
    }
    let (status, _) = server.send("GET /health HTTP/1.0\r\n\r\n").await;
    assert_eq!(status, 200, "HTTP/1.0 has no Host");
}

#[tokio::test]
async fn a_request_that_is_not_http_gets_a_problem() {
    let server = TestServer::start().await;
    let host = format!("host: {}", server.address);
    for target in ["/v1/charges?reference=\"a\"", "/v1/charges?reference=<a"] {
        let (status, problem) = server.request(&format!("GET {target}"), &[&host], "").await;
        assert_eq!(status, 400, "{target}");
        assert_eq!(problem["code"], "invalid_request", "{target}");
        assert_eq!(problem["status"], 400, "{target}");
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains("%22")), "{problem}");
    }
    let large = format!("x-large: {}", "a".repeat(600_000));
    let (status, problem) = server.request("GET /health", &[&host, &large], "").await;
    assert_eq!((status, problem["status"].as_i64()), (431, Some(431)));
}

#[tokio::test]
async fn the_clock_stops_before_its_latest_year() {
    let server = TestServer::start().await;
    let ten_years = 10 * 366 * 24 * 60 * 60;
    let mut last = (200, Value::Null);
    let mut moves = 0;
    while last.0 == 200 && moves < 40 {
        last = server.move_clock(&[JSON], ten_years).await;
        moves += 1;
    }
    assert_eq!((last.0, moves), (400, 26), "{}", last.1);
    assert!(last.1["detail"].as_str().is_some_and(|text| text.contains("2285")), "{}", last.1);
    assert!(server.site.bundle.clock().now() < LATEST);
    assert!(server.site.data.clock_ahead().is_ok(), "the next start accepts it");
    for seconds in [-1, ten_years + 1] {
        assert_eq!(server.move_clock(&[JSON], seconds).await.0, 400);
    }
}

#[tokio::test]
async fn the_clock_reads_and_writes_as_the_api_does() {
    let server = TestServer::start().await;
    let host = format!("host: {}", server.address);
    let advance =
        async |body: &str| server.request("POST /local/clock", &[JSON, &host], body).await;
    let (status, shown) = advance("{\"advance_seconds\": 60.0}").await;
    assert_eq!((status, shown["ahead_seconds"].as_i64()), (200, Some(60)));
    let now = shown["now"].as_str().expect("a time");
    assert_eq!(now.split_once('.').map(|(_, decimals)| decimals.len()), Some(4), "{now}");
    let only_moved = "{\"advance_seconds\": 1, \"run_jobs\": false}";
    let (status, shown) = advance(only_moved).await;
    assert_eq!((status, shown.get("moved_on")), (200, None), "no job has run");
    for body in ["{\"advance_seconds\": \"x\"}", "{}", "{\"advance_seconds\": 1, \"x\": 1}"] {
        let (status, problem) = advance(body).await;
        let detail = problem["detail"].as_str().expect("a sentence");
        assert_eq!(status, 400, "{detail}");
        assert!(!detail.contains("i64") && !detail.contains("expected"), "{detail}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_ends_the_request() {
    let server = TestServer::start().await;
    let mut stream = TcpStream::connect(server.address).await.expect("connected");
    let head = format!(
        "POST /v1/charges HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: 9\r\n\r\nhalf",
        server.address
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut silent = TcpStream::connect(server.address).await.expect("connected");
    silent.write_all(b"GET /health HTTP/1.1\r\nho").await.expect("sent");
    // The time passes at once, because nothing else happens.
    tokio::time::sleep(Duration::from_millis(50)).await;
    tokio::time::pause();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.expect("an answer");
    assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
    assert!(response.contains("did not arrive within 30 s"), "{response}");
    let mut rest = Vec::new();
    silent.read_to_end(&mut rest).await.expect("closed");
}
