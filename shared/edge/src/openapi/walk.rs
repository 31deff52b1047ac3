//! Visits the schemas of a document.

use serde_json::{Map, Value};

/// Members that hold data, not schemas.
const DATA: [&str; 5] = ["const", "default", "enum", "example", "examples"];

/// Calls `visit` for each object of the document except data, the outer ones first.
pub(super) fn objects(value: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            let parts = object.iter_mut().filter(|(name, _)| !DATA.contains(&name.as_str()));
            parts.for_each(|(_, part)| objects(part, visit));
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| objects(part, visit)),
        _ => {}
    }
}

/// Returns the name of the schema that a schema refers to.
pub(super) fn referenced(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}
