//! The steps of a transaction. Each step carries the error that its failed condition means.

mod access;
mod account;
mod beneficiary;
mod charge;
mod credit;
mod event;
mod ledger;
mod network;
mod payout;
mod reference;
mod refund;
mod search;
mod statement;
mod webhook;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::kernel::{AccountId, Error};
use jiff::Timestamp;

use crate::item::Item;
use crate::items::Idempotency;
use crate::key::{Key, Table};
use crate::row::{Attributes, attributes, fields};
use crate::table;

pub use webhook::endpoint_disabled;

/// The meaning of a failed condition.
#[derive(Debug)]
pub(crate) enum OnConditionFailed {
    Fail(Error),
    /// The conflicting row decides the error.
    FailWith(fn(Attributes) -> Error),
    /// An earlier request did the work.
    Replay,
}

/// The action of a step on its row.
#[derive(Debug)]
pub(crate) enum WriteAction {
    Put(Attributes),
    Update(Attributes, &'static str, AttributeNames),
    Delete(Attributes),
    /// Checks the condition and leaves the row as it is.
    Check(Attributes, AttributeNames),
}

/// Attribute names that an expression cannot contain literally.
pub(crate) type AttributeNames = Vec<(&'static str, String)>;

/// A step. `values` belong to the condition and the update.
#[derive(Debug)]
pub(crate) struct WriteStep {
    pub(crate) table: Table,
    pub(crate) action: WriteAction,
    pub(crate) condition: Option<&'static str>,
    pub(crate) values: Vec<(&'static str, AttributeValue)>,
    pub(crate) on_condition_failed: OnConditionFailed,
}

impl WriteStep {
    /// Returns the table and the key of the row.
    pub(crate) fn name(&self) -> (Table, String, String) {
        let key = match &self.action {
            WriteAction::Put(row) => row,
            WriteAction::Update(key, ..)
            | WriteAction::Delete(key)
            | WriteAction::Check(key, _) => key,
        };
        let text = |name: &str| key.get(name).and_then(|value| value.as_s().ok()).cloned();
        (self.table, text(table::PK).unwrap_or_default(), text(table::SK).unwrap_or_default())
    }
}

/// The steps of one transaction.
#[derive(Debug, Default)]
pub struct Writes {
    pub(crate) steps: Vec<WriteStep>,
    /// Account of which the transaction writes the books or the numbers of its boletos. Requests that meet
    /// there take turns.
    pub(crate) contended: Option<AccountId>,
}

pub(crate) const ABSENT: &str = "attribute_not_exists(pk)";
pub(crate) const PRESENT: &str = "attribute_exists(pk)";
pub(crate) const SAME_VERSION: &str = "version = :version";
/// Of the row of a stored answer: there is none, or it has expired.
pub(crate) const FREE: &str = "attribute_not_exists(pk) OR expires_ms <= :now";

impl Writes {
    /// Creates a row. It can only fail if a random id repeats.
    #[must_use]
    pub fn create<I: Item>(self, item: &I) -> Self {
        self.create_or(item, Error::Stale)
    }

    /// Creates a row; `conflict` is the error if it exists.
    #[must_use]
    pub fn create_or<I: Item>(self, item: &I, conflict: Error) -> Self {
        let created =
            self.put(item, 1, Some(ABSENT), Vec::new(), OnConditionFailed::Fail(conflict));
        item.copies().into_iter().fold(created, |writes, partition| writes.copy(item, partition))
    }

    /// Creates a copy of a new row in another partition. Its random id is that of the row.
    fn copy<I: Item>(self, item: &I, partition: String) -> Self {
        let mut copy = row(item, 1);
        copy.insert(table::PK.to_owned(), AttributeValue::S(partition));
        let stale = OnConditionFailed::Fail(Error::Stale);
        self.step(&item.key(), WriteAction::Put(copy), None, Vec::new(), stale)
    }

    /// Replaces a row at the version that was read; version 0 means that no row exists. The
    /// transaction is `Stale` if another change came first.
    #[must_use]
    pub fn replace<I: Item>(self, item: &I) -> Self {
        let version = version(item);
        let (condition, values) = version_condition(version);
        self.put(item, version + 1, Some(condition), values, OnConditionFailed::Fail(Error::Stale))
    }

    /// Removes a row; `Stale` if it does not exist.
    #[must_use]
    pub fn remove(self, key: &Key) -> Self {
        let delete = WriteAction::Delete(key_attributes(key));
        self.step(key, delete, Some(PRESENT), Vec::new(), OnConditionFailed::Fail(Error::Stale))
    }

    /// Removes a row at the version that was read; `Stale` if another change came first.
    #[must_use]
    pub fn remove_at_version<I: Item>(self, item: &I) -> Self {
        let (condition, values) = version_condition(version(item));
        let key = item.key();
        let delete = WriteAction::Delete(key_attributes(&key));
        self.step(&key, delete, Some(condition), values, OnConditionFailed::Fail(Error::Stale))
    }

    /// Checks that a row that was read has not changed; version 0 means that no row exists.
    #[must_use]
    pub fn unchanged<I: Item>(self, item: &I) -> Self {
        let (condition, values) = version_condition(version(item));
        let key = item.key();
        let check = WriteAction::Check(key_attributes(&key), Vec::new());
        self.step(&key, check, Some(condition), values, OnConditionFailed::Fail(Error::Stale))
    }

    /// Removes a row if it exists.
    #[must_use]
    pub fn remove_if_present(self, key: &Key) -> Self {
        self.step(
            key,
            WriteAction::Delete(key_attributes(key)),
            None,
            Vec::new(),
            OnConditionFailed::Fail(Error::Stale),
        )
    }

    /// Changes a count. `unless` has the condition, its limit, and the error if the count is at
    /// the limit.
    fn count(
        self,
        key: &Key,
        update: &'static str,
        by: i8,
        unless: Option<(&'static str, u64, Error)>,
    ) -> Self {
        let mut values = vec![(":by", AttributeValue::N(by.to_string()))];
        let Some((condition, limit, error)) = unless else {
            return self.update(key, update, None, values, Error::Stale);
        };
        values.push((":limit", number(limit)));
        self.update(key, update, Some(condition), values, error)
    }

    /// Changes attributes of a row; `error` is the error if `condition` fails.
    fn update(
        self,
        key: &Key,
        update: &'static str,
        condition: Option<&'static str>,
        values: Vec<(&'static str, AttributeValue)>,
        error: Error,
    ) -> Self {
        let action = WriteAction::Update(key_attributes(key), update, Vec::new());
        self.step(key, action, condition, values, OnConditionFailed::Fail(error))
    }

    /// Stores the answer in the same transaction, as the first step, so that a replay outranks
    /// every other reason. `now` decides whether an old row counts, because DynamoDB may remove it
    /// days late.
    #[must_use]
    pub fn idempotent(mut self, response: &Idempotency, now: Timestamp) -> Self {
        let step = WriteStep {
            table: response.key().table(),
            action: WriteAction::Put(row(response, 1)),
            condition: Some(FREE),
            values: vec![(":now", milliseconds(now))],
            on_condition_failed: OnConditionFailed::Replay,
        };
        self.steps.insert(0, step);
        self
    }

    fn put<I: Item>(
        self,
        item: &I,
        version: u64,
        condition: Option<&'static str>,
        values: Vec<(&'static str, AttributeValue)>,
        on_condition_failed: OnConditionFailed,
    ) -> Self {
        self.step(
            &item.key(),
            WriteAction::Put(row(item, version)),
            condition,
            values,
            on_condition_failed,
        )
    }

    fn step(
        mut self,
        key: &Key,
        action: WriteAction,
        condition: Option<&'static str>,
        values: Vec<(&'static str, AttributeValue)>,
        on_condition_failed: OnConditionFailed,
    ) -> Self {
        let table = key.table();
        if let (Key::Books(account_id) | Key::BoletoNumbers(account_id), WriteAction::Put(_)) =
            (key, &action)
        {
            self.contended = Some(*account_id);
        }
        self.steps.push(WriteStep { table, action, condition, values, on_condition_failed });
        self
    }
}

/// Returns the version that an item was read with.
pub(crate) fn version<I: Item>(item: &I) -> u64 {
    item.version().expect("only types with a version are replaced or removed as read")
}

/// Returns the condition that the row has the version that was read; 0 means that no row exists.
pub(crate) fn version_condition(
    version: u64,
) -> (&'static str, Vec<(&'static str, AttributeValue)>) {
    match version {
        0 => (ABSENT, Vec::new()),
        version => (SAME_VERSION, vec![(":version", number(version))]),
    }
}

/// Returns the row of an item: fields, key, index keys, version and end.
pub(crate) fn row<I: Item>(item: &I, version: u64) -> Attributes {
    let mut row = fields(item);
    row.extend(key_attributes(&item.key()));
    row.extend(
        item.index().into_iter().map(|(name, key)| (name.to_owned(), AttributeValue::S(key))),
    );
    row.insert(table::ROW.to_owned(), AttributeValue::S(I::KIND.to_owned()));
    if item.version().is_some() {
        row.insert(table::VERSION.to_owned(), number(version));
    }
    if let Some(at) = item.ends_at() {
        row.insert(table::TTL.to_owned(), AttributeValue::N(at.as_second().to_string()));
    }
    row
}

fn key_attributes(key: &Key) -> Attributes {
    attributes((key.pk(), key.sk()))
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn milliseconds(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.as_millisecond().to_string())
}
