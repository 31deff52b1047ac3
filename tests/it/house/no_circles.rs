//! No crate of the workspace has a circle of files, and no crate with rooms a circle of rooms.

use std::path::Path;

use super::circles::{Crate, roots};

#[test]
fn no_crate_has_a_circle_of_files_or_of_rooms() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut files, mut found) = (0, String::new());
    for (_, roots) in roots(&workspace) {
        for root in roots {
            let read = Crate::read(&root);
            files += read.size();
            for circle in read.circles().into_iter().chain(read.room_circles()) {
                found += &format!("{}: {circle}", root.display());
            }
        }
    }
    assert!(files > 400, "the walk found only {files} files");
    assert!(found.is_empty(), "move what both sides need to a file of its own:\n{found}");
}
