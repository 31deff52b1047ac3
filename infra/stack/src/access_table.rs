//! The table of operations in `docs/access-patterns.md`, from `infra/access.toml`.

use std::fmt::Write as _;

use catalogue::Trigger;
use toml::Table;

use crate::function::Function;

const BEGINS: &str = "<!-- operations: begin; written by cargo xtask access-patterns -->\n";
const ENDS: &str = "<!-- operations: end -->";

/// The keys of a block that read rows, with the words before the rows.
const READS: [(&str, &str); 5] = [
    ("reads", ""),
    ("finds", "one "),
    ("lists", "list "),
    ("lists_by_status", "list by status "),
    ("checks", "check "),
];
/// The keys of a block that write rows.
const WRITES: [(&str, &str); 3] =
    [("puts", "put "), ("updates", "update "), ("deletes", "delete ")];
/// The keys of a block for what is not a row.
const OTHER_POLICIES: [(&str, &str); 5] = [
    ("secrets", "secret "),
    ("sends", "queue "),
    ("files_reads", "link to files "),
    ("files_writes", "files "),
    ("files_uploads", "upload link to files "),
];

/// Returns the document with the table of these functions, or `None` if the document has no place for
/// it.
///
/// # Panics
///
/// If `infra/access.toml` has no block for an operation; then there are no functions either.
pub fn with_operations_table(document: &str, functions: &[Function]) -> Option<String> {
    let (before, rest) = document.split_once(BEGINS)?;
    let (_, after) = rest.split_once(ENDS)?;
    Some(format!("{before}{BEGINS}{}{ENDS}{after}", table(functions)))
}

fn table(functions: &[Function]) -> String {
    let blocks: Table =
        toml::from_str(include_str!("../../access.toml")).expect("the functions were read from it");
    let mut text =
        String::from("\n| operation | needs | reads | writes | also |\n|---|---|---|---|---|\n");
    for function in functions {
        let Trigger::Request(operation) = function.trigger else { continue };
        let block = blocks[function.name].as_table().expect("a block is a table");
        let (reads, writes, others) =
            (cell(block, &READS), cell(block, &WRITES), cell(block, &OTHER_POLICIES));
        let (name, needs) = (operation.name, operation.needs);
        let row = writeln!(text, "| {name} | `{needs:?}` | {reads} | {writes} | {others} |");
        row.expect("a string takes everything");
    }
    text.push('\n');
    text
}

/// Returns what the block says under these keys, or `-` if it says nothing.
fn cell(block: &Table, keys: &[(&str, &str)]) -> String {
    let says = |(key, words): &(&str, &str)| {
        let names = block.get(*key)?.as_array()?.iter().filter_map(|name| name.as_str());
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        Some(format!("{words}{}", names.join(", ")))
    };
    let parts: Vec<_> = keys.iter().filter_map(says).collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join("; ") }
}
