//! The house rules that a compiler does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use catalogue::{all_operations, tables};
use domain::kernel::{Code, Flaw};
use regex::Regex;
use serde_json::Value;

use super::sources::{read, root, sources};

#[test]
fn every_operation_has_a_file_that_opens_with_its_method_and_path() {
    for (domain, table) in catalogue::TABLES {
        for operation in table {
            let path = format!("functions/{domain}/src/{}.rs", operation.name);
            let header = format!("//! `{} {}`: ", operation.method, operation.path);
            assert!(read(&path).starts_with(&header), "{path} opens with {header}");
        }
        assert!(table.len() <= 13, "{domain} has grown; split it, never nest it");
    }
}

#[test]
fn operations_are_named_once_with_a_verb_of_the_house() {
    const VERBS: [&str; 42] = [
        "answer",
        "anticipate",
        "approve",
        "authenticate",
        "capture",
        "archive",
        "accept",
        "cancel",
        "change",
        "check",
        "close",
        "confirm",
        "create",
        "delete",
        "explain",
        "find",
        "keep",
        "list",
        "match",
        "open",
        "pay",
        "preview",
        "read",
        "redeliver",
        "refuse",
        "reinstate",
        "reject",
        "replace",
        "resolve",
        "review",
        "replay",
        "reset",
        "settle",
        "return",
        "rotate",
        "show",
        "start",
        "submit",
        "suspend",
        "test",
        "update",
        "validate",
    ];
    let mut names = BTreeSet::new();
    let mut routes = BTreeSet::new();
    for operation in all_operations() {
        let verb = operation.name.split('_').next().unwrap_or_default();
        assert!(VERBS.contains(&verb), "{}", operation.name);
        assert!(names.insert(operation.name), "{} twice", operation.name);
        assert!(routes.insert((operation.method.as_str(), operation.path)), "{}", operation.path);
        assert!(operation.summary.ends_with('.'), "{}", operation.name);
    }
}

#[test]
fn the_page_of_the_lifecycles_is_the_one_the_tables_make() {
    let made = domain::catalogue::states_page();
    assert!(read("docs/states.md") == made, "docs/states.md is stale; run: make states");
}

