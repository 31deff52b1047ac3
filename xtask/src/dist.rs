//! `cargo xtask dist`: builds every domain as a zip for Lambda.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use lexopt::Parser;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::arguments::OptionValues;
use crate::console::{say, table};
use crate::package::{self, Effort};
use crate::tools::{self, TOOLS};

/// Returns the domains: the names of the packages with a binary, of their zips and of their
/// templates.
pub(crate) fn domains() -> BTreeSet<&'static str> {
    catalogue::functions().iter().map(|function| function.domain).collect()
}

/// Largest zip of profile `dist`, in bytes. Lambda downloads and unpacks it at each cold start.
const ZIP_BYTES_MAX: u64 = 4_400_000;
/// The processor of the functions, as Rust names it.
const LAMBDA_MACHINE: &str = "aarch64";
/// The target of the functions.
const LAMBDA_TARGET: &str = "aarch64-unknown-linux-gnu";
/// The version of glibc in Amazon Linux 2023. A binary linked to a newer one does not start there.
const LAMBDA_GLIBC: &str = "2.34";
/// The profile of the tests. Its programs let webhooks go to loopback over http, which the tests of a
/// local stack need.
const DEV: &str = "dev";
const MANIFEST: &str = "manifest.json";
/// Returns what to do if no tool can build for Lambda.
fn no_cross_builder() -> String {
    let tools::Tools { rust, cargo_zigbuild, zig, cargo_lambda } = &*TOOLS;
    format!(
        "no installed tool builds for Lambda (Linux on arm64). Install cargo-zigbuild:
  cargo install --locked cargo-zigbuild --version {cargo_zigbuild}
  pip install ziglang=={zig}
  rustup target add {LAMBDA_TARGET} --toolchain {rust}
or cargo-lambda {cargo_lambda}: https://www.cargo-lambda.info/guide/installation.html
To measure sizes on this machine, without deploying:
  cargo xtask dist --host --out dist/host-dist"
    )
}

#[derive(Debug)]
pub(crate) struct DistOptions {
    profile: String,
    out: PathBuf,
    host: bool,
}

impl DistOptions {
    pub(crate) fn parse(arguments: &mut Parser) -> Result<Self, lexopt::Error> {
        let given = OptionValues::parse(arguments, &["profile", "out"], &["host"])?;
        let profile = given.value("profile").unwrap_or_else(|| "dist".to_owned());
        if !["dist", "release", DEV].contains(&profile.as_str()) {
            return Err("--profile must be dist, release or dev".into());
        }
        let host = given.flag("host");
        if profile == DEV && !host {
            return Err(
                "profile dev lets webhooks go to loopback, so only stacks on this machine can \
                        use it; add --host"
                    .into(),
            );
        }
        let out = given.value("out").unwrap_or_else(|| "dist".to_owned());
        Ok(Self { profile, out: out.into(), host })
    }
}

/// How the zips of a folder were built. `deploy` reads it before it uploads them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    profile: String,
    builder: Builder,
    machine: String,
    /// Oldest glibc that the binaries start with, if the builder was given one.
    glibc: Option<String>,
}

impl Manifest {
    fn new(builder: Builder, options: &DistOptions) -> Self {
        Self {
            profile: options.profile.clone(),
            builder,
            machine: builder.machine().to_owned(),
            glibc: builder.is_for_lambda().then(|| LAMBDA_GLIBC.to_owned()),
        }
    }

    /// Reads the manifest in `folder`, which must have all zips.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let again = format!("run: cargo xtask dist --out {}", folder.display());
        for domain in domains() {
            let zip = package::path(folder, domain);
            if !zip.is_file() {
                return Err(format!("{} does not exist; {again}", zip.display()));
            }
        }
        let text = fs::read_to_string(folder.join(MANIFEST))
            .map_err(|cause| format!("{}/{MANIFEST}: {cause}; {again}", folder.display()))?;
        serde_json::from_str(&text).map_err(|cause| format!("{MANIFEST}: {cause}; {again}"))
    }

    /// Returns why these zips cannot be deployed to AWS; empty if they can.
    pub(crate) fn flaws(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        if self.profile == DEV {
            flaws.push("they allow webhooks to loopback over http".to_owned());
        }
        if self.profile != "dist" {
            flaws.push(format!("they have profile {}", self.profile));
        }
        if self.machine != LAMBDA_MACHINE {
            flaws.push(format!(
                "they are built for {}, and the functions run on arm64",
                self.machine
            ));
        }
        if !self.builder.is_for_lambda() {
            // On an arm64 machine the processor is right, but the system or its glibc can be wrong.
            flaws.push("they are built for the build machine".to_owned());
        } else if self.glibc.as_deref() != Some(LAMBDA_GLIBC) {
            flaws.push(format!("they are not built for glibc {LAMBDA_GLIBC}"));
        }
        flaws
    }
}

/// The tool that compiles, and its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Builder {
    #[serde(rename = "cargo-lambda")]
    CargoLambda,
    #[serde(rename = "zigbuild")]
    ZigBuild,
    /// cargo, for this machine: to measure sizes, and for a local stack.
    #[serde(rename = "host")]
    Host,
}

