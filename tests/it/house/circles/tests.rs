//! Small crates, written to a folder and read back.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::{Crate, roots};

/// A folder of its own, gone at the end.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let name = format!("circles-{}-{name}", std::process::id());
        let folder = Self(std::env::temp_dir().join(name));
        for (path, text) in files {
            let path = folder.0.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
            fs::write(path, text).expect("it can be written");
        }
        folder
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("it can be removed");
    }
}

fn read(name: &str, files: &[(&str, &str)]) -> Crate {
    Crate::read(&TempFolder::new(name, files).0.join("lib.rs"))
}

/// Returns what uses what, as `a.rs -> b.rs: Item, Other`.
fn uses(read: &Crate) -> Vec<String> {
    let file = |file: &usize| read.tree.file_name(*file);
    let line = |((from, to), items): (&(usize, usize), &BTreeSet<String>)| {
        let items: Vec<_> = items.iter().cloned().collect();
        format!("{} -> {}: {}", file(from), file(to), items.join(", "))
    };
    read.edges.iter().map(line).collect()
}

fn members(circles: &[super::graph::Circle]) -> Vec<Vec<&str>> {
    circles.iter().map(|circle| circle.members.keys().map(String::as_str).collect()).collect()
}

#[test]
fn two_files_that_use_each_other_are_a_circle() {
    let read = read(
        "direct",
        &[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "pub struct B; impl From<super::a::A> for B {}"),
            ("c.rs", "fn c(_: crate::a::A) {}"),
        ],
    );
    assert_eq!(read.size(), 4);
    let circles = read.circles();
    assert_eq!(members(&circles), [["a.rs", "b.rs"]]);
    assert_eq!(
        circles[0].to_string(),
        "circle of 2:\n  a.rs\n    -> b.rs: B\n  b.rs\n    -> a.rs: A\n"
    );
}

#[test]
fn a_re_export_in_the_root_hides_no_circle() {
    let read = read(
        "hidden",
        &[
            ("lib.rs", "mod a; mod b; mod c; pub use {a::A as First, b::*}; pub(crate) use c::c;"),
            ("a.rs", "use crate::b; pub struct A(b::B);"),
            ("b.rs", "use crate::c; pub struct B; fn b() { c() }"),
            ("c.rs", "pub fn c() { let _: Option<crate::First>; }"),
        ],
    );
    assert_eq!(uses(&read), ["a.rs -> b.rs: B", "b.rs -> c.rs: c", "c.rs -> a.rs: A"]);
    assert_eq!(members(&read.circles()), [["a.rs", "b.rs", "c.rs"]]);
}

#[test]
fn a_root_that_only_re_exports_is_in_no_circle() {
    let read = read(
        "facade",
        &[
            ("lib.rs", "mod a; mod b; pub use a::A; pub use b::*;"),
            ("a.rs", "pub struct A(crate::B);"),
            ("b.rs", "pub struct B;"),
        ],
    );
    assert_eq!(uses(&read), ["a.rs -> b.rs: B"]);
    assert_eq!(members(&read.circles()), Vec::<Vec<&str>>::new());
}

#[test]
fn a_root_with_items_of_its_own_can_be_in_a_circle() {
    let read = read(
        "root",
        &[
            (
                "lib.rs",
                "mod pay; edge::list! { /// Pays.\n pay: POST \"/pay\"; } pub fn check() {}",
            ),
            ("pay.rs", "pub fn handle() { crate::check() }"),
        ],
    );
    assert_eq!(uses(&read), ["lib.rs -> pay.rs: mod pay", "pay.rs -> lib.rs: check"]);
}

