//! Reads a body or a query as the input type of a handler, and names the field that is wrong.

use domain::kernel::{Code, Error, Violation};
use lambda_http::http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::incoming::Incoming;
use crate::strict::StrictDeserializer;
use crate::type_check::{self, InputFormat};
use crate::violation::{repeated, violation};

/// The input of a handler: it has `deny_unknown_fields`, and a schema for the reference.
pub trait Input: DeserializeOwned + JsonSchema + Send {}

impl<T: DeserializeOwned + JsonSchema + Send> Input for T {}

/// No input. An empty body and `{}` are the same.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoInput {}

/// Returns the schema of an input, in place and by name.
pub(crate) fn schemas<I: JsonSchema>(generator: &mut SchemaGenerator) -> (Schema, Schema) {
    (I::json_schema(generator), generator.subschema_for::<I>())
}

/// Reads the input: the query of a GET, HEAD or DELETE, the body of every other method.
pub(crate) fn read<I: Input>(incoming: &Incoming) -> Result<I, Error> {
    if matches!(incoming.method, Method::GET | Method::HEAD | Method::DELETE) {
        return query(&incoming.query);
    }
    if !incoming.query.is_empty() {
        query::<NoInput>(&incoming.query)?;
    }
    body(incoming.json()?, |input| type_check::check::<I>(input, InputFormat::Json))
}

/// Reads the body of a form. It has the same fields and flaws as a query.
pub(crate) fn read_form<I: Input>(incoming: &Incoming) -> Result<I, Error> {
    if !incoming.query.is_empty() {
        query::<NoInput>(&incoming.query)?;
    }
    query(incoming.form()?)
}

/// Reads a query.
pub(crate) fn query<I: Input>(text: &str) -> Result<I, Error> {
    let mut values = Map::new();
    let mut violations: Vec<Violation> = Vec::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        let is_repeated = values.insert(name.to_string(), value.into()).is_some();
        if is_repeated && violations.iter().all(|violation| violation.field != name) {
            violations.push(repeated("parameter", &name));
        }
    }
    if !violations.is_empty() {
        return Err(Error::Invalid(violations));
    }
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let field = error.path().to_string();
        let first = violation(field, &error.into_inner().to_string());
        let all = type_check::check::<I>(&Value::Object(values), InputFormat::Query);
        Error::Invalid(merge(first, all))
    })
}

/// Reads a body before the caller is authorized, as strictly as it is read afterwards. Returns `None` if
/// it is malformed, which is refused later.
pub(crate) fn body_as<I: DeserializeOwned>(text: &[u8]) -> Option<I> {
    body(text, |_| Vec::new()).ok()
}

/// Reads the input of a function without HTTP, as strictly as a body.
pub fn read_json<I: DeserializeOwned>(input: &Value) -> Result<I, Error> {
    body(input.to_string().as_bytes(), |_| Vec::new())
}

/// Reads a body. `check` names all wrong fields of a body that is refused.
fn body<I: DeserializeOwned>(
    text: &[u8],
    check: impl Fn(&Value) -> Vec<Violation>,
) -> Result<I, Error> {
    let text = if text.is_empty() { b"{}" } else { text };
    let malformed = |detail: String| Error::Malformed { code: Code::MalformedJson, detail };
    // serde_json stops at 128 levels.
    let mut reader = serde_json::Deserializer::from_slice(text);
    let input =
        serde_path_to_error::deserialize(StrictDeserializer(&mut reader)).map_err(|error| {
            let field = error.path().to_string();
            let cause = error.into_inner();
            match serde_json::from_slice::<Value>(text) {
                Ok(input) => {
                    Error::Invalid(merge(violation(field, &cause.to_string()), check(&input)))
                }
                Err(cause) => malformed(format!("the body is not JSON: {cause}")),
            }
        })?;
    reader
        .end()
        .map_err(|cause| malformed(format!("the body has more than one JSON value: {cause}")))?;
    Ok(input)
}

