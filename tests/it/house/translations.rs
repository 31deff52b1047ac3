//! The pages in Portuguese keep step with the English ones: headings, commands, and everything in
//! code spans, such as paths, fields and event types.

use std::collections::BTreeSet;

use regex::Regex;

use super::sources::{read, texts};

/// The pages with a translation, without their endings.
const PAGES: [&str; 4] = ["README", "docs/receipts", "docs/statements", "docs/webhooks"];

/// What both languages of a page have in common.
#[derive(Debug, PartialEq, Eq)]
struct Skeleton {
    /// Level of each heading, and the number of list items and table rows below it.
    sections: Vec<(usize, usize)>,
    /// Lines of code blocks, without comments and descriptions. Diagrams have words.
    commands: Vec<String>,
    /// Texts between backticks.
    spans: BTreeSet<String>,
}

impl Skeleton {
    fn of(page: &str) -> Self {
        let comment = Regex::new(r"(?s)<!--.*?-->").expect("a pattern");
        let span = Regex::new(r"`([^`]+)`").expect("a pattern");
        let page = comment.replace_all(page, "");
        let mut skeleton =
            Self { sections: vec![(0, 0)], commands: Vec::new(), spans: BTreeSet::new() };
        // The language of the code block around the line.
        let mut block: Option<String> = None;
        for line in page.lines() {
            if let Some(language) = line.strip_prefix("```") {
                block = if block.is_some() { None } else { Some(language.to_owned()) };
            } else if let Some(language) = &block {
                // A comment or a description follows two spaces.
                let command = line.trim().split("  ").next().unwrap_or_default();
                if language != "mermaid" && !command.is_empty() {
                    skeleton.commands.push(command.trim().to_owned());
                }
            } else {
                let level = line.len() - line.trim_start_matches('#').len();
                let (_, items) = skeleton.sections.last_mut().expect("it has a first");
                if level > 0 {
                    skeleton.sections.push((level, 0));
                } else if line.starts_with(['|', '-'])
                    || line.starts_with(|c: char| c.is_ascii_digit())
                {
                    *items += 1;
                }
                skeleton.spans.extend(span.captures_iter(line).map(|found| found[1].to_owned()));
            }
        }
        skeleton
    }
}

#[test]
fn the_pages_in_portuguese_keep_step_with_the_english_ones() {
    for page in PAGES {
        let (english, portuguese) = (format!("{page}.md"), format!("{page}.pt-BR.md"));
        let (english_text, portuguese_text) = (read(&english), read(&portuguese));
        let (one, other) = (Skeleton::of(&english_text), Skeleton::of(&portuguese_text));
        assert_eq!(one.sections, other.sections, "headings, lists or tables of {portuguese}");
        assert_eq!(one.commands, other.commands, "commands of {portuguese}");
        let missing: Vec<_> = one.spans.difference(&other.spans).collect();
        let extra: Vec<_> = other.spans.difference(&one.spans).collect();
        assert!(missing.is_empty(), "{portuguese} lacks {missing:?}");
        assert!(extra.is_empty(), "{portuguese} has {extra:?}, which {english} lacks");
        let link = |file: &str| format!("]({})", file.rsplit('/').next().unwrap_or_default());
        assert!(english_text.contains(&link(&portuguese)), "{english} links to {portuguese}");
        assert!(portuguese_text.contains(&link(&english)), "{portuguese} links to {english}");
    }
}

#[test]
fn every_page_in_portuguese_is_compared() {
    let found: BTreeSet<_> = texts()
        .into_iter()
        .filter_map(|(path, _)| path.strip_suffix(".pt-BR.md").map(str::to_owned))
        .collect();
    assert_eq!(found, PAGES.map(str::to_owned).into());
}

#[test]
fn a_page_out_of_step_is_found() {
    let page = "# A\n\n```\nmake run  # start\n```\n\n| `GET /x` | shows |\n";
    let translated = "# B\n\n```\nmake run  # inicia\n```\n\n| `GET /x` | mostra |\n";
    assert_eq!(Skeleton::of(page), Skeleton::of(translated));
    for (from, to) in [
        ("# B\n", "## B\n"),
        ("make run", "make corra"),
        ("`GET /x`", "`GET /y`"),
        ("| `GET /x` | mostra |\n", "`GET /x` mostra\n"),
    ] {
        assert_ne!(Skeleton::of(page), Skeleton::of(&translated.replace(from, to)), "{to}");
    }
}
