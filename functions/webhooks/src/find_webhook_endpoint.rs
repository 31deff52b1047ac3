//! `GET /v1/webhook-endpoints/{id}`: show an endpoint.

use domain::kernel::Error;
use domain::webhook::{Endpoint, EndpointView};
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the endpoint without its secret.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, Endpoint>,
) -> Result<OkJson<EndpointView>, Error> {
    Ok(OkJson(EndpointView::from(&call.target)))
}
