//! The tables as the work of a group sees them: rows as they were read, with the changes of the group.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::kernel::Error;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::Writes;
use crate::committed::Committed;
use crate::key::{Key, Table};
use crate::row::Attributes;
use crate::writes::{
    ABSENT, FREE, OnConditionFailed, PRESENT, SAME_VERSION, WriteAction, WriteStep,
};

/// Maximum number of rows that DynamoDB accepts in a transaction.
const ROWS_MAX: usize = 100;

/// Table, partition key and sort key of a row.
pub(crate) type RowAddress = (Table, String, String);

/// A step of the transaction of a group.
#[derive(Debug)]
pub(crate) struct GroupStep {
    /// Number of the work that brought the step.
    pub(crate) work: usize,
    /// Whether other work of the group depends on the row too.
    pub(crate) shared: bool,
    pub(crate) step: WriteStep,
}

impl GroupStep {
    /// Returns true if a failed condition of this step concerns only the work that brought it. A version
    /// that changed was read by the group, which can read it again.
    pub(crate) fn concerns_one(&self) -> bool {
        !self.shared && self.step.condition != Some(SAME_VERSION)
    }
}

/// How a piece of work ended.
pub(crate) enum WorkEnd {
    NoChange,
    Changes(Writes),
    /// Its changes do not combine with those of the others.
    Unfit,
    /// The transaction has no room for its changes.
    Full,
}

/// Rows as they were read, with the changes of the group.
#[derive(Debug, Default)]
pub(crate) struct View {
    collecting: bool,
    wanted: HashSet<Key>,
    /// Rows with their content; `None` if there is no such row.
    rows: HashMap<RowAddress, Option<Attributes>>,
    steps: Vec<GroupStep>,
    places: HashMap<RowAddress, usize>,
    running: usize,
    changes: Option<Writes>,
    unfit: bool,
    full: bool,
}

impl View {
    /// Returns a view that notes what is read, and answers nothing.
    pub(crate) fn collecting() -> Self {
        Self { collecting: true, ..Self::default() }
    }

    /// Returns a view of these rows.
    pub(crate) fn of_rows(rows: HashMap<RowAddress, Option<Attributes>>) -> Self {
        Self { rows, ..Self::default() }
    }

    /// Notes keys that the work wants to read. Returns true if the work gets no answer now.
    pub(crate) fn want(&mut self, keys: &[Key]) -> bool {
        if self.collecting {
            self.wanted.extend(keys.iter().cloned());
        }
        self.collecting
    }

    /// Returns true if the work gets no answer now.
    pub(crate) fn is_collecting(&self) -> bool {
        self.collecting
    }

    pub(crate) fn take_wanted(&mut self) -> Vec<Key> {
        self.wanted.drain().collect()
    }

    /// Returns the keys of which the rows are not known.
    pub(crate) fn unknown(&self, keys: &[Key]) -> Vec<Key> {
        let is_unknown = |key: &&Key| {
            let name = name_of(key);
            !self.rows.contains_key(&name) && !self.places.contains_key(&name)
        };
        keys.iter().filter(is_unknown).cloned().collect()
    }

    /// Adds rows that were read later.
    pub(crate) fn learn(&mut self, rows: HashMap<RowAddress, Option<Attributes>>) {
        for (name, row) in rows {
            self.rows.entry(name).or_insert(row);
        }
    }

    /// Returns the rows of these keys, as the work of the group left them.
    ///
    /// # Errors
    /// `Stale` if the content of a row is not known, because the group changed it with an expression.
    pub(crate) fn rows(&mut self, keys: &[Key]) -> Result<Vec<Option<Attributes>>, Error> {
        let mut found = Vec::new();
        for key in keys {
            let name = name_of(key);
            let Some(row) = self.rows.get(&name) else { return Err(self.does_not_fit()) };
            found.push(row.clone());
            if let Some(place) = self.places.get(&name) {
                let step = &mut self.steps[*place];
                step.shared |= step.work != self.running;
            }
        }
        Ok(found)
    }

    /// Returns true if the group changes rows of this partition, so that a query of the table would miss
    /// them.
    pub(crate) fn changes_partition(&self, table: Table, pk: &str) -> bool {
        self.places.keys().any(|(other, partition, _)| *other == table && partition == pk)
    }

    pub(crate) fn does_not_fit(&mut self) -> Error {
        self.unfit = true;
        Error::Stale
    }

    /// Begins a piece of work.
    pub(crate) fn begin(&mut self, number: usize) {
        (self.running, self.changes, self.unfit, self.full) = (number, None, false, false);
    }

    /// Ends a piece of work.
    pub(crate) fn end(&mut self, returned: bool) -> WorkEnd {
        let changes = self.changes.take();
        match changes {
            _ if !returned || self.unfit => WorkEnd::Unfit,
            _ if self.full => WorkEnd::Full,
            Some(writes) => WorkEnd::Changes(writes),
            None => WorkEnd::NoChange,
        }
    }

