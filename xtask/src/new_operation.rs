//! `cargo xtask new-operation`: the files and rows of a new operation that can be made.

use std::fs;
use std::process::Command;

use lexopt::{Parser, ValueExt};

use crate::console;
use crate::generated::root;

const USAGE: &str = "new-operation <domain> <verb_noun> <METHOD> </v1/path>";

/// The operation as the caller of the task names it.
pub(crate) struct NewOperation {
    domain: String,
    name: String,
    method: String,
    path: String,
}

impl NewOperation {
    pub(crate) fn parse(arguments: &mut Parser) -> Result<Self, lexopt::Error> {
        let mut words = Vec::new();
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Value(word) => words.push(word.string()?),
                other => return Err(other.unexpected()),
            }
        }
        let Ok([domain, name, method, path]) = <[String; 4]>::try_from(words) else {
            return Err(format!("usage: {USAGE}").into());
        };
        Ok(Self { domain, name, method, path })
    }

    fn validate(&self) -> Result<(), String> {
        let is_snake = self.name.chars().all(|mark| mark.is_ascii_lowercase() || mark == '_');
        if !is_snake || !self.name.contains('_') {
            return Err(format!("{}: a name is <verb>_<noun>", self.name));
        }
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&self.method.as_str()) {
            return Err(format!("{}: not a method of the API", self.method));
        }
        if !self.path.starts_with('/') {
            return Err(format!("{}: a path begins with /", self.path));
        }
        Ok(())
    }

    /// Returns the verb and the noun of the name, in words.
    fn words(&self) -> (&str, String) {
        let (verb, noun) = self.name.split_once('_').unwrap_or((&self.name, ""));
        (verb, noun.replace('_', " "))
    }

    /// Returns the noun as the beginning of a type's name.
    fn noun(&self) -> String {
        let upper = |word: &str| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        };
        self.name.split('_').skip(1).map(upper).collect()
    }

    /// Returns the handler: it compiles, decides nothing and replies with an empty object.
    fn handler(&self) -> String {
        let (verb, words) = self.words();
        let (method, path, noun) = (&self.method, &self.path, self.noun());
        let head =
            format!("//! `{method} {path}`: {verb} the {words}.\n\nuse domain::kernel::Error;\n");
        let view = format!(
            "/// The {words} as callers see it.\n#[derive(Serialize, JsonSchema)]\n\
             pub struct {noun}View {{}}\n"
        );
        let input = format!(
            "/// The fields of the request.\n#[derive(Deserialize, JsonSchema)]\n\
             #[serde(deny_unknown_fields)]\npub struct {noun}Input {{}}\n"
        );
        let commit = "    // Decide here: parse the input and change a copy of the target.\n    \
                      let writes = Writes::default();\n";
        let summary = format!("/// {}\n", self.summary());
        match method.as_str() {
            "GET" => format!(
                "{head}use edge::{{Call, Found, NoInput}};\nuse schemars::JsonSchema;\n\
                 use serde::Serialize;\nuse store::Store;\n\n{view}\n{summary}pub async fn handle(_: \
                 &Store, _: Call<NoInput>) -> Result<Found<{noun}View>, Error> {{\n    \
                 Ok(Found({noun}View {{}}))\n}}\n"
            ),
            "DELETE" => format!(
                "{head}use edge::{{Call, Done, NoInput, Outcome}};\nuse store::{{Store, Writes}};\n\n\
                 {summary}pub async fn handle(store: &Store, call: Call<NoInput>) -> \
                 Result<Outcome<Done>, Error> {{\n{commit}    \
                 call.commit(store, writes, Done::default()).await\n}}\n"
            ),
            _ => format!(
                "{head}use edge::{{Call, Found, Outcome}};\nuse schemars::JsonSchema;\n\
                 use serde::{{Deserialize, Serialize}};\nuse store::{{Store, Writes}};\n\n{input}\n\
                 {view}\n{summary}pub async fn handle(store: &Store, call: Call<{noun}Input>) -> \
                 Result<Outcome<Found<{noun}View>>, Error> {{\n{commit}    \
                 call.commit(store, writes, Found({noun}View {{}})).await\n}}\n"
            ),
        }
    }

    fn summary(&self) -> String {
        let (verb, words) = self.words();
        let (first, rest) = verb.split_at(verb.len().min(1));
        format!("{}{rest}s the {words}.", first.to_ascii_uppercase())
    }

    /// Returns what the operation needs at first: the narrowest kind of caller that fits.
    fn needs(&self) -> (&str, &str, u8) {
        match self.method.as_str() {
            "GET" => ("Moderator(Reads)", "MODERATORS", 1),
            _ => ("Moderator(Writes)", "MODERATOR_WITH_TWO_FACTOR", 2),
        }
    }

    /// Adds the module and the row to the `lib.rs` of the domain.
    fn add_row(&self, lib: &str) -> Option<String> {
        let Self { name, method, path, .. } = self;
        let (before, table) = lib.split_once("edge::operations! {\n")?;
        let (rows, after) = table.split_once("\n}")?;
        let row = format!(
            "    /// {}\n    {name}: {method} \"{path}\" needs {};",
            self.summary(),
            self.needs().0
        );
        let before = before.replacen("pub mod ", &format!("pub mod {name};\npub mod "), 1);
        Some(format!("{before}edge::operations! {{\n{rows}\n{row}\n}}{after}"))
    }

    /// Adds the case to the cases of the domain.
    fn add_case(&self, cases: &str) -> Option<String> {
        let (_, callers, round_trips) = self.needs();
        let body = if ["GET", "DELETE"].contains(&self.method.as_str()) {
            ""
        } else {
            ".body(serde_json::json!({}))"
        };
        let case = format!(
            "    OperationCase {{\n        name: \"{}\",\n        fixture: |_| \
             Fixture::new(){body},\n        callers: super::callers::{callers},\n        \
             round_trips: {round_trips},\n    }},\n];",
            self.name
        );
        let (before, after) = cases.rsplit_once("];")?;
        Some(format!("{before}{case}{after}"))
    }

    /// Adds the block of rights after the block of the operation that was last in the domain.
    fn add_block(&self, access: &str, last: &str) -> Option<String> {
        let begins = access.find(&format!("\n[{last}]\n"))? + 1;
        let ends = access[begins..].find("\n\n").map_or(access.len(), |end| begins + end + 1);
        let (before, after) = access.split_at(ends);
        Some(format!("{before}\n[{}]\n{after}", self.name))
    }
}

