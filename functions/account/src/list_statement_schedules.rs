//! `GET /v1/statement-schedules`: list statement schedules, oldest first.

use domain::kernel::Error;
use domain::statement::{ScheduleView, StatementSchedule};
use edge::{Call, ListPage, PageInput};
use store::{Listing, Store};

/// Lists a page.
pub async fn handle(store: &Store, call: Call<PageInput>) -> Result<ListPage<ScheduleView>, Error> {
    let listing = Listing::Schedules(call.account_id());
    let (limit, cursor) = (call.input.limit, call.input.cursor.as_deref());
    let view = |schedule: StatementSchedule| ScheduleView::from(&schedule);
    call.list(store, &listing, limit, cursor, view).await
}
