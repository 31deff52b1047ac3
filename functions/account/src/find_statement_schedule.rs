//! `GET /v1/statement-schedules/{id}`: show a schedule of statements.

use domain::kernel::Error;
use domain::statement::{ScheduleView, StatementSchedule};
use edge::{Call, Found, NoInput};
use store::Store;

/// Shows it.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, StatementSchedule>,
) -> Result<Found<ScheduleView>, Error> {
    Ok(Found(ScheduleView::from(&call.target)))
}
