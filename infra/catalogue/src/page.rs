//! The text of docs/functions.md.

use crate::domains::{FunctionRow, functions};
use crate::trigger::Trigger;

const HEAD: &str = "\
# Functions

`cargo xtask functions` writes this page from the code; do not edit it.
Each function is a separate Lambda, named `<stack>-<function>`.
`infra/access.toml` declares what each function may do.
";

/// Returns docs/functions.md: one table for each domain.
pub fn page() -> String {
    let functions = functions();
    let mut page = HEAD.to_owned() + &counts(&functions);
    for domain in functions.chunk_by(|one, next| one.domain == next.domain) {
        page.push_str(&section(domain));
    }
    page
}

/// Returns how many functions there are, by what starts them.
fn counts(functions: &[FunctionRow]) -> String {
    let domains = functions.chunk_by(|one, next| one.domain == next.domain).count();
    let all = functions.len();
    let of = |wanted: fn(&Trigger) -> bool| {
        functions.iter().filter(|function| wanted(&function.trigger)).count()
    };
    let operations = of(|trigger| matches!(trigger, Trigger::Request(_)));
    let jobs = of(|trigger| matches!(trigger, Trigger::Minute));
    let operator = of(|trigger| matches!(trigger, Trigger::Operator));
    let fed = all - operations - jobs - operator;
    format!(
        "\nThe bundle has {all} functions in {domains} domains.\n{operations} are operations of the \
         API, {jobs} run each minute, the stream or a queue feeds {fed}, and only the operator invokes \
         {operator}.\n"
    )
}

fn section(domain: &[FunctionRow]) -> String {
    let name = domain.first().map_or("", |function| function.domain);
    let rows = domain.iter().map(|FunctionRow { name, trigger, summary, .. }| {
        format!("| `{name}` | {trigger} | {summary} |\n")
    });
    let rows: String = rows.collect();
    format!("\n## {name}\n\n| function | started by | what it does |\n|---|---|---|\n{rows}")
}
