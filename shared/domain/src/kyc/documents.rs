//! The documents of a KYC request: announced or written, inspected, and decided.

use crate::event::{Event, EventType, Lifecycle};
use crate::file::{AcceptedFile, FileInspection, FileRejection, InspectionStart};
use crate::kernel::{Code, Error, Flaw, Id, KycDocumentId, Moment};
use crate::kyc::{
    KycAnswer, KycDocument, KycDocumentKind, KycDocumentStatus, KycFile, KycForm, KycRejection,
    KycRequest, KycRequirement, KycVerdict, NewKycFile,
};
use brazil::local_date;
use jiff::civil::Date;

/// Most documents of a request. The limit exists because they are part of its row.
pub const KYC_DOCUMENTS_MAX: usize = 20;
/// Characters of the longest text that is a document.
pub const KYC_TEXT_LENGTH_MAX: usize = 1_000;

impl KycRequest {
    /// Announces a file, and returns its document. A file that was announced before is the same document, so
    /// a request that is repeated adds none; one that was rejected is another document.
    ///
    /// # Errors
    /// `Invalid` for a kind, form or date that the request does not take, `kyc_request_state` unless it waits
    /// for the account, `kyc_limit` for one document too many.
    pub fn add_file(&mut self, new: NewKycFile, moment: &Moment) -> Result<KycDocument, Error> {
        let requirement = self.requirement(new.kind, KycForm::File)?;
        check_age(requirement, new.issued_on, local_date(moment.now))?;
        self.require_turn_of_account("given documents", moment.now)?;
        let is_same = |document: &&KycDocument| {
            document.status() != KycDocumentStatus::Rejected
                && document.kind == new.kind
                && document.issued_on == new.issued_on
                && document.file().is_some_and(|file| is_file(file, &new))
        };
        if let Some(same) = self.documents.iter().find(is_same) {
            return Ok(same.clone());
        }
        let file = KycFile {
            content_type: new.content_type,
            size_bytes: new.size_bytes,
            sha256: new.sha256,
            inspection: FileInspection::default(),
        };
        self.add(new.kind, KycAnswer::File(file), new.issued_on, moment)
    }

    /// Adds a sealed text, and returns its document.
    ///
    /// # Errors
    /// Those of [`KycRequest::add_file`].
    pub fn answer(
        &mut self,
        kind: KycDocumentKind,
        sealed: String,
        moment: &Moment,
    ) -> Result<KycDocument, Error> {
        self.requirement(kind, KycForm::Text)?;
        self.require_turn_of_account("answered", moment.now)?;
        self.add(kind, KycAnswer::Text(sealed), None, moment)
    }

    /// Decides about a document that compliance examines, and returns the event.
    ///
    /// # Errors
    /// `NotFound` for another document, `kyc_request_state` unless both the request and the document are in
    /// review.
    pub fn decide_document(
        &mut self,
        id: KycDocumentId,
        rejection: Option<KycRejection>,
        moment: &Moment,
    ) -> Result<Event, Error> {
        self.require_in_review("decided")?;
        let document = self.documents.iter_mut().find(|document| document.id == id);
        let document = document.ok_or(Error::NotFound("KYC document"))?;
        let status = document.status();
        if status != KycDocumentStatus::InReview {
            let detail = format!("the document is {} and cannot be decided", status.as_str());
            return Err(Error::conflict(Code::KycRequestState, detail));
        }
        document.verdict = Some(KycVerdict { rejection, at: moment.now });
        let kind = self.remain(match rejection {
            None => EventType::KycDocumentApproved,
            Some(_) => EventType::KycDocumentRejected,
        })?;
        self.event(kind, moment).ok_or_else(|| Error::internal("a decision has an event"))
    }

    /// Returns a document.
    pub fn document(&self, id: KycDocumentId) -> Option<&KycDocument> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// Begins the inspection of an uploaded file. Returns the file, and what to do with it; `None` if the
    /// request does not have it.
    pub fn begin_inspection(&mut self, id: KycDocumentId) -> Option<(KycFile, InspectionStart)> {
        let file = self.file_mut(id)?;
        let start = file.inspection.begin();
        Some((file.clone(), start))
    }

