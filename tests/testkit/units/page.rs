//! The table of counted units in docs/performance.md.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::cost::costs;
use super::{BusyPartitions, CountedLife, CountedStep, Units};

const START: &str = "<!-- counted units, written by `make units` -->\n";
const END: &str = "<!-- end of counted units -->\n";

/// Returns the place of the page.
pub fn page_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md")
}

/// The lines around the table of costs.
const COSTS_START: &str = "<!-- costs, written by `make units` -->\n";
const COSTS_END: &str = "<!-- end of costs -->\n";

/// The lines around the table of partitions.
const PARTITIONS_START: &str = "<!-- partitions, written by `make units` -->\n";
const PARTITIONS_END: &str = "<!-- end of partitions -->\n";
/// Partitions that take more lives a second are not in the table.
const LIVES_SHOWN_MAX: usize = 2_000;

/// Returns the page with the tables of these lives and partitions. Returns `None` if it lacks the lines
/// around them.
pub fn with_counts(
    page: &str,
    lives: &[CountedLife],
    partitions: &[BusyPartitions],
) -> Option<String> {
    let page = between(page, (START, END), &counts(lives))?;
    let page = between(&page, (PARTITIONS_START, PARTITIONS_END), &limits(partitions))?;
    between(&page, (COSTS_START, COSTS_END), &costs(lives))
}

fn limits(partitions: &[BusyPartitions]) -> String {
    let mut text = String::from(
        "| rows | in | partitions | write units of the busiest for a life | lives a second |\n\
         |---|---|---|---|---|\n",
    );
    for one in partitions.iter().filter(|one| one.lives_per_second <= LIVES_SHOWN_MAX) {
        let BusyPartitions { family, place, partitions, unit_hundredths, lives_per_second } = one;
        let (units, rest) = (unit_hundredths / 100, unit_hundredths % 100);
        let line = writeln!(
            text,
            "| `{family}` | {place} | {partitions} | {units}.{rest:02} | {lives_per_second} |"
        );
        line.expect("a string takes everything");
    }
    text
}

/// Returns the page with this text between two lines.
fn between(page: &str, (start, end): (&str, &str), text: &str) -> Option<String> {
    let (before, rest) = page.split_once(start)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{start}{text}{end}{after}"))
}

fn counts(lives: &[CountedLife]) -> String {
    let mut text = String::from(
        "| step | write units | of these indexes | read units | written rows, with their bytes |\n\
         |---|---|---|---|---|\n",
    );
    for life in lives {
        for step in &life.steps {
            line(&mut text, step.name, &step.units, &rows(step));
        }
        line(&mut text, &format!("**{}, in all**", life.name), &life.units(), "");
    }
    text
}

fn line(text: &mut String, name: &str, units: &Units, rows: &str) {
    let (writes, indexes, reads) = (units.writes(), units.index_writes, units.half_reads);
    let reads = format!("{}{}", reads / 2, if reads % 2 == 0 { "" } else { ".5" });
    let line = writeln!(text, "| {name} | {writes} | {indexes} | {reads} | {rows} |");
    line.expect("a string takes everything");
}

/// Returns the kinds of rows of a step; the bytes of a kind are those of its largest row.
fn rows(step: &CountedStep) -> String {
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (kind, bytes) in &step.units.rows {
        let (count, largest) = kinds.entry(kind).or_default();
        (*count, *largest) = (*count + 1, *bytes.max(largest));
    }
    let row = |(kind, (count, bytes)): (&str, (usize, usize))| match count {
        1 => format!("{kind} {bytes}"),
        count => format!("{count} {kind} {bytes}"),
    };
    kinds.into_iter().map(row).collect::<Vec<_>>().join(", ")
}
