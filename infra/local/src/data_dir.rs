//! The data directory, which survives a restart: table, files, pepper, clock, demo account.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::kernel::Moment;
use gate::Peppers;
use jiff::SignedDuration;
use local::seed::{self, Demo};
use local::{Bundle, PepperText};
use runtime::{Clock, SystemClock, SystemEntropy};
use serde_json::Value;

use crate::BoxError;

/// The files that this program writes. `--reset` removes these, the folder [`STORED`], and nothing
/// else.
const FILES: [&str; 7] = [
    "table.sqlite",
    "table.sqlite-wal",
    "table.sqlite-shm",
    "pepper.json",
    "signing.json",
    "clock.json",
    "demo.json",
];

/// The folder with the files of the bucket.
const STORED: &str = "files";

pub(crate) struct DataDir(PathBuf);

impl DataDir {
    pub(crate) fn open(path: PathBuf, reset: bool) -> Result<Self, BoxError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(|cause| {
            format!("cannot create the data directory {}: {cause}", path.display())
        })?;
        if reset {
            for file in FILES {
                removed(file, fs::remove_file(path.join(file)))?;
            }
            removed(STORED, fs::remove_dir_all(path.join(STORED)))?;
        }
        Ok(Self(path))
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("table.sqlite")
    }

    pub(crate) fn files(&self) -> PathBuf {
        self.0.join(STORED)
    }

    pub(crate) fn clock_file(&self) -> PathBuf {
        self.0.join("clock.json")
    }

    pub(crate) fn demo_file(&self) -> PathBuf {
        self.0.join("demo.json")
    }

    /// Returns the pepper of this directory; the first call creates it.
    pub(crate) fn pepper(&self) -> Result<PepperText, BoxError> {
        self.secret("pepper.json")
    }

    /// Returns the secret that seals signing secrets; the first call creates it.
    pub(crate) fn signing(&self) -> Result<PepperText, BoxError> {
        self.secret("signing.json")
    }

    fn secret(&self, file: &str) -> Result<PepperText, BoxError> {
        let file = self.0.join(file);
        if let Ok(text) = fs::read_to_string(&file) {
            // A file of an earlier version cannot open what it sealed.
            let unusable =
                |cause| format!("{}: {cause}; start clean with make run RESET=1", file.display());
            Peppers::parse(&text).map_err(unusable)?;
            return Ok(PepperText(text));
        }
        let moment = Moment::new(SystemClock.now(), Arc::new(SystemEntropy));
        let text = Peppers::first(&moment);
        write_private(&file, &text)?;
        Ok(PepperText(text.to_string()))
    }

    /// Returns how far earlier runs moved the clock.
    pub(crate) fn clock_ahead(&self) -> SignedDuration {
        let text = fs::read_to_string(self.clock_file()).unwrap_or_default();
        let ahead: Value = serde_json::from_str(&text).unwrap_or_default();
        SignedDuration::from_millis(ahead["ahead_ms"].as_i64().unwrap_or(0))
    }

    /// Returns the demo account with the address of this start; the first start creates it.
    pub(crate) async fn demo(&self, bundle: &Bundle, base_url: &str) -> Result<Demo, BoxError> {
        let file = self.demo_file();
        let demo = match fs::read_to_string(&file) {
            Ok(text) => {
                let unreadable = |cause| {
                    format!(
                        "cannot read {} ({cause}); start clean with make run RESET=1",
                        file.display()
                    )
                };
                let mut demo: Demo = serde_json::from_str(&text).map_err(unreadable)?;
                base_url.clone_into(&mut demo.base_url);
                demo
            }
            Err(_) => seed::demo(bundle.app(), base_url).await?,
        };
        write_private(&file, &serde_json::to_string_pretty(&demo)?)?;
        Ok(demo)
    }
}

/// Accepts a file that does not exist as removed.
fn removed(name: &str, outcome: std::io::Result<()>) -> Result<(), BoxError> {
    match outcome {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {name}: {cause}").into())
        }
        _ => Ok(()),
    }
}

/// Replaces a whole file, readable by its owner only, because it holds secrets.
pub(crate) fn write_private(file: &Path, text: &str) -> Result<(), BoxError> {
    let new = file.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut writer = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    writer.write_all(text.as_bytes())?;
    fs::rename(new, file)?;
    Ok(())
}
