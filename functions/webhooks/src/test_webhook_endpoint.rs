//! `POST /v1/webhook-endpoints/{id}/test`: send a test event to an endpoint.

use domain::event::EventView;
use domain::kernel::{DeliveryId, Error};
use domain::webhook::{Endpoint, EndpointStatus};
use edge::{Accepted, Call, NoInput, Outcome};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Store, Writes};

/// A test event and its delivery.
#[derive(Serialize, JsonSchema)]
pub struct TestEventView {
    /// Event that Trilho sends.
    event: EventView,
    /// Id of the delivery; `GET /v1/deliveries/{id}` shows its result a moment later.
    delivery_id: DeliveryId,
}

/// Creates a `webhook.test` event for this endpoint alone. Trilho signs, guards, sends and retries
/// it like every other event.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, Endpoint>,
) -> Result<Outcome<Accepted<TestEventView>>, Error> {
    let mut endpoint = call.target.clone();
    if endpoint.status != EndpointStatus::Enabled {
        return Err(store::endpoint_disabled());
    }
    let event = endpoint.test(&call.moment);
    let trial = TestEventView {
        event: EventView::from(&event),
        delivery_id: DeliveryId::of(event.id, endpoint.id),
    };
    let writes = Writes::default().replace(&endpoint).create(&event);
    call.commit(store, writes, Accepted(trial)).await
}
