//! An export and a schedule as the API and its events show them.
use crate::kernel::{ExportId, ScheduleId, StatusChange, UserId, Zone};
use crate::statement::{
    CsvDialect, ExportFormat, ExportStatus, Frequency, ScheduleStatus, StatementExport,
    StatementFile, StatementSchedule, TimeOfDay,
};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// A statement as a file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "StatementExport")]
pub struct ExportView {
    /// Its id.
    pub id: ExportId,
    /// Where it stands.
    pub status: ExportStatus,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Whose days.
    pub time_zone: Zone,
    /// What kind of file.
    pub format: ExportFormat,
    /// How, for `csv`.
    pub dialect: Option<CsvDialect>,
    /// The schedule it is of.
    pub schedule_id: Option<ScheduleId>,
    /// What was written, once it is ready.
    pub file: Option<StatementFile>,
    /// Where to ask for a link to the file.
    pub url: String,
    /// Where to fetch the file; only when one export that is ready is shown.
    pub download: Option<DownloadView>,
    /// Every state it was in.
    pub status_history: Vec<StatusChange<ExportStatus>>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// By whom, or who made its schedule.
    pub created_by: UserId,
}

/// A link to a file. Whoever has it can fetch the file while it holds.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(rename = "Download")]
pub struct DownloadView {
    /// The link.
    pub url: String,
    /// Until when it holds: 15 minutes. Another one is had by asking again.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for DownloadView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a link until {}", self.expires_at)
    }
}

impl From<&StatementExport> for ExportView {
    fn from(export: &StatementExport) -> Self {
        let asked = &export.asked;
        Self {
            id: export.id,
            status: export.status,
            from: asked.period.from,
            until: asked.period.until,
            time_zone: asked.period.time_zone.clone(),
            format: asked.format,
            dialect: asked.dialect,
            schedule_id: asked.schedule_id,
            file: export.file.clone(),
            url: format!("{}/v1/statement-exports/{}", asked.origin, export.id),
            download: None,
            status_history: export.status_history.clone(),
            created_at: export.created_at,
            created_by: export.created_by,
        }
    }
}

/// Statements that are written by themselves.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "StatementSchedule")]
pub struct ScheduleView {
    /// Its id.
    pub id: ScheduleId,
    /// Where it stands.
    pub status: ScheduleStatus,
    /// How often.
    pub frequency: Frequency,
    /// At what time of the day after the period; null for a minute after midnight of our choice.
    pub at: Option<TimeOfDay>,
    /// Whose days and clock.
    pub time_zone: Zone,
    /// What kind of file.
    pub format: ExportFormat,
    /// How, for `csv`.
    pub dialect: Option<CsvDialect>,
    /// When the next one is asked for; null while it is paused.
    pub next_run_at: Option<Timestamp>,
    /// The first day of the next one.
    pub next_from: Date,
    /// The last day of the next one.
    pub next_until: Date,
    /// The last one.
    pub last_export_id: Option<ExportId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
}

impl From<&StatementSchedule> for ScheduleView {
    fn from(schedule: &StatementSchedule) -> Self {
        let asked = &schedule.asked;
        Self {
            id: schedule.id,
            status: schedule.status,
            frequency: asked.frequency,
            at: asked.at,
            time_zone: asked.time_zone.clone(),
            format: asked.format,
            dialect: asked.dialect,
            next_run_at: schedule.due_at,
            next_from: schedule.next.from,
            next_until: schedule.next.until,
            last_export_id: schedule.last_export_id,
            created_at: schedule.created_at,
            created_by: schedule.created_by,
        }
    }
}
