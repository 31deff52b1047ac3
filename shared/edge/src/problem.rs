//! The one place that turns an [`Error`] into a status and a `problem+json` body (RFC 9457).

use domain::kernel::{AccountChoice, Code, Error, Violation};
use lambda_http::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::reply::HttpReply;

/// The body of every response that is not a success.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// URL that explains the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status in words.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Error code for programs.
    pub code: Code,
    /// Explanation for people: what went wrong and what to do.
    pub detail: String,
    /// Id of the request; it identifies the request in Trilho's log.
    pub request_id: String,
    /// Fields that are wrong; empty unless `code` is `invalid_request`.
    pub violations: Vec<Violation>,
    /// Accounts to choose from; present only if `code` is `account_choice_needed`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<AccountChoice>,
}

/// Returns status and code of an error. The match is exhaustive on purpose, so that a new error needs
/// a decision here.
pub fn status_of(error: &Error) -> (StatusCode, Code) {
    match error {
        Error::Malformed { code, .. } => (StatusCode::BAD_REQUEST, *code),
        Error::Invalid(_) => (StatusCode::BAD_REQUEST, Code::InvalidRequest),
        Error::Unauthenticated(code) => (StatusCode::UNAUTHORIZED, *code),
        Error::Forbidden { code, .. } => (StatusCode::FORBIDDEN, *code),
        Error::NotFound(_) => (StatusCode::NOT_FOUND, Code::NotFound),
        Error::Conflict { code, .. } => (StatusCode::CONFLICT, *code),
        Error::ChooseAccount(_) => (StatusCode::CONFLICT, Code::AccountChoiceNeeded),
        Error::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, Code::BodyTooLarge),
        Error::UnsupportedMedia { .. } => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::UnsupportedMediaType)
        }
        Error::Refused { code, .. } => (StatusCode::UNPROCESSABLE_ENTITY, *code),
        Error::TooMany { code, .. } => (StatusCode::TOO_MANY_REQUESTS, *code),
        Error::Stale | Error::Contended | Error::Outdated | Error::Unavailable(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable)
        }
        Error::Busy(_) => (StatusCode::SERVICE_UNAVAILABLE, Code::Busy),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal),
    }
}

/// Returns the reply for an error. The internal cause goes to the log, never to the caller.
pub(crate) fn reply(error: &Error, origin: &str, request_id: &str) -> HttpReply {
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
        accounts: match error {
            Error::ChooseAccount(accounts) => accounts.clone(),
            _ => Vec::new(),
        },
    };
    let body = serde_json::to_vec(&problem).expect("a problem has string keys and no floats");
    let mut reply = HttpReply::json(status, body);
    reply.content_type = "application/problem+json";
    reply.headers.extend(retry_after(error).map(|seconds| ("retry-after", seconds.to_string())));
    if status == StatusCode::UNAUTHORIZED {
        reply.headers.push(("www-authenticate", "Bearer".to_owned()));
    }
    reply
}

fn retry_after(error: &Error) -> Option<u64> {
    match error {
        Error::TooMany { retry_after_seconds, .. } => Some(*retry_after_seconds),
        Error::Stale
        | Error::Contended
        | Error::Outdated
        | Error::Unavailable(_)
        | Error::Busy(_) => Some(1),
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
        Error::NotFound(noun) => {
            format!(
                "the account has no such {noun}; check the id and the account of the credential"
            )
        }
        Error::ChooseAccount(_) => {
            "e-mail, password and code open several accounts; log in again with the account_id of \
             one of `accounts`"
                .to_owned()
        }
        Error::TooLarge { bytes_max } => format!("the body must have at most {bytes_max} bytes"),
        Error::UnsupportedMedia { expected } => {
            format!("the body is not {expected}; send Content-Type: {expected}")
        }
        Error::TooMany { code: Code::LookupBudgetSpent, retry_after_seconds } => {
            format!(
                "the account's budget for validating Pix keys is too low; try again in \
                 {retry_after_seconds} s"
            )
        }
        Error::TooMany { code: Code::LookupShareSpent, retry_after_seconds } => {
            format!(
                "you have used your share of the account's Pix key look-ups; try again in \
                 {retry_after_seconds} s"
            )
        }
        Error::TooMany { retry_after_seconds, .. } => {
            format!("too many failed attempts; try again in {retry_after_seconds} s")
        }
        Error::Stale | Error::Contended | Error::Outdated | Error::Unavailable(_) => {
            "the request may or may not have been carried out; send it again with the same \
             Idempotency-Key"
                .to_owned()
        }
        Error::Busy(_) => {
            "too many requests of this kind arrived at once, and nothing was done for this one; \
             send it again after the time in Retry-After"
                .to_owned()
        }
        Error::Internal(_) => "internal error; quote the request id to support".to_owned(),
    }
}

fn unauthenticated(code: Code) -> &'static str {
    match code {
        Code::CredentialMissing => {
            "the request has no credential; send Authorization: Bearer <api key>, or log in"
        }
        Code::LoginInvalid => "e-mail, password or code is wrong, or the code was already used",
        Code::LoginNeedsCode => {
            "a two-factor code is missing; send totp_code or recovery_code with e-mail and password"
        }
        Code::SessionInvalid => "the session has ended; log in again",
        _ => {
            "the API key is not valid; send Authorization: Bearer <api key> with the whole key, or ask \
             a moderator for a new one"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_was_not_worked_on_is_503_and_says_when_to_come_again() {
        let reply = reply(&Error::Busy("full"), "https://api.example.com", "req-1");
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(reply.headers.contains(&("retry-after", "1".to_owned())));
        let body: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
        assert_eq!(body["code"], "busy");
        let detail = body["detail"].as_str().expect("text");
        assert!(detail.contains("nothing was done") && !detail.contains("full"), "{detail}");
    }
}
