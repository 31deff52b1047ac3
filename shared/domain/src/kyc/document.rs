//! A document of a KYC request, and what compliance decides about it.

use crate::file::FileStatus;
use crate::kernel::{KycDocumentId, string_enum};
use crate::kyc::{KycDocumentKind, KycFile, KycForm};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Status of a KYC document.
    KycDocumentStatus {
        /// The file was announced, and its upload did not arrive yet.
        Requested = "requested",
        /// The upload arrived, and its content is inspected.
        Inspecting = "inspecting",
        /// The document waits for compliance.
        InReview = "in_review",
        /// Compliance approved the document.
        Approved = "approved",
        /// Compliance or the inspection rejected the document.
        Rejected = "rejected",
    }
}

string_enum! {
    /// Reason for which compliance rejects a document.
    KycRejection {
        /// The document cannot be read.
        Illegible = "illegible",
        /// The document is no longer valid.
        Expired = "expired",
        /// The document is about another person or company.
        WrongPerson = "wrong_person",
        /// A part of the document is missing.
        Incomplete = "incomplete",
        /// The document is older than the request allows.
        TooOld = "too_old",
        /// The document is not what was requested.
        WrongKind = "wrong_kind",
        /// The document does not explain the payout.
        Unconvincing = "unconvincing",
        /// The document seems altered.
        Altered = "altered",
    }
}

/// The decision of compliance about a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycVerdict {
    /// Reason of a rejection; `None` for an approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<KycRejection>,
    /// Time of the decision.
    pub at: Timestamp,
}

/// What a document consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KycAnswer {
    /// A file.
    File(KycFile),
    /// A sealed text.
    Text(String),
}

/// A document as it is stored in its request. A rejected one stays, and the next one is another document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycDocument {
    /// Id of the document, which is part of the key of its file.
    pub id: KycDocumentId,
    /// Kind of the document.
    pub kind: KycDocumentKind,
    /// File or text.
    pub answer: KycAnswer,
    /// Day on which the document was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<Date>,
    /// Decision of compliance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<KycVerdict>,
    /// Time at which the account announced the document.
    pub created_at: Timestamp,
}

impl KycDocument {
    /// Returns the status: of a file without a decision that of its inspection.
    pub fn status(&self) -> KycDocumentStatus {
        match (&self.verdict, &self.answer) {
            (Some(verdict), _) if verdict.rejection.is_none() => KycDocumentStatus::Approved,
            (Some(_), _) => KycDocumentStatus::Rejected,
            (None, KycAnswer::Text(_)) => KycDocumentStatus::InReview,
            (None, KycAnswer::File(file)) => match file.inspection.status {
                FileStatus::Requested => KycDocumentStatus::Requested,
                FileStatus::Inspecting => KycDocumentStatus::Inspecting,
                FileStatus::Accepted => KycDocumentStatus::InReview,
                FileStatus::Rejected => KycDocumentStatus::Rejected,
            },
        }
    }

    /// Returns the form of the document.
    pub fn form(&self) -> KycForm {
        match &self.answer {
            KycAnswer::File(_) => KycForm::File,
            KycAnswer::Text(_) => KycForm::Text,
        }
    }

    /// Returns the file. Returns `None` for a text.
    pub fn file(&self) -> Option<&KycFile> {
        match &self.answer {
            KycAnswer::File(file) => Some(file),
            KycAnswer::Text(_) => None,
        }
    }

    /// Returns the sealed text. Returns `None` for a file.
    pub fn sealed_text(&self) -> Option<&str> {
        match &self.answer {
            KycAnswer::Text(sealed) => Some(sealed),
            KycAnswer::File(_) => None,
        }
    }

    pub(super) fn file_mut(&mut self) -> Option<&mut KycFile> {
        match &mut self.answer {
            KycAnswer::File(file) => Some(file),
            KycAnswer::Text(_) => None,
        }
    }
}