#[test]
fn the_openapi_document_is_the_one_the_code_makes() {
    let committed: Value = serde_json::from_str(&read("infra/openapi.json")).expect("JSON");
    let made = edge::openapi::document(&tables());
    assert!(committed == made, "infra/openapi.json is stale; run: make openapi");
    let entries = made["paths"].as_object().expect("paths").values();
    let ids: BTreeSet<_> = entries
        .flat_map(|methods| methods.as_object().into_iter().flatten())
        .filter_map(|(_, entry)| entry["operationId"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(ids, all_operations().map(|operation| operation.name.to_owned()).collect());
}

#[test]
fn the_list_of_functions_is_the_one_the_code_makes() {
    let stale = read("docs/functions.md") != catalogue::page();
    assert!(!stale, "docs/functions.md is stale; run: make functions");
}

#[test]
fn the_templates_are_the_ones_the_code_makes() {
    let made = stack::templates(stack::functions());
    for (name, text) in &made {
        let committed = fs::read_to_string(root().join("infra").join(name)).unwrap_or_default();
        assert!(&committed == text, "infra/{name} is stale; run: cargo xtask stack");
    }
    let nested = fs::read_dir(root().join("infra/functions")).expect("a folder of ours").count();
    assert_eq!(nested + 1, made.len(), "infra/functions has a template of no domain");
}

#[test]
fn the_table_of_operations_is_the_one_the_rights_make() {
    let committed = read("docs/access-patterns.md");
    let made = stack::with_operations_table(&committed, stack::functions());
    let made = made.expect("the marks of the table are there");
    assert!(
        committed == made,
        "docs/access-patterns.md is stale; run: cargo xtask access-patterns"
    );
}

#[test]
fn every_error_code_has_its_paragraph() {
    let text = read("docs/errors.md");
    let headings: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    for code in Code::ALL {
        assert!(headings.contains(&code.as_str()), "docs/errors.md lacks ## {}", code.as_str());
    }
    for flaw in Flaw::ALL {
        assert!(
            text.contains(&format!("`{}`", flaw.as_str())),
            "docs/errors.md lacks {}",
            flaw.as_str()
        );
    }
    let words: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    for heading in headings.iter().filter(|heading| heading.contains('_')) {
        assert!(words.contains(heading), "docs/errors.md explains {heading}, which no code has");
    }
}

#[test]
fn the_customers_document_has_every_event_type_and_every_word_of_a_failure() {
    use dispatch::egress::FailureKind;
    let text = read("docs/webhooks.md");
    let types = domain::event::EventType::ALL.iter().map(|kind| kind.as_str());
    let words = FailureKind::ALL.map(FailureKind::as_str);
    for word in types.chain(words).chain(["http_status"]) {
        assert!(text.contains(&format!("`{word}`")), "docs/webhooks.md lacks {word}");
    }
}

#[test]
fn every_job_and_consumer_has_a_file_of_its_name() {
    let jobs = local::Bundle::jobs().map(|job| ("scheduler", job.name));
    let consumers =
        [("relay", "relay_changes"), ("dispatch", "send_live"), ("dispatch", "send_retries")];
    let patterns = read("docs/access-patterns.md");
    for (domain, name) in jobs.chain(consumers) {
        assert!(
            read(&format!("functions/{domain}/src/{name}.rs")).contains("pub async fn handle(")
        );
        assert!(patterns.contains(name), "docs/access-patterns.md lacks {name}");
    }
}

#[test]
fn every_command_of_the_operator_has_a_file_of_its_name() {
    let patterns = read("docs/access-patterns.md");
    let page = read("docs/operator.md");
    let tables = catalogue::COMMAND_TABLES.iter();
    let commands = tables.flat_map(|(domain, table)| table.iter().map(move |it| (domain, it)));
    for (domain, command) in commands {
        let name = command.name;
        let text = read(&format!("functions/{domain}/src/{name}.rs"));
        assert!(
            text.starts_with(&format!("//! `{domain}.{name}`: ")),
            "{name} opens with its name"
        );
        assert!(text.contains("pub async fn handle("), "{name}");
        assert!(command.summary.ends_with('.'), "{name}");
        assert!(patterns.contains(name), "docs/access-patterns.md lacks {name}");
        assert!(page.contains(&format!("## {name}")), "docs/operator.md lacks {name}");
    }
}

#[test]
fn every_key_of_the_table_has_its_row() {
    let key = read("shared/store/src/key.rs");
    let body = key.split("pub enum Key {").nth(1).and_then(|rest| rest.split("\n}").next());
    let variant = Regex::new(r"(?m)^    ([A-Z][A-Za-z]+)\(").expect("a pattern");
    let patterns = read("docs/access-patterns.md");
    let mut count = 0;
    for found in variant.captures_iter(body.expect("the enum")) {
        assert!(patterns.contains(&found[1]), "docs/access-patterns.md lacks {}", &found[1]);
        count += 1;
    }
    assert!(count >= 15, "the walk lost its way");
}

#[test]
fn files_and_functions_stay_small_enough_to_live_in() {
    let opens = Regex::new(r"^(pub(\(crate\))? )?(const )?(async )?fn ").expect("a pattern");
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(text.starts_with("//!"), "{path} does not open with //!");
        // Generated from a list, one row on a line.
        let made = path == "shared/brazil/src/bank/table.rs";
        assert!(made || lines <= 500, "{path} has {lines} lines");
        let name = Path::new(&path).file_stem().and_then(|name| name.to_str()).expect("a name");
        let magnets = ["utils", "helpers", "common", "misc", "types", "manager", "service", "impl"];
        assert!(!magnets.contains(&name), "{path}: a file is named after what it holds");
        let mut begun: Option<(usize, usize, String)> = None;
        for (number, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let code = line.trim_start();
            if begun.is_none() && opens.is_match(code) {
                begun = Some((number, indent, code.to_owned()));
            }
            if let Some((from, depth, name)) = &begun
                && (code == "}" || code.ends_with(" {}") || code.ends_with(';') && number == *from)
                && indent == *depth
            {
                assert!(number - from <= 70, "{path}: {name} has {} lines", number - from);
                begun = None;
            }
        }
    }
}

#[test]
fn no_source_has_unfinished_work() {
    // Written in pieces, so that this file does not find itself.
    let banned = ["#[ign", "#[all", "to", "unimple", "dbg", "FIX", "TO"];
    let rest = ["ore", "ow(", "do!(", "mented!(", "!(", "ME", "DO"];
    for (path, text) in sources() {
        for word in banned.iter().zip(rest).map(|(one, two)| format!("{one}{two}")) {
            assert!(!text.contains(&word), "{path} has {word}");
        }
    }
}

#[test]
fn only_the_store_spells_keys_and_only_the_edge_spells_statuses() {
    for (path, text) in sources().into_iter().filter(|(path, _)| path.contains("/src/")) {
        let product = path.starts_with("functions/") || path.starts_with("shared/");
        if product && !path.starts_with("shared/store/") {
            for word in ["\"pk\"", "\"sk\"", "aws_sdk_dynamodb::Client", "attribute_not_exists"] {
                assert!(!text.contains(word), "{path} spells {word}; that is the store's work");
            }
        }
        if product && !path.starts_with("shared/edge/") {
            assert!(!text.contains("StatusCode"), "{path} knows a status code");
        }
        if product && path != "shared/edge/src/authorize.rs" {
            assert!(!text.contains("Principal::new("), "{path} makes a principal past the gate");
        }
    }
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn metadata() -> Value {
    serde_json::from_str(&cargo(&["metadata", "--format-version", "1"])).expect("JSON")
}

/// Returns the normal dependencies by package name.
fn dependencies(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names: BTreeMap<_, _> = list(&metadata["packages"])
        .iter()
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| {
            let normal = list(&node["deps"]).into_iter().filter(|dependency| {
                list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null())
            });
            let depends =
                normal.map(|dependency| names[&text(&dependency["pkg"])].clone()).collect();
            (names[&text(&node["id"])].clone(), depends)
        })
        .collect()
}

