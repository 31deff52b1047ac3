//! The object of an uploaded file: its row has the inspection, which is the same for every kind of object.

use std::fmt::Display;

use domain::event::Event;
use domain::file::{AcceptedFile, FileRejection, InspectionStart};
use domain::kernel::{Error, Moment};
use files::{FileKey, UploadTarget};
use store::{Item, Key, Writes, decide_again, without_delay};

use crate::Inspector;
use crate::examination::{AnnouncedFile, Examination, examine};

/// Decisions about one row while others change it. An object changes when its account announces a file, and when
/// another file of it is inspected.
const DECISION_ATTEMPTS_MAX: usize = 20;

/// An object whose row has uploaded files.
pub(crate) trait FileOwner: Item + Send + Sync {
    /// Id of a file.
    type FileId: Copy + Display + Send + Sync;
    /// A file as the account announced it.
    type File: Send + Sync;

    /// Begins the inspection of a file. Returns the file, and what to do with it; `None` if the object does not
    /// have it.
    fn begin(&mut self, id: Self::FileId) -> Option<(Self::File, InspectionStart)>;

    /// Takes back an inspection that could not be carried out.
    fn release(&mut self, id: Self::FileId);

    /// Takes back an inspection whose file is not in the bucket.
    fn await_file(&mut self, id: Self::FileId);

    /// Records the result of an inspection, and returns its events. Returns `None` if there was a result before.
    fn end(
        &mut self,
        id: Self::FileId,
        result: Result<AcceptedFile, FileRejection>,
        moment: &Moment,
    ) -> Result<Option<Vec<Event>>, Error>;

    /// Returns the file with its keys in the bucket, as the examination needs it.
    fn announced<'a>(file: &'a Self::File, upload: FileKey, copy: FileKey) -> AnnouncedFile<'a>;
}

/// Inspects a file of the object in `row`. A message that comes again changes nothing once there is a result.
pub(crate) async fn inspect<O: FileOwner>(
    inspector: &Inspector,
    target: UploadTarget,
    row: Key,
    id: O::FileId,
) -> Result<(), Error> {
    let (app, row) = (inspector.app(), &row);
    let Some((file, start)) = begin::<O>(inspector, row, id).await? else {
        return Ok(());
    };
    let result = match start {
        InspectionStart::Done => return Ok(()),
        InspectionStart::GiveUp => {
            let error = Error::internal("too many inspections ended without a result");
            app.fail(&format!("{id} is rejected without an inspection"), &error);
            Err(FileRejection::InspectionFailed)
        }
        InspectionStart::Inspect => {
            let announced = O::announced(&file, FileKey::upload(target), FileKey::accepted(target));
            match examine(inspector, &announced).await {
                Ok(Examination::Result(result)) => result,
                Ok(Examination::NotUploaded) => {
                    return change::<O>(inspector, row, |it| it.await_file(id)).await;
                }
                Err(error) => {
                    change::<O>(inspector, row, |it| it.release(id)).await?;
                    return Err(error);
                }
            }
        }
    };
    end::<O>(inspector, row, id, &result).await
}

/// Counts the attempt before it, so that a file that ends its workers is given up.
async fn begin<O: FileOwner>(
    inspector: &Inspector,
    row: &Key,
    id: O::FileId,
) -> Result<Option<(O::File, InspectionStart)>, Error> {
    let store = &inspector.app().store;
    decide_again(without_delay(DECISION_ATTEMPTS_MAX), (), |_| async move {
        let Some(mut owner) = store.find::<O>(row).await? else { return Ok(None) };
        let Some((file, start)) = owner.begin(id) else { return Ok(None) };
        if start == InspectionStart::Inspect {
            store.replace(&owner).await?;
        }
        Ok(Some((file, start)))
    })
    .await
}

async fn change<O: FileOwner>(
    inspector: &Inspector,
    row: &Key,
    apply: impl Fn(&mut O) + Copy,
) -> Result<(), Error> {
    let store = &inspector.app().store;
    decide_again(without_delay(DECISION_ATTEMPTS_MAX), (), |_| async move {
        let Some(mut owner) = store.find::<O>(row).await? else { return Ok(()) };
        apply(&mut owner);
        store.replace(&owner).await
    })
    .await
}

/// Records the result and its event in one transaction. The copy of the file was written before.
async fn end<O: FileOwner>(
    inspector: &Inspector,
    row: &Key,
    id: O::FileId,
    result: &Result<AcceptedFile, FileRejection>,
) -> Result<(), Error> {
    let app = inspector.app();
    decide_again(without_delay(DECISION_ATTEMPTS_MAX), (), |_| async move {
        let Some(mut owner) = app.store.find::<O>(row).await? else { return Ok(()) };
        let moment = app.moment();
        let Some(events) = owner.end(id, result.clone(), &moment)? else {
            return Ok(());
        };
        let writes = events.iter().fold(Writes::default().replace(&owner), Writes::create);
        app.store.commit(writes, &moment).await.map(drop)
    })
    .await
}