/// Returns all violations: those of the check, and the one of serde if the check does not know it, such as
/// a text that is no id.
fn merge(first: Violation, mut all: Vec<Violation>) -> Vec<Violation> {
    if all.iter().all(|violation| violation.field != first.field) {
        all.insert(0, first);
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::kernel::Flaw;

    use super::*;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read for its errors")]
    struct Outer {
        amount_cents: u64,
        inner: Inner,
        kind: Option<Kind>,
        list: Option<Vec<u8>>,
        notes: Option<BTreeMap<String, String>>,
        at: Option<jiff::Timestamp>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read for its errors")]
    struct Inner {
        name: String,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        One,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read for its errors")]
    struct RangeRequest {
        #[schemars(range(min = 1, max = 100))]
        limit: Option<u8>,
        from: Option<crate::instant::SpanStart>,
    }

    fn read(text: &str) -> Result<Outer, Error> {
        body(text.as_bytes(), |input| type_check::check::<Outer>(input, InputFormat::Json))
    }

    fn violations(outcome: Result<impl std::fmt::Debug, Error>) -> Vec<Violation> {
        match outcome {
            Err(Error::Invalid(violations)) => violations,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn check(outcome: Result<impl std::fmt::Debug, Error>, expected: &[(&str, Flaw)]) {
        let violations = violations(outcome);
        let seen: Vec<_> = violations.iter().map(|one| (one.field.as_str(), one.code)).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn the_wrong_field_is_named() {
        let one = |text: &str, field: &str, flaw| check(read(text), &[(field, flaw)]);
        one(r#"{"amount_cents":1}"#, "inner", Flaw::Required);
        one(r#"{"amount_cents":1,"inner":{}}"#, "inner.name", Flaw::Required);
        one(r#"{"amount_cents":1,"inner":{"name":"x","y":1}}"#, "inner.y", Flaw::UnknownField);
        let with = |field: &str| format!(r#"{{"amount_cents":1,"inner":{{"name":"x"}},{field}}}"#);
        one(&with(r#""kind":"two""#), "kind", Flaw::UnknownValue);
        one(&with(r#""kind":7"#), "kind", Flaw::WrongType);
        one(&with(r#""kind":{"one":null}"#), "kind", Flaw::WrongType);
        one(&with(r#""list":[1,300]"#), "list[1]", Flaw::OutOfRange);
        one(&with(r#""notes":{"a":1}"#), "notes.a", Flaw::WrongType);
        one("[]", "", Flaw::WrongType);
        one(r#"{"amount_cents":1,"inner":["x"]}"#, "inner", Flaw::WrongType);
        let query = |text: &str, field: &str, flaw| {
            check(query::<RangeRequest>(text), &[(field, flaw)]);
        };
        query("limit=x", "limit", Flaw::InvalidFormat);
        query("limit=300", "limit", Flaw::OutOfRange);
        query("other=1", "other", Flaw::UnknownField);
        query("from=28/11/2026", "from", Flaw::InvalidFormat);
    }

    #[test]
    fn an_amount_of_the_wrong_type_is_refused() {
        for (text, flaw) in [
            (r#""1""#, Flaw::WrongType),
            ("1.5", Flaw::WrongType),
            ("1998.9999999999998", Flaw::WrongType),
            ("199.9e-1", Flaw::WrongType),
            ("true", Flaw::WrongType),
            ("null", Flaw::WrongType),
            ("[1]", Flaw::WrongType),
            ("-1", Flaw::OutOfRange),
            ("18446744073709551616", Flaw::WrongType),
            ("9007199254740993.0", Flaw::WrongType),
        ] {
            let text = format!(r#"{{"amount_cents":{text},"inner":{{"name":"x"}}}}"#);
            check(read(&text), &[("amount_cents", flaw)]);
        }
    }

    #[test]
    fn a_whole_number_may_have_a_fraction_of_zero() {
        for text in ["1999", "1999.0", "1999.00", "1.999e3", "199900e-2"] {
            let text = format!(r#"{{"amount_cents":{text},"inner":{{"name":"x"}},"list":[1.0]}}"#);
            let outer = read(&text).expect("a whole number");
            assert_eq!((outer.amount_cents, outer.list), (1999, Some(vec![1])));
        }
        let largest = r#"{"amount_cents":18446744073709551615,"inner":{"name":"x"}}"#;
        assert_eq!(read(largest).expect("a whole number").amount_cents, u64::MAX);
    }

    #[test]
    fn all_wrong_fields_are_named_at_once() {
        let text = r#"{"amount_cents":"1990","inner":{"name":7,"y":1},"kind":"One","list":{},"at":"2026-11-28"}"#;
        let all = violations(read(text));
        let seen: Vec<_> =
            all.iter().map(|one| (one.field.as_str(), one.code, one.detail.as_str())).collect();
        let amount =
            "must be an integer without quotes; amounts are in cents, such as 1990 for R$ 19,90";
        let expected = [
            ("amount_cents", Flaw::WrongType, amount),
            (
                "at",
                Flaw::InvalidFormat,
                "a date alone names no time; send one, such as 2026-11-28T12:00:00-03:00",
            ),
            ("inner.name", Flaw::WrongType, "must be a text, in quotes"),
            ("inner.y", Flaw::UnknownField, "unknown field `y`; send one of: `name`"),
            ("kind", Flaw::UnknownValue, "unknown value `One`; did you mean `one`?"),
            ("list", Flaw::WrongType, "must be a list"),
        ];
        assert_eq!(seen, expected);
        check(read("{}"), &[("amount_cents", Flaw::Required), ("inner", Flaw::Required)]);
        let query = query::<RangeRequest>("limit=1000&from=yesterday&othr=1");
        let expected = [
            ("from", Flaw::InvalidFormat),
            ("limit", Flaw::OutOfRange),
            ("othr", Flaw::UnknownField),
        ];
        check(query, &expected);
    }

    #[test]
    fn a_name_that_is_there_twice_is_named() {
        let twice = |text: &str, field: &str| {
            let all = violations(read(text));
            let name = field.rsplit('.').next().expect("a name");
            let detail = format!("the field `{name}` is there twice; send it once");
            let expected = vec![Violation::new(field, Flaw::InvalidFormat, detail)];
            assert_eq!(all, expected);
        };
        twice(r#"{"amount_cents":1,"amount_cents":2,"inner":{"name":"x"}}"#, "amount_cents");
        twice(r#"{"amount_cents":1,"inner":{"name":"x","name":"y"}}"#, "inner.name");
        let notes = r#"{"amount_cents":1,"inner":{"name":"x"},"notes":{"a":"1","b":"2","a":"3"}}"#;
        twice(notes, "notes.a");
        let all = violations(query::<RangeRequest>("limit=5&limit=6&limit=7"));
        let detail = "the parameter `limit` is there twice; send it once";
        assert_eq!(all, [Violation::new("limit", Flaw::InvalidFormat, detail)]);
    }

    #[test]
    fn what_is_not_json_is_malformed_however_deep() {
        let deep = "[".repeat(100_000);
        for text in ["{", "nul", r#"{"amount_cents":1,}"#, "{} {}", "1e400", deep.as_str()] {
            match body::<NoInput>(text.as_bytes(), |_| Vec::new()) {
                Err(Error::Malformed { code: Code::MalformedJson, .. }) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
