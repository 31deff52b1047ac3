//! Transactions that meet. DynamoDB refuses one that touches an item another is at; the embedded table
//! carries them out one after the other, so there they never meet.
//!
//! The rules: a transaction is at all of its items from when it arrives until it is carried out, which
//! takes as long as one is told to. One that arrives meanwhile and touches one of them is refused at
//! once, with `TransactionConflict` at the steps that meet and `None` at the others, and is at nothing.
//! Reads are never refused, and see what was there before until it is carried out. That is the side of
//! it that counts for money: what serialises is the item, and not the table.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// The items that transactions are at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conflicts(Arc<Mutex<BTreeSet<String>>>);

/// A transaction that is at its items, until it is dropped.
#[derive(Debug)]
pub(crate) struct HeldItems(Conflicts, Vec<String>);

impl Conflicts {
    /// Takes the items of a transaction; if another is at one of them, a code for each step.
    pub(crate) fn enter(&self, body: &[u8]) -> Result<HeldItems, Vec<&'static str>> {
        let items = items(body);
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if items.iter().any(|item| taken.contains(item)) {
            let meets = |item: &String| taken.contains(item);
            let code = |meets| if meets { "TransactionConflict" } else { "None" };
            return Err(items.iter().map(meets).map(code).collect());
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

/// The items of a transaction, in the order of its steps.
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
        let steps = items.iter().enumerate().map(|(place, item)| match place % 2 {
            0 => json!({ "Put": { "TableName": "t", "Item": key(item) } }),
            _ => json!({ "Update": { "TableName": "t", "Key": key(item) } }),
        });
        json!({ "TransactItems": steps.collect::<Vec<_>>() }).to_string().into_bytes()
    }

    #[test]
    fn of_two_transactions_at_one_item_the_later_is_refused_until_the_first_is_done() {
        let conflicts = Conflicts::default();
        let first = conflicts.enter(&transaction(&["books", "one"])).expect("nobody is there");
        let refused = conflicts.enter(&transaction(&["two", "books"])).expect_err("they meet");
        assert_eq!(refused, ["None", "TransactionConflict"]);
        let beside = conflicts.enter(&transaction(&["two", "other books"]));
        assert!(beside.is_ok(), "what was refused is at nothing");
        drop(first);
        assert!(conflicts.enter(&transaction(&["three", "books"])).is_ok());
    }
}
