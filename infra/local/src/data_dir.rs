//! The data directory of `make run`: table, files, secrets, the moved clock, and the demo account.
//!
//! A first start writes several files and transactions. A marker exists while it does, so that the
//! next start begins again after a first start that was killed. No program has used the data by
//! then, because the bundle answers requests only afterwards.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::kernel::Moment;
use gate::Peppers;
use jiff::SignedDuration;
use local::seed::{self, Demo};
use local::settings::{DEMO_PROGRAM, hint, write_private};
use local::{Bundle, KeptFiles, LATEST, LinkSecret, PepperText};
use runtime::{Clock, SystemClock, SystemEntropy};
use serde_json::{Value, json};

use crate::BoxError;

/// The files that this program and `make demo` write. `--reset` removes these, the folder
/// [`STORED`], and nothing else.
const FILES: [&str; 10] = [
    TABLE,
    "table.sqlite-wal",
    "table.sqlite-shm",
    PEPPER,
    SIGNING,
    RECEIPT_SIGNING,
    "links.secret",
    "clock.json",
    DEMO_PROGRAM,
    DEMO,
];
const TABLE: &str = "table.sqlite";
const PEPPER: &str = "pepper.json";
const SIGNING: &str = "signing.json";
/// Not needed: a directory of an earlier version gets it at its next start.
const RECEIPT_SIGNING: &str = "receipt-signing.json";
const DEMO: &str = "demo.json";
/// The files without which the others have no use.
const NEEDED: [&str; 4] = [TABLE, PEPPER, SIGNING, DEMO];
/// The folder with the files of the bucket.
const STORED: &str = "files";
/// The marker of a first start that is not complete.
const FIRST_START: &str = "first-start";
/// The file that a running bundle holds a lock on.
const LOCK: &str = "lock";

/// The data directory, locked while this exists.
pub(crate) struct DataDir {
    path: PathBuf,
    /// Whether an earlier first start was killed, so that this one begins again.
    pub(crate) begins_again: bool,
    _lock: fs::File,
}

