//! A statement as a file: asked for or due by a schedule, written by a worker, ready to be fetched.
//!
//! `waiting -> writing -> ready | failed`. Only closed periods are written, so that the same period
//! and format come to the same bytes whenever and however often they are written.
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{
    AccountId, Error, ExportId, Lease, Period, ScheduleId, StatusChange, UserId, string_enum,
};
use crate::ledger::EntryPosition;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long whoever writes a file has it to themselves, counted anew with each part that is kept.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// How long it is tried to write a file.
pub(super) const WRITTEN_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// How often it is taken up and nothing more is heard of it until it is given up, once that time is
/// over: whoever writes it dies.
const CRASHED_ATTEMPTS_MAX: u32 = 5;
string_enum! {
    /// What kind of file.
    ExportFormat {
        /// Comma-separated values.
        Csv = "csv",
        /// OFX 1.02 ("Money 2000"), which most programs for accountants read.
        Ofx = "ofx",
        /// OFX 2.2, the same in XML.
        Ofx2 = "ofx2",
        /// A JSON object a line.
        JsonLines = "jsonl",
        /// ISO 20022 camt.053.001.08.
        Camt053 = "camt053",
    }
}

impl ExportFormat {
    /// What the name of a file ends in.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ofx | Self::Ofx2 => "ofx",
            Self::JsonLines => "jsonl",
            Self::Camt053 => "xml",
        }
    }

    /// Its media type.
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
    /// How a CSV file is written.
    CsvDialect {
        /// As Excel in Brazil opens it: semicolons, decimal commas, dd/mm/yyyy.
        Br = "br",
        /// Commas, decimal points, ISO dates.
        Intl = "intl",
    }
}

string_enum! {
    /// Where an export stands.
    ExportStatus {
        /// Waits for a worker.
        Waiting = "waiting",
        /// Is being written.
        Writing = "writing",
        /// Can be fetched.
        Ready = "ready",
        /// There is no file; the reason says why.
        Failed = "failed",
    }
}

string_enum! {
    /// Why there is no file.
    ExportReason {
        /// The entries of the period do not lead from its opening to its closing. No file is better
        /// than a wrong one; the operator is told.
        DoesNotAddUp = "does_not_add_up",
        /// It could not be written within a day.
        NotWrittenInTime = "not_written_in_time",
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewExport {
    /// Of which days.
    pub period: Period,
    /// As what.
    pub format: ExportFormat,
    /// How, for a format that has dialects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<CsvDialect>,
    /// Where the API is reached that it was asked of.
    pub origin: String,
    /// The schedule it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_id: Option<ScheduleId>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "StatementFile")]
pub struct StatementFile {
    /// What to call it.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Movements in it.
    pub entries: u64,
    /// The balance before the first day, in cents.
    pub opening_balance_cents: u64,
    /// What came in, in cents.
    pub credits_cents: u64,
    /// What went out, in cents.
    pub debits_cents: u64,
    /// The balance after the last day, in cents: opening and credits, less debits.
    pub closing_balance_cents: u64,
}

/// How far a file is: everything a worker needs that goes on with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The upload, by the name the file store gave it.
    pub upload_id: String,
    /// What the file store said of each part that it keeps.
    pub etags: Vec<String>,
    /// Bytes in those parts.
    pub bytes: u64,
    /// The state of the hash over them.
    pub hash: String,
    /// The last entry that is in them, or was passed over.
    pub after: EntryPosition,
    /// The writer's own progress.
    pub writer: String,
}

/// An export as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementExport {
    /// Its id.
    pub id: ExportId,
    /// Whose.
    pub account_id: AccountId,
    /// Where it stands.
    pub status: ExportStatus,
    /// What was asked for.
    pub asked: NewExport,
    /// What was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<StatementFile>,
    /// How far it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
    /// Every state it was in.
    pub status_history: Vec<StatusChange<ExportStatus>>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// By whom, or who made its schedule.
    pub created_by: UserId,
    /// The lease of the worker that writes the file.
    pub lease: Lease,
    /// Its events so far.
    pub history: History,
    /// Counts the changes.
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
    /// Asks for a file.
    pub fn ask(
        id: ExportId,
        (account_id, created_by): (AccountId, UserId),
        asked: NewExport,
        now: Timestamp,
    ) -> Self {
        let mut export = Self {
            id,
            account_id,
            status: ExportStatus::Waiting,
            asked,
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

    /// Takes it up, so that nobody else writes it for now; whether it was free.
    pub fn claim(&mut self, now: Timestamp) -> Result<bool, Error> {
        let unfinished = matches!(self.status, ExportStatus::Waiting | ExportStatus::Writing);
        if !unfinished || !self.lease.claim(now, LEASE) {
            return Ok(false);
        }
        if self.status == ExportStatus::Waiting {
            self.enter(ExportStatus::Writing)?;
            self.record_status(None, now);
        }
        Ok(true)
    }

    /// Whether everybody who takes it up dies of it. Whoever reports a failure has it put off instead.
    pub fn should_give_up(&self, now: Timestamp) -> bool {
        self.lease.attempts > CRASHED_ATTEMPTS_MAX && now >= self.created_at + WRITTEN_WITHIN
    }

    /// Keeps it for whoever writes it.
    pub fn hold(&mut self, now: Timestamp) {
        self.lease.renew(now, LEASE);
    }

    /// Notes how far it is, and keeps it.
    pub fn keep(&mut self, checkpoint: Checkpoint, now: Timestamp) {
        self.checkpoint = Some(checkpoint);
        // What goes on is not what failed before.
        self.lease.attempts = 1;
        self.hold(now);
    }

    /// Begins it anew: the file store has forgotten its parts.
    pub fn restart(&mut self) {
        self.checkpoint = None;
    }

    /// Lets go of it, for somebody to go on at once.
    pub fn release(&mut self, now: Timestamp) {
        self.lease.release(now);
    }

    pub(super) fn record_status(&mut self, reason: Option<ExportReason>, at: Timestamp) {
        let (status, reason) = (self.status, reason.map(|reason| reason.as_str().to_owned()));
        self.status_history.push(StatusChange { status, at, reason });
    }

    /// What to call the file.
    pub fn file_name(&self) -> String {
        let NewExport { period, format, .. } = &self.asked;
        format!("statement_{}_{}.{}", period.from, period.until, format.extension())
    }
}
