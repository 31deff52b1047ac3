//! `POST /v1/disputes/{id}/evidence`: announce a file of evidence and get a link that uploads it.

use domain::dispute::{Dispute, EvidenceKind, EvidenceView, NewEvidence};
use domain::file::FileMediaType;
use domain::kernel::Error;
use edge::{
    Call, Created, FileKey, FileUpload, Outcome, UploadTerms, fields, sha256_bytes, upload_flaws,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Store, Writes};

/// Maximum number of characters of the name of a file.
const FILE_NAME_LENGTH_MAX: usize = 200;

/// A file of evidence to upload.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewEvidence",
    extend("examples" = [{
        "kind": "delivery_proof",
        "file_name": "canhoto.pdf",
        "content_type": "application/pdf",
        "size_bytes": 48213,
        "sha256": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
    }])
)]
pub struct EvidenceInput {
    /// What the file shows.
    kind: EvidenceKind,
    /// Name of the file; up to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    file_name: String,
    /// Media type.
    content_type: FileMediaType,
    /// Size in bytes, up to 10 MB.
    #[schemars(range(min = 1, max = 10_485_760_u64))]
    size_bytes: u64,
    /// SHA-256 of the file, 64 hexadecimal digits in lower case.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    sha256: String,
}

/// A file of evidence with the link that uploads it.
#[derive(Serialize, JsonSchema)]
#[schemars(
    rename = "EvidenceWithUpload",
    extend("examples" = [{
        "id": "evd_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9",
        "kind": "delivery_proof",
        "file_name": "canhoto.pdf",
        "content_type": "application/pdf",
        "size_bytes": 48213,
        "sha256": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
        "inspection": { "status": "requested", "accepted": null, "rejection": null, "inspected_at": null },
        "created_at": "2026-11-23T12:00:00.000Z",
        "upload": {
            "method": "PUT",
            "url": "https://files.example.com/evidence?X-Amz-Signature=EXAMPLE",
            "headers": [{ "name": "content-type", "value": "application/pdf" }],
            "expires_at": "2026-11-23T12:15:00.000Z",
        },
    }])
)]
pub struct UploadableEvidence {
    /// The file.
    #[serde(flatten)]
    evidence: EvidenceView,
    /// The link.
    upload: FileUpload,
}

/// Stores the file in the row of the dispute and signs the link. The same file gets the same id and a new link, so a
/// request can be repeated. The link uploads only a file of this size, type and checksum.
pub async fn handle(
    store: &Store,
    call: Call<EvidenceInput, Dispute>,
) -> Result<Outcome<Created<UploadableEvidence>>, Error> {
    let new = check(&call.input)?;
    let mut dispute = call.target.clone();
    let evidence = dispute.add_evidence(new, &call.moment)?;
    let terms = UploadTerms {
        content_type: evidence.content_type.as_str(),
        bytes: evidence.size_bytes,
        sha256: sha256_bytes(&evidence.sha256)?,
    };
    let key = FileKey::evidence(dispute.account_id, dispute.id, evidence.id);
    let upload = FileUpload::from(call.upload_link(&key, terms).await?);
    let view = UploadableEvidence { evidence: EvidenceView::full(&evidence), upload };
    call.commit(store, Writes::default().replace(&dispute), Created(view)).await
}

fn check(input: &EvidenceInput) -> Result<NewEvidence, Error> {
    let name = fields::text("file_name", Some(&input.file_name), FILE_NAME_LENGTH_MAX);
    let upload = upload_flaws(input.size_bytes, &input.sha256);
    let violations: Vec<_> = name.into_iter().chain(upload).collect();
    if !violations.is_empty() {
        return Err(Error::Invalid(violations));
    }
    Ok(NewEvidence {
        kind: input.kind,
        file_name: input.file_name.clone(),
        content_type: input.content_type,
        size_bytes: input.size_bytes,
        sha256: input.sha256.clone(),
    })
}