impl DataDir {
    pub(crate) fn open(path: PathBuf, reset: bool) -> Result<Self, BoxError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(|cause| {
            format!("cannot create the data directory {}: {cause}", path.display())
        })?;
        let lock = lock(&path)?;
        let has = |file: &str| path.join(file).exists();
        let begins_again = has(FIRST_START);
        if reset || begins_again {
            // First, because this removal can be killed too.
            write_private(&path.join(FIRST_START), "")?;
            for file in FILES {
                removed(file, fs::remove_file(path.join(file)))?;
            }
            removed(STORED, fs::remove_dir_all(path.join(STORED)))?;
        } else if !NEEDED.iter().any(|file| has(file)) {
            write_private(&path.join(FIRST_START), "")?;
        } else if let Some(missing) = NEEDED.iter().find(|file| !has(file)) {
            let clean = hint("make run RESET=1");
            return Err(format!(
                "{missing} is not in {}, so the data there cannot be used; start clean: {clean}",
                path.display()
            )
            .into());
        }
        Ok(Self { path, begins_again: begins_again && !reset, _lock: lock })
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(TABLE)
    }

    /// Returns the folder of the bucket, with the secret of its links; the first call creates the
    /// secret.
    pub(crate) fn files(&self) -> Result<KeptFiles, BoxError> {
        let file = self.path.join("links.secret");
        let earlier = fs::read_to_string(&file).ok().and_then(|text| LinkSecret::parse(&text));
        let link_secret = match earlier {
            Some(secret) => secret,
            None => {
                let secret = LinkSecret::random();
                write_private(&file, secret.reveal())?;
                secret
            }
        };
        Ok(KeptFiles { folder: self.path.join(STORED), link_secret })
    }

    pub(crate) fn demo_file(&self) -> PathBuf {
        self.path.join(DEMO)
    }

    /// Returns the pepper of this directory; the first call creates it.
    pub(crate) fn pepper(&self) -> Result<PepperText, BoxError> {
        self.secret(PEPPER)
    }

    /// Returns the secret that seals signing secrets; the first call creates it.
    pub(crate) fn signing(&self) -> Result<PepperText, BoxError> {
        self.secret(SIGNING)
    }

    /// Returns the secret that signs receipts; the first call creates it.
    pub(crate) fn receipt_signing(&self) -> Result<PepperText, BoxError> {
        self.secret(RECEIPT_SIGNING)
    }

    fn secret(&self, file: &str) -> Result<PepperText, BoxError> {
        let file = self.path.join(file);
        if let Ok(text) = fs::read_to_string(&file) {
            // A file of an earlier version cannot open what it sealed.
            let unusable = |cause| {
                format!("{}: {cause}; start clean: {}", file.display(), hint("make run RESET=1"))
            };
            Peppers::parse(&text).map_err(unusable)?;
            return Ok(PepperText(text));
        }
        let moment = Moment::new(SystemClock.now(), Arc::new(SystemEntropy));
        let text = Peppers::first(&moment);
        write_private(&file, &text)?;
        Ok(PepperText(text.to_string()))
    }

    /// Returns how far earlier runs moved the clock.
    pub(crate) fn clock_ahead(&self) -> Result<SignedDuration, BoxError> {
        let text = fs::read_to_string(self.path.join("clock.json")).unwrap_or_default();
        let ahead: Value = serde_json::from_str(&text).unwrap_or_default();
        let ahead = SignedDuration::from_millis(ahead["ahead_ms"].as_i64().unwrap_or(0));
        if SystemClock.now().checked_add(ahead).is_ok_and(|now| now <= LATEST) {
            return Ok(ahead);
        }
        let (path, clean) = (self.path.display(), hint("make run RESET=1"));
        Err(format!("the clock of {path} is past the year 2285; start clean: {clean}").into())
    }

    /// Stores how far the clock was moved.
    pub(crate) fn save_clock(&self, ahead: SignedDuration) -> std::io::Result<()> {
        let ahead_ms = i64::try_from(ahead.as_millis()).unwrap_or(0);
        let text = json!({ "ahead_ms": ahead_ms }).to_string();
        write_private(&self.path.join("clock.json"), &text)
    }

    /// Returns the demo account with the address of this start; the first start creates it, and is
    /// complete then.
    pub(crate) async fn demo(&self, bundle: &Bundle, base_url: &str) -> Result<Demo, BoxError> {
        let file = self.demo_file();
        let demo = match fs::read_to_string(&file) {
            Ok(text) => {
                let unreadable = |cause| {
                    let clean = hint("make run RESET=1");
                    format!("cannot read {} ({cause}); start clean: {clean}", file.display())
                };
                let mut demo: Demo = serde_json::from_str(&text).map_err(unreadable)?;
                base_url.clone_into(&mut demo.base_url);
                demo
            }
            Err(_) => seed::demo(bundle.app(), base_url).await?,
        };
        write_private(&file, &serde_json::to_string_pretty(&demo)?)?;
        removed(FIRST_START, fs::remove_file(self.path.join(FIRST_START)))?;
        Ok(demo)
    }
}

/// Locks the data directory. The lock ends with the process, however it ends.
fn lock(path: &Path) -> Result<fs::File, BoxError> {
    let mut options = fs::OpenOptions::new();
    let options = options.write(true).create(true).truncate(false).mode(0o600);
    let shown = path.display();
    let failed = |cause: std::io::Error| format!("cannot lock the data directory {shown}: {cause}");
    let file = options.open(path.join(LOCK)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(format!(
            "another bundle uses the data directory {shown}\n\
             Stop it, or use another folder and port: DATA_DIR=.trilho2 PORT=4001 make run"
        )
        .into()),
        Err(fs::TryLockError::Error(cause)) => Err(failed(cause).into()),
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

#[cfg(test)]
mod tests;
