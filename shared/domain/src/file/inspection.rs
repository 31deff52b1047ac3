//! The inspection of an uploaded file, from its announcement to its acceptance or rejection.
//!
//! It is part of the row of the object that has the file. Two workers can inspect one file at the same time: both
//! find the same, and the version of the row lets only one of them record it. So it needs no lease.
use crate::file::FileRejection;
use crate::kernel::string_enum;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most inspections of one file that may end without a result. A file that ends its workers is then rejected.
pub const INSPECTION_ATTEMPTS_MAX: u32 = 3;

string_enum! {
    /// Status of an uploaded file.
    FileStatus {
        /// The file was announced, and its upload did not arrive yet.
        Requested = "requested",
        /// The upload arrived, and its content is inspected.
        Inspecting = "inspecting",
        /// The content was accepted; the file counts.
        Accepted = "accepted",
        /// The content was rejected; the file does not count.
        Rejected = "rejected",
    }
}

/// The file that counts: a copy of the upload, for pictures without metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcceptedFile {
    /// Size in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the file, 64 hexadecimal digits in lower case.
    pub sha256: String,
}

/// What a worker does with an upload that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InspectionStart {
    /// It inspects the file; the attempt was counted.
    Inspect,
    /// It does nothing, because an inspection has a result.
    Done,
    /// It rejects the file, because too many attempts ended without a result.
    GiveUp,
}

/// The inspection of an uploaded file as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileInspection {
    /// Status of the file.
    pub status: FileStatus,
    /// Inspections that started and had no result.
    #[serde(default)]
    attempts: u32,
    /// The file that counts, if it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<AcceptedFile>,
    /// Reason, if it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<FileRejection>,
    /// Time of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected_at: Option<Timestamp>,
}

impl Default for FileInspection {
    fn default() -> Self {
        Self {
            status: FileStatus::Requested,
            attempts: 0,
            accepted: None,
            rejection: None,
            inspected_at: None,
        }
    }
}

impl FileInspection {
    /// Begins an inspection, and counts the attempt.
    pub(crate) fn begin(&mut self) -> InspectionStart {
        if self.has_result() {
            return InspectionStart::Done;
        }
        self.status = FileStatus::Inspecting;
        if self.attempts >= INSPECTION_ATTEMPTS_MAX {
            return InspectionStart::GiveUp;
        }
        self.attempts += 1;
        InspectionStart::Inspect
    }

    /// Takes an attempt back that ended without a fault of the file, for example because the scanner did not
    /// reply.
    pub(crate) fn release(&mut self) {
        self.attempts = self.attempts.saturating_sub(1);
    }

    /// Takes an attempt back whose file was not uploaded.
    pub(crate) fn await_upload(&mut self) {
        self.release();
        if !self.has_result() {
            self.status = FileStatus::Requested;
        }
    }

    /// Records the result. The first one counts: false means that there was one, and that nothing changed.
    pub(crate) fn end(
        &mut self,
        result: Result<AcceptedFile, FileRejection>,
        now: Timestamp,
    ) -> bool {
        if self.has_result() {
            return false;
        }
        self.inspected_at = Some(now);
        match result {
            Ok(accepted) => {
                self.status = FileStatus::Accepted;
                self.accepted = Some(accepted);
            }
            Err(rejection) => {
                self.status = FileStatus::Rejected;
                self.rejection = Some(rejection);
            }
        }
        true
    }

    fn has_result(&self) -> bool {
        matches!(self.status, FileStatus::Accepted | FileStatus::Rejected)
    }
}

/// The inspection of an uploaded file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FileInspectionView {
    /// Status of the file.
    pub status: FileStatus,
    /// The file that counts, which goes on; null unless the file was accepted. Of a picture it has no metadata.
    pub accepted: Option<AcceptedFile>,
    /// Reason for which the file does not count; null unless it was rejected.
    pub rejection: Option<FileRejection>,
    /// Time of the acceptance or rejection; null until then.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub inspected_at: Option<Timestamp>,
}

impl From<&FileInspection> for FileInspectionView {
    fn from(inspection: &FileInspection) -> Self {
        Self {
            status: inspection.status,
            accepted: inspection.accepted.clone(),
            rejection: inspection.rejection,
            inspected_at: inspection.inspected_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted() -> AcceptedFile {
        AcceptedFile { size_bytes: 1, sha256: "0f".repeat(32) }
    }

    #[test]
    fn the_first_result_counts() {
        let mut inspection = FileInspection::default();
        assert_eq!(inspection.begin(), InspectionStart::Inspect);
        assert!(inspection.end(Ok(accepted()), Timestamp::UNIX_EPOCH));
        assert_eq!(inspection.status, FileStatus::Accepted);
        let before = inspection.clone();
        assert_eq!(inspection.begin(), InspectionStart::Done);
        assert!(!inspection.end(Err(FileRejection::Malware), Timestamp::UNIX_EPOCH));
        assert_eq!(inspection, before);
    }

    #[test]
    fn a_file_is_given_up_after_three_attempts_and_not_for_a_scanner() {
        let mut inspection = FileInspection::default();
        for _ in 0..10 {
            assert_eq!(inspection.begin(), InspectionStart::Inspect);
            inspection.release();
        }
        for _ in 0..INSPECTION_ATTEMPTS_MAX {
            assert_eq!(inspection.begin(), InspectionStart::Inspect);
        }
        assert_eq!(inspection.begin(), InspectionStart::GiveUp);
        assert!(inspection.end(Err(FileRejection::InspectionFailed), Timestamp::UNIX_EPOCH));
        assert_eq!(inspection.begin(), InspectionStart::Done);
    }
}
