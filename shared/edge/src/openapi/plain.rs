//! Rewrites what `schemars` makes into the plain form that generators of clients read: one `enum` for
//! each list of words, the integer formats of OpenAPI, and no schema that nothing uses.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::walk::{objects, referenced};

/// Rewrites the whole document.
pub(super) fn rewrite(document: &mut Value) {
    objects(document, &mut |object| {
        join_lines(object);
        list_words(object);
        name_format(object);
    });
    remove_unused(document);
}

/// Joins the lines of a paragraph of a doc comment.
fn join_lines(object: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = object.get_mut("description") {
        let paragraphs: Vec<_> = text.split("\n\n").map(|text| text.replace('\n', " ")).collect();
        *text = paragraphs.join("\n\n");
    }
}

/// Turns a choice of constant words into one `enum`. Generators read only the first of such a choice,
/// for example openapi-python-client (its issue 1044). The meanings go to the description, and to
/// `x-enum-descriptions` in the order of the words.
fn list_words(schema: &mut Map<String, Value>) {
    let Some(words) = schema.get("oneOf").and_then(words) else { return };
    schema.remove("oneOf");
    let mut text = schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    text.push_str("\n\n");
    for (word, meaning) in &words {
        text.push_str(&format!("- `{word}`: {meaning}\n"));
    }
    let (words, meanings): (Vec<_>, Vec<_>) = words.into_iter().unzip();
    schema.insert("type".to_owned(), json!("string"));
    schema.insert("enum".to_owned(), json!(words));
    schema.insert("x-enum-descriptions".to_owned(), json!(meanings));
    schema.insert("description".to_owned(), json!(text.trim()));
}

/// Returns each constant word of a choice with its meaning. Returns `None` if a part of the choice is
/// anything else.
fn words(choice: &Value) -> Option<Vec<(String, String)>> {
    let text = |part: &Value, name: &str| part.get(name)?.as_str().map(str::to_owned);
    let word = |part: &Value| {
        let meaning = text(part, "description").unwrap_or_default().replace('\n', " ");
        Some((text(part, "const")?, meaning))
    };
    choice.as_array()?.iter().map(word).collect()
}

/// Replaces the integer formats of Rust by those of OpenAPI.
fn name_format(schema: &mut Map<String, Value>) {
    let format = match schema.get("format").and_then(Value::as_str) {
        Some("uint8" | "int8" | "uint16" | "int16") => "int32",
        Some("uint" | "int" | "uint32" | "uint64") => "int64",
        _ => return,
    };
    schema.insert("format".to_owned(), json!(format));
}

/// Removes the named schemas that no operation and no webhook reaches. Inputs of a query are among
/// them, because each of their fields is a parameter.
fn remove_unused(document: &mut Value) {
    let mut used = BTreeSet::new();
    for part in ["paths", "webhooks"] {
        references(&document[part], &mut used);
    }
    let mut open: Vec<_> = used.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let mut inner = BTreeSet::new();
        references(&document["components"]["schemas"][&name], &mut inner);
        open.extend(inner.into_iter().filter(|name| used.insert(name.clone())));
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
    }
}

/// Adds the names of the schemas to which a part of the document refers.
fn references(part: &Value, names: &mut BTreeSet<String>) {
    match part {
        Value::Object(object) => {
            names.extend(referenced(object).map(str::to_owned));
            object.values().for_each(|part| references(part, names));
        }
        Value::Array(parts) => parts.iter().for_each(|part| references(part, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: Value, expected: Value) {
        let mut document = json!({ "paths": { "/": schema }, "webhooks": {} });
        rewrite(&mut document);
        assert_eq!(document["paths"]["/"], expected);
    }

    #[test]
    fn a_choice_of_words_is_one_enum_with_their_meanings() {
        check(
            json!({ "description": "Status.", "oneOf": [
                { "type": "string", "const": "pending", "description": "It\nwaits." },
                { "type": "string", "const": "paid", "description": "Paid." },
            ] }),
            json!({
                "type": "string",
                "enum": ["pending", "paid"],
                "description": "Status.\n\n- `pending`: It waits.\n- `paid`: Paid.",
                "x-enum-descriptions": ["It waits.", "Paid."],
            }),
        );
    }

    #[test]
    fn a_choice_of_other_schemas_stays() {
        let choice = json!({ "oneOf": [{ "const": "a" }, { "type": "object" }] });
        check(choice.clone(), choice);
    }

    #[test]
    fn integer_formats_are_those_of_openapi_and_lines_are_joined() {
        check(
            json!({ "type": "integer", "format": "uint64", "description": "One\ntwo.\n\nThree." }),
            json!({ "type": "integer", "format": "int64", "description": "One two.\n\nThree." }),
        );
        check(
            json!({ "type": ["integer", "null"], "format": "uint8" }),
            json!({ "type": ["integer", "null"], "format": "int32" }),
        );
        check(json!({ "format": "date-time" }), json!({ "format": "date-time" }));
    }

    #[test]
    fn only_schemas_that_are_reached_stay() {
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let mut document = json!({
            "paths": { "/": to("A") },
            "webhooks": {},
            "components": { "schemas": { "A": { "items": to("B") }, "B": {}, "C": to("A") } },
        });
        rewrite(&mut document);
        let left: Vec<_> =
            document["components"]["schemas"].as_object().expect("schemas").keys().collect();
        assert_eq!(left, ["A", "B"]);
    }
}
