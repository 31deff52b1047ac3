//! `GET /v1/statement-schedules/{id}`: show a statement schedule.

use domain::kernel::Error;
use domain::statement::{ScheduleView, StatementSchedule};
use edge::{Call, Found, NoInput};
use store::Store;

/// Shows the schedule.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, StatementSchedule>,
) -> Result<Found<ScheduleView>, Error> {
    Ok(Found(ScheduleView::from(&call.target)))
}
