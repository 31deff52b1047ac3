//! `POST /v1/statement-exports`: ask for the statement of a closed period as a file.

use domain::kernel::{Error, ExportId, Flaw, Id, Period, Zone};
use domain::statement::{CsvDialect, ExportFormat, ExportView, NewExport, StatementExport};
use edge::{Accepted, Call, Outcome};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::export_fields::dialect;

/// The most days one file is of: a leap year.
const DAYS_MAX: i32 = 366;

/// No account of anybody is older, and calendars further back are not those of the formats.
const FIRST_DAY: Date = Date::constant(1970, 1, 1);

/// What is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "from": "2026-10-01", "until": "2026-10-31", "format": "ofx" }]))]
pub struct NewStatementExport {
    /// The first day.
    from: Date,
    /// The last day, which is of the file too. It must be over, for 5 minutes.
    until: Date,
    /// Whose days: a time zone of the tz database; `America/Sao_Paulo` when absent.
    time_zone: Option<Zone>,
    /// What kind of file.
    format: ExportFormat,
    /// How, for `csv`; `br` when absent.
    dialect: Option<CsvDialect>,
}

/// Asks for it. A worker takes it up within seconds; `statement_export.ready` tells when the file can
/// be fetched.
pub async fn handle(
    store: &Store,
    call: Call<NewStatementExport>,
) -> Result<Outcome<Accepted<ExportView>>, Error> {
    let NewStatementExport { from, until, format, .. } = call.input;
    let days = (until - from).get_days();
    if !(0..DAYS_MAX).contains(&days) {
        let detail = format!("the last day is the first or up to {DAYS_MAX} days on");
        return Err(Error::invalid("until", Flaw::OutOfRange, detail));
    }
    if from < FIRST_DAY {
        let detail = format!("no books go back before {FIRST_DAY}");
        return Err(Error::invalid("from", Flaw::OutOfRange, detail));
    }
    let time_zone = call.input.time_zone.clone().unwrap_or_default();
    let asked = NewExport {
        period: Period { from, until, time_zone },
        format,
        dialect: dialect(format, call.input.dialect)?,
        origin: call.origin.clone(),
        schedule_id: None,
    };
    call.rails.participant(call.account_id())?;
    asked.period.must_be_closed(call.moment.now)?;
    let author = (call.account_id(), call.principal.user_id());
    let export = StatementExport::ask(ExportId::mint(&call.moment), author, asked, call.moment.now);
    let writes = Writes::default().create(&export);
    call.commit(store, writes, Accepted(ExportView::from(&export))).await
}
