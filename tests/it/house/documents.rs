//! The documents quote the code as it is.

use std::collections::BTreeSet;

use regex::Regex;

use super::sources::{read, sources};

/// Returns what stands in backticks in a line.
fn quotes(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

#[test]
fn the_example_of_an_operation_is_the_file_itself() {
    let page = read("docs/adding-an-operation.md");
    let code: Vec<_> =
        page.split("```rust\n").skip(1).filter_map(|rest| rest.split_once("```")).collect();
    let (handler, row) = (code[0].0, code[1].0);
    assert_eq!(handler, read("functions/payin/src/cancel_charge.rs"));
    assert!(read("functions/payin/src/lib.rs").contains(row.trim_end()), "{row}");
}

#[test]
fn each_term_is_in_the_glossary_once() {
    let glossary = read("docs/glossary.md");
    let row = Regex::new(r"(?m)^\| ([A-Za-z][^|:`]*?)(?::[^|]*)? \|").expect("a pattern");
    let mut seen = BTreeSet::new();
    for found in row.captures_iter(&glossary) {
        let term = found[1].trim().to_lowercase();
        assert!(
            term == "word" || term == "term" || seen.insert(term.clone()),
            "{term} has two rows"
        );
    }
    assert!(seen.len() > 60, "the pattern found only {} terms", seen.len());
}

/// A line that an operator searches for must be one that the code can write.
#[test]
fn the_runbook_quotes_lines_that_the_code_logs() {
    let code: String = sources()
        .into_iter()
        .filter(|(path, _)| path.starts_with("functions/") || path.starts_with("shared/"))
        .map(|(_, text)| text)
        .collect();
    let runbook = read("docs/runbook.md");
    let mut count = 0;
    for line in runbook.lines() {
        // A quoted log message is a clause: it has a semicolon and is no code.
        for quote in quotes(line).filter(|quote| quote.contains("; ") && !quote.contains('=')) {
            let text = quote.split('>').next_back().unwrap_or(quote).trim();
            assert!(code.contains(text), "docs/runbook.md quotes `{quote}`, which no line logs");
            count += 1;
        }
    }
    assert!(count >= 6, "the runbook quotes only {count} lines");
}
