//! `POST /v1/statement-schedules`: create a schedule of statement files.

use domain::access::AuditAction;
use domain::kernel::{Error, Flaw, Id, ScheduleId, Zone};
use domain::statement::{
    CsvDialect, ExportFormat, Frequency, NewSchedule, ScheduleView, StatementSchedule, TimeOfDay,
};
use edge::{Call, Created, Outcome};
use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Store, Writes};

use crate::export_fields::dialect;

/// Maximum number of days between the first day and today: the longest month.
const START_DAYS_BACK_MAX: i64 = 31;

/// A request for a statement schedule.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "frequency": "daily", "at": "06:00", "format": "ofx" }]))]
pub struct NewStatementSchedule {
    /// How often Trilho writes a file.
    frequency: Frequency,
    /// Time of day, on the day after the period, at which Trilho writes the file. If absent,
    /// Trilho chooses a time shortly after midnight (recommended).
    at: Option<TimeOfDay>,
    /// First day that a file must include; today if absent, at most 31 days ago. Trilho writes
    /// periods that have ended within minutes.
    from: Option<Date>,
    /// Time zone of the days and of `at`, from the tz database; `America/Sao_Paulo` if absent.
    time_zone: Option<Zone>,
    /// Format of the files.
    format: ExportFormat,
    /// Dialect of `csv` files; `br` if absent.
    dialect: Option<CsvDialect>,
}

/// Creates the schedule. Its first file covers the current day, week or month, or the one of the
/// day in `from`.
pub async fn handle(
    store: &Store,
    call: Call<NewStatementSchedule>,
) -> Result<Outcome<Created<ScheduleView>>, Error> {
    let input = &call.input;
    let new = NewSchedule {
        frequency: input.frequency,
        at: input.at,
        time_zone: input.time_zone.clone().unwrap_or_default(),
        format: input.format,
        dialect: dialect(input.format, input.dialect)?,
        origin: call.origin.clone(),
    };
    call.rails.participant(call.account_id())?;
    let from = first_day(input.from, new.time_zone.date(call.moment.now))?;
    let author = (call.account_id(), call.principal.user_id());
    let id = ScheduleId::mint(&call.moment);
    let schedule = StatementSchedule::open(id, author, new, from, call.moment.now);
    let view = ScheduleView::from(&schedule);
    let audit = call.audit(AuditAction::ScheduleCreated, schedule.id, Value::Null, json!(view));
    let writes =
        Writes::default().create(&schedule).add_schedule(schedule.account_id).create(&audit);
    call.commit(store, writes, Created(view)).await
}

fn first_day(requested: Option<Date>, today: Date) -> Result<Date, Error> {
    let earliest = today.saturating_sub(START_DAYS_BACK_MAX.days());
    let from = requested.unwrap_or(today);
    if from < earliest || from > today {
        let detail = format!("`from` must be between {earliest} and {today}");
        return Err(Error::invalid("from", Flaw::OutOfRange, detail));
    }
    Ok(from)
}
