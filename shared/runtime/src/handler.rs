//! Finds the row of a table that this function runs: its operation, job or command.

/// Why a function did not start.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;

/// Returns the part of `_HANDLER` after the dot: `payin.create_charge` is `create_charge`.
#[expect(clippy::disallowed_methods, reason = "Lambda names the operation of this function")]
fn handler() -> String {
    let handler = std::env::var("_HANDLER").unwrap_or_default();
    handler.rsplit('.').next().unwrap_or_default().to_owned()
}

/// Returns the row that `_HANDLER` names.
///
/// # Errors
///
/// Fails if no row has this name, so that a wrong template fails at the start of the function and
/// not at its first request.
pub fn select_by_handler<T>(
    rows: &'static [T],
    name: fn(&T) -> &'static str,
) -> Result<&'static T, StartError> {
    let handler = handler();
    rows.iter().find(|row| name(row) == handler).ok_or_else(|| {
        let names: Vec<_> = rows.iter().map(name).collect();
        format!("_HANDLER names {handler:?}; this binary has {}", names.join(", ")).into()
    })
}
