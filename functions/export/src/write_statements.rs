//! From the queue of exports: writes statements of closed periods into the bucket of files.

use domain::kernel::{Error, Moment};
use domain::statement::{ExportReason, StatementExport, StatementFile};
use jiff::{SignedDuration, Timestamp};
use queue::ExportMessage;
use runtime::App;
use serde_json::Value;
use statement::{ChainError, Statement};
use store::{Key, Writes};
use worker::each_message;

use crate::Exporter;
use crate::entry_reader::EntryReader;
use crate::file::File;
use crate::line::line;

/// Interval at which the worker renews its lease if it saves no part: twice before the lease
/// expires.
const LEASE_RENEWAL_INTERVAL: SignedDuration = SignedDuration::from_secs(40);

/// The result of a run.
enum WriteResult {
    /// The file is complete.
    Written(Box<StatementFile>),
    /// The run time is over; a checkpoint has the progress.
    Incomplete,
    /// The entries do not lead from the opening to the closing balance.
    Broken(ChainError),
    /// An entry of the period is missing.
    Gap(u64),
}

/// Writes the statements of a batch, one message at a time.
pub async fn handle(exporter: &Exporter, batch: Value) -> Result<Value, Error> {
    let write = |message| write(exporter, message);
    each_message(exporter.app(), "write_statements", batch, write).await
}

/// Writes a statement, unless another worker holds its lease. If the file is not complete, the
/// scheduler sends a new message. The queue does not send this message again, because an alarm
/// would count it as late.
async fn write(exporter: &Exporter, message: ExportMessage) -> Result<(), Error> {
    let app = exporter.app();
    match Box::pin(advance(exporter, message)).await {
        // Another worker claimed the export after the lease expired, and its row is right.
        Err(Error::Stale) => Ok(()),
        Err(error @ Error::Unavailable(_)) => {
            app.warn(
                &format!("{} not written; the scheduler sends it again", message.export_id),
                &error,
            );
            Ok(())
        }
        done => done,
    }
}

async fn advance(exporter: &Exporter, message: ExportMessage) -> Result<(), Error> {
    let app = exporter.app();
    let key = Key::Export(message.account_id, message.export_id);
    let export = app.store.find::<StatementExport>(&key).await?;
    let mut export = export.ok_or(Error::NotFound("statement export"))?;
    let moment = app.moment();
    if !export.claim(moment.now)? {
        return Ok(());
    }
    let written = match export.should_give_up(moment.now) {
        true => Err(Error::internal("too many workers crashed while they wrote the export")),
        false => write_file(exporter, &mut export).await,
    };
    let incomplete = matches!(written, Ok(WriteResult::Incomplete));
    record(app, export, written, &app.moment()).await?;
    if incomplete {
        // Goes behind the exports that wait, so a long file delays a short one by at most one run.
        exporter.worker.lanes.send_exports(&[message]).await?;
    }
    Ok(())
}

/// Saves the claim and continues the file at its checkpoint.
async fn write_file(
    exporter: &Exporter,
    export: &mut StatementExport,
) -> Result<WriteResult, Error> {
    let app = exporter.app();
    replace(app, export).await?;
    let mut leased_at = app.moment().now;
    let stop_at = leased_at + exporter.run;
    let entry_reader =
        EntryReader::open(&app.store, export.account_id, &export.request.period).await?;
    let statement = statement(app, export, &entry_reader)?;
    let mut file = File::open(exporter, export, statement, entry_reader.opening.position).await?;
    loop {
        let entries = entry_reader.after(file.after).await?;
        if entries.is_empty() {
            break;
        }
        let now = app.moment().now;
        if now >= leased_at + LEASE_RENEWAL_INTERVAL {
            // Entries that do not change the balance fill no part.
            export.renew(now);
            replace(app, export).await?;
            leased_at = now;
        }
        for entry in entries {
            let (position, expected) = (entry.position(), file.after.sequence + 1);
            if position.sequence != expected {
                return Ok(WriteResult::Gap(expected));
            }
            if let Some(Err(error)) = line(entry).map(|line| file.line(&line)) {
                return Ok(WriteResult::Broken(error));
            }
            file.after = position;
            if file.is_part_full() {
                leased_at = save_checkpoint(app, export, &mut file).await?;
                if leased_at >= stop_at {
                    return Ok(WriteResult::Incomplete);
                }
            }
        }
    }
    if file.after.sequence != entry_reader.closing.position.sequence {
        return Ok(WriteResult::Gap(file.after.sequence + 1));
    }
    Ok(match file.finish(export.file_name()).await? {
        Ok(file) => WriteResult::Written(Box::new(file)),
        Err(error) => WriteResult::Broken(error),
    })
}

/// Uploads a part and saves the checkpoint; returns the time of the save.
async fn save_checkpoint(
    app: &App,
    export: &mut StatementExport,
    file: &mut File<'_>,
) -> Result<Timestamp, Error> {
    let checkpoint = file.add_part().await?;
    let now = app.moment().now;
    export.save_progress(checkpoint, now);
    replace(app, export).await?;
    Ok(now)
}

async fn replace(app: &App, export: &mut StatementExport) -> Result<(), Error> {
    app.store.replace(export).await?;
    export.version += 1;
    Ok(())
}

/// Returns the content of the file besides its lines. Nothing in it depends on the time of
/// writing.
fn statement(
    app: &App,
    export: &StatementExport,
    entry_reader: &EntryReader<'_>,
) -> Result<Statement, Error> {
    let period = &export.request.period;
    Ok(Statement {
        account_id: export.account_id.to_string(),
        ispb: app.rails.participant(export.account_id)?.to_owned(),
        compe: None,
        from: period.begins_at(),
        until: period.ends_at(),
        time_zone: period.time_zone.time_zone().clone(),
        opening_cents: entry_reader.opening.balance_cents,
        closing_cents: entry_reader.closing.balance_cents,
    })
}

/// Saves the result of a run.
async fn record(
    app: &App,
    mut export: StatementExport,
    written: Result<WriteResult, Error>,
    moment: &Moment,
) -> Result<(), Error> {
    let (store, id) = (&app.store, export.id);
    let effects = match written {
        Ok(WriteResult::Written(file)) => export.finish(*file, moment)?,
        Ok(WriteResult::Incomplete) => {
            export.release(moment.now);
            return store.replace(&export).await;
        }
        Ok(WriteResult::Broken(error)) => {
            app.fail(&format!("{id} does not add up; the export failed"), &Error::internal(error));
            export.fail(ExportReason::DoesNotAddUp, moment)?
        }
        Ok(WriteResult::Gap(sequence)) => {
            let gap = format!("entry {sequence} is missing");
            app.fail(&format!("{id} does not add up; the export failed"), &Error::internal(gap));
            export.fail(ExportReason::DoesNotAddUp, moment)?
        }
        Err(Error::Stale) => return Err(Error::Stale),
        Err(error) => {
            app.warn(&format!("{id} not written; the scheduler tries again later"), &error);
            if matches!(error, Error::NotFound(_)) {
                export.restart();
            }
            export.defer(moment)?
        }
    };
    let mut writes = Writes::default().replace(&export).record(&effects);
    if !export.is_unfinished() {
        writes = writes.remove_export(export.account_id);
    }
    store.commit(writes, moment).await.map(drop)
}
