//! Builds the signed request: the event in its API form, its id, the time, the signatures.

use domain::event::{Event, EventView};
use domain::kernel::Error;
use domain::webhook::Endpoint;
use gate::{DestinationScope, Peppers, WebhookUrl, signing_context};
use jiff::Timestamp;
use standardwebhooks::Webhook;

use crate::egress::OutboundRequest;

/// Returns the addresses that deliveries of this deployment may go to.
pub(crate) fn destination_scope(loopback: bool) -> DestinationScope {
    if loopback { DestinationScope::Loopback } else { DestinationScope::Public }
}

/// Signs an event for an endpoint with every secret that is valid at `now`. The receiver compares
/// `sent_at` with its clock, so each attempt has new signatures.
pub(crate) fn request<'a>(
    destination: &'a WebhookUrl,
    endpoint: &Endpoint,
    event: &Event,
    peppers: &Peppers,
    now: Timestamp,
    sent_at: Timestamp,
) -> Result<OutboundRequest<'a>, Error> {
    let body = serde_json::to_vec(&EventView::from(event)).map_err(Error::internal)?;
    let (id, seconds) = (event.id.to_string(), sent_at.as_second());
    let context = signing_context(endpoint.account_id, endpoint.id);
    let mut signatures = Vec::new();
    for secret in endpoint.signing_secrets(now) {
        let secret = peppers.open(&context, &secret.sealed)?;
        let secret = std::str::from_utf8(&secret).map_err(Error::internal)?;
        let webhook = Webhook::new(secret).map_err(|_| unusable())?;
        signatures.push(webhook.sign(&id, seconds, &body).map_err(|_| unusable())?);
    }
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signatures.join(" ")),
    ];
    Ok(OutboundRequest { destination, headers, body })
}

/// Returns an error that contains nothing of the secret.
fn unusable() -> Error {
    Error::internal("a signing secret cannot be used")
}
