//! `GET /v1/statement-exports/{id}`: show a statement export and the link to its file.

use domain::kernel::Error;
use domain::statement::{DownloadView, ExportStatus, ExportView, StatementExport};
use edge::{Call, FileKey, NoInput, OkJson};
use store::Store;

/// Shows the export. Each answer has a new link to the file of the caller's own account, and
/// nothing stores it.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, StatementExport>,
) -> Result<OkJson<ExportView>, Error> {
    let export = &call.target;
    let mut view = ExportView::from(export);
    if let Some(file) = export.file.as_ref().filter(|_| export.status == ExportStatus::Ready) {
        let format = export.request.format;
        let key = FileKey::statement(call.account_id(), export.id, format.extension());
        let link = call.link(&key, &file.name, format.content_type()).await?;
        let url = link.url.expose().to_owned();
        view.download = Some(DownloadView { url, expires_at: link.expires_at });
    }
    Ok(OkJson(view))
}
