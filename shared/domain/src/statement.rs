//! Statements: entries with running balances, exports as files, schedules; and the balance at a later time.

mod entry;
mod export;
mod export_life;
mod export_view;
mod forecast;
mod schedule;

pub use entry::{
    BalanceAt, ContiguousEntries, CounterpartyView, StatementEntryView, contiguous_entries,
};
pub use export::{
    Checkpoint, CsvDialect, ExportFormat, ExportReason, ExportStatus, NewExport, StatementExport,
    StatementFile, UNFINISHED_EXPORTS_MAX,
};
pub use export_view::{DownloadView, ExportView, ScheduleView};
pub use forecast::{Forecast, ForecastCause, ForecastChange, ForecastTerms, OpenObjects};
pub use schedule::{
    Frequency, NewSchedule, SCHEDULES_MAX, ScheduleStatus, StatementSchedule, TimeOfDay,
    TimeOfDayError,
};