impl Builder {
    /// Chooses the tool. It builds for this machine only on request, because other zips go to AWS.
    fn choose(host: bool, has: impl Fn(&[&str]) -> bool) -> Result<Self, String> {
        match () {
            () if host => Ok(Self::Host),
            () if has(&["lambda", "--version"]) => Ok(Self::CargoLambda),
            () if has(&["zigbuild", "--help"]) => Ok(Self::ZigBuild),
            () => Err(no_cross_builder()),
        }
    }

    fn is_for_lambda(self) -> bool {
        match self {
            Self::CargoLambda | Self::ZigBuild => true,
            Self::Host => false,
        }
    }

    fn machine(self) -> &'static str {
        if self.is_for_lambda() { LAMBDA_MACHINE } else { std::env::consts::ARCH }
    }

    fn command(self, options: &DistOptions) -> Command {
        let mut command = Command::new(env!("CARGO"));
        // Both tools take the version of glibc in the target; `--arm64` of cargo-lambda has no
        // version.
        let target = format!("{LAMBDA_TARGET}.{LAMBDA_GLIBC}");
        match self {
            Self::CargoLambda => command.args(["lambda", "build", "--target", &target]),
            Self::ZigBuild => command.args(["zigbuild", "--target", &target]),
            Self::Host => command.arg("build"),
        };
        command.args(["--locked", "--profile", &options.profile]);
        if options.profile == DEV {
            // The selection of `.ci/run`, which has built these programs already.
            command.args(["--workspace", "--bins", "--examples"]);
        } else {
            command.args(domains().into_iter().flat_map(|domain| ["--package", domain]));
        }
        command.current_dir(root());
        command
    }

    fn binary(self, target: &Path, profile: &str, domain: &str) -> PathBuf {
        match self {
            Self::CargoLambda => target.join("lambda").join(domain).join("bootstrap"),
            Self::ZigBuild => target.join(LAMBDA_TARGET).join(profile).join(domain),
            // cargo names this folder otherwise than the profile.
            Self::Host if profile == DEV => target.join("debug").join(domain),
            Self::Host => target.join(profile).join(domain),
        }
    }
}

/// Returns the root of the repository; every path of a task starts here.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the root").to_owned()
}

/// Builds and packs every domain, and prints the sizes.
pub(crate) fn run(options: &DistOptions) -> Result<(), String> {
    let builder = Builder::choose(options.host, cargo_has)?;
    match builder {
        Builder::CargoLambda => tools::check(&TOOLS.of_cargo_lambda())?,
        Builder::ZigBuild => tools::check(&TOOLS.of_zigbuild())?,
        // It is not deployed to AWS.
        Builder::Host => {}
    }
    let (count, machine, profile) = (domains().len(), builder.machine(), &options.profile);
    say(&format!("Building {count} domains for {machine}, profile {profile}"));
    let status = builder.command(options).status().map_err(|cause| format!("cargo: {cause}"))?;
    if !status.success() {
        return Err("cargo build failed; see the output above".to_owned());
    }
    let folder = root().join(&options.out);
    fs::create_dir_all(&folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    let file = folder.join(MANIFEST);
    let failed = |cause: io::Error| format!("{}: {cause}", file.display());
    // Removed while zips are replaced, so that it never describes other zips.
    fs::remove_file(&file).or_else(accept_missing).map_err(failed)?;
    let rows = pack(builder, options, &folder)?;
    say(&sizes(&rows));
    let manifest = Manifest::new(builder, options);
    let text = serde_json::to_string_pretty(&manifest).expect("it has string keys");
    fs::write(&file, text + "\n").map_err(failed)?;
    say(&format!("Written to {}", folder.display()));
    if options.profile == "dist" { within_budget(&rows) } else { Ok(()) }
}

/// Accepts a file that does not exist as removed.
fn accept_missing(cause: io::Error) -> io::Result<()> {
    if cause.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(cause) }
}

