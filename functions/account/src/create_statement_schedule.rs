//! `POST /v1/statement-schedules`: have statements written as files by themselves.

use domain::kernel::{Error, Flaw, Id, ScheduleId, Zone};
use domain::statement::{
    CsvDialect, ExportFormat, Frequency, NewSchedule, ScheduleView, StatementSchedule, TimeOfDay,
};
use edge::{Call, Created, Outcome};
use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::export_fields::dialect;

/// How far back a schedule can begin, in days: a month, whichever it is.
const BACK_DAYS: i64 = 31;

/// What is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "frequency": "daily", "at": "06:00", "format": "ofx" }]))]
pub struct NewStatementSchedule {
    /// How often.
    frequency: Frequency,
    /// At what time of the day after the period. A minute after midnight of our choice when absent,
    /// which is what is best when it does not matter.
    at: Option<TimeOfDay>,
    /// The first day that is to be in a file; today when absent, and at most 31 days ago. What is over
    /// already is written within minutes.
    from: Option<Date>,
    /// Whose days and clock: a time zone of the tz database; `America/Sao_Paulo` when absent.
    time_zone: Option<Zone>,
    /// What kind of file.
    format: ExportFormat,
    /// How, for `csv`; `br` when absent.
    dialect: Option<CsvDialect>,
}

/// Makes the schedule. Its first file is of the day, week or month that runs now, or did on the day
/// that is named.
pub async fn handle(
    store: &Store,
    call: Call<NewStatementSchedule>,
) -> Result<Outcome<Created<ScheduleView>>, Error> {
    let input = &call.input;
    let asked = NewSchedule {
        frequency: input.frequency,
        at: input.at,
        time_zone: input.time_zone.clone().unwrap_or_default(),
        format: input.format,
        dialect: dialect(input.format, input.dialect)?,
        origin: call.origin.clone(),
    };
    call.rails.participant(call.account_id())?;
    let from = first_day(input.from, asked.time_zone.date(call.moment.now))?;
    let author = (call.account_id(), call.principal.user_id());
    let id = ScheduleId::mint(&call.moment);
    let schedule = StatementSchedule::open(id, author, asked, from, call.moment.now);
    let writes = Writes::default().create(&schedule).add_schedule(schedule.account_id);
    call.commit(store, writes, Created(ScheduleView::from(&schedule))).await
}

fn first_day(asked: Option<Date>, today: Date) -> Result<Date, Error> {
    let earliest = today.saturating_sub(BACK_DAYS.days());
    let from = asked.unwrap_or(today);
    if from < earliest || from > today {
        let detail = format!("a schedule begins between {earliest} and {today}");
        return Err(Error::invalid("from", Flaw::OutOfRange, detail));
    }
    Ok(from)
}
