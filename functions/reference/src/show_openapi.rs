//! `GET /openapi.json`: return the OpenAPI document, as it was when the function was built.

use domain::kernel::Error;
use edge::{JsonFile, NoInput, PublicRequest};
use store::Store;

/// The committed document. A test checks that it is the one that the tables of operations make.
const DOCUMENT: &str = include_str!("../../../infra/openapi.json");

/// Returns the file.
pub async fn handle(_: &Store, _: PublicRequest<NoInput>) -> Result<JsonFile, Error> {
    Ok(JsonFile(DOCUMENT))
}
