//! `cargo xtask openapi`, `cargo xtask stack` and `cargo xtask banks`: files made from the tables, types
//! and lists, committed, and checked for drift.

use std::fs;
use std::path::{Path, PathBuf};

use lexopt::Parser;

use crate::arguments::OptionValues;
use crate::banks;

const LIST_OF_BANKS: &str = "shared/brazil/data/banks.csv";

/// What to do with the files.
pub(crate) struct GenerateOptions {
    check: bool,
}

impl GenerateOptions {
    pub(crate) fn parse(arguments: &mut Parser) -> Result<Self, lexopt::Error> {
        let given = OptionValues::parse(arguments, &[], &["check"])?;
        Ok(Self { check: given.flag("check") })
    }
}

/// The document of the API.
pub(crate) fn openapi(options: &GenerateOptions) -> Result<(), String> {
    let document = edge::openapi::document(&local::tables());
    let mut text = serde_json::to_string_pretty(&document).expect("the document has string keys");
    text.push('\n');
    settle(options, "openapi", [("infra/openapi.json".to_owned(), text)])
}

/// The templates of the stack.
pub(crate) fn stack(options: &GenerateOptions) -> Result<(), String> {
    let templates = ::stack::templates(local::functions());
    let files = templates.iter().map(|(name, text)| (format!("infra/{name}"), text.clone()));
    settle(options, "stack", files)?;
    if options.check { keep_the_rules(&templates) } else { Ok(()) }
}

/// The table of banks.
pub(crate) fn banks(options: &GenerateOptions) -> Result<(), String> {
    let list = root().join(LIST_OF_BANKS);
    let list = fs::read_to_string(list).map_err(|cause| format!("{LIST_OF_BANKS}: {cause}"))?;
    let table = banks::table(&list).map_err(|cause| format!("{LIST_OF_BANKS}: {cause}"))?;
    settle(options, "banks", [("shared/brazil/src/bank/table.rs".to_owned(), table)])
}

/// Finds everything that a rule of `infra/stack/src/rules.rs` forbids.
fn keep_the_rules(templates: &[(String, String)]) -> Result<(), String> {
    let runbook = fs::read_to_string(root().join("docs/runbook.md"))
        .map_err(|cause| format!("docs/runbook.md: {cause}"))?;
    let deployment = ::stack::Deployment::read(templates, local::functions(), &runbook);
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

/// Writes the files, by their path from the root, or finds the first that differs.
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
            return Err(format!("{name} differs from what it is made of; run: cargo xtask {task}"));
        }
    }
    Ok(())
}
