//! Conflicts between transactions. DynamoDB refuses a transaction that touches an item of another
//! one in progress. The embedded table runs transactions one after the other, so it has no
//! conflicts.
//!
//! The rules: a transaction holds all of its items from its arrival until it is committed, after a
//! configured time. A transaction that arrives in that time and touches one of these items is
//! refused at once, with `TransactionConflict` at the steps that conflict and `None` at the others,
//! and holds nothing. Reads are never refused; until the commit they see the old items. This is the
//! part that counts for money: transactions are serialised by item, not by table.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// The items that transactions hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conflicts(Arc<Mutex<BTreeSet<String>>>);

/// The items of one transaction, held until this is dropped.
#[derive(Debug)]
pub(crate) struct HeldItems(Conflicts, Vec<String>);

impl Conflicts {
    /// Holds the items of a transaction. If another transaction holds one of them, the error has a
    /// code for each step.
    pub(crate) fn enter(&self, body: &[u8]) -> Result<HeldItems, Vec<&'static str>> {
        let items = items(body);
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if items.iter().any(|item| taken.contains(item)) {
            let conflicts = |item: &String| taken.contains(item);
            let code = |conflict| if conflict { "TransactionConflict" } else { "None" };
            return Err(items.iter().map(conflicts).map(code).collect());
        }
        taken.extend(items.iter().cloned());
        Ok(HeldItems(self.clone(), items))
    }
}

impl Drop for HeldItems {
    fn drop(&mut self) {
        let mut taken = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        for item in &self.1 {
            taken.remove(item);
        }
    }
}

/// Returns the items of a transaction, in the order of its steps.
fn items(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let steps = body["TransactItems"].as_array().into_iter().flatten();
    let steps = steps.flat_map(|step| step.as_object().into_iter().flatten());
    let item = |(_, step): (&String, &Value)| {
        let key = if step["Key"].is_null() { &step["Item"] } else { &step["Key"] };
        format!("{} {} {}", step["TableName"], key["pk"], key["sk"])
    };
    steps.map(item).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn transaction(items: &[&str]) -> Vec<u8> {
        let key = |item: &&str| json!({ "pk": { "S": item }, "sk": { "S": "A" } });
        let steps = items.iter().enumerate().map(|(index, item)| match index % 2 {
            0 => json!({ "Put": { "TableName": "t", "Item": key(item) } }),
            _ => json!({ "Update": { "TableName": "t", "Key": key(item) } }),
        });
        json!({ "TransactItems": steps.collect::<Vec<_>>() }).to_string().into_bytes()
    }

    #[test]
    fn a_transaction_is_refused_while_another_holds_one_of_its_items() {
        let conflicts = Conflicts::default();
        let first = conflicts.enter(&transaction(&["books", "one"])).expect("no other transaction");
        let refused = conflicts.enter(&transaction(&["two", "books"])).expect_err("a conflict");
        assert_eq!(refused, ["None", "TransactionConflict"]);
        let beside = conflicts.enter(&transaction(&["two", "other books"]));
        assert!(beside.is_ok(), "a refused transaction holds nothing");
        drop(first);
        assert!(conflicts.enter(&transaction(&["three", "books"])).is_ok());
    }
}