#[test]
fn crates_with_rules_reach_no_input_or_output() {
    for pure in [
        "brazil",
        "domain",
        "gate",
        "payment-page",
        "rails",
        "rails-contract",
        "rails-sandbox",
        "receipt",
        "slip",
        "statement",
        "typeset",
    ] {
        // The tree of the crate alone: what others switch on in a shared dependency does not count.
        let tree = cargo(&["tree", "--package", pure, "--edges", "normal", "--prefix", "none"]);
        for name in tree.lines().filter_map(|line| line.split(' ').next()) {
            let outside = ["tokio", "hyper", "http", "lambda_http", "lambda_runtime", "getrandom"];
            let aws = name.starts_with("aws-");
            assert!(!aws && !outside.contains(&name), "{pure} reaches {name}");
        }
    }
}

/// The domains that no request of a customer reaches.
const NOT_CALLED: [&str; 8] =
    ["scheduler", "dispatch", "export", "compliance", "operator", "relay", "network", "uploads"];

#[test]
fn the_layers_are_what_the_architecture_says() {
    let dependencies = dependencies(&metadata());
    let only = |name: &str, allowed: &[&str]| {
        for (package, depends) in &dependencies {
            let ours = root().join("functions").join(package).exists()
                || root().join("shared").join(package).exists()
                || ["catalogue", "local", "stack", "tests", "xtask"].contains(&package.as_str());
            if ours && depends.contains(name) {
                assert!(allowed.contains(&package.as_str()), "{package} may not use {name}");
            }
        }
    };
    only("argon2", &["identity"]);
    only("aws-sdk-dynamodb", &["store", "runtime"]);
    only("aws-sdk-secretsmanager", &["runtime", "local"]);
    only("aws-sdk-s3", &["files"]);
    only("aws-sigv4", &["files"]);
    // runtime makes links and edge returns them; no function over HTTP reads or writes a file.
    only("files", &["runtime", "edge", "compliance", "export", "local", "tests", "uploads"]);
    // Files of customers are opened by one worker.
    only("inspection", &["uploads", "tests"]);
    only("scanner", &["uploads", "local", "tests"]);
    only("aws-sdk-sqs", &["queue", "worker", "local", "tests"]);
    // What sends is given to no function that is called over HTTP, nor to the operator's.
    let background = [
        "scheduler",
        "dispatch",
        "export",
        "relay",
        "network",
        "uploads",
        "worker",
        "outbox",
        "catalogue",
        "local",
        "stack",
        "tests",
    ];
    for name in ["queue", "worker", "outbox"] {
        only(name, &background);
    }
    // Only what starts functions builds the rails that submit orders; the rest is given rails without.
    only("providers", &["runtime", "network", "local"]);
    only("rails-sandbox", &["providers", "sandbox", "tests"]);
    only("rails-contract", &["tests"]);
    // A look-up is paid from the account's budget: only by who has a reason to make one.
    only("directory", &["beneficiaries", "payout", "network", "scheduler"]);
    // Fonts and the PDF writer weigh on no other domain. The payment page takes only the drawing of QR codes
    // and the rules of texts from `typeset`, so no font is linked into `payer`.
    only("receipt", &["receipts"]);
    only("krilla", &["receipt", "slip", "typeset"]);
    only("payment-page", &["collections", "page-reply", "payer", "receipts", "sandbox"]);
    only("page-reply", &["collections", "payer", "receipts", "sandbox"]);
    only("slip", &["receipts"]);
    only("typeset", &["payment-page", "receipt", "receipts", "slip"]);
    only("ed25519-dalek", &["receipt"]);
    only("reqwest", &["dispatch", "local"]);
    only("lambda_runtime", &[&NOT_CALLED[..], &["command", "worker"]].concat());
    let called = catalogue::TABLES.map(|(domain, _)| domain);
    for domain in called.into_iter().chain(NOT_CALLED) {
        only(domain, &["catalogue", "local", "tests"]);
    }
}

#[test]
fn no_tracked_text_names_a_machine() {
    let places = Regex::new(r"/(home|root|work|farm|Users)/[a-z]").expect("a pattern");
    for (path, text) in sources() {
        assert!(
            path == "tests/it/house/tidy.rs" || !places.is_match(&text),
            "{path} names a machine's path"
        );
    }
}
