//! `GET /v1/statement-schedules/{id}`: show a statement schedule.

use domain::kernel::Error;
use domain::statement::{ScheduleView, StatementSchedule};
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the schedule.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, StatementSchedule>,
) -> Result<OkJson<ScheduleView>, Error> {
    Ok(OkJson(ScheduleView::from(&call.target)))
}
