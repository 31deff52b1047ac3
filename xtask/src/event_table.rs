//! The table of event types in `docs/webhooks.md`, made from `event_types!`.

use domain::event::EventType;

/// The page with the table.
pub(crate) const PAGE: &str = "docs/webhooks.md";

/// The lines around the table.
const START: &str = "<!-- event types, written by `cargo xtask openapi` -->\n";
const END: &str = "<!-- end of event types -->\n";

/// Returns the page with the table of today. Returns `None` if the page lacks the lines around it.
pub(crate) fn written_into(page: &str) -> Option<String> {
    let (before, rest) = page.split_once(START)?;
    let (_, after) = rest.split_once(END)?;
    let rows: String = EventType::ALL.iter().map(|kind| row(*kind)).collect();
    let head = "| type | what happened | `data.object` |\n|---|---|---|\n";
    Some(format!("{before}{START}{head}{rows}{END}{after}"))
}

fn row(kind: EventType) -> String {
    format!("| `{}` | {} | {} |\n", kind.as_str(), kind.summary(), kind.object().noun())
}
