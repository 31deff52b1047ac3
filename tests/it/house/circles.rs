//! Circles of files: where the files of a crate use each other in a ring.
//!
//! A crate is read from its root along its `mod` items, without what only tests compile.
//! A file depends on another when it names an item that is defined there.
//! Names are followed through imports and re-exports to the definition.
//! A re-export alone counts for nothing.
//! Types are not inferred, so method calls and fields count for nothing either.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

mod code;
mod graph;
mod names;
mod tests;
mod tree;

pub(crate) use code::is_test;
use graph::{Circle, Edges};
use tree::Tree;

/// Returns the roots of every package of a workspace, by the folder of the package.
///
/// Packages are at most two folders deep. Roots are where Cargo looks for them, and where a `path`
/// in `Cargo.toml` says.
pub(crate) fn roots(workspace: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let mut found = BTreeMap::new();
    for outer in folders(workspace) {
        for package in [vec![outer.clone()], folders(&outer)].concat() {
            if let Ok(manifest) = fs::read_to_string(package.join("Cargo.toml")) {
                let name = package.strip_prefix(workspace).expect("it was found below");
                found.insert(name.to_string_lossy().into_owned(), targets(&package, &manifest));
            }
        }
    }
    found
}

/// Returns the roots of one package. Leaves out those outside of its folder.
fn targets(package: &Path, manifest: &str) -> Vec<PathBuf> {
    let mut roots: BTreeSet<_> = manifest
        .lines()
        .filter_map(|line| line.trim().strip_prefix("path = \"")?.strip_suffix('"'))
        .filter(|path| !path.starts_with(".."))
        .chain(["src/lib.rs", "src/main.rs"])
        .map(|path| package.join(path))
        .collect();
    for folder in ["src/bin", "tests", "benches", "examples"].map(|name| package.join(name)) {
        roots.extend(entries(&folder));
        roots.extend(folders(&folder).iter().map(|target| target.join("main.rs")));
    }
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "rs");
    roots.into_iter().filter(|path| is_rust(path) && path.is_file()).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.expect("a readable folder").path()).collect()
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

/// The files of a crate and what each uses of the others.
pub(crate) struct Crate {
    tree: Tree,
    edges: Edges,
}

impl Crate {
    /// Reads the crate of this root.
    ///
    /// # Panics
    ///
    /// When a file is missing or is no Rust.
    pub(crate) fn read(root: &Path) -> Self {
        let tree = Tree::read(root);
        let edges = names::edges(&tree);
        Self { tree, edges }
    }

    /// Returns how many files the crate has.
    pub(crate) fn size(&self) -> usize {
        self.tree.files.len()
    }

    /// Returns the circles of files. A file is named from the folder of the root.
    pub(crate) fn circles(&self) -> Vec<Circle> {
        let names: Vec<_> = (0..self.size()).map(|file| self.tree.file_name(file)).collect();
        graph::circles(&names, &self.edges)
    }

    /// Returns the circles of rooms, which are the modules right below the root.
    ///
    /// The root is a room as well. A crate without folders has no rooms.
    pub(crate) fn room_circles(&self) -> Vec<Circle> {
        let files: Vec<_> = (0..self.size()).map(|file| self.tree.file_name(file)).collect();
        if files.iter().all(|file| Path::new(file).components().count() == 1) {
            return Vec::new();
        }
        let rooms: Vec<_> = (0..self.size()).map(|file| self.tree.room(file)).collect();
        let names: Vec<_> = rooms.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let room_of =
            |file: usize| names.binary_search(&rooms[file]).expect("each room has a name");
        let mut edges = Edges::new();
        for (&(from, to), items) in &self.edges {
            if room_of(from) != room_of(to) {
                let causes = items.iter().map(|item| format!("{item} (in {})", files[from]));
                edges.entry((room_of(from), room_of(to))).or_default().extend(causes);
            }
        }
        graph::circles(&names, &edges)
    }
}
