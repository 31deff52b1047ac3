//! Documents of KYC requests: the inspection is part of the row of the request.

use domain::event::Event;
use domain::file::{AcceptedFile, FileRejection, InspectionStart};
use domain::kernel::{Error, KycDocumentId, Moment};
use domain::kyc::{KycFile, KycRequest};
use files::FileKey;

use crate::examination::AnnouncedFile;
use crate::owner::FileOwner;

impl FileOwner for KycRequest {
    type FileId = KycDocumentId;
    type File = KycFile;

    fn begin(&mut self, id: KycDocumentId) -> Option<(KycFile, InspectionStart)> {
        self.begin_inspection(id)
    }

    fn release(&mut self, id: KycDocumentId) {
        self.release_inspection(id);
    }

    fn await_file(&mut self, id: KycDocumentId) {
        self.await_upload(id);
    }

    fn end(
        &mut self,
        id: KycDocumentId,
        result: Result<AcceptedFile, FileRejection>,
        moment: &Moment,
    ) -> Result<Option<Vec<Event>>, Error> {
        self.end_inspection(id, result, moment)
    }

    fn announced<'a>(file: &'a KycFile, upload: FileKey, copy: FileKey) -> AnnouncedFile<'a> {
        AnnouncedFile {
            upload,
            copy,
            media_type: file.content_type,
            size_bytes: file.size_bytes,
            sha256: &file.sha256,
        }
    }
}
