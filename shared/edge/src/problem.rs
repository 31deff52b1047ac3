//! The one place that turns an [`Error`] into a status and a `problem+json` body (RFC 9457).

use domain::kernel::{Code, Error, Violation};
use lambda_http::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::HttpReply;

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// Where this code is explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status, in words.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// What went wrong, for a program.
    pub code: Code,
    /// What went wrong and what to do, for a person.
    pub detail: String,
    /// Finds the request in our log.
    pub request_id: String,
    /// The fields that are wrong.
    pub violations: Vec<Violation>,
}

/// Status and code of an error. Exhaustive on purpose: a new error asks for a decision here.
pub fn status_of(error: &Error) -> (StatusCode, Code) {
    match error {
        Error::Malformed { code, .. } => (StatusCode::BAD_REQUEST, *code),
        Error::Invalid(_) => (StatusCode::BAD_REQUEST, Code::InvalidRequest),
        Error::Unauthenticated(code) => (StatusCode::UNAUTHORIZED, *code),
        Error::Forbidden { code, .. } => (StatusCode::FORBIDDEN, *code),
        Error::NotFound(_) => (StatusCode::NOT_FOUND, Code::NotFound),
        Error::Conflict { code, .. } => (StatusCode::CONFLICT, *code),
        Error::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, Code::BodyTooLarge),
        Error::UnsupportedMedia => (StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::UnsupportedMediaType),
        Error::Refused { code, .. } => (StatusCode::UNPROCESSABLE_ENTITY, *code),
        Error::TooMany { code, .. } => (StatusCode::TOO_MANY_REQUESTS, *code),
        Error::Stale | Error::Outdated | Error::Unavailable(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable)
        }
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal),
    }
}

/// The answer to an error. What went wrong inside is for the log, never for the caller.
pub(crate) fn answer(error: &Error, origin: &str, request_id: &str) -> HttpReply {
    let (status, code) = status_of(error);
    let problem = Problem {
        kind: format!("{origin}/docs/errors#{}", code.as_str()),
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        code,
        detail: detail(error),
        request_id: request_id.to_owned(),
        violations: match error {
            Error::Invalid(violations) => violations.clone(),
            _ => Vec::new(),
        },
    };
    let body = serde_json::to_vec(&problem).expect("a problem has string keys and no floats");
    let mut answer = HttpReply::json(status, body);
    answer.content_type = "application/problem+json";
    answer.headers.extend(retry_after(error).map(|seconds| ("retry-after", seconds.to_string())));
    if status == StatusCode::UNAUTHORIZED {
        answer.headers.push(("www-authenticate", "Bearer".to_owned()));
    }
    answer
}

fn retry_after(error: &Error) -> Option<u64> {
    match error {
        Error::TooMany { retry_after_seconds, .. } => Some(*retry_after_seconds),
        Error::Stale | Error::Outdated | Error::Unavailable(_) => Some(1),
        Error::Conflict { code: Code::IdempotencyInProgress, .. } => Some(1),
        _ => None,
    }
}

fn detail(error: &Error) -> String {
    match error {
        Error::Malformed { detail, .. }
        | Error::Forbidden { detail, .. }
        | Error::Conflict { detail, .. }
        | Error::Refused { detail, .. } => detail.clone(),
        Error::Invalid(violations) => match violations.as_slice() {
            [one] if !one.field.is_empty() => format!("{}: {}", one.field, one.detail),
            [one] => one.detail.clone(),
            many => format!("{} fields are wrong; see violations", many.len()),
        },
        Error::Unauthenticated(code) => unauthenticated(*code).to_owned(),
        Error::NotFound(noun) => format!("there is no such {noun} on this account"),
        Error::TooLarge { bytes_max } => format!("the body may have {bytes_max} bytes at most"),
        Error::UnsupportedMedia => "send the body as application/json".to_owned(),
        Error::TooMany { code: Code::LookupBudgetSpent, retry_after_seconds } => {
            format!("too few look-ups of PIX keys are left; try again in {retry_after_seconds} s")
        }
        Error::TooMany { retry_after_seconds, .. } => {
            format!("too many failed attempts; try again in {retry_after_seconds} s")
        }
        Error::Stale | Error::Outdated | Error::Unavailable(_) => {
            "nothing is lost; send the same request again, with the same Idempotency-Key".to_owned()
        }
        Error::Internal(_) => "this is our mistake; the request id finds it in our log".to_owned(),
    }
}

fn unauthenticated(code: Code) -> &'static str {
    match code {
        Code::CredentialMissing => "send Authorization: Bearer <api key>, or log in first",
        Code::LoginInvalid => "e-mail, password or code are wrong",
        Code::LoginNeedsCode => "send totp_code (or recovery_code) with e-mail and password",
        Code::SessionInvalid => "the session is over; log in again",
        _ => "the API key is not valid",
    }
}
