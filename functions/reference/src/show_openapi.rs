//! `GET /openapi.json`: the document of the API, as it was when the function was built.

use domain::kernel::Error;
use edge::{JsonFile, NoInput, PublicRequest};
use store::Store;

/// Made from the tables of operations and committed; a test holds it to them.
const DOCUMENT: &str = include_str!("../../../infra/openapi.json");

/// Shows the file.
pub async fn handle(_: &Store, _: PublicRequest<NoInput>) -> Result<JsonFile, Error> {
    Ok(JsonFile(DOCUMENT))
}
