//! The words that the glossary refuses, and the names of types.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use syn::{Item, Visibility};

use super::circles::is_test;
use super::sources::{line_of, read, sources, texts};

const GLOSSARY: &str = "docs/glossary.md";
const LIST_BEGINS: &str = "<!-- refused words: begin -->";
const LIST_ENDS: &str = "<!-- refused words: end -->";

/// Prefixes and suffixes that mean the same on every type; the glossary explains them.
const PREFIX: &str = "New";
const SUFFIXES: [&str; 9] =
    ["View", "Status", "Reason", "Id", "Update", "Error", "Kind", "Due", "Step"];

/// Names of which the workspace has more than one type, each with the reason.
const NAMED_TWICE: &[(&str, &str)] =
    &[("BoxError", "the usual alias for any error, private to the example and to the bundle")];

/// Returns the part of the glossary that lists the refused words: before, inside and after it.
fn refused_list(glossary: &str) -> (&str, &str, &str) {
    let (before, rest) = glossary.split_once(LIST_BEGINS).expect("the list begins");
    let (list, after) = rest.split_once(LIST_ENDS).expect("the list ends");
    (before, list, after)
}

/// Returns the refused phrases, each as its words.
fn refused() -> Vec<Vec<String>> {
    let glossary = read(GLOSSARY);
    let (_, list, _) = refused_list(&glossary);
    let row = Regex::new(r"(?m)^\| `([^`]+)` \|").expect("a pattern");
    let words = |phrase: &str| phrase.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let found: Vec<_> = row.captures_iter(list).map(|row| words(&row[1])).collect();
    assert!(found.len() >= 11, "the list of refused words may only grow");
    found
}

/// Returns the refused phrases in a text, each with its line. Identifiers count as their words.
///
/// Between the words of a phrase there may be white space, a line break with the mark of a comment,
/// or an underscore. A verb also counts in its third person.
fn refused_in(text: &str, refused: &[Vec<String>]) -> Vec<(usize, String)> {
    let words = words_of(text);
    let is_gap =
        |gap: &str| gap.chars().all(|mark| mark.is_whitespace() || "/!#_\\".contains(mark));
    let is_same = |one: &str, other: &str| one == other || one.strip_suffix('s') == Some(other);
    let mut found = Vec::new();
    for (start, (from, first)) in words.iter().enumerate() {
        // The local part of an e-mail address is data.
        if text[from + first.len()..].starts_with('@') {
            continue;
        }
        let is_here = |phrase: &&Vec<String>| {
            let mut end = from + first.len();
            is_same(first, &phrase[0])
                && phrase[1..].iter().zip(words[start + 1..].iter()).all(|(word, (at, next))| {
                    let gap = &text[end..*at];
                    end = at + next.len();
                    is_same(next, word) && is_gap(gap)
                })
                && words.len() - start >= phrase.len()
        };
        // Part of an address such as `nobody@example.com`, which is no prose.
        let is_address =
            text[..*from].ends_with('@') || text[from + first.len()..].starts_with('@');
        if let Some(phrase) = refused.iter().find(is_here).filter(|_| !is_address) {
            found.push((line_of(text, *from), phrase.join(" ")));
        }
    }
    found
}

/// Returns the words of a text in lower case, each with its offset. Splits identifiers.
fn words_of(text: &str) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut before = ' ';
    for (at, mark) in text.char_indices() {
        if mark.is_ascii_alphabetic() {
            let begins = !before.is_ascii_alphabetic()
                || before.is_ascii_lowercase() && mark.is_ascii_uppercase();
            if begins {
                words.push((at, String::new()));
            }
            let (_, word) = words.last_mut().expect("a word has begun");
            word.push(mark.to_ascii_lowercase());
        }
        before = mark;
    }
    words
}

#[test]
fn refused_words_are_found_in_prose_names_and_across_lines() {
    let refused = ["whoever", "let go"]
        .map(|phrase| phrase.split(' ').map(str::to_owned).collect::<Vec<_>>());
    for (text, line) in [
        ("Whoever asks", 1),
        ("fn for_whoever_asks() {}", 1),
        ("struct ForWhoever;", 1),
        ("x\n/// The lease is let\n    /// go.", 2),
        ("fn let_go() {}", 1),
        ("const LET_GO: u8", 1),
        ("he lets go", 1),
    ] {
        let found = refused_in(text, &refused);
        assert_eq!(found.first().map(|(line, _)| *line), Some(line), "{text}");
    }
    for text in ["outlet going", "let (go, on)", "let. Go", "whoever@example.com"] {
        assert_eq!(refused_in(text, &refused), [], "{text}");
    }
}

