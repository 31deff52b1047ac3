//! Reads a body or a query as the input type of a handler, and names the field that is wrong.

use domain::kernel::{Code, Error};
use lambda_http::http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::incoming::Incoming;
use crate::strict::StrictDeserializer;
use crate::violation::violation;

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

/// Reads the input: the query of a GET or DELETE, the body of every other method.
pub(crate) fn read<I: Input>(incoming: &Incoming) -> Result<I, Error> {
    if incoming.method == Method::GET || incoming.method == Method::DELETE {
        return query(&incoming.query);
    }
    if !incoming.query.is_empty() {
        query::<NoInput>(&incoming.query)?;
    }
    body(incoming.json()?)
}

fn query<I: Input>(text: &str) -> Result<I, Error> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let field = error.path().to_string();
        violation(field, &error.into_inner().to_string())
    })
}

/// Reads the input of a function without HTTP, as strictly as a body.
pub fn read_json<I: DeserializeOwned>(input: &serde_json::Value) -> Result<I, Error> {
    body(input.to_string().as_bytes())
}

fn body<I: DeserializeOwned>(text: &[u8]) -> Result<I, Error> {
    let text = if text.is_empty() { b"{}" } else { text };
    let malformed = |detail: String| Error::Malformed { code: Code::MalformedJson, detail };
    // serde_json stops at 128 levels.
    let mut reader = serde_json::Deserializer::from_slice(text);
    let input =
        serde_path_to_error::deserialize(StrictDeserializer(&mut reader)).map_err(|error| {
            let field = error.path().to_string();
            let cause = error.into_inner();
            // serde_json reports a number in place of an enum's word as a syntax error too.
            let is_json = || serde_json::from_slice::<serde_json::Value>(text).is_ok();
            if cause.is_data() || is_json() {
                violation(field, &cause.to_string())
            } else {
                malformed(format!("the body is not JSON: {cause}"))
            }
        })?;
    reader
        .end()
        .map_err(|cause| malformed(format!("the body has more than one JSON value: {cause}")))?;
    Ok(input)
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
        limit: Option<u8>,
    }

    #[track_caller]
    fn check(outcome: Result<impl std::fmt::Debug, Error>, field: &str, flaw: Flaw) {
        match outcome {
            Err(Error::Invalid(violations)) => {
                assert_eq!((violations[0].field.as_str(), violations[0].code), (field, flaw));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_wrong_field_is_named() {
        let read = |text: &str| body::<Outer>(text.as_bytes());
        check(read(r#"{"amount_cents":1}"#), "inner", Flaw::Required);
        check(read(r#"{"amount_cents":1,"inner":{}}"#), "inner.name", Flaw::Required);
        check(
            read(r#"{"amount_cents":1,"inner":{"name":"x","y":1}}"#),
            "inner.y",
            Flaw::UnknownField,
        );
        check(read(r#"{"z":1}"#), "z", Flaw::UnknownField);
        check(read(r#"{"amount_cents":"1"}"#), "amount_cents", Flaw::WrongType);
        check(read(r#"{"amount_cents":1.5}"#), "amount_cents", Flaw::WrongType);
        check(read(r#"{"amount_cents":1e3}"#), "amount_cents", Flaw::WrongType);
        check(read(r#"{"amount_cents":-1}"#), "amount_cents", Flaw::OutOfRange);
        check(read(r#"{"amount_cents":1,"kind":"two"}"#), "kind", Flaw::UnknownValue);
        check(read(r#"{"amount_cents":1,"kind":7}"#), "kind", Flaw::WrongType);
        check(read(r#"{"amount_cents":1,"list":[1,300]}"#), "list[1]", Flaw::OutOfRange);
        check(read("[]"), "", Flaw::WrongType);
        check(read(r#"{"amount_cents":1,"inner":["x"]}"#), "inner", Flaw::WrongType);
        check(query::<RangeRequest>("limit=x"), "limit", Flaw::InvalidFormat);
        check(query::<RangeRequest>("limit=300"), "limit", Flaw::OutOfRange);
        check(query::<RangeRequest>("other=1"), "other", Flaw::UnknownField);
    }

    #[test]
    fn what_is_not_json_is_malformed_however_deep() {
        let deep = "[".repeat(100_000);
        for text in ["{", "nul", r#"{"amount_cents":1,}"#, "{} {}", deep.as_str()] {
            match body::<NoInput>(text.as_bytes()) {
                Err(Error::Malformed { code: Code::MalformedJson, .. } | Error::Invalid(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
