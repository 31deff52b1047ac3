//! `GET /docs/errors`: explain what each error code means and what to do.

use domain::kernel::Error;
use edge::{NoInput, PublicRequest, TextFile};
use store::Store;

const CODES: &str = include_str!("../../../docs/errors.md");

/// Returns the file.
pub async fn handle(_: &Store, _: PublicRequest<NoInput>) -> Result<TextFile, Error> {
    Ok(TextFile(CODES))
}
