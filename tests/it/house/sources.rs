//! The files of the workspace, for the rules of the house.

use std::fs;
use std::path::{Path, PathBuf};

/// The endings of the files that people read and write.
const TEXT_ENDINGS: [&str; 10] =
    ["html", "jinja", "js", "md", "mjs", "py", "rs", "toml", "yaml", "yml"];
/// Texts that have none of these endings.
const TEXT_FILES: [&str; 3] = ["Makefile", ".ci/run", "infra/openapi.json"];
/// Folders that are made by tools.
const MADE_FOLDERS: [&str; 4] = ["target", "dist", "node_modules", "data"];

/// Returns the folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the text of a file, named from the root.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// Returns every Rust file of the workspace: its path from the root, and its text.
pub(crate) fn sources() -> Vec<(String, String)> {
    let folders = ["functions", "shared", "infra", "tests", "xtask"];
    let found: Vec<_> = folders.into_iter().flat_map(|folder| files(Path::new(folder))).collect();
    let found: Vec<_> = found.into_iter().filter(|(path, _)| path.ends_with(".rs")).collect();
    assert!(found.len() > 400, "the walk found only {} files", found.len());
    found
}

/// Returns every text of the workspace: its path from the root, and its content.
pub(crate) fn texts() -> Vec<(String, String)> {
    let found = files(Path::new(""));
    assert!(found.iter().any(|(path, _)| path == "README.md"), "the walk lost its way");
    assert!(found.iter().any(|(path, _)| path == "infra/openapi.json"), "the walk lost its way");
    found
}

/// Returns the texts in a folder, and in the folders in it.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).expect("a readable folder") {
        let entry = entry.expect("a readable entry");
        let path = folder.join(entry.file_name());
        let (is_folder, name) =
            (entry.path().is_dir(), entry.file_name().to_string_lossy().into_owned());
        if is_folder {
            let is_hidden = name.starts_with('.') && name != ".ci";
            if !is_hidden && !MADE_FOLDERS.contains(&name.as_str()) {
                found.extend(files(&path));
            }
        } else if is_text(&path) {
            let text = fs::read_to_string(root().join(&path)).expect("UTF-8");
            found.push((path.to_string_lossy().into_owned(), text));
        }
    }
    found.sort();
    found
}

fn is_text(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    TEXT_ENDINGS.contains(&ending) || TEXT_FILES.iter().any(|name| path == Path::new(name))
}

/// Returns the 1-based line of a byte offset.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].lines().count().max(1)
}
