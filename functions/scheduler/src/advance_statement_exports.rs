//! Every minute: sends a message for each statement export to write, if its message was lost, its
//! worker crashed, or its file is longer than one run.

use domain::kernel::Error;
use jiff::SignedDuration;
use queue::ExportMessage;
use store::{DueList, Key};
use worker::{Report, Worker};

use crate::due::JobRun;

/// Age up to which the stream sends the message of a new export.
const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// Exports of an account in one turn: their messages are one request to the queue.
const EXPORTS_PER_TURN: usize = 10;

/// Sends a message for each due export; returns their number. A worker that gets a message twice
/// finds nothing to do.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::Exports).shifted(-RESEND_AFTER);
    run.each_group(EXPORTS_PER_TURN, |keys| async move {
        let messages: Vec<_> = keys.iter().filter_map(message).collect();
        match worker.lanes.send_exports(&messages).await {
            Ok(()) => run.add(u64::try_from(messages.len()).unwrap_or(u64::MAX)),
            Err(error) => worker
                .app
                .warn("could not send export messages; the next tick resends them", &error),
        }
        Ok(())
    })
    .await
}

fn message(key: &Key) -> Option<ExportMessage> {
    match key {
        Key::Export(account_id, export_id) => {
            Some(ExportMessage { account_id: *account_id, export_id: *export_id })
        }
        _ => None,
    }
}
