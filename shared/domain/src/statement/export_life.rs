//! The ends of an export and their events.

use jiff::SignedDuration;

use super::export::WRITE_TIMEOUT;
use crate::event::Lifecycle;
use crate::kernel::{Error, Moment};
use crate::ledger::Effects;
use crate::statement::{ExportReason, ExportStatus, ExportView, StatementExport, StatementFile};

/// The delay before the next try, by the number of tries that failed.
const RETRY_AFTER: [SignedDuration; 4] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
];

impl StatementExport {
    /// Defers the export after a failure. Fails it if a day has passed.
    pub fn defer(&mut self, moment: &Moment) -> Result<Effects, Error> {
        if moment.now >= self.created_at + WRITE_TIMEOUT {
            return self.fail(ExportReason::NotWrittenInTime, moment);
        }
        let position = usize::try_from(self.lease.attempts.max(1) - 1).unwrap_or(usize::MAX);
        self.lease.defer(moment.now + RETRY_AFTER[position.min(RETRY_AFTER.len() - 1)]);
        Ok(Effects::default())
    }

    /// Records the file: the export is ready.
    pub fn finish(&mut self, file: StatementFile, moment: &Moment) -> Result<Effects, Error> {
        self.file = Some(file);
        self.end(ExportStatus::Ready, None, moment)
    }

    /// Fails the export.
    pub fn fail(&mut self, reason: ExportReason, moment: &Moment) -> Result<Effects, Error> {
        self.end(ExportStatus::Failed, Some(reason), moment)
    }

    fn end(
        &mut self,
        status: ExportStatus,
        reason: Option<ExportReason>,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let event = self.enter(status)?;
        self.checkpoint = None;
        self.lease.end();
        self.record_status(reason, moment.now);
        let object = serde_json::to_value(ExportView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        let (id, account_id) = (self.id.to_string(), self.account_id);
        let event = event.map(|kind| self.history.record(kind, account_id, id, object, moment));
        Ok(Effects { events: event.into_iter().collect(), ..Effects::default() })
    }
}
