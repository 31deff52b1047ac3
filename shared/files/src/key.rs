//! The name of a file in the bucket.

use std::fmt;

use domain::kernel::{AccountId, DisputeId, EvidenceId, ExportId, Id, KycDocumentId, KycRequestId};

/// The object whose file a customer uploaded, read from the name of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadTarget {
    /// A file of evidence.
    Evidence {
        /// Account of the dispute.
        account_id: AccountId,
        /// Dispute of the file.
        dispute_id: DisputeId,
        /// Id of the file.
        evidence_id: EvidenceId,
    },
    /// A file of a KYC request.
    KycDocument {
        /// Account of the request.
        account_id: AccountId,
        /// Request of the file.
        request_id: KycRequestId,
        /// Id of the document.
        document_id: KycDocumentId,
    },
}

/// The name of a file: `statements/<account>/<export>.<extension>`, `evidence/<account>/<dispute>/<evidence>` for an
/// upload, or `evidence_accepted/...` for its inspected copy; `kyc/` and `kyc_accepted/` for documents. It always
/// has the account. Links upload only to the first of the two names, so no upload changes an inspected copy.
/// Callers take the account from the credential, so they cannot name a file of another account
/// (fault row 99). Roles get their rights by the first part (infra/access.toml).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileKey(String);

impl FileKey {
    /// Returns the name of the file of a statement export. The extension comes from our own code,
    /// never from a request.
    ///
    /// # Panics
    /// If the extension has other characters than lower-case letters and digits.
    pub fn statement(account_id: AccountId, export_id: ExportId, extension: &'static str) -> Self {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        assert!(
            !extension.is_empty() && extension.bytes().all(plain),
            "{extension:?} is not an extension"
        );
        Self(format!("statements/{account_id}/{export_id}.{extension}"))
    }

    /// Returns the name of a file of evidence. It has no extension, because its media type is that of the upload.
    pub fn evidence(account_id: AccountId, dispute_id: DisputeId, evidence_id: EvidenceId) -> Self {
        Self(format!("evidence/{account_id}/{dispute_id}/{evidence_id}"))
    }

    /// Returns the name of a file of a KYC request.
    pub fn kyc_document(
        account_id: AccountId,
        request_id: KycRequestId,
        document_id: KycDocumentId,
    ) -> Self {
        Self(format!("kyc/{account_id}/{request_id}/{document_id}"))
    }

    /// Returns the name of the inspected copy of an uploaded file.
    pub fn accepted(target: UploadTarget) -> Self {
        match target {
            UploadTarget::Evidence { account_id, dispute_id, evidence_id } => {
                Self(format!("evidence_accepted/{account_id}/{dispute_id}/{evidence_id}"))
            }
            UploadTarget::KycDocument { account_id, request_id, document_id } => {
                Self(format!("kyc_accepted/{account_id}/{request_id}/{document_id}"))
            }
        }
    }

    /// Returns the name of an uploaded file.
    pub fn upload(target: UploadTarget) -> Self {
        match target {
            UploadTarget::Evidence { account_id, dispute_id, evidence_id } => {
                Self::evidence(account_id, dispute_id, evidence_id)
            }
            UploadTarget::KycDocument { account_id, request_id, document_id } => {
                Self::kyc_document(account_id, request_id, document_id)
            }
        }
    }

    /// Returns the key for S3. It has letters, digits, `_`, `.` and `/`, which a URL does not
    /// escape.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl UploadTarget {
    /// Reads the name of an uploaded file; returns `None` for every other name, also for that of a copy.
    pub fn read(key: &str) -> Option<Self> {
        let parts: Vec<_> = key.split('/').collect();
        match *parts.as_slice() {
            ["evidence", account, dispute, evidence] => Some(Self::Evidence {
                account_id: AccountId::parse(account).ok()?,
                dispute_id: DisputeId::parse(dispute).ok()?,
                evidence_id: EvidenceId::parse(evidence).ok()?,
            }),
            ["kyc", account, request, document] => Some(Self::KycDocument {
                account_id: AccountId::parse(account).ok()?,
                request_id: KycRequestId::parse(request).ok()?,
                document_id: KycDocumentId::parse(document).ok()?,
            }),
            _ => None,
        }
    }
}

impl fmt::Display for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;

    fn key(extension: &'static str) -> FileKey {
        let account_id = AccountId::from_ulid(Ulid::from_parts(1_795_000_000_000, 7));
        FileKey::statement(account_id, ExportId::from_ulid(Ulid::from_parts(1, 1)), extension)
    }

    #[test]
    fn a_key_begins_with_its_kind_and_its_account() {
        let expected =
            "statements/acc_01M7Q5CQG00000000000000007/exp_00000000010000000000000001.csv";
        assert_eq!(key("csv").as_str(), expected);
    }

    /// Fault row 214.
    #[test]
    fn only_the_name_of_an_upload_leads_to_its_object() {
        let ids = [1, 2, 3].map(|number| Ulid::from_parts(1, number));
        let (account_id, dispute_id) = (AccountId::from_ulid(ids[0]), DisputeId::from_ulid(ids[1]));
        let evidence_id = EvidenceId::from_ulid(ids[2]);
        let (request_id, document_id) =
            (KycRequestId::from_ulid(ids[1]), KycDocumentId::from_ulid(ids[2]));
        let evidence = UploadTarget::Evidence { account_id, dispute_id, evidence_id };
        let document = UploadTarget::KycDocument { account_id, request_id, document_id };
        for target in [evidence, document] {
            let (upload, copy) = (FileKey::upload(target), FileKey::accepted(target));
            assert_eq!(UploadTarget::read(upload.as_str()), Some(target));
            for other in [copy.as_str(), &format!("{upload}/")] {
                assert_eq!(UploadTarget::read(other), None, "{other}");
            }
        }
        let swapped = format!("evidence/{dispute_id}/{account_id}/{evidence_id}");
        let mixed = format!("kyc/{account_id}/{dispute_id}/{evidence_id}");
        for other in [key("csv").as_str(), &swapped, &mixed, "evidence", ""] {
            assert_eq!(UploadTarget::read(other), None, "{other}");
        }
    }

    #[test]
    #[should_panic(expected = "is not an extension")]
    fn an_extension_leads_nowhere_else() {
        key("csv/../..");
    }
}
