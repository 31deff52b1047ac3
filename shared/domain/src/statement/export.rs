//! An export of a statement: a user or a schedule requests it, and a worker writes the file.
//!
//! Workers write only closed periods, so that the same period and format give the same bytes at any
//! time.
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{
    AccountId, Error, ExportId, Lease, Period, ScheduleId, StatusChange, UserId, Zone, string_enum,
};
use crate::ledger::EntryPosition;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most exports of an account that are not finished.
pub const UNFINISHED_EXPORTS_MAX: u64 = 50;
/// How long a worker holds the lease on an export. It renews the lease with each part that it stores.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// How long workers try to write a file.
pub(super) const WRITE_TIMEOUT: SignedDuration = SignedDuration::from_hours(24);
/// After that time, the number of claims in a row without progress that ends an export: its workers
/// crash.
const CRASHED_ATTEMPTS_MAX: u32 = 5;
string_enum! {
    /// Format of a statement file.
    ExportFormat {
        /// Comma-separated values.
        Csv = "csv",
        /// OFX 1.02 ("Money 2000"), which most accounting programs read.
        Ofx = "ofx",
        /// OFX 2.2, which is XML.
        Ofx2 = "ofx2",
        /// JSON Lines: one JSON object on each line.
        JsonLines = "jsonl",
        /// ISO 20022 camt.053.001.08.
        Camt053 = "camt053",
    }
}

impl ExportFormat {
    /// Returns the extension of the file name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ofx | Self::Ofx2 => "ofx",
            Self::JsonLines => "jsonl",
            Self::Camt053 => "xml",
        }
    }

    /// Returns the media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ofx | Self::Ofx2 => "application/x-ofx",
            Self::JsonLines => "application/x-ndjson",
            Self::Camt053 => "application/xml",
        }
    }
}

string_enum! {
    /// Dialect of a CSV file.
    CsvDialect {
        /// For Excel in Brazil: semicolons, decimal commas, dd/mm/yyyy.
        Br = "br",
        /// For other programs: commas, decimal points, ISO dates.
        Intl = "intl",
    }
}

string_enum! {
    /// Status of an export.
    ExportStatus {
        /// The export waits for a worker.
        Waiting = "waiting",
        /// A worker is writing the file.
        Writing = "writing",
        /// The file can be downloaded.
        Ready = "ready",
        /// There is no file; the reason in `status_history` says why.
        Failed = "failed",
    }
}

string_enum! {
    /// Reason why there is no file.
    ExportReason {
        /// The entries of the period do not lead from its opening to its closing balance. No file is
        /// better than a wrong one; an alarm informs the operator.
        DoesNotAddUp = "does_not_add_up",
        /// No worker could write the file within a day.
        NotWrittenInTime = "not_written_in_time",
    }
}

/// A request for an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewExport {
    /// Period of the statement.
    pub period: Period,
    /// Format of the file.
    pub format: ExportFormat,
    /// Dialect, for a format that has dialects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<CsvDialect>,
    /// Origin of the API that received the request: `https://` and a host.
    pub origin: String,
    /// Schedule that requested it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_id: Option<ScheduleId>,
}

/// Data of a statement file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "StatementFile")]
pub struct StatementFile {
    /// Name of the file.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Number of movements in the file.
    pub entries: u64,
    /// Balance before the first day, in cents.
    pub opening_balance_cents: u64,
    /// Sum of the credits, in cents.
    pub credits_cents: u64,
    /// Sum of the debits, in cents.
    pub debits_cents: u64,
    /// Balance after the last day, in cents: opening plus credits minus debits.
    pub closing_balance_cents: u64,
}

/// The progress of a file: all that the next worker needs to continue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Id of the upload in the file store.
    pub upload_id: String,
    /// Entity tag of each stored part.
    pub etags: Vec<String>,
    /// Bytes in those parts.
    pub bytes: u64,
    /// State of the hash over those bytes.
    pub hash: String,
    /// Position of the last entry that is in them or was skipped.
    pub after: EntryPosition,
    /// State of the writer of the format.
    pub writer: String,
}

