//! The versions of the tools that build for Lambda, from `xtask/tools.toml`.

use std::process::Command;
use std::sync::LazyLock;

use serde::Deserialize;

/// The versions that a build for Lambda must have.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Tools {
    pub(crate) rust: String,
    pub(crate) cargo_zigbuild: String,
    pub(crate) zig: String,
    pub(crate) cargo_lambda: String,
}

/// The committed versions.
pub(crate) static TOOLS: LazyLock<Tools> =
    LazyLock::new(|| toml::from_str(include_str!("../tools.toml")).expect("xtask/tools.toml"));

/// A tool: the version it must have, how to ask for its version, and how to install it.
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
    /// Commands that print the version; the first that works counts.
    commands: &'static [&'static [&'static str]],
    install: String,
}

impl Tools {
    fn rust(&'static self) -> Tool {
        let version = self.rust.as_str();
        Tool {
            name: "rustc",
            version,
            commands: &[&["rustc", "--version"]],
            install: format!(
                "rustup toolchain install {version} --target aarch64-unknown-linux-gnu, and set \
                 RUSTUP_TOOLCHAIN={version}"
            ),
        }
    }

    /// cargo-zigbuild takes the package of PyPI if it is there, and otherwise the program.
    fn zig(&'static self) -> Tool {
        let version = self.zig.as_str();
        let install = format!("pip install ziglang=={version}");
        let commands: &[&[&str]] = &[&["python3", "-m", "ziglang", "version"], &["zig", "version"]];
        Tool { name: "zig", version, commands, install }
    }

    fn subcommand(name: &'static str, version: &'static str) -> Tool {
        let commands: &[&[&str]] = match name {
            "cargo-lambda" => &[&["cargo-lambda", "lambda", "--version"]],
            _ => &[&["cargo-zigbuild", "--version"]],
        };
        let install = format!("cargo install --locked {name} --version {version}");
        Tool { name, version, commands, install }
    }

    /// Returns the tools of a build with cargo-zigbuild.
    pub(crate) fn of_zigbuild(&'static self) -> [Tool; 3] {
        [self.rust(), self.zig(), Self::subcommand("cargo-zigbuild", &self.cargo_zigbuild)]
    }

    /// Returns the tools of a build with cargo-lambda.
    pub(crate) fn of_cargo_lambda(&'static self) -> [Tool; 3] {
        [self.rust(), self.zig(), Self::subcommand("cargo-lambda", &self.cargo_lambda)]
    }
}

/// Refuses tools of other versions, with how to install these.
pub(crate) fn check(tools: &[Tool]) -> Result<(), String> {
    check_with(tools, |command| {
        let (program, arguments) = command.split_first()?;
        let output = Command::new(program).args(arguments).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    })
}

fn check_with(tools: &[Tool], ask: impl Fn(&[&str]) -> Option<String>) -> Result<(), String> {
    let wrong = tools.iter().filter_map(|tool| {
        let found = tool.commands.iter().find_map(|command| version_in(&ask(command)?));
        let Tool { name, version, install, .. } = tool;
        if found.as_deref() == Some(version) {
            return None;
        }
        let found = found.unwrap_or_else(|| "not found".to_owned());
        Some(format!("\n  {name} is {found}, not {version}: {install}"))
    });
    let wrong: String = wrong.collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("the zips would differ from those of xtask/tools.toml:{wrong}"))
}

/// Returns the first version number in the output of a program.
fn version_in(output: &str) -> Option<String> {
    let is_version = |word: &&str| {
        word.contains('.')
            && word
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    output.split_whitespace().find(is_version).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_file_has_whole_versions() {
        let Tools { rust, cargo_zigbuild, zig, cargo_lambda } = &*TOOLS;
        for version in [rust, cargo_zigbuild, zig, cargo_lambda] {
            assert_eq!(version_in(version).as_ref(), Some(version));
            assert_eq!(version.split('.').count(), 3, "{version}");
        }
    }

    #[test]
    fn a_tool_of_another_version_is_refused_with_how_to_install_it() {
        let answers = |command: &[&str]| match command {
            ["rustc", ..] => Some("rustc 1.95.0 (59807616e 2026-04-14)".to_owned()),
            ["python3", ..] => Some("0.16.0\n".to_owned()),
            _ => None,
        };
        let error = check_with(&TOOLS.of_zigbuild(), answers).expect_err("two are wrong");
        assert!(!error.contains("rustc"), "{error}");
        assert!(
            error.contains("zig is 0.16.0, not 0.15.2: pip install ziglang==0.15.2"),
            "{error}"
        );
        assert!(error.contains("cargo-zigbuild is not found"), "{error}");
        let right = |command: &[&str]| match command {
            ["rustc", ..] => Some(format!("rustc {} (x)", TOOLS.rust)),
            ["python3", ..] => Some(TOOLS.zig.clone()),
            ["cargo-lambda", ..] => Some(format!("cargo-lambda {} (y)", TOOLS.cargo_lambda)),
            _ => Some(format!("cargo-zigbuild {}", TOOLS.cargo_zigbuild)),
        };
        assert_eq!(check_with(&TOOLS.of_zigbuild(), right), Ok(()));
        assert_eq!(check_with(&TOOLS.of_cargo_lambda(), right), Ok(()));
    }
}
