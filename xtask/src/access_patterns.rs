//! `cargo xtask access-patterns`: the table of operations in `docs/access-patterns.md`.

use std::fs;

use crate::generated::{GenerateOptions, root, settle};

const DOCUMENT: &str = "docs/access-patterns.md";

/// Writes the table from the operations and `infra/access.toml`.
pub(crate) fn run(options: &GenerateOptions) -> Result<(), String> {
    let text = fs::read_to_string(root().join(DOCUMENT));
    let text = text.map_err(|cause| format!("{DOCUMENT}: {cause}"))?;
    let text = ::stack::with_operations_table(&text, ::stack::functions());
    let text = text.ok_or_else(|| format!("{DOCUMENT} has lost the marks of the table"))?;
    settle(options, "access-patterns", [(DOCUMENT.to_owned(), text)])
}
