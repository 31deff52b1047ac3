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

/// Returns text of a caller for a terminal: control characters, which a terminal may obey, and
/// characters that change the direction of text are replaced.
pub fn visible(text: &str) -> String {
    let hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(letter, '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if hidden(letter) { '\u{fffd}' } else { letter }).collect()
}

fn painted(colour: bool, code: &str, text: &str) -> String {
    if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_an_escape_sequence_around_the_text() {
        assert_eq!(painted(true, "31", "error:"), "\x1b[31merror:\x1b[0m");
        assert_eq!(Terminal::plain().paint("31", "error:"), "error:");
    }

    #[test]
    fn text_of_a_caller_cannot_steer_the_terminal() {
        assert_eq!(visible("a\u{9b}2Jb\x1b[31m\n"), "a\u{fffd}2Jb\u{fffd}[31m\u{fffd}");
        assert_eq!(visible("\u{202e}x\u{2066}y\u{2028}"), "\u{fffd}x\u{fffd}y\u{fffd}");
        assert_eq!(
            visible("João \u{1f469}\u{200d}\u{1f4bb} عربي"),
            "João \u{1f469}\u{200d}\u{1f4bb} عربي"
        );
    }
}
