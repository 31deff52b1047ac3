//! `cargo xtask openapi`, `functions`, `stack` and `banks`: files generated from the tables, types
//! and lists, which are committed and checked.

use std::fs;
use std::path::{Path, PathBuf};

use lexopt::Parser;

use crate::arguments::OptionValues;
use crate::{banks, event_table};

const LIST_OF_BANKS: &str = "shared/brazil/data/banks.csv";

/// The options of these tasks.
pub(crate) struct GenerateOptions {
    check: bool,
}

impl GenerateOptions {
    pub(crate) fn parse(arguments: &mut Parser) -> Result<Self, lexopt::Error> {
        let given = OptionValues::parse(arguments, &[], &["check"])?;
        Ok(Self { check: given.flag("check") })
    }
}

/// Writes or checks the OpenAPI document, and the event types in docs/webhooks.md.
pub(crate) fn openapi(options: &GenerateOptions) -> Result<(), String> {
    let document = edge::openapi::document(&catalogue::tables());
    let mut text = serde_json::to_string_pretty(&document).expect("the document has string keys");
    text.push('\n');
    let page = fs::read_to_string(root().join(event_table::PAGE))
        .map_err(|cause| format!("{}: {cause}", event_table::PAGE))?;
    let page = event_table::written_into(&page)
        .ok_or_else(|| format!("{} lacks the place for the event types", event_table::PAGE))?;
    let files = [("infra/openapi.json".to_owned(), text), (event_table::PAGE.to_owned(), page)];
    settle(options, "openapi", files)
}

/// Writes or checks the templates of the stack; a check includes the rules.
pub(crate) fn stack(options: &GenerateOptions) -> Result<(), String> {
    let templates = ::stack::templates(::stack::functions());
    let files = templates.iter().map(|(name, text)| (format!("infra/{name}"), text.clone()));
    settle(options, "stack", files)?;
    if options.check { keep_the_rules(&templates) } else { Ok(()) }
}

/// Writes or checks docs/functions.md, the list of all functions.
pub(crate) fn functions(options: &GenerateOptions) -> Result<(), String> {
    settle(options, "functions", [("docs/functions.md".to_owned(), catalogue::page())])
}

/// Writes or checks the table of banks.
pub(crate) fn banks(options: &GenerateOptions) -> Result<(), String> {
    let list = root().join(LIST_OF_BANKS);
    let list = fs::read_to_string(list).map_err(|cause| format!("{LIST_OF_BANKS}: {cause}"))?;
    let table = banks::table(&list).map_err(|cause| format!("{LIST_OF_BANKS}: {cause}"))?;
    settle(options, "banks", [("shared/brazil/src/bank/table.rs".to_owned(), table)])
}

/// Fails with every violation of a rule of `infra/stack/src/rules.rs`.
fn keep_the_rules(templates: &[(String, String)]) -> Result<(), String> {
    let runbook = fs::read_to_string(root().join("docs/runbook.md"))
        .map_err(|cause| format!("docs/runbook.md: {cause}"))?;
    let deployment = ::stack::Deployment::read(templates, ::stack::functions(), &runbook);
    let violations = deployment.map_err(|cause| cause.to_string())?.violations();
    if violations.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = violations.iter().map(ToString::to_string).collect();
    Err(lines.join("\n"))
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Writes the files, by their path from the root; with `--check` fails at the first that differs.
pub(crate) fn settle(
    options: &GenerateOptions,
    task: &str,
    files: impl IntoIterator<Item = (String, String)>,
) -> Result<(), String> {
    for (name, text) in files {
        let file = root().join(&name);
        if !options.check {
            fs::write(&file, text).map_err(|cause| format!("{name}: {cause}"))?;
        } else if fs::read_to_string(&file).unwrap_or_default() != text {
            return Err(format!("{name} is out of date; run: cargo xtask {task}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `tests/it/house` compares the other generated files.
    #[test]
    fn banks_and_event_types_are_the_ones_that_the_list_and_the_code_make() {
        let check = GenerateOptions { check: true };
        assert_eq!(banks(&check), Ok(()));
        assert_eq!(openapi(&check), Ok(()));
    }
}
