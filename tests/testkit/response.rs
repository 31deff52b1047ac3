//! An answer, and the checks of it.

use serde_json::Value;

/// An answer of the bundle.
#[derive(Debug, Clone)]
pub struct TestResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl TestResponse {
    /// Returns a header, or `None` if it is not there.
    pub fn header(&self, name: &str) -> Option<&str> {
        let same = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.headers.iter().find(same).map(|(_, value)| value.as_str())
    }

    /// Returns the body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or("<binary>")
    }

    /// Returns the body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|cause| panic!("{cause}: {} {}", self.status, self.text()))
    }

    /// Checks the status and returns the body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.body.is_empty() {
            return Value::Null;
        }
        let body = self.json();
        check_times("", &body);
        body
    }

    /// Checks for 201 and returns the body.
    #[track_caller]
    pub fn created(&self) -> Value {
        self.expect(201)
    }

    /// Checks for 200 and returns the body.
    #[track_caller]
    pub fn ok(&self) -> Value {
        self.expect(200)
    }

    /// Checks for a well-formed problem with this status and code, and returns the body.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(body["status"], status);
        for name in ["type", "title", "detail", "request_id"] {
            assert!(body[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {body}");
        }
        assert_eq!(body["request_id"].as_str(), self.header("request-id"));
        body
    }

    /// Checks for 400 `invalid_request` that names this field with this flaw, and returns the body.
    #[track_caller]
    pub fn violation(&self, field: &str, flaw: &str) -> Value {
        let body = self.problem(400, "invalid_request");
        let named = body["violations"].as_array().is_some_and(|violations| {
            violations.iter().any(|one| one["field"] == field && one["code"] == flaw)
        });
        assert!(named, "no {flaw} of {field} in {body}");
        body
    }

    /// Returns true if the answer is a replay of a stored one.
    pub fn is_replay(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }
}

/// Checks that each time in a body is in UTC and has three decimals, so that times sort as texts.
#[track_caller]
pub fn check_times(name: &str, value: &Value) {
    match value {
        Value::String(text) => {
            let is_time = name == "at" || name == "as_of" || name == "scheduled_for";
            let is_time = is_time
                || ["_at", "_since", "_from", "_until"].iter().any(|end| name.ends_with(end));
            if is_time && text.parse::<jiff::Timestamp>().is_ok() {
                let has_decimals = text.len() == "2026-11-23T12:00:00.000Z".len();
                assert!(has_decimals && text.ends_with('Z'), "{name} is {text}");
            }
        }
        Value::Array(items) => items.iter().for_each(|item| check_times(name, item)),
        Value::Object(fields) => fields.iter().for_each(|(name, field)| check_times(name, field)),
        _ => {}
    }
}

/// Returns a string of a body.
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}
