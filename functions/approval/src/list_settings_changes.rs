//! `GET /v1/payout-settings-changes`: list changes of the payout settings that lower a protection, newest first.

use domain::kernel::Error;
use domain::payout::{SettingsChange, SettingsChangeView};
use edge::{Call, ListPage, PageInput};
use store::{Listing, Store};

/// Lists a page. A change without a second moderator in time is shown as `expired`.
pub async fn handle(
    store: &Store,
    call: Call<PageInput>,
) -> Result<ListPage<SettingsChangeView>, Error> {
    let listing = Listing::SettingsChanges(call.account_id());
    let (limit, cursor) = (call.input.limit, call.input.cursor.as_deref());
    let now = call.moment.now;
    let view = |change: SettingsChange| SettingsChangeView::from(&change.as_of(now));
    call.list(store, &listing, limit, cursor, view).await
}