/// A domain, with the bytes of its binary and of its zip.
type SizeRow = (&'static str, u64, u64);

fn pack(builder: Builder, options: &DistOptions, folder: &Path) -> Result<Vec<SizeRow>, String> {
    let target = target_directory()?;
    // Zips of profile dist are downloaded at each cold start, so they are packed as small as
    // possible.
    let effort = if options.profile == "dist" { Effort::Smallest } else { Effort::Fastest };
    let pack = |domain: &'static str| {
        let mut binary = builder.binary(&target, &options.profile, domain);
        if options.profile == DEV {
            binary = stripped(&binary, folder)?;
        }
        let zip = package::path(folder, domain);
        let packed = package::pack(&binary, &zip, effort, builder.is_for_lambda());
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

/// Writes the binary without symbols into `folder`, as the other profiles have it. It is half as large.
fn stripped(binary: &Path, folder: &Path) -> Result<PathBuf, String> {
    let smaller = folder.join(binary.file_name().expect("the name of a domain"));
    let strip = Command::new("strip").arg("-o").arg(&smaller).arg(binary).status();
    match strip.map_err(|cause| format!("strip: {cause}"))? {
        status if status.success() => Ok(smaller),
        status => Err(format!("strip {} ended with {status}", binary.display())),
    }
}

fn sizes(rows: &[SizeRow]) -> String {
    let kilobytes = |bytes: u64| format!("{:>9}", format!("{} kB", bytes / 1_000));
    let head = ["domain", "   binary", "      zip"].map(str::to_owned).to_vec();
    let body = rows.iter().map(|(domain, binary, zip)| {
        vec![(*domain).to_owned(), kilobytes(*binary), kilobytes(*zip)]
    });
    table(&std::iter::once(head).chain(body).collect::<Vec<_>>())
}

fn within_budget(rows: &[SizeRow]) -> Result<(), String> {
    let over = rows.iter().filter(|(.., zip)| *zip > ZIP_BYTES_MAX).map(|(domain, _, zip)| {
        format!("{domain} exceeds {ZIP_BYTES_MAX} bytes by {}", zip - ZIP_BYTES_MAX)
    });
    let over: Vec<_> = over.collect();
    if over.is_empty() {
        return Ok(());
    }
    Err(format!("zips are too large: {}", over.join("; ")))
}

/// Returns true if cargo has this subcommand.
fn cargo_has(arguments: &[&str]) -> bool {
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

    fn options(line: &str) -> Result<DistOptions, lexopt::Error> {
        DistOptions::parse(&mut Parser::from_args(line.split_whitespace()))
    }

    #[test]
    fn profile_dist_never_posts_to_loopback() {
        let error = options("--profile dev").expect_err("not for AWS").to_string();
        assert!(error.contains("only stacks on this machine can use it"), "{error}");
        for given in ["", "--profile release"] {
            let manifest = Manifest::new(Builder::Host, &options(given).expect("it parses"));
            assert!(manifest.flaws().iter().all(|flaw| !flaw.contains("loopback")), "{given}");
        }
    }

    #[test]
    fn only_zips_built_for_lambda_have_no_flaw() {
        let shipped = options("").expect("the default");
        for builder in [Builder::CargoLambda, Builder::ZigBuild] {
            let flaws = Manifest::new(builder, &shipped).flaws();
            assert!(flaws.is_empty(), "{flaws:?}");
            let command = format!("{:?}", builder.command(&shipped));
            assert!(command.contains("aarch64-unknown-linux-gnu.2.34"), "{command}");
            assert!(command.contains("--locked"), "{command}");
        }
        let newer = Manifest {
            glibc: Some("2.39".to_owned()),
            ..Manifest::new(Builder::ZigBuild, &shipped)
        };
        assert_eq!(newer.flaws(), ["they are not built for glibc 2.34"]);
        let local = options("--profile dev --host").expect("local use");
        let local =
            Manifest { machine: "x86_64".to_owned(), ..Manifest::new(Builder::Host, &local) };
        assert_eq!(local.flaws().len(), 4);
    }

    #[test]
    fn binaries_built_for_an_arm64_machine_are_not_accepted_for_lambda() {
        let measured = options("--host").expect("it parses");
        let manifest =
            Manifest { machine: "aarch64".to_owned(), ..Manifest::new(Builder::Host, &measured) };
        assert_eq!(manifest.flaws(), ["they are built for the build machine"]);
        let text = serde_json::to_string(&manifest).expect("it has string keys");
        assert!(text.contains(r#""builder":"host""#), "{text}");
    }

    #[test]
    fn without_a_cross_builder_only_sizes_can_be_measured() {
        let error = Builder::choose(false, |_| false).expect_err("no tool builds for Lambda");
        for text in ["cargo-zigbuild", "pip install ziglang", "rustup target add", "--host"] {
            assert!(error.contains(text), "{text}");
        }
        assert_eq!(Builder::choose(true, |_| true), Ok(Builder::Host));
        let zigbuild = |arguments: &[&str]| arguments.contains(&"zigbuild");
        assert_eq!(Builder::choose(false, zigbuild), Ok(Builder::ZigBuild));
        assert_eq!(Builder::choose(false, |_| true), Ok(Builder::CargoLambda));
    }

    #[test]
    fn each_domain_has_a_folder_in_functions() {
        let mut folders: Vec<_> = fs::read_dir(root().join("functions"))
            .expect("the folder")
            .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
            .collect();
        folders.sort();
        assert_eq!(
            folders,
            domains().into_iter().collect::<Vec<_>>(),
            "see infra/catalogue/src/domains.rs"
        );
    }

    #[test]
    fn a_zip_above_the_budget_is_named_with_its_excess() {
        assert_eq!(within_budget(&[("keys", 9, ZIP_BYTES_MAX)]), Ok(()));
        let error = within_budget(&[("keys", 9, 1), ("payin", 9, ZIP_BYTES_MAX + 7)]);
        let error = error.expect_err("payin is too large");
        let excess = format!("payin exceeds {ZIP_BYTES_MAX} bytes by 7");
        assert!(error.contains(&excess) && !error.contains("keys"), "{error}");
    }
}
