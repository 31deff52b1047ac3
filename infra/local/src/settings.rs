//! What the programs of this crate are told: by their environment, and by the file that `make run`
//! writes for the others.

use std::fs;
use std::path::PathBuf;

use crate::seed::Demo;

/// A variable of the environment; an empty one is none.
#[expect(clippy::disallowed_methods, reason = "the settings of the programs of this crate")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Where data and demo.json are kept.
pub fn data_dir() -> PathBuf {
    variable("DATA_DIR").unwrap_or_else(|| ".trilho".to_owned()).into()
}

/// The demo account of the bundle that runs on this data directory, or what to do about it.
pub fn demo() -> Result<Demo, String> {
    let file = data_dir().join("demo.json");
    let shown = file.display();
    let text = fs::read_to_string(&file)
        .map_err(|_| format!("{shown} is not there; start the bundle first: make run"))?;
    serde_json::from_str(&text).map_err(|cause| {
        format!("{shown} cannot be read ({cause}); start clean with make run RESET=1")
    })
}
