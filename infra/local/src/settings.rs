//! The settings of the programs of this crate: their environment, and the file that `make run`
//! writes for the others.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::seed::Demo;

/// Returns a variable of the environment, or `None` if it is missing or empty.
#[expect(clippy::disallowed_methods, reason = "the settings of the programs of this crate")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder of the data if `DATA_DIR` names no other.
const DEFAULT_DATA_DIR: &str = ".trilho";

/// Name of the file with the API key of `make demo`.
pub const DEMO_PROGRAM: &str = "demo-program.json";

/// Replaces a whole file, readable by its owner only, because it holds secrets.
pub fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let new = file.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut writer = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    writer.write_all(text.as_bytes())?;
    fs::rename(new, file)
}

/// Returns the folder of the data and of demo.json.
pub fn data_dir() -> PathBuf {
    variable("DATA_DIR").unwrap_or_else(|| DEFAULT_DATA_DIR.to_owned()).into()
}

/// Returns the file with the API key that `make demo` created for its program.
pub fn demo_program_file() -> PathBuf {
    data_dir().join(DEMO_PROGRAM)
}

/// Returns a command to type, such as `make demo`, for the folder of the data in use.
pub fn hint(command: &str) -> String {
    hint_for(&data_dir(), command)
}

fn hint_for(data_dir: &Path, command: &str) -> String {
    if data_dir == Path::new(DEFAULT_DATA_DIR) {
        return command.to_owned();
    }
    let path = data_dir.display().to_string();
    let plain = path.chars().all(|letter| letter.is_alphanumeric() || "/._-+".contains(letter));
    if plain {
        format!("DATA_DIR={path} {command}")
    } else {
        format!("DATA_DIR='{}' {command}", path.replace('\'', r"'\''"))
    }
}

/// Reads the demo account of the bundle that runs on this data directory. The error says what to
/// do.
pub fn demo() -> Result<Demo, String> {
    let file = data_dir().join("demo.json");
    let shown = file.display();
    let text = fs::read_to_string(&file)
        .map_err(|_| format!("{shown} does not exist; start the bundle: {}", hint("make run")))?;
    serde_json::from_str(&text).map_err(|cause| {
        format!("cannot read {shown} ({cause}); start clean: {}", hint("make run RESET=1"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(data_dir: &str, expected: &str) {
        assert_eq!(hint_for(Path::new(data_dir), "make demo"), expected);
    }

    #[test]
    fn a_command_names_the_folder_unless_it_is_the_default() {
        check(".trilho", "make demo");
        check("/tmp/x-1", "DATA_DIR=/tmp/x-1 make demo");
        check("/tmp/my data", "DATA_DIR='/tmp/my data' make demo");
        check("it's", r"DATA_DIR='it'\''s' make demo");
    }
}
