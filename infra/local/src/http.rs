//! The HTTP server in front of the gateway.

mod clock;
mod guard;
mod operate;
mod refusals;
mod site;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{Method, Request, header};
use axum::response::Response;
use domain::kernel::Code;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use local::{Bundle, GatewayRequest, GatewayResponse, LocalFiles};
use tokio::net::{TcpListener, TcpStream};

use self::guard::Refusal;
use self::refusals::ExplainedRefusals;
pub(crate) use self::site::Site;
use self::site::respond;
use crate::docs;

/// Largest body that API Gateway takes: 10 MB.
const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Time within which the head of a request must arrive, and then its body. API Gateway ends a
/// request after 30 seconds.
const ARRIVAL_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause after the system refused a connection, for example because too many files are open.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// Serves until the process ends.
pub(crate) async fn serve(listener: TcpListener, site: Site) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(connection(stream, peer, site.clone()));
            }
            Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, site: Site) {
    // Without it an answer can wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let explained = ExplainedRefusals::of(stream, site.guard.own_host().to_owned());
    let answering = service_fn(move |request| {
        let site = site.clone();
        async move { Ok::<_, Infallible>(answer(&site, peer.ip(), request).await) }
    });
    let server = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(ARRIVAL_TIMEOUT)
        .serve_connection(TokioIo::new(explained), answering);
    // It fails if the caller went away, or sent what is not HTTP.
    let _ = server.await;
}

async fn answer(site: &Site, peer: IpAddr, request: Request<Incoming>) -> Response {
    let (parts, body) = request.into_parts();
    let host = match site.guard.host(&parts) {
        Ok(host) => host,
        Err(refusal) => return site.refuse(&parts, refusal),
    };
    let path = parts.uri.path().to_owned();
    if matches!(parts.method, Method::GET | Method::HEAD)
        && let Some(answer) = docs::response(&path)
    {
        return answer;
    }
    let is_upload = LocalFiles::serves(&path) && parts.method == Method::PUT;
    if LocalFiles::serves(&path) && !is_upload {
        return respond(follow(site, &parts, &host).await);
    }
    let body = match tokio::time::timeout(
        ARRIVAL_TIMEOUT,
        to_bytes(Body::new(body), BODY_BYTES_MAX),
    )
    .await
    {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            let detail = "the body must have at most 10 MB".to_owned();
            return site.refuse(&parts, Refusal { status: 413, code: Code::BodyTooLarge, detail });
        }
        Err(_) => {
            let seconds = ARRIVAL_TIMEOUT.as_secs();
            let detail = format!("the body did not arrive within {seconds} s");
            return site
                .refuse(&parts, Refusal { status: 408, code: Code::InvalidRequest, detail });
        }
    };
    if is_upload {
        return respond(upload(site, &parts, &host, body.to_vec()).await);
    }
    if path == clock::PATH || path.starts_with(operate::PATH) {
        return match site.guard.own_page(&parts) {
            Ok(()) if path == clock::PATH => clock::response(site, &parts, &body).await,
            Ok(()) => operate::response(site, &parts, &body).await,
            Err(refusal) => site.refuse(&parts, refusal),
        };
    }
    // A value that is not ASCII is passed on, so that the function refuses it. If it were dropped
    // here, a malformed Idempotency-Key would count as none.
    let header = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    };
    let request = GatewayRequest {
        method: parts.method.as_str().to_owned(),
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.iter().map(header).collect(),
        body: body.to_vec(),
        source_ip: peer,
        host,
        request_id: site.request_id(),
    };
    let routed = Bundle::routes(&request.method, &request.path);
    let answer = site.bundle.call(request).await;
    // The functions log their requests themselves, but not why they refused one.
    if !routed {
        site.log.refused(&parts, answer.status);
    }
    site.log.detail(&answer);
    respond(answer)
}

/// Answers a link to a file, which does not pass the gateway. On AWS it leads to S3.
async fn follow(site: &Site, parts: &Parts, host: &str) -> GatewayResponse {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let (method, range) = (parts.method.as_str(), header(header::RANGE));
    site.bundle.files().follow(method, host, target, range).await
}

/// Answers a link that uploads a file.
async fn upload(site: &Site, parts: &Parts, host: &str, body: Vec<u8>) -> GatewayResponse {
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let headers = parts.headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    site.bundle.receive_upload(host, target, &headers.collect(), body).await
}

#[cfg(test)]
mod tests;