#[test]
fn a_macro_counts_where_it_is_called_and_for_what_its_body_names() {
    let read = read(
        "macros",
        &[
            ("lib.rs", "#[macro_use] mod textual; mod a; mod b; mod c; mod d;"),
            ("textual.rs", "macro_rules! early { () => {} }"),
            (
                "a.rs",
                "macro_rules! made { ($n:ident) => { $crate::b::B::$n(1.e, 0..2) } } pub(crate) use made;",
            ),
            ("b.rs", "use crate::a::made; early!(); pub struct B; fn b() { made!(x) }"),
            (
                "c.rs",
                "#[macro_export] macro_rules! out { () => { use $crate::{b::{B}, a as other}; } }",
            ),
            (
                "d.rs",
                "fn d(x: X) { crate::out!(); assert!(x.b != vec![super::b::B], \"crate::c::C\"); }",
            ),
        ],
    );
    assert_eq!(
        uses(&read),
        [
            "a.rs -> b.rs: B",
            "b.rs -> textual.rs: early!",
            "b.rs -> a.rs: made!",
            "c.rs -> a.rs: mod a",
            "c.rs -> b.rs: B",
            "d.rs -> b.rs: B",
            "d.rs -> c.rs: out!",
        ]
    );
    assert_eq!(members(&read.circles()), [["a.rs", "b.rs"]]);
}

#[test]
fn a_macro_is_not_the_module_or_variable_of_its_name() {
    let read = read(
        "namesakes",
        &[
            ("lib.rs", "mod format; mod a; mod b;"),
            ("format.rs", "pub struct Format;"),
            ("a.rs", "use crate::format; fn a(_: format::Format) { format!(\"\") }"),
            (
                "b.rs",
                "#[macro_export] macro_rules! list { () => {} } use crate::list; \
                      fn b(list: u8) { list }",
            ),
        ],
    );
    assert_eq!(uses(&read), ["a.rs -> format.rs: Format"]);
}

#[test]
fn what_only_tests_compile_is_left_out() {
    let modules = read(
        "tests",
        &[
            ("lib.rs", "mod a; mod b; #[cfg(all(test, unix))] mod missing;"),
            ("a.rs", "pub struct A; #[cfg(test)] mod tests { use crate::b::B; }"),
            ("b.rs", "use crate::a::A; pub struct B; #[cfg(not(test))] fn c() {}"),
            ("missing.rs", "this is no Rust"),
        ],
    );
    assert_eq!(modules.size(), 3);
    assert_eq!(uses(&modules), ["b.rs -> a.rs: A"]);
    let of_test =
        "#[cfg(any(test, test))] use crate::b::B; impl A { #[cfg(test)] fn a(_: crate::b::B) {} }";
    let items = read(
        "test-items",
        &[("lib.rs", "mod a; mod b;"), ("a.rs", of_test), ("b.rs", "pub struct B;")],
    );
    assert_eq!(uses(&items), Vec::<String>::new());
}

#[test]
fn a_name_is_followed_through_globs() {
    let read = read(
        "globs",
        &[
            ("lib.rs", "mod a; mod b; pub mod all { pub use crate::b::*; pub use other::*; }"),
            ("a.rs", "use crate::all::*; pub struct A(Deep, Foreign, crate::all::Unknown);"),
            ("b.rs", "mod deep; pub use deep::{Deep, *}; pub use super::all::*;"),
            ("b/deep.rs", "pub struct Deep; make! { Made } fn f(_: crate::a::A) {}"),
        ],
    );
    assert_eq!(uses(&read), ["a.rs -> b/deep.rs: Deep", "b/deep.rs -> a.rs: A"]);
}

#[test]
fn a_module_is_the_way_to_the_item_behind_it() {
    let read = read(
        "way",
        &[
            ("lib.rs", "mod a; mod b; mod cookie; mod jar; mod made;"),
            ("a.rs", "use crate::cookie; fn a() { cookie::read(); crate::made::MADE; }"),
            ("b.rs", "use crate::cookie; fn b() {}"),
            ("cookie.rs", "pub use crate::jar::read;"),
            ("jar.rs", "pub fn read() {}"),
            ("made.rs", "make! { MADE }"),
        ],
    );
    assert_eq!(
        uses(&read),
        ["a.rs -> jar.rs: read", "a.rs -> made.rs: MADE", "b.rs -> cookie.rs: mod cookie",]
    );
}

#[test]
fn names_of_other_crates_and_local_names_count_for_nothing() {
    let read = read(
        "outside",
        &[
            ("lib.rs", "mod a; mod domain; mod limit; pub use serde::Value;"),
            (
                "a.rs",
                "use domain::X; use ::limit::y; fn a(limit: u8) { limit + y; crate::Value::new() }",
            ),
            ("domain.rs", "pub struct X; pub(in crate::limit) fn f() {}"),
            ("limit.rs", "use limit::limit; pub fn y() { Self::domain(); }"),
        ],
    );
    assert_eq!(uses(&read), Vec::<String>::new());
}

