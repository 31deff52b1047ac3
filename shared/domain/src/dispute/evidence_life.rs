//! The files of evidence of a dispute: announced, inspected, and named by the answer.
use crate::dispute::{Dispute, DisputeStatus, EVIDENCE_MAX, Evidence, NewEvidence};
use crate::event::{EventType, Lifecycle};
use crate::file::{AcceptedFile, FileInspection, FileRejection, FileStatus, InspectionStart};
use crate::kernel::{Code, Error, EvidenceId, Flaw, Id, Moment};
use crate::ledger::Effects;

impl Dispute {
    /// Announces a file of evidence, and returns it. A file that was announced before is the same one, so a request
    /// that is repeated adds none. If there is no room, the oldest rejected file makes some.
    ///
    /// # Errors
    /// `dispute_state` and `dispute_response_closed` as for an answer, `evidence_limit` for one file too many.
    pub fn add_evidence(&mut self, new: NewEvidence, moment: &Moment) -> Result<Evidence, Error> {
        self.require_unanswered("given evidence", moment)?;
        if let Some(same) = self.evidence.iter().find(|evidence| evidence.is(&new)) {
            return Ok(same.clone());
        }
        let rejected = |it: &Evidence| it.inspection.status == FileStatus::Rejected;
        if self.evidence.len() >= EVIDENCE_MAX
            && let Some(index) = self.evidence.iter().position(rejected)
        {
            self.evidence.remove(index);
        }
        if self.evidence.len() >= EVIDENCE_MAX {
            let detail = format!("a dispute can have {EVIDENCE_MAX} files, and this one has them");
            return Err(Error::conflict(Code::EvidenceLimit, detail));
        }
        let evidence = Evidence {
            id: EvidenceId::mint(moment),
            kind: new.kind,
            file_name: new.file_name,
            content_type: new.content_type,
            size_bytes: new.size_bytes,
            sha256: new.sha256,
            created_at: moment.now,
            inspection: FileInspection::default(),
        };
        self.evidence.push(evidence.clone());
        Ok(evidence)
    }

    /// Returns the files with these ids, in their order.
    ///
    /// # Errors
    /// `Invalid` if the dispute has no such file, or if an id comes twice.
    pub fn evidence_of(&self, ids: &[EvidenceId]) -> Result<Vec<Evidence>, Error> {
        let find = |(index, id): (usize, &EvidenceId)| {
            let field = format!("evidence_ids[{index}]");
            if ids[..index].contains(id) {
                return Err(Error::invalid(field, Flaw::UnknownValue, "each file once"));
            }
            let found = self.evidence.iter().find(|evidence| evidence.id == *id).cloned();
            found.ok_or_else(|| {
                Error::invalid(field, Flaw::UnknownValue, "the dispute has no such evidence")
            })
        };
        ids.iter().enumerate().map(find).collect()
    }

    /// Requires that every file of an answer was accepted.
    pub(super) fn require_accepted(evidence: &[Evidence]) -> Result<(), Error> {
        let waiting = |it: &&Evidence| it.inspection.status != FileStatus::Accepted;
        let Some(evidence) = evidence.iter().find(waiting) else { return Ok(()) };
        let id = evidence.id;
        let detail = match evidence.inspection.status {
            FileStatus::Rejected => {
                let rejection = evidence.inspection.rejection.map_or("", FileRejection::as_str);
                format!("{id} was rejected: {rejection}; announce and upload another file")
            }
            FileStatus::Inspecting => {
                format!("{id} is inspected; repeat the request in some seconds")
            }
            FileStatus::Requested | FileStatus::Accepted => {
                format!("{id} was not uploaded yet, or its inspection did not begin")
            }
        };
        Err(Error::conflict(Code::EvidenceNotAccepted, detail))
    }

    /// Begins the inspection of an uploaded file. Returns the file, and what to do with it; `None` if the dispute
    /// does not have it.
    pub fn begin_inspection(&mut self, id: EvidenceId) -> Option<(Evidence, InspectionStart)> {
        let evidence = self.evidence.iter_mut().find(|evidence| evidence.id == id)?;
        let start = evidence.inspection.begin();
        Some((evidence.clone(), start))
    }

    /// Takes back an inspection that could not be carried out.
    pub fn release_inspection(&mut self, id: EvidenceId) {
        if let Some(evidence) = self.evidence.iter_mut().find(|evidence| evidence.id == id) {
            evidence.inspection.release();
        }
    }

    /// Takes back an inspection whose file is not in the bucket, so that the account uploads it again.
    pub fn await_upload(&mut self, id: EvidenceId) {
        if let Some(evidence) = self.evidence.iter_mut().find(|evidence| evidence.id == id) {
            evidence.inspection.await_upload();
        }
    }

    /// Records the result of an inspection. Returns `None` if the file has a result, or if it is gone. An event
    /// tells the account while it can answer.
    pub fn end_inspection(
        &mut self,
        id: EvidenceId,
        result: Result<AcceptedFile, FileRejection>,
        moment: &Moment,
    ) -> Result<Option<Effects>, Error> {
        let event = match &result {
            Ok(_) => EventType::DisputeEvidenceAccepted,
            Err(_) => EventType::DisputeEvidenceRejected,
        };
        let evidence = self.evidence.iter_mut().find(|evidence| evidence.id == id);
        if !evidence.is_some_and(|evidence| evidence.inspection.end(result, moment.now)) {
            return Ok(None);
        }
        let mut effects = Effects::default();
        if self.status == DisputeStatus::NeedsResponse {
            let event = self.remain(event)?;
            self.record(event, moment, &mut effects);
        }
        Ok(Some(effects))
    }
}
