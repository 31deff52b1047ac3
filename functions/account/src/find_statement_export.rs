//! `GET /v1/statement-exports/{id}`: show how far a file is and where to fetch it.

use domain::kernel::Error;
use domain::statement::{DownloadView, ExportStatus, ExportView, StatementExport};
use edge::{Call, FileKey, Found, NoInput};
use store::Store;

/// Shows it. The link is made anew each time, for the file of the caller's own account, and is nowhere
/// but in this answer.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, StatementExport>,
) -> Result<Found<ExportView>, Error> {
    let export = &call.target;
    let mut view = ExportView::from(export);
    if let Some(file) = export.file.as_ref().filter(|_| export.status == ExportStatus::Ready) {
        let format = export.asked.format;
        let key = FileKey::statement(call.account_id(), export.id, format.extension());
        let link = call.link(&key, &file.name, format.content_type()).await?;
        let url = link.url.expose().to_owned();
        view.download = Some(DownloadView { url, expires_at: link.expires_at });
    }
    Ok(Found(view))
}