/// An export as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementExport {
    /// Id of the export.
    pub id: ExportId,
    /// Account of the statement.
    pub account_id: AccountId,
    /// Status of the export.
    pub status: ExportStatus,
    /// Request of the export.
    pub request: NewExport,
    /// File, once it is ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<StatementFile>,
    /// Progress of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
    /// Every status of the export, oldest first.
    pub status_history: Vec<StatusChange<ExportStatus>>,
    /// Time at which the export was requested.
    pub created_at: Timestamp,
    /// User who requested it or created its schedule.
    pub created_by: UserId,
    /// Lease of the worker that writes the file.
    pub lease: Lease,
    /// Number and id of the last event.
    pub history: History,
    /// Version of the row.
    pub version: u64,
}

impl Lifecycle for StatementExport {
    type Status = ExportStatus;

    const NAME: &'static str = "statement_export";
    const TRANSITIONS: &'static [Transition<ExportStatus>] = {
        use ExportStatus::{Failed, Ready, Waiting, Writing};
        &[
            Transition::create(Waiting, None),
            Transition::silent(Waiting, Writing),
            Transition::event(Writing, Ready, EventType::StatementExportReady),
            Transition::event(Writing, Failed, EventType::StatementExportFailed),
        ]
    };

    fn status_mut(&mut self) -> &mut ExportStatus {
        &mut self.status
    }
}

impl StatementExport {
    /// Returns an export that waits for a worker.
    pub fn open(
        id: ExportId,
        (account_id, created_by): (AccountId, UserId),
        request: NewExport,
        now: Timestamp,
    ) -> Self {
        let mut export = Self {
            id,
            account_id,
            status: ExportStatus::Waiting,
            request,
            file: None,
            checkpoint: None,
            status_history: Vec::new(),
            created_at: now,
            created_by,
            lease: Lease::free_from(now),
            history: History::default(),
            version: 0,
        };
        export.record_status(None, now);
        export
    }

    /// Claims the export, so that no other worker writes it. Returns false if a worker holds the lease, if
    /// it was deferred, or if it has ended.
    pub fn claim(&mut self, now: Timestamp) -> Result<bool, Error> {
        if !self.is_unfinished() || !self.lease.claim(now, LEASE) {
            return Ok(false);
        }
        if self.status == ExportStatus::Waiting {
            self.enter(ExportStatus::Writing)?;
            self.record_status(None, now);
        }
        Ok(true)
    }

    /// Returns true if the workers that claim the export crash. A worker that reports a failure defers it
    /// instead.
    pub fn should_give_up(&self, now: Timestamp) -> bool {
        self.lease.attempts > CRASHED_ATTEMPTS_MAX && now >= self.created_at + WRITE_TIMEOUT
    }

    /// Renews the lease of the worker.
    pub fn renew(&mut self, now: Timestamp) {
        self.lease.renew(now, LEASE);
    }

    /// Records the progress and renews the lease.
    pub fn save_progress(&mut self, checkpoint: Checkpoint, now: Timestamp) {
        self.checkpoint = Some(checkpoint);
        // A worker that makes progress does not crash.
        self.lease.attempts = 1;
        self.renew(now);
    }

    /// Restarts the file: the file store has lost its parts.
    pub fn restart(&mut self) {
        self.checkpoint = None;
    }

    /// Returns true if the export waits for a worker or is being written.
    pub fn is_unfinished(&self) -> bool {
        matches!(self.status, ExportStatus::Waiting | ExportStatus::Writing)
    }

    /// Releases the lease, so that a worker can continue at once.
    pub fn release(&mut self, now: Timestamp) {
        self.lease.release(now);
    }

    pub(super) fn record_status(&mut self, reason: Option<ExportReason>, at: Timestamp) {
        let (status, reason) = (self.status, reason.map(|reason| reason.as_str().to_owned()));
        self.status_history.push(StatusChange { status, at, reason });
    }

    /// Returns the name of the file: account, days, zone if it is not the default one, format and
    /// dialect. So two different files have two names.
    pub fn file_name(&self) -> String {
        let NewExport { period, format, dialect, .. } = &self.request;
        let Period { from, until, time_zone } = period;
        let zone = match time_zone.name() == Zone::default().name() {
            true => String::new(),
            false => format!("_{}", time_zone.name().replace('/', "-")),
        };
        let dialect = dialect.map_or(String::new(), |dialect| format!("-{}", dialect.as_str()));
        let (word, extension) = (format.as_str(), format.extension());
        format!("statement_{}_{from}_{until}{zone}_{word}{dialect}.{extension}", self.account_id)
    }
}
