//! `GET /receipt-keys`: the public keys of receipts, as a JWK set.

use domain::kernel::Error;
use edge::{NoInput, OkJson, PublicRequest};
use receipt::JwkSet;
use store::Store;

use crate::signing_keys::signing_keys;

/// Returns the keys of all versions: a code of any of them is genuine.
pub async fn handle(_: &Store, request: PublicRequest<NoInput>) -> Result<OkJson<JwkSet>, Error> {
    let secret = request.receipt_signing(0).await?;
    Ok(OkJson(signing_keys(&secret)?.jwk_set()))
}
