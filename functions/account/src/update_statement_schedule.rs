//! `PATCH /v1/statement-schedules/{id}`: pause or resume a statement schedule.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::statement::{ScheduleStatus, ScheduleView, StatementSchedule};
use edge::{Call, OkJson, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use store::{Store, Writes};

/// Change of a schedule.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "status": "paused" }]))]
pub struct ScheduleChange {
    /// New status: `paused` or `active`.
    status: ScheduleStatus,
}

/// Pauses or resumes the schedule. Periods that ended during a pause are not written later;
/// callers can request an export for them.
pub async fn handle(
    store: &Store,
    call: Call<ScheduleChange, StatementSchedule>,
) -> Result<Outcome<OkJson<ScheduleView>>, Error> {
    let before = json!(ScheduleView::from(&call.target));
    let mut schedule = call.target.clone();
    schedule.set(call.input.status, call.moment.now);
    let view = ScheduleView::from(&schedule);
    let audit = call.audit(AuditAction::ScheduleUpdated, schedule.id, before, json!(view));
    let writes = Writes::default().replace(&schedule).create(&audit);
    call.commit(store, writes, OkJson(view)).await
}