#[test]
fn no_text_has_a_word_that_the_glossary_refuses() {
    let refused = refused();
    let mut found = Vec::new();
    for (path, text) in texts() {
        let mut text = text;
        if path == GLOSSARY {
            let (before, list, after) = refused_list(&text);
            text = format!("{before}{}{after}", "\n".repeat(list.lines().count() - 1));
        }
        // This file has examples.
        if path == "tests/it/house/words.rs" {
            continue;
        }
        let here = refused_in(&text, &refused);
        found.extend(here.iter().map(|(line, word)| format!("{path}:{line}: {word}")));
    }
    assert!(
        found.is_empty(),
        "refused words; {GLOSSARY} says what to write instead\n{}",
        found.join("\n")
    );
}

/// A type of the workspace.
struct NamedType {
    name: String,
    path: String,
    is_public: bool,
}

/// Returns every type of a file that stands in a module, apart from the modules of tests.
fn types_of(path: &str, items: &[Item]) -> Vec<NamedType> {
    let made = Regex::new(r"pub (?:struct|enum) ([A-Z]\w*)").expect("a pattern");
    let mut found = Vec::new();
    for item in items {
        let (name, visibility) = match item {
            Item::Enum(item) => (&item.ident, &item.vis),
            Item::Struct(item) => (&item.ident, &item.vis),
            Item::Trait(item) => (&item.ident, &item.vis),
            Item::Type(item) => (&item.ident, &item.vis),
            Item::Mod(item) if !is_test(&item.attrs) => {
                let inside = item.content.iter().flat_map(|(_, items)| types_of(path, items));
                found.extend(inside);
                continue;
            }
            Item::Macro(item) => {
                let tokens = item.mac.tokens.to_string();
                let names = made.captures_iter(&tokens).map(|name| name[1].to_owned());
                let named = |name| NamedType { name, path: path.to_owned(), is_public: true };
                found.extend(names.map(named));
                continue;
            }
            _ => continue,
        };
        let is_public = matches!(visibility, Visibility::Public(_));
        found.push(NamedType { name: name.to_string(), path: path.to_owned(), is_public });
    }
    found
}

fn types() -> Vec<NamedType> {
    let parse = |(path, text): (String, String)| {
        let file = syn::parse_file(&text).unwrap_or_else(|cause| panic!("{path}: {cause}"));
        types_of(&path, &file.items)
    };
    sources().into_iter().flat_map(parse).collect()
}

/// Returns true if the glossary has this name, or has what is left of it without the parts that
/// mean the same everywhere.
fn is_listed(name: &str, listed: &BTreeSet<&str>) -> bool {
    let bases = SUFFIXES.iter().filter_map(|suffix| name.strip_suffix(suffix));
    listed.contains(name)
        || bases
            .chain(name.strip_prefix(PREFIX))
            .any(|base| !base.is_empty() && is_listed(base, listed))
}

#[test]
fn every_public_type_of_the_domain_is_in_the_glossary() {
    let glossary = read(GLOSSARY);
    let quoted = Regex::new(r"`(\w+)`").expect("a pattern");
    let listed: BTreeSet<_> = quoted
        .captures_iter(&glossary)
        .map(|found| found.get(1).expect("a group").as_str())
        .collect();
    let is_of_domain =
        |named: &NamedType| named.is_public && named.path.starts_with("shared/domain/src/");
    let types: Vec<_> = types().into_iter().filter(is_of_domain).collect();
    assert!(types.len() > 100, "the walk found only {} types", types.len());
    let missing: Vec<_> = types
        .iter()
        .filter(|named| !is_listed(&named.name, &listed))
        .map(|named| format!("{} in {}", named.name, named.path))
        .collect();
    assert!(missing.is_empty(), "{GLOSSARY} has no term for\n{}", missing.join("\n"));
}

#[test]
fn no_two_types_have_the_same_name() {
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for named in types() {
        paths.entry(named.name).or_default().push(named.path);
    }
    for (name, reason) in NAMED_TWICE {
        assert!(paths[*name].len() > 1, "{name} ({reason}) has one type; remove it from the list");
    }
    let twice: Vec<_> = paths
        .iter()
        .filter(|(name, paths)| paths.len() > 1 && !NAMED_TWICE.iter().any(|(one, _)| one == name))
        .map(|(name, paths)| format!("{name}: {}", paths.join(", ")))
        .collect();
    assert!(twice.is_empty(), "one name has one meaning; rename one of\n{}", twice.join("\n"));
}
