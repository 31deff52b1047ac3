//! What people see of the programs of this crate: plain lines, colour only on a terminal.

use std::io::{self, IsTerminal, Write};

use crate::settings::variable;

/// Standard output and standard error of this process.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    colour: bool,
    colour_of_failures: bool,
}

impl Terminal {
    /// Looks whether there is a terminal at all, and whether it may be coloured: <https://no-color.org>.
    pub fn open() -> Self {
        let wanted = variable("NO_COLOR").is_none();
        Self {
            colour: wanted && io::stdout().is_terminal(),
            colour_of_failures: wanted && io::stderr().is_terminal(),
        }
    }

    /// Without colour, whatever there is.
    pub fn plain() -> Self {
        Self { colour: false, colour_of_failures: false }
    }

    /// The text in a colour: the number of an ANSI escape sequence.
    pub fn paint(&self, code: &str, text: &str) -> String {
        painted(self.colour, code, text)
    }

    /// Prints, and says whether there still is somebody to read it.
    pub fn print(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Prints.
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
