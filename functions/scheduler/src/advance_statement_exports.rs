//! Every minute: sends somebody for each statement that waits to be written, because its message was
//! lost, its worker died, or its file is longer than one run.

use domain::kernel::{AccountId, Error, ExportId};
use jiff::SignedDuration;
use queue::ExportMessage;
use store::{DueList, Key};
use worker::Worker;

use crate::due::DuePages;

/// One that was asked for this short a time ago is left to the stream.
const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// Sends a message for each; says how many. A message too many finds nothing to do.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let (mut due, mut sent) = (DuePages::new(DueList::Exports, app.moment().now - RESEND_AFTER), 0);
    while let Some(keys) = due.next(store).await? {
        let messages: Vec<_> = keys.iter().filter_map(export_ids).map(message).collect();
        match worker.lanes.send_exports(&messages).await {
            Ok(()) => sent += u64::try_from(messages.len()).unwrap_or(u64::MAX),
            Err(error) => app.warn("exports are left to the next tick", &error),
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
