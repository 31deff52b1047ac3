//! Counts what requests cost at DynamoDB, in units of an on-demand table.
//!
//! The meter repeats the writes of recorded requests on a copy of the rows, so that it knows each row
//! before and after a write. It reads no condition, so it counts only lives in which every write succeeds.
//! Rules: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>
//! and, for indexes, <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html>.

mod cost;
mod lives;
mod page;
mod partitions;
mod row;

use std::collections::BTreeMap;
use std::ops::AddAssign;

use local::RecordedRequest;
use serde_json::Value;
use store::table;

use crate::text;
pub use lives::{CountedLife, CountedStep, StepKind, play_lives};
pub use page::{page_path, with_counts};
pub use partitions::{BusyPartitions, play_account};
use row::{RecordedRow, row_size};

/// Bytes of one write unit.
const WRITE_UNIT: usize = 1_024;
/// Bytes of one consistent read unit.
const READ_UNIT: usize = 4_096;

/// What requests cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Units {
    /// Write units of the tables; two for each kilobyte of a row in a transaction.
    pub table_writes: usize,
    /// Write units of the indexes.
    pub index_writes: usize,
    /// Halves of read units, because a read that is not consistent costs a half.
    pub half_reads: usize,
    /// Kinds and bytes of the written rows.
    pub rows: Vec<(String, usize)>,
}

impl Units {
    /// Returns all write units.
    pub fn writes(&self) -> usize {
        self.table_writes + self.index_writes
    }
}

impl AddAssign<&Self> for Units {
    fn add_assign(&mut self, other: &Self) {
        self.table_writes += other.table_writes;
        self.index_writes += other.index_writes;
        self.half_reads += other.half_reads;
        self.rows.extend(other.rows.iter().cloned());
    }
}

/// Table, partition key and sort key.
type RowName = (String, String, String);

/// The rows of the tables, as the requests so far made them, and the write units of each partition: of a
/// table by its name, of an index by the name of the index.
#[derive(Debug, Default)]
pub struct Meter {
    rows: BTreeMap<RowName, RecordedRow>,
    partitions: BTreeMap<(String, String), usize>,
}

impl Meter {
    /// Returns what these requests cost together.
    pub fn count(&mut self, requests: &[RecordedRequest]) -> Units {
        let mut units = Units::default();
        for request in requests {
            self.add(request, &mut units);
        }
        units
    }

    /// Counts the write units of each partition from now on.
    fn forget_partitions(&mut self) {
        self.partitions.clear();
    }

    fn add(&mut self, request: &RecordedRequest, units: &mut Units) {
        let body = || serde_json::from_str::<Value>(&request.body).expect("JSON");
        match request.operation.as_str() {
            "TransactWriteItems" => {
                for step in body()["TransactItems"].as_array().expect("steps") {
                    let (verb, step) = row::only(step);
                    self.write(verb, step, 2, units);
                }
            }
            "PutItem" | "UpdateItem" | "DeleteItem" => {
                self.write(request.operation.trim_end_matches("Item"), &body(), 1, units);
            }
            "BatchGetItem" => self.read_keys(&body(), units),
            "GetItem" => {
                let body = body();
                let name = name(&body["TableName"], &body["Key"]);
                units.half_reads += reads(self.size(&name), body["ConsistentRead"] == true);
            }
            "Query" => units.half_reads += self.query(&body()),
            _ => {}
        }
    }

    /// Writes a row, and adds `factor` units for each kilobyte of its larger form.
    fn write(&mut self, verb: &str, step: &Value, factor: usize, units: &mut Units) {
        let item = if verb == "Put" { &step["Item"] } else { &step["Key"] };
        let name = name(&step["TableName"], item);
        let before = self.rows.get(&name).cloned();
        let after = match verb {
            "Put" => item.as_object().cloned(),
            "Update" => Some(row::updated(before.clone(), step)),
            "Delete" => None,
            // A condition that is checked costs as much as a write of the row.
            _ => before.clone(),
        };
        let size = |row: &Option<RecordedRow>| row.as_ref().map_or(0, row_size);
        let larger = size(&before).max(size(&after));
        let written = factor * larger.div_ceil(WRITE_UNIT).max(1);
        *self.partitions.entry((name.0.clone(), name.1.clone())).or_default() += written;
        units.table_writes += written;
        for (partition, written) in index_units(before.as_ref(), after.as_ref()) {
            *self.partitions.entry(partition).or_default() += written;
            units.index_writes += written;
        }
        let kind = [&after, &before].into_iter().flatten().find_map(|row| row.get(table::ROW));
        units.rows.push((kind.map_or("count".to_owned(), |kind| text(&kind["S"])), larger));
        match after {
            Some(after) => drop(self.rows.insert(name, after)),
            None => drop(self.rows.remove(&name)),
        }
    }

    fn size(&self, name: &RowName) -> usize {
        self.rows.get(name).map_or(0, row_size)
    }

    fn read_keys(&self, body: &Value, units: &mut Units) {
        for (table, request) in body["RequestItems"].as_object().expect("tables") {
            for key in request["Keys"].as_array().expect("keys") {
                let size = self.size(&name(&Value::String(table.clone()), key));
                units.half_reads += reads(size, request["ConsistentRead"] == true);
            }
        }
    }

