//! `cargo xtask dist`: every domain as the zip that Lambda takes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use lexopt::Parser;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::arguments::Given;
use crate::console::{complain, say, table};
use crate::package::{self, Effort};

/// The names of the packages that have a binary, of their zips and of their templates.
pub(crate) fn domains() -> BTreeSet<&'static str> {
    local::functions().iter().map(|function| function.domain).collect()
}

/// The largest zip of profile `dist`, in bytes. Lambda fetches and unpacks it at each cold start.
const ZIP_BYTES_MAX: u64 = 4_000_000;
/// The processor of the functions, in the words of Rust and of the templates.
const LAMBDA_MACHINE: &str = "aarch64";
/// With the version of glibc that Amazon Linux 2023 has: a binary linked to a newer one does not
/// start there.
const LAMBDA_TARGET: &str = "aarch64-unknown-linux-gnu";
const LAMBDA_GLIBC: &str = "2.34";
/// Lets webhooks go to loopback over http, which the tests of a local stack need.
const LOOPBACK_FEATURE: &str = "edge/loopback-receivers";
const MANIFEST: &str = "manifest.json";

#[derive(Debug)]
pub(crate) struct Options {
    profile: String,
    out: PathBuf,
    host: bool,
    loopback_receivers: bool,
}

impl Options {
    pub(crate) fn parse(arguments: &mut Parser) -> Result<Self, lexopt::Error> {
        let given = Given::parse(arguments, &["profile", "out"], &["host", "loopback-receivers"])?;
        let profile = given.value("profile").unwrap_or_else(|| "dist".to_owned());
        if !["dist", "release"].contains(&profile.as_str()) {
            return Err("--profile is dist or release".into());
        }
        let loopback_receivers = given.flag("loopback-receivers");
        if profile == "dist" && loopback_receivers {
            return Err("--loopback-receivers opens a hole: it is for local stacks and never in \
                        profile dist; add --profile release"
                .into());
        }
        let out = given.value("out").unwrap_or_else(|| "dist".to_owned());
        Ok(Self { profile, out: out.into(), host: given.flag("host"), loopback_receivers })
    }
}

/// How the zips of a folder were made. `deploy` reads it before it sends them anywhere.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    profile: String,
    machine: String,
    loopback_receivers: bool,
}

impl Manifest {
    /// The one beside the zips in `folder`, all of which must be there.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let again = format!("run: cargo xtask dist --out {}", folder.display());
        for domain in domains() {
            let zip = package::path(folder, domain);
            if !zip.is_file() {
                return Err(format!("{} is not there; {again}", zip.display()));
            }
        }
        let text = fs::read_to_string(folder.join(MANIFEST))
            .map_err(|cause| format!("{}/{MANIFEST}: {cause}; {again}", folder.display()))?;
        serde_json::from_str(&text).map_err(|cause| format!("{MANIFEST}: {cause}; {again}"))
    }

    /// What speaks against these zips on AWS; nothing does when they are built as they should be.
    pub(crate) fn flaws(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        if self.loopback_receivers {
            flaws.push("their webhooks may go to loopback over http".to_owned());
        }
        if self.profile != "dist" {
            flaws.push(format!("they are of profile {}", self.profile));
        }
        if self.machine != LAMBDA_MACHINE {
            flaws.push(format!("they are for {}, the functions run on arm64", self.machine));
        }
        flaws
    }
}

/// Who compiles, and for what.
enum Builder {
    CargoLambda,
    ZigBuild,
    Host,
}

impl Builder {
    fn choose(host: bool) -> Self {
        match () {
            () if host => Self::Host,
            () if answers(&["lambda", "--version"]) => Self::CargoLambda,
            () if answers(&["zigbuild", "--help"]) => Self::ZigBuild,
            () => Self::Host,
        }
    }

    fn machine(&self) -> &'static str {
        match self {
            Self::CargoLambda | Self::ZigBuild => LAMBDA_MACHINE,
            Self::Host => std::env::consts::ARCH,
        }
    }

    fn command(&self, options: &Options) -> Command {
        let mut command = Command::new(env!("CARGO"));
        match self {
            Self::CargoLambda => command.args(["lambda", "build", "--arm64"]),
            Self::ZigBuild => {
                command.args(["zigbuild", "--target", &format!("{LAMBDA_TARGET}.{LAMBDA_GLIBC}")])
            }
            Self::Host => command.arg("build"),
        };
        command.args(["--profile", &options.profile]);
        for domain in domains() {
            command.args(["--package", domain]);
        }
        if options.loopback_receivers {
            // The feature is of a package that must be among the selected ones.
            command.args(["--package", "edge", "--features", LOOPBACK_FEATURE]);
        }
        command.current_dir(root());
        command
    }

    fn binary(&self, target: &Path, profile: &str, domain: &str) -> PathBuf {
        match self {
            Self::CargoLambda => target.join("lambda").join(domain).join("bootstrap"),
            Self::ZigBuild => target.join(LAMBDA_TARGET).join(profile).join(domain),
            Self::Host => target.join(profile).join(domain),
        }
    }
}

/// The root of the repository; every path of a task starts here.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the root").to_owned()
}

