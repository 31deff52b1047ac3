//! The rules of the OpenAPI document that generators of clients and readers need (ADR 0024). `make
//! clients` tries two generators and two linters.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::all_operations;
use edge::{CodeDemand, MONEY_RETENTION, OTHER_RETENTION};
use serde_json::{Map, Value};
use tests::text;

use super::sources::read;

/// Members that hold data, not schemas.
const DATA: [&str; 3] = ["default", "example", "examples"];

fn document() -> Value {
    serde_json::from_str(&read("infra/openapi.json")).expect("JSON")
}

/// Calls `visit` with each object of the document except data, and its place.
fn objects(value: &Value, place: &str, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(place, object);
            for (name, part) in object.iter().filter(|(name, _)| !DATA.contains(&name.as_str())) {
                objects(part, &format!("{place}/{name}"), visit);
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| objects(part, place, visit)),
        _ => {}
    }
}

/// An operation of the document: its method and its entry.
struct DocumentedOperation {
    method: String,
    entry: Value,
}

impl DocumentedOperation {
    fn name(&self) -> String {
        text(&self.entry["operationId"])
    }

    /// The operation's parameter of this name.
    fn parameter(&self, name: &str) -> Option<&Value> {
        let mut all = self.entry["parameters"].as_array().expect("parameters").iter();
        all.find(|parameter| parameter["name"] == name)
    }

    /// Whether the parameter is required, optional or absent.
    fn requires(&self, name: &str) -> Option<bool> {
        self.parameter(name)?["required"].as_bool()
    }
}

fn described() -> Vec<DocumentedOperation> {
    let document = document();
    let paths = document["paths"].as_object().expect("paths").values();
    let all: Vec<_> = paths
        .flat_map(|path| path.as_object().expect("a path"))
        .map(|(method, entry)| DocumentedOperation {
            method: method.to_owned(),
            entry: entry.clone(),
        })
        .collect();
    assert_eq!(all.len(), all_operations().count());
    all
}

#[test]
fn each_list_of_words_is_one_named_enum_that_explains_them() {
    let mut enums = 0;
    objects(&document(), "", &mut |place, schema| {
        let choice = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
        assert_eq!(choice.filter(|part| part["const"].is_string()).count(), 0, "{place}");
        let Some(words) = schema.get("enum").and_then(Value::as_array) else { return };
        let name = place.strip_prefix("/components/schemas/").unwrap_or_default();
        assert!(!name.is_empty() && !name.contains('/'), "{place} needs a schema of its own");
        assert!(words.iter().all(Value::is_string), "{place}: null belongs into an anyOf");
        assert_eq!(schema["type"], "string", "{place}");
        enums += 1;
        if let Some(meanings) = schema.get("x-enum-descriptions") {
            let meanings = meanings.as_array().expect("a list");
            assert_eq!(meanings.len(), words.len(), "{place}");
            for (word, meaning) in words.iter().zip(meanings) {
                let line = format!("- `{}`: {}", text(word), text(meaning));
                assert!(text(&schema["description"]).contains(&line), "{place}: {line}");
                assert!(!text(meaning).is_empty(), "{place}: {word} has no meaning");
            }
        } else {
            assert_eq!(words.len(), 1, "{place}: the words have no meanings");
        }
    });
    assert!(enums >= 39, "the walk found only {enums} enums");
}

#[test]
fn every_parameter_has_a_description_of_its_own() {
    for operation in described() {
        for parameter in operation.entry["parameters"].as_array().expect("parameters") {
            let description = parameter["description"].as_str().unwrap_or_default();
            let place = format!("{} {}", operation.name(), parameter["name"]);
            assert!(description.ends_with('.'), "{place}: {description:?}");
            assert_eq!(parameter["schema"].get("description"), None, "{place} says it twice");
        }
    }
}

#[test]
fn every_schema_is_used_and_has_one_name() {
    let document = document();
    let mut used = BTreeSet::new();
    objects(&document, "", &mut |_, object| {
        let reference = object.get("$ref").and_then(Value::as_str);
        used.extend(
            reference.and_then(|it| it.strip_prefix("#/components/schemas/")).map(str::to_owned),
        );
    });
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let names: BTreeSet<_> = schemas.keys().cloned().collect();
    assert_eq!(names, used);
    for name in &names {
        let plain = name.trim_end_matches(|mark: char| mark.is_ascii_digit());
        assert!(name == plain || !names.contains(plain), "{plain} and {name} are one type");
    }
}

#[test]
fn integers_have_the_formats_of_openapi() {
    objects(&document(), "", &mut |place, schema| {
        let is_integer = match schema.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "integer"),
            kind => kind.is_some_and(|kind| kind == "integer"),
        };
        let format = schema.get("format").and_then(Value::as_str).unwrap_or("int64");
        assert!(!is_integer || ["int32", "int64"].contains(&format), "{place}: {format}");
    });
}

