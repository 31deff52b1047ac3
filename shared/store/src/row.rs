//! A row as DynamoDB returns it.

use std::collections::HashMap;
use std::fmt::Display;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::kernel::Error;
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

pub(crate) use crate::attribute_json::Attributes;
use crate::attribute_json::{from_json, to_json};
use crate::item::Item;
use crate::packed::{compress, decompress};
use crate::table;

/// A row that is not decoded yet.
#[derive(Debug, Clone)]
pub struct Row(pub(crate) Attributes);

impl Row {
    /// Returns true if the row has this type.
    pub fn is<I: Item>(&self) -> bool {
        let kind = self.0.get(table::ROW).and_then(|kind| kind.as_s().ok());
        kind.is_some_and(|kind| kind == I::KIND)
    }

    /// Returns the sort key.
    pub fn sort_key(&self) -> &str {
        self.0.get(table::SK).and_then(|key| key.as_s().ok()).map_or("", String::as_str)
    }

    /// Returns the number of a row that counts objects, such as `Key::ExportCount`.
    pub fn count(&self) -> u64 {
        let mut numbers = self.0.values().filter_map(|value| value.as_n().ok());
        numbers.find_map(|number| number.parse().ok()).unwrap_or(0)
    }

    /// Decodes the row. A row that cannot be decoded is our error and is never skipped.
    pub fn read<I: Item>(mut self) -> Result<I, Error> {
        let name = [table::PK, table::SK].map(|name| self.0.get(name).cloned());
        let wrong = |cause: &dyn Display| {
            Error::internal(format!("row {name:?} is not a {}: {cause}", I::KIND))
        };
        // Absent in a type without packed fields, and in a row from before there were any.
        if let Some(AttributeValue::B(packed)) = self.0.remove(table::PACKED) {
            let packed = decompress(packed.as_ref())?;
            let mut fields = from_json(&packed).map_err(|cause| wrong(&cause))?;
            fields.extend(self.0);
            self.0 = fields;
        }
        from_item(self.0).map_err(|cause| wrong(&cause))
    }
}

/// Returns the attributes of the fields of an item.
pub(crate) fn fields<I: Item>(item: &I) -> Attributes {
    let mut fields: Attributes = to_item(item).expect("items have string keys and no floats");
    let Some(plain) = I::PLAIN_FIELDS else { return fields };
    // The row has the version that it is written with.
    fields.remove(table::VERSION);
    let mut row: Attributes = plain.iter().filter_map(|name| fields.remove_entry(*name)).collect();
    let packed = compress(&to_json(fields));
    row.insert(table::PACKED.to_owned(), AttributeValue::B(packed.into()));
    row
}

pub(crate) fn attributes((pk, sk): (String, String)) -> Attributes {
    HashMap::from([
        (table::PK.to_owned(), AttributeValue::S(pk)),
        (table::SK.to_owned(), AttributeValue::S(sk)),
    ])
}

#[cfg(test)]
mod tests;
