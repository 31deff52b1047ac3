//! Exports and schedules as the API and its events show them.
use crate::kernel::{ExportId, ScheduleId, StatusChange, UserId, Zone};
use crate::statement::{
    CsvDialect, ExportFormat, ExportStatus, Frequency, ScheduleStatus, StatementExport,
    StatementFile, StatementSchedule, TimeOfDay,
};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// An export of a statement as a file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "StatementExport")]
pub struct ExportView {
    /// Id of the export.
    pub id: ExportId,
    /// Status of the export.
    pub status: ExportStatus,
    /// First day of the period.
    pub from: Date,
    /// Last day of the period, which is included.
    pub until: Date,
    /// Time zone of the days.
    pub time_zone: Zone,
    /// Format of the file.
    pub format: ExportFormat,
    /// Dialect, for `csv`.
    pub dialect: Option<CsvDialect>,
    /// Schedule that requested it.
    pub schedule_id: Option<ScheduleId>,
    /// Data of the file; null until it is ready.
    pub file: Option<StatementFile>,
    /// URL of the export; it returns a link to the file.
    pub url: String,
    /// Link to the file; only in the reply for one export that is ready.
    pub download: Option<DownloadView>,
    /// Every status of the export, oldest first.
    pub status_history: Vec<StatusChange<ExportStatus>>,
    /// Time at which the export was requested.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// User who requested it or created its schedule.
    pub created_by: UserId,
}

/// A link to a file. A person with the link can download the file until it expires.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(rename = "Download")]
pub struct DownloadView {
    /// Link to the file.
    pub url: String,
    /// Time at which the link expires, after 15 minutes. Find the export again for a new link.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for DownloadView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a link until {}", self.expires_at)
    }
}

impl From<&StatementExport> for ExportView {
    fn from(export: &StatementExport) -> Self {
        let request = &export.request;
        Self {
            id: export.id,
            status: export.status,
            from: request.period.from,
            until: request.period.until,
            time_zone: request.period.time_zone.clone(),
            format: request.format,
            dialect: request.dialect,
            schedule_id: request.schedule_id,
            file: export.file.clone(),
            url: format!("{}/v1/statement-exports/{}", request.origin, export.id),
            download: None,
            status_history: export.status_history.clone(),
            created_at: export.created_at,
            created_by: export.created_by,
        }
    }
}

/// A schedule that exports statements.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "StatementSchedule")]
pub struct ScheduleView {
    /// Id of the schedule.
    pub id: ScheduleId,
    /// Status of the schedule.
    pub status: ScheduleStatus,
    /// How often the schedule writes a file.
    pub frequency: Frequency,
    /// Time of the day after the period; null for a minute after midnight that Trilho chooses.
    pub at: Option<TimeOfDay>,
    /// Time zone of the days and the time.
    pub time_zone: Zone,
    /// Format of the file.
    pub format: ExportFormat,
    /// Dialect, for `csv`.
    pub dialect: Option<CsvDialect>,
    /// Time of the next export; null while the schedule is paused.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub next_run_at: Option<Timestamp>,
    /// First day of the next export.
    pub next_from: Date,
    /// Last day of the next export.
    pub next_until: Date,
    /// Id of the last export.
    pub last_export_id: Option<ExportId>,
    /// Time at which the schedule was created.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// User who created the schedule.
    pub created_by: UserId,
}

impl From<&StatementSchedule> for ScheduleView {
    fn from(schedule: &StatementSchedule) -> Self {
        let request = &schedule.request;
        Self {
            id: schedule.id,
            status: schedule.status,
            frequency: request.frequency,
            at: request.at,
            time_zone: request.time_zone.clone(),
            format: request.format,
            dialect: request.dialect,
            next_run_at: schedule.due_at,
            next_from: schedule.next.from,
            next_until: schedule.next.until,
            last_export_id: schedule.last_export_id,
            created_at: schedule.created_at,
            created_by: schedule.created_by,
        }
    }
}
