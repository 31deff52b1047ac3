//! Output for a person, and questions.

use std::io::{BufRead, IsTerminal, Write};

/// Prints a line on standard output, and ignores a closed output.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Prints a line on standard error.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Asks a question and returns the answer.
///
/// # Errors
/// Without a terminal, because then there is no answer.
pub(crate) fn ask(question: &str) -> Result<String, String> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(format!("{question}\nNo terminal is available for the answer; pass --yes"));
    }
    let mut out = std::io::stdout().lock();
    let _ = write!(out, "{question} ");
    let _ = out.flush();
    let mut answer = String::new();
    input.lock().read_line(&mut answer).map_err(|cause| cause.to_string())?;
    Ok(answer.trim().to_owned())
}

/// Returns a table with columns as wide as their widest cell, two spaces apart.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<_> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_without_trailing_spaces() {
        let rows = [vec!["Add", "Table", ""], vec!["Modify", "Api", "yes"]];
        let rows = rows.map(|row| row.into_iter().map(str::to_owned).collect());
        assert_eq!(table(&rows), "Add     Table\nModify  Api    yes");
    }
}
