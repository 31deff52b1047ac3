//! `/local/clock`: shows and moves the clock of the local bundle. It is not an operation of the API.

use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::kernel::{Code, Error};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::guard::Refusal;
use super::site::Site;

pub(super) const PATH: &str = "/local/clock";

/// Longest move of the clock in one request: ten years.
const ADVANCE_SECONDS_MAX: i64 = 10 * 366 * 24 * 60 * 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
    /// Whether the scheduled jobs run at once. If not, they run within a minute of the machine's clock.
    #[serde(default = "yes")]
    run_jobs: bool,
}

const fn yes() -> bool {
    true
}

pub(super) async fn response(site: &Site, parts: &Parts, body: &[u8]) -> Response {
    match parts.method {
        Method::GET => json_answer(&shown(site)),
        Method::POST => match advance(site, body).await {
            Ok(shown) => json_answer(&shown),
            Err(refusal) => site.refuse(parts, refusal),
        },
        _ => {
            let detail = "the path does not accept this method; use GET or POST".to_owned();
            let refusal = Refusal { status: 405, code: Code::MethodNotAllowed, detail };
            let mut response = site.refuse(parts, refusal);
            let allowed = axum::http::HeaderValue::from_static("GET, POST");
            response.headers_mut().insert(axum::http::header::ALLOW, allowed);
            response
        }
    }
}

fn json_answer(body: &Value) -> Response {
    let json = [(axum::http::header::CONTENT_TYPE, "application/json")];
    (json, body.to_string()).into_response()
}

/// Returns what the clock shows.
fn shown(site: &Site) -> Value {
    let now = format!("{:.3}", site.bundle.app().moment().now);
    json!({ "now": now, "ahead_seconds": site.bundle.clock().moved().as_secs() })
}

/// Moves the clock, and runs the scheduled jobs if the caller wants it.
async fn advance(site: &Site, body: &[u8]) -> Result<Value, Refusal> {
    let Advance { advance_seconds, run_jobs } = read(body)
        .map_err(|flaw| Refusal::malformed(&format!("send {{\"advance_seconds\": 60}}: {flaw}")))?;
    if !(0..=ADVANCE_SECONDS_MAX).contains(&advance_seconds) {
        let detail = format!("advance_seconds must be 0 to {ADVANCE_SECONDS_MAX}");
        return Err(Refusal::malformed(&detail));
    }
    let by = SignedDuration::from_secs(advance_seconds);
    let clock = site.bundle.clock();
    {
        let _turn = site.clock_turn.lock().await;
        if !clock.can_advance(by) {
            return Err(Refusal::malformed(
                "the clock cannot be moved past the year 2285; to set it back, start clean with \
                 RESET=1",
            ));
        }
        clock.advance(by);
        site.data.save_clock(clock.moved()).map_err(|cause| {
            unavailable(format!(
                "the clock moved, but the move was not saved for the next start: {cause}"
            ))
        })?;
    }
    if !by.is_zero() {
        site.log.clock();
    }
    if !run_jobs {
        return Ok(shown(site));
    }
    let moved_on = site.bundle.tick().await.map_err(|error| {
        unavailable(format!(
            "the clock moved, but a scheduled job failed: {error}; \
             the scheduler runs again within a minute"
        ))
    })?;
    let mut shown = shown(site);
    shown["moved_on"] = json!(moved_on);
    Ok(shown)
}

/// Reads the body as the operations of the API do: `60.0` is a whole number.
fn read(body: &[u8]) -> Result<Advance, String> {
    let body: Value = serde_json::from_slice(body).map_err(|cause| cause.to_string())?;
    edge::read_json(&body).map_err(|error| match error {
        Error::Invalid(violations) => {
            let flaws = violations.iter().map(|flaw| format!("{}: {}", flaw.field, flaw.detail));
            flaws.collect::<Vec<_>>().join("; ")
        }
        error => error.to_string(),
    })
}

fn unavailable(detail: String) -> Refusal {
    Refusal { status: 503, code: Code::Unavailable, detail }
}
