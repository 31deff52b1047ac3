//! Renders docs/errors.md as a web page when the crate is built, so that no request pays for it.

use std::path::Path;
use std::{env, fs, io};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

const SOURCE: &str = "../../docs/errors.md";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={SOURCE}");
    let text = fs::read_to_string(SOURCE)?;
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build script its folder like this"
    )]
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&folder).join("errors.html"), page(&text))
}

/// Returns the page: a list of all sections, then the text, in which each heading has an anchor.
fn page(text: &str) -> String {
    let mut events: Vec<_> = Parser::new_ext(text, Options::ENABLE_TABLES).collect();
    let mut links = String::new();
    for index in 0..events.len() {
        let heading = heading(&events[index..]);
        if let Some(heading) = heading
            && let Some(Event::Start(Tag::Heading { id, .. })) = events.get_mut(index)
        {
            let anchor = heading.to_lowercase().replace(' ', "-");
            links += &format!("<li><a href=\"#{anchor}\">{heading}</a></li>\n");
            *id = Some(anchor.into());
        }
    }
    let mut body = String::new();
    html::push_html(&mut body, events.into_iter());
    HEAD.to_owned() + "<nav><ul>\n" + &links + "</ul></nav>\n<main>\n" + &body + "</main>\n"
}

/// Returns the text of a section's heading, if the events begin with one.
fn heading(events: &[Event<'_>]) -> Option<String> {
    let Some(Event::Start(Tag::Heading { level, .. })) = events.first() else { return None };
    let inside = events.iter().take_while(|event| **event != Event::End(TagEnd::Heading(*level)));
    let text = inside.filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
        _ => None,
    });
    (*level as usize == 2).then(|| text.collect())
}

const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Trilho: error codes</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.6 sans-serif; max-width: 46em; margin: 0 auto; padding: 1em; }
nav ul { columns: 15em; padding: 0; list-style: none; font: 14px/1.7 monospace; }
h2 { font-family: monospace; border-top: 1px solid #8886; padding-top: 1em; }
h2:target { background: #fd06; }
pre { overflow: auto; padding: 1em; background: #8882; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 0.2em 1em 0.2em 0; }
</style>
";
