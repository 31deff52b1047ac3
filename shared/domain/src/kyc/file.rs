//! A document that an account gives as a file.

use crate::file::{FileInspection, FileInspectionView, FileMediaType};
use crate::kyc::KycDocumentKind;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file that the account announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKycFile {
    /// Kind of the document.
    pub kind: KycDocumentKind,
    /// Day on which the document was issued, if the request asks for it.
    pub issued_on: Option<Date>,
    /// Media type.
    pub content_type: FileMediaType,
    /// Size in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the file, 64 hexadecimal digits in lower case.
    pub sha256: String,
}

/// A file as it is stored in its document. It has no name of its own, because names can name people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycFile {
    /// Media type.
    pub content_type: FileMediaType,
    /// Size in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the file, 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// Inspection of the upload.
    #[serde(default)]
    pub inspection: FileInspection,
}

/// The file of a KYC document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "KycFile")]
pub struct KycFileView {
    /// Media type.
    pub content_type: FileMediaType,
    /// Size of the upload in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the upload.
    pub sha256: String,
    /// Inspection of the upload. Only an accepted file counts.
    pub inspection: FileInspectionView,
}

impl From<&KycFile> for KycFileView {
    fn from(file: &KycFile) -> Self {
        Self {
            content_type: file.content_type,
            size_bytes: file.size_bytes,
            sha256: file.sha256.clone(),
            inspection: FileInspectionView::from(&file.inspection),
        }
    }
}