/// Returns the name of the last operation in a `lib.rs`.
fn last_operation(lib: &str) -> Option<&str> {
    let (_, table) = lib.split_once("edge::operations! {\n")?;
    let (rows, _) = table.split_once("\n}")?;
    rows.lines().last()?.trim().split(':').next()
}

/// Makes the files and rows, formats them, and says what is left to do.
pub(crate) fn run(operation: &NewOperation) -> Result<(), String> {
    operation.validate()?;
    let NewOperation { domain, name, .. } = operation;
    let handler = format!("functions/{domain}/src/{name}.rs");
    let (lib, access) = (format!("functions/{domain}/src/lib.rs"), "infra/access.toml");
    let cases = format!("tests/it/cases/{domain}.rs");
    if root().join(&handler).exists() {
        return Err(format!("{handler} is there already"));
    }
    let table = read(&lib)?;
    let no_place = |path: &str| format!("{path} has no place for the operation");
    let last = last_operation(&table).ok_or_else(|| no_place(&lib))?;
    // Everything is made before anything is written.
    let files = [
        (access, operation.add_block(&read(access)?, last)),
        (&lib, operation.add_row(&table)),
        (&cases, operation.add_case(&read(&cases)?)),
        (&handler, Some(operation.handler())),
    ];
    let make = |(path, text): (&str, Option<String>)| {
        text.map(|text| (path.to_owned(), text)).ok_or_else(|| no_place(path))
    };
    for (path, text) in files.map(make).into_iter().collect::<Result<Vec<_>, _>>()? {
        fs::write(root().join(&path), text).map_err(|cause| format!("{path}: {cause}"))?;
    }
    let format = Command::new(env!("CARGO")).args(["fmt", "--all"]).current_dir(root()).status();
    if !format.is_ok_and(|status| status.success()) {
        return Err("the files are made, but cargo fmt failed".to_owned());
    }
    console::say(&format!(
        "Made, to finish by hand:\n  {handler}: its sentence, input, decision and reply\n  {lib}: \
         the summary, `needs` and the markers of its row\n  {access}: the rows that [{name}] reads \
         and writes\n  {cases}: the valid request, the callers, the round trips\nTo write:\n  \
         tests/it/<room>/: what a caller sees, and each refusal of its own\nThen: make openapi stack \
         access-patterns; read the differences; make test"
    ));
    Ok(())
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(root().join(path)).map_err(|cause| format!("{path}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &str) -> NewOperation {
        let words = ["reference", "show_motto", method, "/v1/motto"].map(str::to_owned);
        let [domain, name, method, path] = words;
        NewOperation { domain, name, method, path }
    }

    #[test]
    fn a_row_goes_to_the_end_of_the_table() {
        let lib = "//! A.\n\npub mod b;\n\nedge::operations! {\n    /// B.\n    b: GET \"/b\" needs \
                   Public;\n}\n\nfn c() {}\n";
        assert_eq!(last_operation(lib), Some("b"));
        let made = operation("GET").add_row(lib).expect("there is a table");
        let row = "needs Public;\n    /// Shows the motto.\n    show_motto: GET \"/v1/motto\" needs \
                   Moderator(Reads);\n}\n\nfn c() {}\n";
        assert!(made.ends_with(row), "{made}");
        assert!(made.contains("pub mod show_motto;\npub mod b;\n"), "{made}");
    }

    #[test]
    fn a_block_goes_after_the_last_one_of_the_domain() {
        for (access, made) in [
            ("\n[a]\nputs = []\n\n# b\n", "\n[a]\nputs = []\n\n[show_motto]\n\n# b\n"),
            ("\n[a]\n\n[b]\n", "\n[a]\n\n[show_motto]\n\n[b]\n"),
            ("\n[a]\nputs = []\n", "\n[a]\nputs = []\n\n[show_motto]\n"),
        ] {
            assert_eq!(operation("GET").add_block(access, "a").as_deref(), Some(made));
        }
    }

    #[test]
    fn every_domain_has_a_place_for_an_operation() {
        let access = read("infra/access.toml").expect("readable");
        for (domain, _) in catalogue::TABLES {
            let lib = read(&format!("functions/{domain}/src/lib.rs")).expect("readable");
            let cases = read(&format!("tests/it/cases/{domain}.rs")).expect("readable");
            let last = last_operation(&lib).expect("an operation");
            for method in ["GET", "POST", "DELETE"] {
                let operation = operation(method);
                assert!(operation.add_row(&lib).is_some(), "{domain}");
                assert!(operation.add_case(&cases).is_some(), "{domain}");
                assert!(operation.add_block(&access, last).is_some(), "{domain}");
            }
        }
    }

    #[test]
    fn a_name_a_method_and_a_path_have_a_form() {
        for (name, method, path) in
            [("motto", "GET", "/v1/motto"), ("show_motto", "get", "/a"), ("show_motto", "GET", "a")]
        {
            let [name, method, path] = [name, method, path].map(str::to_owned);
            let wrong = NewOperation { domain: "reference".to_owned(), name, method, path };
            assert!(wrong.validate().is_err());
        }
        assert_eq!(operation("GET").validate(), Ok(()));
    }
}
