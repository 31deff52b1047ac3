//! `SECURITY.md`: the answers to "what does a thief gain?" cover every operation, each with its tests.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::all_operations;
use edge::{CodeDemand, Needs};
use regex::Regex;

use super::sources::{read, sources};

const PAGE: &str = "SECURITY.md";
/// The heading of the table.
const HEADING: &str = "## What a thief gains";

/// The rows of the table.
fn rows() -> Vec<String> {
    let page = read(PAGE);
    let (_, table) = page.split_once(HEADING).expect("the table is there");
    let table = table.split("\n## ").next().expect("a part");
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(str::to_owned).collect()
}

/// The names in backticks in the first cell of a row.
fn operations_of(row: &str) -> Vec<&str> {
    let first = row.split('|').nth(1).expect("a cell");
    first.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_operation_has_one_row_that_says_what_a_thief_gains() {
    let rows = rows();
    let mut named: Vec<_> = rows.iter().flat_map(|row| operations_of(row)).collect();
    named.sort_unstable();
    let mut operations: Vec<_> = all_operations()
        .filter(|operation| operation.needs != Needs::Public)
        .map(|operation| operation.name)
        .collect();
    operations.sort_unstable();
    assert_eq!(named, operations, "{PAGE} names each operation behind the gate once");
}

#[test]
fn a_row_says_that_a_code_is_needed_where_the_table_of_operations_does() {
    for row in rows() {
        for name in operations_of(&row) {
            let operation = all_operations().find(|operation| operation.name == name);
            let demand = operation.expect("an operation").needs.code_demand();
            let says = row.contains("code");
            assert!(says || demand == CodeDemand::Never, "{name} needs a code: {row}");
        }
    }
}

#[test]
fn every_test_that_the_table_names_exists() {
    let claim = Regex::new(r"`([\w./-]+\.rs)::(\w+)`").expect("a pattern");
    let function = Regex::new(r"fn (\w+)\(").expect("a pattern");
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources() {
        let names = function.captures_iter(&text).map(|found| found[1].to_owned());
        tests.entry(path).or_default().extend(names);
    }
    for row in rows() {
        let mut named = 0;
        for found in claim.captures_iter(&row) {
            let (path, test) = (&found[1], &found[2]);
            let exists = tests.get(path).is_some_and(|tests| tests.contains(test));
            assert!(exists, "{PAGE} names a test that does not exist: {path}::{test}");
            named += 1;
        }
        assert!(named > 0, "a row names its tests: {row}");
    }
}
