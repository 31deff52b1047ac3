//! `GET /v1/statement-exports/{id}`: show how far a file is and where to fetch it.

use domain::{Error, ExportView, StatementExport};
use edge::{Call, Found, NoInput};
use store::Store;

/// Shows it.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, StatementExport>,
) -> Result<Found<ExportView>, Error> {
    Ok(Found(ExportView::from(&call.target)))
}
