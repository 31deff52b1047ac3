//! `GET /v1/api-keys/{id}`: show an API key without its secret.

use domain::access::ApiKey;
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use store::Store;

use crate::key_view::KeyView;

/// Shows the key.
pub async fn handle(_: &Store, call: Call<NoInput, ApiKey>) -> Result<OkJson<KeyView>, Error> {
    Ok(OkJson(KeyView::from(&call.target)))
}
