//! `GET /v1/events/{id}`: show an event.

use domain::event::{Event, EventView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the event in the form that endpoints receive.
pub async fn handle(_: &Store, call: Call<NoInput, Event>) -> Result<OkJson<EventView>, Error> {
    Ok(OkJson(EventView::from(&call.target)))
}