    /// Takes back an inspection that could not be carried out.
    pub fn release_inspection(&mut self, id: KycDocumentId) {
        if let Some(file) = self.file_mut(id) {
            file.inspection.release();
        }
    }

    /// Takes back an inspection whose file is not in the bucket, so that the account uploads it again.
    pub fn await_upload(&mut self, id: KycDocumentId) {
        if let Some(file) = self.file_mut(id) {
            file.inspection.await_upload();
        }
    }

    /// Records the result of an inspection. Returns `None` if the file has a result, or if it is gone. A
    /// rejection has an event while the request is open; the next step of an accepted file is compliance.
    pub fn end_inspection(
        &mut self,
        id: KycDocumentId,
        result: Result<AcceptedFile, FileRejection>,
        moment: &Moment,
    ) -> Result<Option<Vec<Event>>, Error> {
        let is_rejected = result.is_err();
        let Some(file) = self.file_mut(id) else { return Ok(None) };
        if !file.inspection.end(result, moment.now) {
            return Ok(None);
        }
        if !is_rejected || self.status.is_ended() {
            return Ok(Some(Vec::new()));
        }
        let kind = self.remain(EventType::KycDocumentRejected)?;
        Ok(Some(self.event(kind, moment).into_iter().collect()))
    }

    fn file_mut(&mut self, id: KycDocumentId) -> Option<&mut KycFile> {
        self.documents.iter_mut().find(|document| document.id == id)?.file_mut()
    }

    fn requirement(&self, kind: KycDocumentKind, form: KycForm) -> Result<&KycRequirement, Error> {
        let found = self.requirements.iter().find(|requirement| requirement.kind == kind);
        let requirement = found.ok_or_else(|| {
            Error::invalid("kind", Flaw::UnknownValue, "the request does not demand this document")
        })?;
        if !requirement.forms.contains(&form) {
            let detail = format!("the request does not take this document as a {}", form.as_str());
            return Err(Error::invalid("kind", Flaw::UnknownValue, detail));
        }
        Ok(requirement)
    }

    /// Adds a document. If there is no room, the oldest file that was never uploaded, or that an inspection
    /// rejected, makes some: compliance saw neither.
    fn add(
        &mut self,
        kind: KycDocumentKind,
        answer: KycAnswer,
        issued_on: Option<Date>,
        moment: &Moment,
    ) -> Result<KycDocument, Error> {
        let is_unseen = |document: &KycDocument| {
            let status = document.status();
            status == KycDocumentStatus::Requested
                || (status == KycDocumentStatus::Rejected && document.verdict.is_none())
        };
        if self.documents.len() >= KYC_DOCUMENTS_MAX
            && let Some(index) = self.documents.iter().position(is_unseen)
        {
            self.documents.remove(index);
        }
        if self.documents.len() >= KYC_DOCUMENTS_MAX {
            let detail =
                format!("a KYC request can have {KYC_DOCUMENTS_MAX} documents, and it has them");
            return Err(Error::conflict(Code::KycLimit, detail));
        }
        let (id, created_at) = (KycDocumentId::mint(moment), moment.now);
        let document = KycDocument { id, kind, answer, issued_on, verdict: None, created_at };
        self.documents.push(document.clone());
        Ok(document)
    }
}

fn is_file(file: &KycFile, new: &NewKycFile) -> bool {
    file.content_type == new.content_type
        && file.size_bytes == new.size_bytes
        && file.sha256 == new.sha256
}

/// Requires the day of issue of a document that may not be old, and that it is not too old.
fn check_age(
    requirement: &KycRequirement,
    issued_on: Option<Date>,
    today: Date,
) -> Result<(), Error> {
    let field = "issued_on";
    if issued_on.is_some_and(|date| date > today) {
        return Err(Error::invalid(field, Flaw::OutOfRange, "the day is in the future"));
    }
    let Some(days) = requirement.max_age_days else { return Ok(()) };
    let Some(issued_on) = issued_on else {
        let detail = format!("the document may have at most {days} days; send its day of issue");
        return Err(Error::invalid(field, Flaw::Required, detail));
    };
    let age = today.since(issued_on).map_err(Error::internal)?.get_days();
    if age > i32::from(days) {
        let detail = format!("the document has {age} days, and at most {days} are allowed");
        return Err(Error::invalid(field, Flaw::OutOfRange, detail));
    }
    Ok(())
}
