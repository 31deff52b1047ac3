//! `cargo xtask openapi` and `cargo xtask stack`: files made from the tables and types, committed, and
//! checked for drift.

use std::fs;
use std::path::Path;

use lexopt::Parser;

use crate::arguments::Given;

/// What to do with the files.
pub(crate) struct Options {
    check: bool,
}

impl Options {
    pub(crate) fn parse(arguments: &mut Parser) -> Result<Self, lexopt::Error> {
        let given = Given::parse(arguments, &[], &["check"])?;
        Ok(Self { check: given.flag("check") })
    }
}

/// The document of the API.
pub(crate) fn openapi(options: &Options) -> Result<(), String> {
    let document = edge::openapi::document(&local::tables());
    let mut text = serde_json::to_string_pretty(&document).expect("the document has string keys");
    text.push('\n');
    settle(options, "openapi", [("openapi.json".to_owned(), text)])
}

/// The templates of the stack.
pub(crate) fn stack(options: &Options) -> Result<(), String> {
    let templates = ::stack::templates(local::functions());
    settle(options, "stack", templates.clone())?;
    if options.check { keep_the_rules(&templates) } else { Ok(()) }
}

/// Finds everything that a rule of `infra/stack/src/rules.rs` forbids.
fn keep_the_rules(templates: &[(String, String)]) -> Result<(), String> {
    let runbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/runbook.md");
    let runbook =
        fs::read_to_string(runbook).map_err(|cause| format!("docs/runbook.md: {cause}"))?;
    let deployment = ::stack::Deployment::read(templates, local::functions(), &runbook);
    let violations = deployment.map_err(|cause| cause.to_string())?.violations();
    if violations.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = violations.iter().map(ToString::to_string).collect();
    Err(lines.join("\n"))
}

/// Writes the files, by their path below `infra`, or finds the first that differs.
fn settle(
    options: &Options,
    task: &str,
    files: impl IntoIterator<Item = (String, String)>,
) -> Result<(), String> {
    let infra = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra");
    for (name, text) in files {
        let file = infra.join(&name);
        if !options.check {
            fs::write(&file, text).map_err(|cause| format!("infra/{name}: {cause}"))?;
        } else if fs::read_to_string(&file).unwrap_or_default() != text {
            return Err(format!("infra/{name} differs from the code; run: cargo xtask {task}"));
        }
    }
    Ok(())
}