    /// Takes the changes of a piece of work, which count once it has ended.
    ///
    /// # Errors
    /// The error of a condition that fails on the rows as the work before left them. `Stale` if the changes
    /// do not fit the group.
    pub(crate) fn commit(&mut self, writes: Writes) -> Result<Committed, Error> {
        if self.changes.is_some() {
            return Err(self.does_not_fit());
        }
        let mut fresh = 0;
        for index in 0..writes.steps.len() {
            let step = &writes.steps[index];
            let name = step.name();
            let Some(place) = self.places.get(&name) else {
                fresh += 1;
                continue;
            };
            let earlier = &self.steps[*place].step.action;
            let combines = matches!(
                (earlier, &step.action),
                (WriteAction::Put(_), WriteAction::Put(_) | WriteAction::Check(..))
                    | (WriteAction::Check(..), WriteAction::Put(_) | WriteAction::Check(..))
            );
            let passes = match self.rows.get(&name).filter(|_| combines) {
                Some(row) => passes(step, row.as_ref()),
                None => None,
            };
            match passes {
                Some(true) => {}
                Some(false) => return self.failed(writes, index, &name),
                None => return Err(self.does_not_fit()),
            }
        }
        // One more for the step that belongs to the work.
        if self.steps.len() + fresh + 1 > ROWS_MAX {
            // Alone, it is no group's fault.
            if self.steps.is_empty() {
                return Err(self.does_not_fit());
            }
            self.full = true;
            return Err(Error::Stale);
        }
        self.changes = Some(writes);
        Ok(Committed::Applied)
    }

    fn failed(&self, writes: Writes, index: usize, name: &RowAddress) -> Result<Committed, Error> {
        let row = self.rows.get(name).cloned().flatten().unwrap_or_default();
        match writes.steps.into_iter().nth(index).map(|step| step.on_condition_failed) {
            Some(OnConditionFailed::Fail(error)) => Err(error),
            Some(OnConditionFailed::FailWith(error_of)) => Err(error_of(row)),
            Some(OnConditionFailed::Replay) => {
                let row = from_item(row).map_err(Error::internal)?;
                Ok(Committed::Replayed(Box::new(row)))
            }
            None => Err(Error::Stale),
        }
    }

    /// Adds the changes of a piece of work to the transaction, with the steps that belong to it. Returns
    /// false if there is no room for them.
    pub(crate) fn add(&mut self, writes: Writes, with: Writes) -> bool {
        let all = writes.steps.into_iter().chain(with.steps);
        let all: Vec<_> = all.map(|step| (step.name(), step)).collect();
        let fresh = all.iter().filter(|(name, _)| !self.places.contains_key(name)).count();
        if self.steps.len() + fresh > ROWS_MAX {
            return false;
        }
        for (name, step) in all {
            match &step.action {
                WriteAction::Put(row) => drop(self.rows.insert(name.clone(), Some(row.clone()))),
                WriteAction::Delete(_) => drop(self.rows.insert(name.clone(), None)),
                // What an expression makes of a row is not known here.
                WriteAction::Update(..) => drop(self.rows.remove(&name)),
                WriteAction::Check(..) => {}
            }
            let Some(place) = self.places.get(&name) else {
                self.places.insert(name, self.steps.len());
                self.steps.push(GroupStep { work: self.running, shared: false, step });
                continue;
            };
            let earlier = &mut self.steps[*place];
            earlier.shared = true;
            if matches!(step.action, WriteAction::Put(_)) {
                earlier.step.action = step.action;
            }
        }
        true
    }

    /// Ends the transaction. The rows stay as it leaves them.
    pub(crate) fn take_steps(&mut self) -> Vec<GroupStep> {
        self.places.clear();
        std::mem::take(&mut self.steps)
    }
}

/// Returns whether the condition of a step holds on this row. Returns `None` if it cannot be told.
fn passes(step: &WriteStep, row: Option<&Attributes>) -> Option<bool> {
    let value =
        |name: &str| step.values.iter().find(|(other, _)| *other == name).map(|(_, value)| value);
    match step.condition {
        None => Some(true),
        Some(ABSENT) => Some(row.is_none()),
        Some(PRESENT) => Some(row.is_some()),
        Some(SAME_VERSION) => {
            Some(row.and_then(|row| row.get("version")) == Some(value(":version")?))
        }
        Some(FREE) => Some(match row {
            None => true,
            Some(row) => number(row.get("expires_ms")?)? <= number(value(":now")?)?,
        }),
        Some(_) => None,
    }
}

fn number(value: &AttributeValue) -> Option<i64> {
    value.as_n().ok()?.parse().ok()
}

fn name_of(key: &Key) -> RowAddress {
    (key.table(), key.pk(), key.sk())
}

pub(crate) fn lock(view: &Mutex<View>) -> MutexGuard<'_, View> {
    view.lock().unwrap_or_else(PoisonError::into_inner)
}
