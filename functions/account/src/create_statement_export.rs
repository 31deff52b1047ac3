//! `POST /v1/statement-exports`: request the statement of a past period as a file.

use domain::access::AuditAction;
use domain::kernel::{Error, ExportId, Flaw, Id, Period, Zone};
use domain::statement::{CsvDialect, ExportFormat, ExportView, NewExport, StatementExport};
use edge::{Accepted, Call, Outcome};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Store, Writes};

use crate::export_fields::dialect;

/// Maximum number of days of one file: a leap year.
const DAYS_MAX: i32 = 366;

/// First possible day. No account is older, and the file formats do not define earlier calendars.
const FIRST_DAY: Date = Date::constant(1970, 1, 1);

/// A request for a statement file.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "from": "2026-10-01", "until": "2026-10-31", "format": "ofx" }]))]
pub struct NewStatementExport {
    /// First day of the period.
    from: Date,
    /// Last day of the period, which is included. It must have ended at least 5 minutes ago.
    until: Date,
    /// Time zone of the days, from the tz database; `America/Sao_Paulo` if absent.
    time_zone: Option<Zone>,
    /// Format of the file.
    format: ExportFormat,
    /// Dialect of a `csv` file; `br` if absent.
    dialect: Option<CsvDialect>,
}

/// Requests the export. A worker starts it within seconds; the event `statement_export.ready`
/// follows when the file can be fetched.
pub async fn handle(
    store: &Store,
    call: Call<NewStatementExport>,
) -> Result<Outcome<Accepted<ExportView>>, Error> {
    let NewStatementExport { from, until, format, .. } = call.input;
    let days = (until - from).get_days();
    if days < 0 {
        return Err(Error::invalid("until", Flaw::OutOfRange, "`until` must not be before `from`"));
    }
    if days >= DAYS_MAX {
        let detail = format!("the period must have at most {DAYS_MAX} days; send a shorter one");
        return Err(Error::invalid("until", Flaw::OutOfRange, detail));
    }
    if from < FIRST_DAY {
        let detail = format!("`from` must be {FIRST_DAY} or later");
        return Err(Error::invalid("from", Flaw::OutOfRange, detail));
    }
    let time_zone = call.input.time_zone.clone().unwrap_or_default();
    let new = NewExport {
        period: Period { from, until, time_zone },
        format,
        dialect: dialect(format, call.input.dialect)?,
        origin: call.origin.clone(),
        schedule_id: None,
    };
    call.rails.participant(call.account_id())?;
    new.period.require_closed(call.moment.now)?;
    let author = (call.account_id(), call.principal.user_id());
    let export = StatementExport::open(ExportId::mint(&call.moment), author, new, call.moment.now);
    let view = ExportView::from(&export);
    let audit = call.audit(AuditAction::ExportCreated, export.id, Value::Null, json!(view));
    let writes = Writes::default().create(&export).add_export(export.account_id).create(&audit);
    call.commit(store, writes, Accepted(view)).await
}
