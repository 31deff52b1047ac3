//! `DELETE /v1/statement-schedules/{id}`: delete a statement schedule.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::statement::{ScheduleView, StatementSchedule};
use edge::{Call, NoContent, NoInput, Outcome};
use serde_json::{Value, json};
use store::{Store, Writes};

/// Deletes the schedule. Its files stay, and running exports continue.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, StatementSchedule>,
) -> Result<Outcome<NoContent>, Error> {
    let schedule = &call.target;
    let before = json!(ScheduleView::from(schedule));
    let audit = call.audit(AuditAction::ScheduleDeleted, schedule.id, before, Value::Null);
    let writes = Writes::default()
        .remove_at_version(schedule)
        .remove_schedule(schedule.account_id)
        .create(&audit);
    call.commit(store, writes, NoContent::default()).await
}
