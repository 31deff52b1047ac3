//! The HTTP server in front of the gateway.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use local::{Bundle, GatewayRequest, GatewayResponse, LocalFiles};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;

use crate::data_dir::write_private;
use crate::docs;

/// Largest body that API Gateway takes: 10 MB.
const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Longest move of the clock in one request: ten years.
const ADVANCE_SECONDS_MAX: i64 = 10 * 366 * 24 * 60 * 60;

#[derive(Clone)]
pub(crate) struct Site {
    bundle: Arc<Bundle>,
    clock_file: PathBuf,
    host: String,
    requests: Arc<AtomicU64>,
}

pub(crate) fn site(bundle: Arc<Bundle>, clock_file: PathBuf, host: String) -> Site {
    Site { bundle, clock_file, host, requests: Arc::default() }
}

/// Serves until the process ends.
pub(crate) async fn serve(listener: TcpListener, site: Site) {
    let router = Router::new().fallback(answer).with_state(site);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // It ends only if its listener ends.
    let _ = axum::serve(listener, service).await;
}

async fn answer(
    State(site): State<Site>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if matches!(parts.method, Method::GET | Method::HEAD)
        && let Some(answer) = docs::response(&path)
    {
        return answer;
    }
    if LocalFiles::serves(&path) {
        return respond(follow(&site, &parts).await);
    }
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the body must have at most 10 MB\n")
            .into_response();
    };
    if path == "/local/clock" && parts.method == Method::POST {
        return advance(&site, &body).await;
    }
    // A value that is not ASCII is passed on, so that the function refuses it. If it were dropped
    // here, a malformed Idempotency-Key would count as none.
    let header = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    };
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.filter(|host| host.parse::<axum::http::uri::Authority>().is_ok());
    let request = GatewayRequest {
        method: parts.method.as_str().to_owned(),
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.iter().map(header).collect(),
        body: body.to_vec(),
        source_ip: peer.ip(),
        host: host.unwrap_or(&site.host).to_owned(),
        request_id: format!("req-{:06}", site.requests.fetch_add(1, Ordering::Relaxed) + 1),
    };
    let answer = site.bundle.call(request).await;
    respond(answer)
}

fn respond(answer: GatewayResponse) -> Response {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let failed = |_| StatusCode::BAD_GATEWAY.into_response();
    response.body(Body::from(answer.body)).unwrap_or_else(failed)
}

/// Answers a link to a file, which does not pass the gateway. On AWS it leads to S3.
async fn follow(site: &Site, parts: &Parts) -> GatewayResponse {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let host = header(header::HOST).unwrap_or(&site.host);
    let (method, range) = (parts.method.as_str(), header(header::RANGE));
    site.bundle.files().follow(method, host, target, range).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

/// `POST /local/clock`: moves the clock and runs the scheduled jobs. It is not an operation of the
/// API.
async fn advance(site: &Site, body: &[u8]) -> Response {
    let wrong = |detail: String| {
        (StatusCode::BAD_REQUEST, axum::Json(json!({ "status": 400, "detail": detail })))
            .into_response()
    };
    let Advance { advance_seconds } = match serde_json::from_slice(body) {
        Ok(advance) => advance,
        Err(cause) => return wrong(format!("send {{\"advance_seconds\": 60}}: {cause}")),
    };
    if !(0..=ADVANCE_SECONDS_MAX).contains(&advance_seconds) {
        return wrong(format!("advance_seconds must be 0 to {ADVANCE_SECONDS_MAX}"));
    }
    let clock = site.bundle.clock();
    clock.advance(SignedDuration::from_secs(advance_seconds));
    let ahead_ms = clock.moved().as_millis();
    if let Err(cause) = write_private(
        &site.clock_file,
        &json!({ "ahead_ms": i64::try_from(ahead_ms).unwrap_or(0) }).to_string(),
    ) {
        return wrong(format!(
            "the clock moved, but the move was not saved for the next start: {cause}"
        ));
    }
    match site.bundle.tick().await {
        Ok(moved) => {
            let now = site.bundle.app().moment().now.to_string();
            axum::Json(json!({ "now": now, "moved_on": moved })).into_response()
        }
        Err(error) => {
            let detail = format!(
                "the clock moved, but a scheduled job failed: {error}; \
                 the scheduler runs again within a minute"
            );
            (
                StatusCode::SERVICE_UNAVAILABLE,
                axum::Json(json!({ "status": 503, "detail": detail })),
            )
                .into_response()
        }
    }
}