#[test]
fn groups_have_a_sentence_and_the_order_of_readers() {
    let document = document();
    let tags = document["tags"].as_array().expect("tags");
    let names: Vec<_> = tags.iter().map(|tag| text(&tag["name"])).collect();
    assert_eq!(names[..3], ["Charges", "Refunds", "Payouts"]);
    assert_eq!(names[names.len() - 2..], ["Docs", "Health"]);
    assert!(tags.iter().all(|tag| text(&tag["description"]).ends_with('.')));
    let of = |entry: &Value| text(&entry["tags"][0]);
    let webhooks = document["webhooks"].as_object().expect("webhooks").values();
    let mut used: BTreeSet<_> = described().iter().map(|operation| of(&operation.entry)).collect();
    used.extend(webhooks.map(|webhook| of(&webhook["post"])));
    assert_eq!(used, names.into_iter().collect::<BTreeSet<_>>());
}

#[test]
fn headers_are_declared_exactly_where_they_are_needed() {
    let table: BTreeMap<_, _> =
        all_operations().map(|operation| (operation.name, operation)).collect();
    for described in described() {
        let name = described.name();
        let operation = table[name.as_str()];
        let security = described.entry["security"].to_string();
        let is_write = described.method != "get";
        let expected = match (security.contains("session"), security.contains("api_key")) {
            (true, both) if is_write => Some(!both),
            _ => None,
        };
        assert_eq!(described.requires("X-Requested-With"), expected, "{name}");
        let expected = match operation.needs.code_demand() {
            CodeDemand::Always => Some(!operation.needs.admits_programs()),
            CodeDemand::Sometimes | CodeDemand::IfEnrolled => Some(false),
            CodeDemand::Never => None,
        };
        assert_eq!(described.requires("Two-Factor-Code"), expected, "{name}");
    }
}

#[test]
fn webhooks_need_no_credential_and_name_their_object() {
    for (kind, webhook) in document()["webhooks"].as_object().expect("webhooks") {
        let webhook = &webhook["post"];
        assert_eq!(webhook["security"], Value::Array(Vec::new()), "{kind}");
        let schema = &webhook["requestBody"]["content"]["application/json"]["schema"]["allOf"][1];
        assert_eq!(schema["properties"]["type"]["const"], kind.as_str());
        let object = &schema["properties"]["data"]["properties"]["object"];
        assert!(object["$ref"].is_string(), "{kind}");
    }
}

#[test]
fn every_body_has_a_schema_and_every_json_an_example() {
    for operation in described() {
        let name = operation.name();
        let responses = operation.entry["responses"].as_object().expect("answers").values();
        for body in responses.chain([&operation.entry["requestBody"]]) {
            for (media, content) in body["content"].as_object().into_iter().flatten() {
                let schema = &content["schema"];
                assert!(schema["$ref"].is_string() || schema["type"].is_string(), "{name} {media}");
                let is_named = media == "application/json" && schema["$ref"].is_string();
                let has_example = content["example"].is_object() || content["examples"].is_object();
                assert!(!is_named || has_example, "{name}: no example of {schema}");
            }
        }
        let response = &operation.entry["responses"]["200"]["content"]["application/json"];
        if name.starts_with("list_") && name != "list_scenarios" {
            let page = text(&response["schema"]["$ref"]);
            assert!(page.ends_with("Page"), "{name} answers {page}");
        }
    }
}

#[test]
fn texts_are_for_readers_of_the_api() {
    objects(&document(), "", &mut |place, object| {
        let description = object.get("description").and_then(Value::as_str).unwrap_or_default();
        for mark in ["[`", "crate::", "::"] {
            assert!(!description.contains(mark), "{place}: {description}");
        }
    });
}

#[test]
fn the_time_for_which_a_key_is_kept_is_the_same_in_every_text() {
    let (days, hours) = (MONEY_RETENTION.as_hours() / 24, OTHER_RETENTION.as_hours());
    let page = read("docs/errors.md");
    assert!(page.contains(&format!("Trilho keeps a key for {days} days where it is required")));
    assert!(
        page.contains(&format!("For other POST operations Trilho keeps a key for {hours} hours"))
    );
    for operation in described() {
        let Some(key) = operation.parameter("Idempotency-Key") else { continue };
        let kept =
            if key["required"] == true { format!("{days} days") } else { format!("{hours} hours") };
        assert!(text(&key["description"]).contains(&kept), "{}", operation.name());
    }
}

/// Every time of an answer has three decimals, so that times sort as text.
#[test]
fn every_time_in_an_example_has_three_decimals() {
    fn times<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(object) => object.values().for_each(|part| times(part, found)),
            Value::Array(parts) => parts.iter().for_each(|part| times(part, found)),
            Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => found.push(text),
            _ => {}
        }
    }
    let document = document();
    let (mut examples, mut found) = (Vec::new(), Vec::new());
    objects(&document, "", &mut |_, object| {
        examples.extend(DATA.iter().filter_map(|name| object.get(*name)).cloned());
    });
    examples.iter().for_each(|example| times(example, &mut found));
    assert!(found.len() > 50, "{}", found.len());
    found.retain(|time| !(time.len() == 24 && time.as_bytes()[19] == b'.' && time.ends_with('Z')));
    assert!(found.is_empty(), "{found:?}");
}