#[test]
fn text_of_attributes_can_be_a_path() {
    let read = read(
        "attributes",
        &[
            ("lib.rs", "mod a; mod b;"),
            (
                "a.rs",
                "struct A(#[serde(with = \"crate::b\", rename = \"crate::b::C\")] u8); \
                 make! { #[serde(from = \"Vec<super::b::B>\")] struct X; }",
            ),
            ("b.rs", "pub struct B; pub struct C;"),
        ],
    );
    assert_eq!(uses(&read), ["a.rs -> b.rs: B, mod b"]);
}

#[test]
fn modules_are_found_where_the_compiler_finds_them() {
    let read = read(
        "places",
        &[
            ("lib.rs", "mod a; mod inner { mod deep; } #[path = \"other/place.rs\"] mod b;"),
            ("a/mod.rs", "mod child; use self::child::r#type; fn a() { r#type() }"),
            ("a/child.rs", "pub fn r#type() {}"),
            ("inner/deep.rs", "use super::super::b::beside::B; struct D(B);"),
            ("other/place.rs", "pub mod beside;"),
            ("other/beside.rs", "pub struct B;"),
        ],
    );
    assert_eq!(read.size(), 6);
    assert_eq!(
        uses(&read),
        ["a/mod.rs -> a/child.rs: type", "inner/deep.rs -> other/beside.rs: B"]
    );
}

#[test]
fn rooms_have_circles_of_their_own() {
    let files = [
        ("lib.rs", "pub mod charge; pub mod kernel; pub mod ledger;"),
        ("charge/mod.rs", "mod refund; pub struct Charge; pub use refund::Refund;"),
        ("charge/refund.rs", "use crate::kernel::Id; pub struct Refund(crate::ledger::Entry, Id);"),
        ("kernel.rs", "pub struct Id;"),
        (
            "ledger/mod.rs",
            "mod entry; pub struct Books(crate::charge::Charge); pub use entry::Entry;",
        ),
        ("ledger/entry.rs", "pub struct Entry;"),
    ];
    let circled = read("rooms", &files);
    assert_eq!(members(&circled.circles()), Vec::<Vec<&str>>::new());
    let rooms = circled.room_circles();
    assert_eq!(members(&rooms), [["charge", "ledger"]]);
    assert_eq!(
        rooms[0].to_string(),
        "circle of 2:\n  charge\n    -> ledger: Entry (in charge/refund.rs)\n  \
         ledger\n    -> charge: Charge (in ledger/mod.rs)\n"
    );
    let mut files = files;
    files[4].1 = "mod entry; pub struct Books; pub use entry::Entry;";
    assert_eq!(members(&read("ordered", &files).room_circles()), Vec::<Vec<&str>>::new());
}

#[test]
fn the_roots_of_a_workspace_are_all_found() {
    let folder = TempFolder::new(
        "roots",
        &[
            ("Cargo.toml", ""),
            ("shared/one/Cargo.toml", "domain = { path = \"src/x.rs\" }"),
            ("shared/one/src/lib.rs", ""),
            ("shared/one/src/other.rs", ""),
            ("shared/one/src/bin/demo/main.rs", ""),
            ("shared/one/tests/it.rs", ""),
            ("shared/one/tests/vectors/list.rs", ""),
            (
                "tests/Cargo.toml",
                "path = \"kit/lib.rs\"\npath = \"../docs/a.rs\"\npath = \"gone.rs\"",
            ),
            ("tests/kit/lib.rs", ""),
            ("docs/a.rs", ""),
        ],
    );
    let found = roots(&folder.0);
    let names: Vec<_> = found.keys().map(String::as_str).collect();
    assert_eq!(names, ["shared/one", "tests"]);
    let paths = ["src/bin/demo/main.rs", "src/lib.rs", "tests/it.rs"];
    assert_eq!(found["shared/one"], paths.map(|path| folder.0.join("shared/one").join(path)));
    assert_eq!(found["tests"], [folder.0.join("tests/kit/lib.rs")]);
}
