//! `POST /v1/events/{id}/redeliver`: deliver an event again.

use domain::event::{Event, EventView};
use domain::kernel::{EndpointId, Error};
use edge::{Accepted, Call, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

/// Endpoints of a redelivery.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redeliver {
    /// One endpoint, even if it does not subscribe to the type; all endpoints that subscribe to it
    /// if absent.
    endpoint_id: Option<EndpointId>,
}

/// Puts the event on the list of those without deliveries. The receiver gets the same `webhook-id`
/// and the same body, and the retry schedule restarts. If an attempt is under way at this moment,
/// it serves this request, and there is no second one.
pub async fn handle(
    store: &Store,
    call: Call<Redeliver, Event>,
) -> Result<Outcome<Accepted<EventView>>, Error> {
    let mut event = call.target.clone();
    let mut writes = Writes::default();
    event.redeliver(call.input.endpoint_id, call.moment.now);
    if let Some(endpoint_id) = call.input.endpoint_id {
        writes = writes.require_enabled_endpoint(call.account_id(), endpoint_id);
    }
    let writes = writes.redeliver(&event);
    call.commit(store, writes, Accepted(EventView::from(&event))).await
}
