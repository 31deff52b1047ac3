//! Attributes as JSON, the text that is compressed into an attribute (docs/adr/0034).
//!
//! An item is serialized as attributes only, and deserialized from attributes only. With a second format
//! for packed rows, each binary would have the code of both for every type.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The attributes of a row or of a part of one, by name.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// Bytes of most objects: those of a charge or an event.
const BYTES_USUAL: usize = 1_536;

/// Returns the JSON object of these attributes, with sorted names. Items have no sets and no bytes in
/// packed fields.
pub(crate) fn to_json(fields: Attributes) -> Vec<u8> {
    let mut json = Vec::with_capacity(BYTES_USUAL);
    write_object(fields, &mut json);
    json
}

fn write_object(fields: Attributes, json: &mut Vec<u8>) {
    let mut fields: Vec<_> = fields.into_iter().collect();
    fields.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    json.push(b'{');
    for (index, (name, value)) in fields.into_iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        write_text(&name, json);
        json.push(b':');
        write_value(value, json);
    }
    json.push(b'}');
}

fn write_value(value: AttributeValue, json: &mut Vec<u8>) {
    match value {
        AttributeValue::S(text) => write_text(&text, json),
        // DynamoDB and JSON write a number alike.
        AttributeValue::N(number) => json.extend_from_slice(number.as_bytes()),
        AttributeValue::Bool(true) => json.extend_from_slice(b"true"),
        AttributeValue::Bool(false) => json.extend_from_slice(b"false"),
        AttributeValue::M(fields) => write_object(fields, json),
        AttributeValue::L(values) => {
            json.push(b'[');
            for (index, value) in values.into_iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                write_value(value, json);
            }
            json.push(b']');
        }
        AttributeValue::Null(_) => json.extend_from_slice(b"null"),
        other => unreachable!("packed fields have no {other:?}"),
    }
}

fn write_text(text: &str, json: &mut Vec<u8>) {
    serde_json::to_writer(json, text).expect("a text is JSON, and memory takes it");
}

/// Returns the attributes of a JSON object.
pub(crate) fn from_json(json: &[u8]) -> Result<Attributes, serde_json::Error> {
    match serde_json::from_slice(json)? {
        JsonAttribute(AttributeValue::M(fields)) => Ok(fields),
        _ => Err(de::Error::custom("it is no object")),
    }
}

/// An attribute that is read from JSON.
struct JsonAttribute(AttributeValue);

struct AttributeVisitor;

impl<'de> Deserialize<'de> for JsonAttribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AttributeVisitor)
    }
}

impl<'de> Visitor<'de> for AttributeVisitor {
    type Value = JsonAttribute;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<JsonAttribute, E> {
        Ok(JsonAttribute(AttributeValue::Bool(flag)))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<JsonAttribute, E> {
        Ok(JsonAttribute(AttributeValue::N(number.to_string())))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<JsonAttribute, E> {
        Ok(JsonAttribute(AttributeValue::N(number.to_string())))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<JsonAttribute, E> {
        Ok(JsonAttribute(AttributeValue::N(number.to_string())))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<JsonAttribute, E> {
        Ok(JsonAttribute(AttributeValue::S(text.to_owned())))
    }

    fn visit_unit<E: de::Error>(self) -> Result<JsonAttribute, E> {
        Ok(JsonAttribute(AttributeValue::Null(true)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<JsonAttribute, A::Error> {
        let mut values = Vec::new();
        while let Some(JsonAttribute(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(JsonAttribute(AttributeValue::L(values)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<JsonAttribute, A::Error> {
        let mut fields = Attributes::new();
        while let Some((name, JsonAttribute(value))) = object.next_entry::<String, _>()? {
            fields.insert(name, value);
        }
        Ok(JsonAttribute(AttributeValue::M(fields)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_with_sorted_names_comes_back_as_it_was() {
        let json = r#"{"a":[],"b":{"c":null,"d":{}},"e":-1,"f":18446744073709551615,"fraction":1.5,"g":"\"\\\né","h":[true,false,["x"]]}"#;
        let fields = from_json(json.as_bytes()).expect("an object");
        assert_eq!(fields["f"], AttributeValue::N(u64::MAX.to_string()));
        assert_eq!(to_json(fields), json.as_bytes());
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for json in ["[]", "1", "", r#"{"a":1"#] {
            assert!(from_json(json.as_bytes()).is_err(), "{json}");
        }
    }
}
