//! `DELETE /v1/statement-schedules/{id}`: delete a statement schedule.

use domain::kernel::Error;
use domain::statement::StatementSchedule;
use edge::{Call, NoContent, NoInput, Outcome};
use store::{Store, Writes};

/// Deletes the schedule. Its files stay, and running exports continue.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, StatementSchedule>,
) -> Result<Outcome<NoContent>, Error> {
    let schedule = &call.target;
    let writes = Writes::default().remove_at_version(schedule).remove_schedule(schedule.account_id);
    call.commit(store, writes, NoContent::default()).await
}
