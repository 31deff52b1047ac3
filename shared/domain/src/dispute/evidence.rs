//! Files with which an account contests a demand. The account uploads each straight to the bucket.
use crate::file::{FileInspection, FileInspectionView, FileMediaType};
use crate::kernel::{EvidenceId, string_enum};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most files of one dispute. The limit exists because they are part of the row of the dispute.
pub const EVIDENCE_MAX: usize = 20;

string_enum! {
    /// What a file of evidence shows.
    EvidenceKind {
        /// What the customer bought, and what it cost.
        Invoice = "invoice",
        /// The customer received the goods or the service.
        DeliveryProof = "delivery_proof",
        /// What the customer wrote to the account, and what the account answered.
        CustomerCommunication = "customer_communication",
        /// What the customer agreed to.
        Contract = "contract",
        /// The account gave the money back already.
        RefundProof = "refund_proof",
        /// Anything else.
        Other = "other",
    }
}

/// A file that the account announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvidence {
    /// What the file shows.
    pub kind: EvidenceKind,
    /// Name of the file at the account.
    pub file_name: String,
    /// Media type.
    pub content_type: FileMediaType,
    /// Size in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the file, 64 hexadecimal digits in lower case.
    pub sha256: String,
}

/// A file of evidence as it is stored in its dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Id of the file, which is part of its key in the bucket.
    pub id: EvidenceId,
    /// What the file shows.
    pub kind: EvidenceKind,
    /// Name of the file at the account.
    pub file_name: String,
    /// Media type.
    pub content_type: FileMediaType,
    /// Size in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the file, 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// Time at which the account announced the file.
    pub created_at: Timestamp,
    /// Inspection of the upload.
    #[serde(default)]
    pub inspection: FileInspection,
}

impl Evidence {
    /// Returns true if this is the file that the account announces.
    pub(super) fn is(&self, new: &NewEvidence) -> bool {
        self.kind == new.kind
            && self.file_name == new.file_name
            && self.content_type == new.content_type
            && self.size_bytes == new.size_bytes
            && self.sha256 == new.sha256
    }
}

/// A file of evidence.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Evidence")]
pub struct EvidenceView {
    /// Id of the file.
    pub id: EvidenceId,
    /// What the file shows.
    pub kind: EvidenceKind,
    /// Name of the file at the account. Lists and events do not have it, because it can name people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// Media type.
    pub content_type: FileMediaType,
    /// Size of the upload in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the upload.
    pub sha256: String,
    /// Inspection of the upload. Only an accepted file can be part of an answer.
    pub inspection: FileInspectionView,
    /// Time at which the account announced the file.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
}

impl EvidenceView {
    /// Returns the view with the name of the file.
    pub fn full(evidence: &Evidence) -> Self {
        Self { file_name: Some(evidence.file_name.clone()), ..Self::masked(evidence) }
    }

    /// Returns the view without the name of the file.
    pub(super) fn masked(evidence: &Evidence) -> Self {
        Self {
            id: evidence.id,
            kind: evidence.kind,
            file_name: None,
            content_type: evidence.content_type,
            size_bytes: evidence.size_bytes,
            sha256: evidence.sha256.clone(),
            inspection: FileInspectionView::from(&evidence.inspection),
            created_at: evidence.created_at,
        }
    }
}
