//! Webhook endpoints, events and deliveries. These operations send nothing. They write rows, and
//! the relay, the scheduler and dispatch send the events.

mod rules;
mod secret_view;

pub mod create_webhook_endpoint;
pub mod delete_webhook_endpoint;
pub mod find_delivery;
pub mod find_event;
pub mod find_webhook_endpoint;
pub mod list_deliveries;
pub mod list_events;
pub mod list_webhook_endpoints;
pub mod redeliver_event;
pub mod replay_webhook_endpoint;
pub mod rotate_webhook_secret;
pub mod test_webhook_endpoint;
pub mod update_webhook_endpoint;

edge::operations! {
    /// Creates a webhook endpoint and shows its signing secret once.
    create_webhook_endpoint: POST "/v1/webhook-endpoints" needs HoldsWithCode(WebhooksWrite);
    /// Lists the account's webhook endpoints.
    list_webhook_endpoints: GET "/v1/webhook-endpoints" needs Holds(WebhooksRead);
    /// Shows a webhook endpoint without its secret.
    find_webhook_endpoint: GET "/v1/webhook-endpoints/{id}" needs Holds(WebhooksRead);
    /// Changes url, events, description or status of a webhook endpoint.
    update_webhook_endpoint: PATCH "/v1/webhook-endpoints/{id}" needs HoldsWithCode(WebhooksWrite);
    /// Deletes a webhook endpoint; Trilho cancels its waiting deliveries.
    delete_webhook_endpoint: DELETE "/v1/webhook-endpoints/{id}" needs Holds(WebhooksWrite);
    /// Gives a webhook endpoint a new signing secret; the old one also signs during the overlap.
    rotate_webhook_secret: POST "/v1/webhook-endpoints/{id}/rotate" needs HoldsWithCode(WebhooksWrite);
    /// Sends a test event to a webhook endpoint, in the same way as every event.
    test_webhook_endpoint: POST "/v1/webhook-endpoints/{id}/test" needs Holds(WebhooksWrite);
    /// Sends past events to a webhook endpoint again, up to 500 a minute.
    replay_webhook_endpoint: POST "/v1/webhook-endpoints/{id}/replay" needs Holds(WebhooksWrite);
    /// Lists events with masked payers: newest first, or in their order to recover after an outage.
    list_events: GET "/v1/events" needs Holds(WebhooksRead);
    /// Shows an event in the form that endpoints receive.
    find_event: GET "/v1/events/{id}" needs Holds(WebhooksRead);
    /// Delivers an event again, to one endpoint or to all that subscribe to its type.
    redeliver_event: POST "/v1/events/{id}/redeliver" needs Holds(WebhooksWrite);
    /// Lists deliveries with their attempts, newest first.
    list_deliveries: GET "/v1/deliveries" needs Holds(WebhooksRead);
    /// Shows a delivery with its attempts.
    find_delivery: GET "/v1/deliveries/{id}" needs Holds(WebhooksRead);
}
