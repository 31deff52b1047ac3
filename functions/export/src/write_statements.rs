//! From the queue of exports: writes statements of closed periods into the bucket of files.

use domain::kernel::{Error, Moment};
use domain::statement::{ExportReason, StatementExport, StatementFile};
use edge::App;
use jiff::{SignedDuration, Timestamp};
use queue::ExportMessage;
use serde_json::Value;
use statement::{Break, Statement};
use store::{Key, Writes};
use worker::each_message;

use crate::Exporter;
use crate::entry_reader::EntryReader;
use crate::file::File;
use crate::line::line;

/// How often a claim is made anew while no part is kept: twice before it ends.
const HOLD_AGAIN: SignedDuration = SignedDuration::from_secs(40);

/// How a run ended.
enum WriteResult {
    /// The file is there.
    Written(Box<StatementFile>),
    /// It is as far as it comes in one run; the rest is kept.
    Left,
    /// The entries do not lead from the opening to the closing.
    Broken(Break),
    /// An entry of the period is not there.
    Gap(u64),
}

/// Writes the statements of a batch, one at a time to a message.
pub async fn handle(exporter: &Exporter, batch: Value) -> Result<Value, Error> {
    let write = |message| write(exporter, message);
    each_message(exporter.app(), "write_statements", batch, write).await
}

/// Writes a statement, if nobody else is at it. What does not come to an end now is taken up by the
/// next who is sent; a message does not come again for that, because it would be seen as late.
async fn write(exporter: &Exporter, message: ExportMessage) -> Result<(), Error> {
    let app = exporter.app();
    match Box::pin(advance(exporter, message)).await {
        // Somebody else took it up when the lease was over, and knows better.
        Err(Error::Stale) => Ok(()),
        Err(error @ Error::Unavailable(_)) => {
            app.warn(&format!("{} is left to the clock", message.export_id), &error);
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
        true => Err(Error::internal("nothing more is heard of whoever takes it up")),
        false => go_on(exporter, &mut export).await,
    };
    let left = matches!(written, Ok(WriteResult::Left));
    record(app, export, written, &app.moment()).await?;
    if left {
        // Behind those that wait: a long file holds up a short one for as long as a run takes.
        exporter.worker.lanes.send_exports(&[message]).await?;
    }
    Ok(())
}

/// Writes the claim down, and goes on with the file from where it is.
async fn go_on(exporter: &Exporter, export: &mut StatementExport) -> Result<WriteResult, Error> {
    let app = exporter.app();
    replace(app, export).await?;
    let mut held_at = app.moment().now;
    let stop_at = held_at + exporter.run;
    let entry_reader =
        EntryReader::open(&app.store, export.account_id, &export.asked.period).await?;
    let statement = statement(app, export, &entry_reader)?;
    let mut file = File::open(exporter, export, statement, entry_reader.opening.position).await?;
    loop {
        let entries = entry_reader.after(file.after).await?;
        if entries.is_empty() {
            break;
        }
        let now = app.moment().now;
        if now >= held_at + HOLD_AGAIN {
            // Entries that move no balance fill no part.
            export.renew(now);
            replace(app, export).await?;
            held_at = now;
        }
        for entry in entries {
            let (position, expected) = (entry.position(), file.after.sequence + 1);
            if position.sequence != expected {
                return Ok(WriteResult::Gap(expected));
            }
            if let Some(Err(broken)) = line(entry).map(|line| file.line(&line)) {
                return Ok(WriteResult::Broken(broken));
            }
            file.after = position;
            if file.is_part_full() {
                held_at = keep(app, export, &mut file).await?;
                if held_at >= stop_at {
                    return Ok(WriteResult::Left);
                }
            }
        }
    }
    if file.after.sequence != entry_reader.closing.position.sequence {
        return Ok(WriteResult::Gap(file.after.sequence + 1));
    }
    Ok(match file.finish(export.file_name()).await? {
        Ok(file) => WriteResult::Written(Box::new(file)),
        Err(broken) => WriteResult::Broken(broken),
    })
}

/// Brings a part up and writes down how far the file is; the time it is then.
async fn keep(
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

/// What the file is of. Nothing in it is of the moment it is written at.
fn statement(
    app: &App,
    export: &StatementExport,
    entry_reader: &EntryReader<'_>,
) -> Result<Statement, Error> {
    let period = &export.asked.period;
    Ok(Statement {
        account_id: export.account_id.to_string(),
        ispb: rails::participant(app.config.stage)?.to_owned(),
        compe: None,
        from: period.begins_at(),
        until: period.ends_at(),
        time_zone: period.time_zone.time_zone().clone(),
        opening_cents: entry_reader.opening.balance_cents,
        closing_cents: entry_reader.closing.balance_cents,
    })
}

/// Writes down how a run ended.
async fn record(
    app: &App,
    mut export: StatementExport,
    written: Result<WriteResult, Error>,
    moment: &Moment,
) -> Result<(), Error> {
    let (store, id) = (&app.store, export.id);
    let effects = match written {
        Ok(WriteResult::Written(file)) => export.finish(*file, moment)?,
        Ok(WriteResult::Left) => {
            export.release(moment.now);
            return store.replace(&export).await;
        }
        Ok(WriteResult::Broken(broken)) => {
            app.fail(&format!("{id} does not add up"), &Error::internal(broken));
            export.fail(ExportReason::DoesNotAddUp, moment)?
        }
        Ok(WriteResult::Gap(sequence)) => {
            let gap = format!("there is no entry {sequence}");
            app.fail(&format!("{id} does not add up"), &Error::internal(gap));
            export.fail(ExportReason::DoesNotAddUp, moment)?
        }
        Err(Error::Stale) => return Err(Error::Stale),
        Err(error) => {
            app.warn(&format!("{id} is written later"), &error);
            if matches!(error, Error::NotFound(_)) {
                export.restart();
            }
            export.defer(moment)?
        }
    };
    let writes = Writes::default().replace(&export).record(&effects);
    store.commit(writes, moment).await.map(drop)
}
