//! A row as DynamoDB returns it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::kernel::Error;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::item::Item;
use crate::table;

pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// A row that is not decoded yet.
#[derive(Debug, Clone)]
pub struct Row(pub(crate) Attributes);

impl Row {
    /// Returns true if the row has this type.
    pub fn is<I: Item>(&self) -> bool {
        let kind = self.0.get(table::ROW).and_then(|kind| kind.as_s().ok());
        kind.is_some_and(|kind| kind == I::KIND)
    }

    /// Decodes the row. A row that cannot be decoded is our error and is never skipped.
    pub fn read<I: Item>(self) -> Result<I, Error> {
        let name = [table::PK, table::SK].map(|name| self.0.get(name).cloned());
        from_item(self.0)
            .map_err(|cause| Error::internal(format!("row {name:?} is not a {}: {cause}", I::KIND)))
    }
}

pub(crate) fn attributes((pk, sk): (String, String)) -> Attributes {
    HashMap::from([
        (table::PK.to_owned(), AttributeValue::S(pk)),
        (table::SK.to_owned(), AttributeValue::S(sk)),
    ])
}
