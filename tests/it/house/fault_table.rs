//! `docs/faults.md`: rows that sources refer to, and tests that rows refer to.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::sources::{line_of, read, sources};

const TABLE: &str = "docs/faults.md";

/// Returns the rows of the table by their number.
fn rows() -> BTreeMap<u32, String> {
    let row = Regex::new(r"(?m)^\| (\d+) \|.*$").expect("a pattern");
    let text = read(TABLE);
    let mut rows = BTreeMap::new();
    for found in row.captures_iter(&text) {
        let number = found[1].parse().expect("a number");
        assert!(rows.insert(number, found[0].to_owned()).is_none(), "row {number} is there twice");
    }
    assert!(rows.len() >= 102, "a row keeps its number for good");
    rows
}

#[test]
fn every_fault_row_that_a_source_names_is_in_the_table() {
    let rows = rows();
    let reference = Regex::new(r"Fault rows? ((?:\d+(?:, | and )?)+)").expect("a pattern");
    let number = Regex::new(r"\d+").expect("a pattern");
    let mut references = 0;
    for (path, text) in sources() {
        for found in reference.captures_iter(&text) {
            let line = line_of(&text, found.get(0).expect("a match").start());
            for number in number.find_iter(&found[1]) {
                let row: u32 = number.as_str().parse().expect("a number");
                assert!(rows.contains_key(&row), "{path}:{line}: {TABLE} has no row {row}");
                references += 1;
            }
        }
    }
    assert!(references > 150, "the walk found only {references} references");
}

#[test]
fn every_test_that_the_fault_table_names_exists() {
    let claim = Regex::new(r"`([\w./-]+\.rs)::(\w+)`").expect("a pattern");
    let function = Regex::new(r"fn (\w+)\(").expect("a pattern");
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources() {
        let names = function.captures_iter(&text).map(|found| found[1].to_owned());
        tests.entry(path).or_default().extend(names);
    }
    let (mut missing, mut claims) = (Vec::new(), 0);
    for (number, row) in rows() {
        let mut named = 0;
        for found in claim.captures_iter(&row) {
            let (path, test) = (&found[1], &found[2]);
            named += 1;
            if !tests.get(path).is_some_and(|tests| tests.contains(test)) {
                let others = tests.iter().filter(|(_, tests)| tests.contains(test));
                let others: Vec<_> = others.map(|(path, _)| path.as_str()).collect();
                let hint = if others.is_empty() { "no file has it" } else { "it is in" };
                missing.push(format!("row {number}: {path}::{test} ({hint} {})", others.join(" ")));
            }
        }
        let says_why = row.contains("none yet: ");
        assert!(named > 0 || says_why, "row {number} names a test, or says `none yet:` and why");
        claims += named;
    }
    assert!(claims > 200, "the walk found only {claims} claims");
    assert!(missing.is_empty(), "{TABLE} names tests that do not exist\n{}", missing.join("\n"));
}
