//! Every minute: sends a message for each statement export to write, if its message was lost, its
//! worker crashed, or its file is longer than one run.

use domain::kernel::{AccountId, Error, ExportId};
use jiff::SignedDuration;
use queue::ExportMessage;
use store::{DueList, Key};
use worker::Worker;

use crate::due::{ROWS_PER_READ, RunTime, Turns};

/// Age up to which the stream sends the message of a new export.
const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// Sends a message for each due export; returns their number. A worker that gets a message twice
/// finds nothing to do.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let time = RunTime::start(app);
    let until = time.began() - RESEND_AFTER;
    let (mut turns, mut sent) = (Turns::read(store, DueList::Exports, until, &time).await?, 0);
    while let Some(keys) = turns.next_page(ROWS_PER_READ).filter(|_| time.is_left()) {
        let messages: Vec<_> = keys.iter().filter_map(export_ids).map(message).collect();
        match worker.lanes.send_exports(&messages).await {
            Ok(()) => sent += u64::try_from(messages.len()).unwrap_or(u64::MAX),
            Err(error) => {
                app.warn("could not send export messages; the next tick resends them", &error)
            }
        }
    }
    Ok(sent)
}

fn export_ids(key: &Key) -> Option<(AccountId, ExportId)> {
    match key {
        Key::Export(account_id, export_id) => Some((*account_id, *export_id)),
        _ => None,
    }
}

fn message((account_id, export_id): (AccountId, ExportId)) -> ExportMessage {
    ExportMessage { account_id, export_id }
}
