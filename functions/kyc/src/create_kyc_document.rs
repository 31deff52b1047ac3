//! `POST /v1/kyc-requests/{id}/documents`: announce a file for a KYC request and get a link that uploads it.

use domain::file::FileMediaType;
use domain::kernel::Error;
use domain::kyc::{KycDocumentKind, KycDocumentView, KycRequest, NewKycFile};
use edge::{Call, Created, FileKey, FileUpload, Outcome, UploadTerms, sha256_bytes, upload_flaws};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Store, Writes};

/// A file of a KYC request to upload.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewKycDocument",
    extend("examples" = [{
        "kind": "payout_purpose",
        "content_type": "application/pdf",
        "size_bytes": 48213,
        "sha256": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
    }])
)]
pub struct KycDocumentInput {
    /// Kind of the document; the request must take it as a file.
    kind: KycDocumentKind,
    /// Day on which the document was issued; required if the request names a maximum age.
    issued_on: Option<Date>,
    /// Media type.
    content_type: FileMediaType,
    /// Size in bytes, up to 10 MB.
    #[schemars(range(min = 1, max = 10_485_760_u64))]
    size_bytes: u64,
    /// SHA-256 of the file, 64 hexadecimal digits in lower case.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    sha256: String,
}

/// A document with the link that uploads its file.
#[derive(Serialize, JsonSchema)]
#[schemars(
    rename = "KycDocumentWithUpload",
    extend("examples" = [{
        "id": "doc_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9",
        "kind": "payout_purpose",
        "form": "file",
        "status": "requested",
        "rejection": null,
        "decided_at": null,
        "file": {
            "content_type": "application/pdf",
            "size_bytes": 48213,
            "sha256": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
            "inspection": { "status": "requested", "accepted": null, "rejection": null, "inspected_at": null },
        },
        "text": null,
        "issued_on": null,
        "created_at": "2026-11-23T12:00:00.000Z",
        "upload": {
            "method": "PUT",
            "url": "https://files.example.com/kyc?X-Amz-Signature=EXAMPLE",
            "headers": [{ "name": "content-type", "value": "application/pdf" }],
            "expires_at": "2026-11-23T12:15:00.000Z",
        },
    }])
)]
pub struct UploadableKycDocument {
    /// The document.
    #[serde(flatten)]
    document: KycDocumentView,
    /// The link.
    upload: FileUpload,
}

/// Stores the document in the row of the request and signs the link. The same file gets the same id and a new
/// link, so a request can be repeated. The link uploads only a file of this size, type and checksum, and the
/// file counts only once it was inspected.
pub async fn handle(
    store: &Store,
    call: Call<KycDocumentInput, KycRequest>,
) -> Result<Outcome<Created<UploadableKycDocument>>, Error> {
    let input = &call.input;
    let flaws = upload_flaws(input.size_bytes, &input.sha256);
    if !flaws.is_empty() {
        return Err(Error::Invalid(flaws));
    }
    let new = NewKycFile {
        kind: input.kind,
        issued_on: input.issued_on,
        content_type: input.content_type,
        size_bytes: input.size_bytes,
        sha256: input.sha256.clone(),
    };
    let mut request = call.target.clone();
    let document = request.add_file(new, &call.moment)?;
    let terms = UploadTerms {
        content_type: input.content_type.as_str(),
        bytes: input.size_bytes,
        sha256: sha256_bytes(&input.sha256)?,
    };
    let key = FileKey::kyc_document(request.account_id, request.id, document.id);
    let upload = FileUpload::from(call.upload_link(&key, terms).await?);
    let view = UploadableKycDocument { document: KycDocumentView::from(&document), upload };
    call.commit(store, Writes::default().replace(&request), Created(view)).await
}
