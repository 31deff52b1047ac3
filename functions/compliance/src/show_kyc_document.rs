//! `compliance.show_kyc_document`: make a link to a file of a KYC request.

use command::{CommandFailure, Invocation, OperatorTrail};
use domain::access::AuditAction;
use domain::file::{FileMediaType, FileStatus};
use domain::kernel::{Error, KycDocumentId};
use files::{FileKey, UploadTarget, VIEW_LIFETIME};
use jiff::Timestamp;
use runtime::{App, FILES};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Writes;

use crate::request::{document_id, find_request, ids, no_such_document};

/// The document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowKycDocumentInput {
    account_id: String,
    kyc_request_id: String,
    document_id: String,
}

/// The link to the inspected copy.
#[derive(Serialize)]
pub struct KycDocumentLink {
    document_id: KycDocumentId,
    /// URL that answers a GET with the file as an attachment.
    url: String,
    /// Time at which the link expires.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    expires_at: Timestamp,
}

/// Signs a link to the inspected copy for five minutes, and writes a line into the audit trail. The file comes
/// as an attachment of another origin and as bytes without a type, so that no browser shows it in a page.
pub async fn handle(
    app: &App,
    invocation: Invocation<ShowKycDocumentInput>,
) -> Result<KycDocumentLink, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let (account_id, id) = ids(&input.account_id, &input.kyc_request_id)?;
    let document_id = document_id(&input.document_id)?;
    let request = find_request(app, (account_id, id)).await?;
    let document = request.document(document_id).ok_or_else(no_such_document)?;
    let file = document.file().filter(|file| file.inspection.status == FileStatus::Accepted);
    let Some(file) = file else {
        let sentence = "document_id: the document has no inspected file; see show_kyc_request";
        return Err(CommandFailure::refused("kyc_request_state", sentence));
    };
    let target = UploadTarget::KycDocument { account_id, request_id: id, document_id };
    let missing = || Error::internal(format!("{FILES} is not set"));
    let links = app.links.as_ref().ok_or_else(missing)?;
    let name = format!("{document_id}.{}", extension(file.content_type));
    let key = FileKey::accepted(target);
    let content_type = "application/octet-stream";
    let link = links.link_for(VIEW_LIFETIME, &key, &name, content_type, moment.now).await?;
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let after = json!({ "kyc_request_id": id, "kind": document.kind });
    let line = trail.line(AuditAction::KycDocumentViewed, document_id, Value::Null, after);
    app.store.commit(Writes::default().create(&line), &moment).await?;
    let (url, expires_at) = (link.url.expose().to_owned(), link.expires_at);
    Ok(KycDocumentLink { document_id, url, expires_at })
}

fn extension(media_type: FileMediaType) -> &'static str {
    match media_type {
        FileMediaType::Pdf => "pdf",
        FileMediaType::Jpeg => "jpg",
        FileMediaType::Png => "png",
    }
}
