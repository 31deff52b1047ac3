//! Evidence of disputes: the inspection is part of the row of the dispute.

use domain::dispute::{Dispute, Evidence};
use domain::event::Event;
use domain::file::{AcceptedFile, FileRejection, InspectionStart};
use domain::kernel::{Error, EvidenceId, Moment};
use files::FileKey;

use crate::examination::AnnouncedFile;
use crate::owner::FileOwner;

impl FileOwner for Dispute {
    type FileId = EvidenceId;
    type File = Evidence;

    fn begin(&mut self, id: EvidenceId) -> Option<(Evidence, InspectionStart)> {
        self.begin_inspection(id)
    }

    fn release(&mut self, id: EvidenceId) {
        self.release_inspection(id);
    }

    fn await_file(&mut self, id: EvidenceId) {
        self.await_upload(id);
    }

    fn end(
        &mut self,
        id: EvidenceId,
        result: Result<AcceptedFile, FileRejection>,
        moment: &Moment,
    ) -> Result<Option<Vec<Event>>, Error> {
        Ok(self.end_inspection(id, result, moment)?.map(|effects| effects.events))
    }

    fn announced<'a>(file: &'a Evidence, upload: FileKey, copy: FileKey) -> AnnouncedFile<'a> {
        AnnouncedFile {
            upload,
            copy,
            media_type: file.content_type,
            size_bytes: file.size_bytes,
            sha256: &file.sha256,
        }
    }
}