/// Builds, packs, and says how large it all is.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let builder = Builder::choose(options.host);
    let machine = builder.machine();
    say(&format!(
        "Building {} domains for {machine}, profile {}",
        domains().len(),
        options.profile
    ));
    let status = builder.command(options).status().map_err(|cause| format!("cargo: {cause}"))?;
    if !status.success() {
        return Err("the build failed".to_owned());
    }
    let folder = root().join(&options.out);
    fs::create_dir_all(&folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    let rows = pack(&builder, options, &folder)?;
    say(&sizes(&rows));
    let manifest = Manifest {
        profile: options.profile.clone(),
        machine: machine.to_owned(),
        loopback_receivers: options.loopback_receivers,
    };
    let text = serde_json::to_string_pretty(&manifest).expect("it has string keys");
    let file = folder.join(MANIFEST);
    fs::write(&file, text + "\n").map_err(|cause| format!("{}: {cause}", file.display()))?;
    say(&format!("Written to {}", folder.display()));
    if machine != LAMBDA_MACHINE && !options.host {
        complain(&format!(
            "These are {machine} binaries of this machine: they do NOT run on Lambda, where the \
             functions are arm64. For those install cargo-lambda, or cargo-zigbuild and zig."
        ));
    }
    if options.profile == "dist" { within_budget(&rows) } else { Ok(()) }
}

/// A domain, the bytes of its binary and of its zip.
type Row = (&'static str, u64, u64);

fn pack(builder: &Builder, options: &Options, folder: &Path) -> Result<Vec<Row>, String> {
    let target = target_directory()?;
    // What is shipped is packed once and fetched at each cold start; the rest is packed all day.
    let effort = if options.profile == "dist" { Effort::Smallest } else { Effort::Fastest };
    let pack = |domain: &'static str| {
        let binary = builder.binary(&target, &options.profile, domain);
        let packed = package::pack(&binary, &package::path(folder, domain), effort);
        packed.map(|(binary, zip)| (domain, binary, zip))
    };
    thread::scope(|scope| {
        let packing = domains().into_iter().map(|domain| scope.spawn(move || pack(domain)));
        packing
            .collect::<Vec<_>>()
            .into_iter()
            .map(|thread| thread.join().expect("packing does not panic"))
            .collect()
    })
}

fn sizes(rows: &[Row]) -> String {
    let kilobytes = |bytes: u64| format!("{:>9}", format!("{} kB", bytes / 1_000));
    let head = ["domain", "   binary", "      zip"].map(str::to_owned).to_vec();
    let body = rows.iter().map(|(domain, binary, zip)| {
        vec![(*domain).to_owned(), kilobytes(*binary), kilobytes(*zip)]
    });
    table(&std::iter::once(head).chain(body).collect::<Vec<_>>())
}

fn within_budget(rows: &[Row]) -> Result<(), String> {
    let over = rows.iter().filter(|(.., zip)| *zip > ZIP_BYTES_MAX).map(|(domain, _, zip)| {
        format!("{domain} is {} bytes above {ZIP_BYTES_MAX}", zip - ZIP_BYTES_MAX)
    });
    let over: Vec<_> = over.collect();
    if over.is_empty() {
        return Ok(());
    }
    Err(format!("zips are too large: {}", over.join("; ")))
}

/// Whether cargo knows this subcommand.
fn answers(arguments: &[&str]) -> bool {
    let output = Command::new(env!("CARGO")).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}

fn target_directory() -> Result<PathBuf, String> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output();
    let output = output.map_err(|cause| format!("cargo metadata: {cause}"))?;
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|cause| format!("cargo metadata: {cause}"))?;
    let folder = metadata["target_directory"].as_str().ok_or("cargo metadata has no folder")?;
    Ok(folder.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Result<Options, lexopt::Error> {
        Options::parse(&mut Parser::from_args(line.split_whitespace()))
    }

    #[test]
    fn what_is_shipped_never_posts_to_loopback() {
        for line in ["--loopback-receivers", "--profile dist --host --loopback-receivers"] {
            let error = options(line).expect_err(line).to_string();
            assert!(error.contains("never in profile dist"), "{error}");
        }
        let local = options("--profile release --loopback-receivers").expect("it is for local use");
        let arguments = format!("{:?}", Builder::Host.command(&local));
        assert!(arguments.contains(LOOPBACK_FEATURE), "{arguments}");
        let shipped = options("").expect("the default");
        let arguments = format!("{:?}", Builder::Host.command(&shipped));
        assert!(!arguments.contains("loopback") && arguments.contains("\"dist\""), "{arguments}");
    }

    #[test]
    fn only_zips_built_for_lambda_are_without_flaw() {
        let manifest = |profile: &str, machine: &str, loopback_receivers| Manifest {
            profile: profile.to_owned(),
            machine: machine.to_owned(),
            loopback_receivers,
        };
        assert!(manifest("dist", "aarch64", false).flaws().is_empty());
        assert_eq!(manifest("release", "x86_64", true).flaws().len(), 3);
    }

    #[test]
    fn each_domain_is_a_folder_of_functions() {
        let mut folders: Vec<_> = fs::read_dir(root().join("functions"))
            .expect("the folder")
            .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
            .collect();
        folders.sort();
        assert_eq!(
            folders,
            domains().into_iter().collect::<Vec<_>>(),
            "see infra/local/src/roles.rs"
        );
    }

    #[test]
    fn a_zip_above_the_budget_is_named_with_what_it_has_too_much() {
        assert_eq!(within_budget(&[("keys", 9, ZIP_BYTES_MAX)]), Ok(()));
        let error = within_budget(&[("keys", 9, 1), ("payin", 9, ZIP_BYTES_MAX + 7)]);
        let error = error.expect_err("payin is too large");
        assert!(error.contains("payin is 7 bytes above") && !error.contains("keys"), "{error}");
    }
}
