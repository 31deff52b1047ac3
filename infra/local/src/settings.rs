//! The settings of the programs of this crate: their environment, and the file that `make run`
//! writes for the others.

use std::fs;
use std::path::PathBuf;

use crate::seed::Demo;

/// Returns a variable of the environment, or `None` if it is missing or empty.
#[expect(clippy::disallowed_methods, reason = "the settings of the programs of this crate")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns the folder of the data and of demo.json.
pub fn data_dir() -> PathBuf {
    variable("DATA_DIR").unwrap_or_else(|| ".trilho".to_owned()).into()
}

/// Reads the demo account of the bundle that runs on this data directory. The error says what to
/// do.
pub fn demo() -> Result<Demo, String> {
    let file = data_dir().join("demo.json");
    let shown = file.display();
    let text = fs::read_to_string(&file)
        .map_err(|_| format!("{shown} does not exist; start the bundle first with make run"))?;
    serde_json::from_str(&text).map_err(|cause| {
        format!("cannot read {shown} ({cause}); start clean with make run RESET=1")
    })
}
