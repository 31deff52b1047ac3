//! The pages for those who run a deployment are complete.

use std::collections::BTreeSet;

use regex::Regex;

use super::sources::read;

#[test]
fn the_runbook_says_of_every_alarm_how_fast_to_act() {
    let text = read("docs/runbook.md");
    let alarms = text.split("\n## ").find(|part| part.starts_with("Alarms\n")).expect("a section");
    let (table, _) = alarms.split_once("\n### ").expect("entries after the table");
    let span = Regex::new("`([^`]+)`").expect("a pattern");
    let listed: Vec<_> = span.captures_iter(table).map(|found| found[1].to_owned()).collect();
    let entries: BTreeSet<_> =
        alarms.lines().filter_map(|line| line.strip_prefix("### ")).map(str::to_owned).collect();
    assert_eq!(listed.len(), entries.len(), "an alarm is listed twice, or not at all");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), entries);
}

#[test]
fn every_release_says_whether_rows_changed() {
    let text = read("CHANGELOG.md");
    let releases: Vec<_> = text.split("\n## [").skip(1).collect();
    assert!(!releases.is_empty(), "CHANGELOG.md has a release");
    for release in releases {
        let name = release.split(']').next().unwrap_or_default();
        assert!(
            release.contains("\n### Rows\n\n- "),
            "CHANGELOG.md, {name}: say it under ### Rows"
        );
    }
}
