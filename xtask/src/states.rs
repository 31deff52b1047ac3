//! `cargo xtask states`: the page of the lifecycles, written from their tables.

use crate::generated::{GenerateOptions, settle};

/// Writes `docs/states.md`, or finds that it differs.
pub(crate) fn states(options: &GenerateOptions) -> Result<(), String> {
    let page = domain::catalogue::states_page();
    settle(options, "states", [("docs/states.md".to_owned(), page)])
}
