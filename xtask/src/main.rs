//! `cargo xtask <task>`: generated files and checks.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask <task>

  openapi          write infra/openapi.json from the tables and types
  openapi --check  fail when it differs
  stack            write the templates in infra from the tables and infra/access.toml
  stack --check    fail when they differ
  sizes            print how big the release binaries of the domains are
";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["openapi"] => fs::write(openapi_file(), openapi()).map_err(|cause| cause.to_string()),
        ["openapi", "--check"] => check_openapi(),
        ["stack"] => write_stack(),
        ["stack", "--check"] => check_stack(),
        ["sizes"] => sizes(),
        _ => Err(HELP.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}

fn openapi_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/openapi.json")
}

fn openapi() -> String {
    let document = edge::openapi::document(&local::tables());
    let mut text = serde_json::to_string_pretty(&document).expect("the document has string keys");
    text.push('\n');
    text
}

fn check_openapi() -> Result<(), String> {
    let committed = fs::read_to_string(openapi_file()).map_err(|cause| cause.to_string())?;
    if committed == openapi() {
        return Ok(());
    }
    Err("infra/openapi.json differs from the code; run: cargo xtask openapi".to_owned())
}

fn in_infra(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra").join(name)
}

fn write_stack() -> Result<(), String> {
    for (name, text) in stack::templates(local::functions()) {
        fs::write(in_infra(&name), text).map_err(|cause| cause.to_string())?;
    }
    Ok(())
}

fn check_stack() -> Result<(), String> {
    for (name, text) in stack::templates(local::functions()) {
        if fs::read_to_string(in_infra(&name)).unwrap_or_default() != text {
            return Err(format!("infra/{name} differs from the code; run: cargo xtask stack"));
        }
    }
    Ok(())
}

const DOMAINS: [&str; 9] =
    ["clock", "dispatch", "identity", "keys", "operator", "payin", "relay", "sandbox", "webhooks"];

/// The binaries lie beside this one's profile folder: `target/debug/xtask`, `target/release/payin`.
fn sizes() -> Result<(), String> {
    let own = std::env::current_exe().map_err(|cause| cause.to_string())?;
    let target = own.parent().and_then(Path::parent).ok_or("this binary is nowhere")?;
    let mut lines = String::new();
    for profile in ["release", "dist"] {
        for domain in DOMAINS {
            if let Ok(file) = fs::metadata(target.join(profile).join(domain)) {
                lines.push_str(&format!("{profile:8} {domain:10} {:>6} kB\n", file.len() / 1_000));
            }
        }
    }
    if lines.is_empty() {
        return Err("no binaries yet; run: make build".to_owned());
    }
    std::io::stdout().write_all(lines.as_bytes()).map_err(|cause| cause.to_string())
}
