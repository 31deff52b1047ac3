//! The size of a row, and an update of it.

use serde_json::{Map, Value};

use crate::text;

/// A row as the requests have it.
pub(super) type RecordedRow = Map<String, Value>;

/// Returns the kind and the content of an object with one field.
pub(super) fn only(value: &Value) -> (&str, &Value) {
    let field = value.as_object().and_then(|object| object.iter().next()).expect("one field");
    (field.0.as_str(), field.1)
}

/// Returns the size of a row in bytes, by the rules of DynamoDB.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
pub(super) fn row_size(row: &RecordedRow) -> usize {
    row.iter().map(|(name, value)| name.len() + size(value)).sum()
}

fn size(value: &Value) -> usize {
    match only(value) {
        ("S", Value::String(text)) => text.len(),
        ("N", Value::String(digits)) => digits.len().div_ceil(2) + 1,
        // Four characters of base64 are three bytes.
        ("B", Value::String(base64)) => base64.trim_end_matches('=').len() * 3 / 4,
        ("BOOL" | "NULL", _) => 1,
        ("L", Value::Array(items)) => 3 + items.iter().map(|item| 1 + size(item)).sum::<usize>(),
        ("M", Value::Object(fields)) => 3 + fields.len() + row_size(fields),
        other => panic!("another kind of value: {other:?}"),
    }
}

/// Returns a row after an update, whose expression has the verbs that `store` uses.
pub(super) fn updated(before: Option<RecordedRow>, step: &Value) -> RecordedRow {
    let mut row = before.unwrap_or_else(|| step["Key"].as_object().cloned().expect("a key"));
    let mut verb = "";
    let expression = text(&step["UpdateExpression"]);
    let split = expression.replace(" REMOVE ", ",REMOVE ").replace(" ADD ", ",ADD ");
    for clause in split.split(',') {
        let mut words = clause.split_whitespace().peekable();
        if let Some(next) = words.next_if(|word| ["SET", "REMOVE", "ADD"].contains(word)) {
            verb = next;
        }
        let field = words.next().expect("a field");
        let field = step["ExpressionAttributeNames"][field].as_str().unwrap_or(field);
        let value = words.last().map(|name| &step["ExpressionAttributeValues"][name]);
        match (verb, value) {
            ("SET", Some(value)) => drop(row.insert(field.to_owned(), value.clone())),
            ("REMOVE", _) => drop(row.remove(field)),
            // The digits of a counter are few, so its sum has the size of one of them.
            ("ADD", Some(value)) => drop(row.entry(field.to_owned()).or_insert(value.clone())),
            other => panic!("{other:?} in {expression}"),
        }
    }
    row
}
