//! `GET /v1/events/{id}`: show an event.

use domain::event::{Event, EventView};
use domain::kernel::Error;
use edge::{Call, Found, NoInput};
use store::Store;

/// Shows it as endpoints are sent it.
pub async fn handle(_: &Store, call: Call<NoInput, Event>) -> Result<Found<EventView>, Error> {
    Ok(Found(EventView::from(&call.target)))
}