    /// Returns the halves of read units of a query: of the sum of its rows, also of those that its filter
    /// drops.
    fn query(&self, body: &Value) -> usize {
        let attribute = |name: &str| text(&body["ExpressionAttributeNames"][name]);
        let value = |name: &str| text(&body["ExpressionAttributeValues"][name]["S"]);
        let (pk, sk) = (attribute("#pk"), attribute("#sk"));
        let (from, until) = (value(":from"), value(":until"));
        let index = INDEXES.iter().find(|index| body["IndexName"] == index.name);
        let limit = usize::try_from(body["Limit"].as_u64().expect("a limit")).expect("small");
        let start = body["ExclusiveStartKey"][&sk]["S"].as_str();
        let is_newest_first = body["ScanIndexForward"] == false;
        let is_selected = |row: &&RecordedRow| {
            let of = |name: &str| row.get(name).and_then(|value| value["S"].as_str());
            let Some(sort) = of(&sk).filter(|_| of(&pk) == Some(&value(":pk"))) else {
                return false;
            };
            let is_after =
                start.is_none_or(|start| (sort < start) == is_newest_first && sort != start);
            is_after && from.as_str() <= sort && sort <= until.as_str()
        };
        let of_table = |name: &&RowName| body["TableName"] == name.0.as_str();
        let rows = self.rows.iter().filter(|(name, _)| of_table(name)).map(|(_, row)| row);
        let mut rows: Vec<_> = rows.filter(is_selected).collect();
        let sort = |row: &&RecordedRow| text(&row[&sk]["S"]);
        rows.sort_by_key(sort);
        if is_newest_first {
            rows.reverse();
        }
        let size = |row: &RecordedRow| index.map_or(row_size(row), |index| index.size(row));
        let size = rows.into_iter().take(limit).map(size).sum();
        reads(size, body["ConsistentRead"] == true)
    }
}

/// Returns the halves of read units of this many bytes.
fn reads(size: usize, is_consistent: bool) -> usize {
    size.div_ceil(READ_UNIT).max(1) * if is_consistent { 2 } else { 1 }
}

fn name(table: &Value, row: &Value) -> RowName {
    (text(table), text(&row[table::PK]["S"]), text(&row[table::SK]["S"]))
}

/// An index of both tables, as `store` defines it.
struct Index {
    name: &'static str,
    keys: (&'static str, &'static str),
    /// Whether the index has the whole row, not only its keys.
    has_rows: bool,
}

const INDEXES: [Index; 2] = [
    Index { name: table::BY_STATUS, keys: table::STATUS_KEYS, has_rows: true },
    Index { name: table::BY_DUE, keys: table::DUE_KEYS, has_rows: false },
];

impl Index {
    /// Returns the part of a row that the index has. Returns `None` if the row is not in it.
    fn entry(&self, row: &RecordedRow) -> Option<RecordedRow> {
        let keys = [self.keys.0, self.keys.1, table::PK, table::SK];
        let is_listed = row.contains_key(self.keys.0) && row.contains_key(self.keys.1);
        let is_projected = |name: &&String| self.has_rows || keys.contains(&name.as_str());
        let projected = row.iter().filter(|(name, _)| is_projected(name));
        is_listed.then(|| projected.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    fn size(&self, row: &RecordedRow) -> usize {
        self.entry(row).map_or(0, |entry| row_size(&entry))
    }

    /// Returns true if both entries have the same place in the index.
    fn is_same_place(&self, one: &RecordedRow, other: &RecordedRow) -> bool {
        [self.keys.0, self.keys.1].iter().all(|name| one.get(*name) == other.get(*name))
    }
}

/// Returns the write units of the partitions of indexes. An entry that moves is deleted and put, and an
/// entry that stays as it is costs nothing. A write of an index is never part of the transaction, so it costs
/// one unit.
fn index_units(
    before: Option<&RecordedRow>,
    after: Option<&RecordedRow>,
) -> Vec<((String, String), usize)> {
    let units = |entry: &RecordedRow| row_size(entry).div_ceil(WRITE_UNIT);
    let of = |index: &Index| {
        let entry = |row: Option<&RecordedRow>| row.and_then(|row| index.entry(row));
        let at = |entry: &RecordedRow, units| {
            let pk = entry.get(index.keys.0).map_or(String::new(), |pk| text(&pk["S"]));
            ((index.name.to_owned(), pk), units)
        };
        match (entry(before), entry(after)) {
            (None, None) => vec![],
            (Some(entry), None) | (None, Some(entry)) => vec![at(&entry, units(&entry))],
            (Some(before), Some(after)) if before == after => vec![],
            (Some(before), Some(after)) if index.is_same_place(&before, &after) => {
                vec![at(&after, units(&before).max(units(&after)))]
            }
            (Some(before), Some(after)) => {
                vec![at(&before, units(&before)), at(&after, units(&after))]
            }
        }
    };
    INDEXES.iter().flat_map(of).collect()
}
