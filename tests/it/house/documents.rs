//! The documents quote the code as it is.

use std::collections::BTreeSet;

use brazil::SpiReason;
use domain::kernel::{Failure, FailureCode, FailureView};
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

/// Returns the rows of the table after a mark in `docs/errors.md`.
fn rows(mark: &str) -> Vec<String> {
    let page = read("docs/errors.md");
    let (_, rest) = page.split_once(&format!("<!-- {mark} -->\n")).expect("the table begins");
    let (table, _) = rest.split_once("<!-- end -->").expect("the table ends");
    table.lines().skip(2).map(str::to_owned).collect()
}

/// Returns the last cells of a row: the meaning, who caused the failure, and whether to repeat.
fn cells(view: &FailureView) -> String {
    let caused_by = view.caused_by.as_str();
    format!("{} | `{caused_by}` | `{}` |", view.message, view.retriable)
}

#[test]
fn every_failure_code_and_every_code_of_the_network_has_its_row() {
    let codes = FailureCode::ALL.iter().map(|code| {
        let view = FailureView::of_payment(&Failure::from(*code));
        format!("| `{}` | {}", code.as_str(), cells(&view))
    });
    assert_eq!(rows("failure codes"), codes.collect::<Vec<_>>());
    let reasons = SpiReason::all().iter().map(|reason| {
        let view = FailureView::of_payment(&Failure::of_network(reason.code()));
        format!("| `{}` | `{}` | {}", reason.code(), view.code.as_str(), cells(&view))
    });
    assert_eq!(rows("network codes"), reasons.collect::<Vec<_>>());
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
