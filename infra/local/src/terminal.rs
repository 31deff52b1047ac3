//! The output of the programs of this crate: plain lines, with colour only on a terminal.

use std::io::{self, IsTerminal, Write};

use crate::settings::variable;

/// Standard output and standard error of this process.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    colour: bool,
    colour_of_failures: bool,
}

impl Terminal {
    /// Uses colour if the output is a terminal and `NO_COLOR` is not set: <https://no-color.org>.
    pub fn open() -> Self {
        let allowed = variable("NO_COLOR").is_none();
        Self {
            colour: allowed && io::stdout().is_terminal(),
            colour_of_failures: allowed && io::stderr().is_terminal(),
        }
    }

    /// Never uses colour.
    pub fn plain() -> Self {
        Self { colour: false, colour_of_failures: false }
    }

    /// Returns the text in a colour, which is the number of an ANSI escape sequence.
    pub fn paint(&self, code: &str, text: &str) -> String {
        painted(self.colour, code, text)
    }

    /// Prints; fails if the output is closed.
    pub fn print(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Prints, and ignores a closed output.
    pub fn say(&self, text: &str) {
        let _ = self.print(text);
    }

    /// Prints an error.
    pub fn failure(&self, text: &str) {
        let error = painted(self.colour_of_failures, "31", "error:");
        let _ = writeln!(io::stderr().lock(), "{error} {text}");
    }
}

fn painted(colour: bool, code: &str, text: &str) -> String {
    if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}
