//! Refuses card numbers before anything reads, stores or logs them. Trilho takes cards as tokens alone.

use std::borrow::Cow;

use domain::kernel::{Code, Error};
use gate::holds_card_number;
use serde_json::Value;

use crate::incoming::Incoming;

/// Headers whose values reach a row or an answer. The others, and the random texts of credentials, reach
/// neither.
const HEADERS: [&str; 4] = ["accept", "content-type", "idempotency-key", "origin"];

/// Checks that a request holds no card number.
///
/// # Errors
/// `card_number_refused` names the part of the request, and never repeats it.
pub(crate) fn check(incoming: &Incoming) -> Result<(), Error> {
    let found = if incoming.path.values().any(holds_card_number) {
        "path"
    } else if decoded(&incoming.query).any(|text| holds_card_number(&text)) {
        "query"
    } else if HEADERS.iter().any(|name| incoming.header(name).is_some_and(holds_card_number)) {
        "headers"
    } else if body_has_one(&incoming.body) || form_has_one(incoming) {
        "body"
    } else {
        return Ok(());
    };
    let detail = format!(
        "the {found} of the request has a card number, so Trilho has not read the request; send the \
         token of the card instead"
    );
    Err(Error::Malformed { code: Code::CardNumberRefused, detail })
}

/// Returns the names and values of a query.
fn decoded(query: &str) -> impl Iterator<Item = Cow<'_, str>> {
    form_urlencoded::parse(query.as_bytes()).flat_map(|(name, value)| [name, value])
}

/// Returns true if a field of a form holds a card number. Its digits may be escaped, as `%34`.
fn form_has_one(incoming: &Incoming) -> bool {
    let form = incoming.form().unwrap_or_default();
    decoded(form).any(|text| holds_card_number(&text))
}

fn body_has_one(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    // An escape such as `\u0031` is a digit too.
    let is_escaped = text.contains('\\');
    holds_card_number(&text) || is_escaped && serde_json::from_str(&text).is_ok_and(|it| holds(&it))
}

/// Returns true if a text of a JSON value holds a card number. The depth is limited by the parser.
fn holds(value: &Value) -> bool {
    match value {
        Value::String(text) => holds_card_number(text),
        Value::Array(values) => values.iter().any(holds),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| holds_card_number(name) || holds(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
