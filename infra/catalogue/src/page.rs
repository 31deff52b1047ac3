//! The text of docs/functions.md.

use crate::domains::{FunctionRow, functions};

const HEAD: &str = "\
# Functions

`cargo xtask functions` writes this page from the code; do not edit it.
Each function is a separate Lambda, named `<stack>-<function>`.
`infra/access.toml` declares what each function may do.
";

/// Returns docs/functions.md: one table for each domain.
pub fn page() -> String {
    let functions = functions();
    let mut page = HEAD.to_owned();
    for domain in functions.chunk_by(|one, next| one.domain == next.domain) {
        page.push_str(&section(domain));
    }
    page
}

fn section(domain: &[FunctionRow]) -> String {
    let name = domain.first().map_or("", |function| function.domain);
    let rows = domain.iter().map(|FunctionRow { name, trigger, summary, .. }| {
        format!("| `{name}` | {trigger} | {summary} |\n")
    });
    let rows: String = rows.collect();
    format!("\n## {name}\n\n| function | started by | what it does |\n|---|---|---|\n{rows}")
}
