//! Every minute: opens the payouts of batches line by line, carries out decisions about them, and ends
//! batches of which all payouts have ended.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::account::Account;
use domain::beneficiary::SavedBeneficiary;
use domain::kernel::{Code, Error, Moment, PayoutId};
use domain::ledger::{Books, Funds};
use domain::payout::{
    BatchLine, BatchLines, BatchStatus, DestinationRef, LineOutcome, Payout, PayoutBatch,
    PayoutSettings, Terms, refusal,
};
use store::{DueList, Key, Row, Store, Writes};
use worker::{Report, Worker};

use crate::batch_progress::{carry_out, recount};
use crate::due::JobRun;
use crate::grouped::in_group;

/// Lines of an account per turn. Then the batches of the other accounts come.
const LINES_PER_TURN: usize = 40;
/// Lines of an account per tick that are opened or decided: a whole batch.
const LINES_PER_TICK: usize = 500;

/// Continues the batches; returns the number of lines that were opened or decided. A failed batch is logged,
/// and the next tick continues it.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::Batches);
    let lines_of = &Mutex::new(HashMap::new());
    let lines_of = || lines_of.lock().unwrap_or_else(PoisonError::into_inner);
    run.each_row(|key| async move {
        let Key::Batch(account_id, _) = key else { return Ok(false) };
        let done = lines_of().get(&account_id).copied().unwrap_or(0);
        if done >= LINES_PER_TICK {
            return Ok(false);
        }
        let turn = advance(run, &key, LINES_PER_TURN.min(LINES_PER_TICK - done)).await?;
        lines_of().insert(account_id, done + turn.lines);
        Ok(turn.has_more)
    })
    .await
}

/// What a turn did.
#[derive(Default)]
struct BatchTurn {
    /// Lines that were opened or decided.
    lines: usize,
    /// Whether this tick has more to do for the batch.
    has_more: bool,
}

/// Does the next step of a batch: opens up to `lines_max` lines, carries a decision out for as many, or
/// counts the payouts.
async fn advance(run: &JobRun<'_>, key: &Key, lines_max: usize) -> Result<BatchTurn, Error> {
    let (app, store) = (&run.worker.app, &run.worker.app.store);
    let batch = store.find::<PayoutBatch>(key).await?;
    let mut batch = batch.ok_or(Error::NotFound("payout batch"))?;
    if !batch.claim(app.moment().now) {
        return Ok(BatchTurn::default());
    }
    store.replace(&batch).await?;
    batch.version += 1;
    if batch.status == BatchStatus::Opening {
        return fill(run, batch, lines_max).await;
    }
    if batch.decision_to_carry_out().is_some() {
        let lines = carry_out(run.worker, batch, lines_max).await?;
        run.add(u64::try_from(lines).unwrap_or(u64::MAX));
        return Ok(BatchTurn { lines, has_more: true });
    }
    recount(run.worker, batch).await?;
    Ok(BatchTurn::default())
}

/// Opens the lines of a batch, row by row, up to `lines_max`.
async fn fill(
    run: &JobRun<'_>,
    mut batch: PayoutBatch,
    lines_max: usize,
) -> Result<BatchTurn, Error> {
    let (worker, store) = (run.worker, &run.worker.app.store);
    let ispb = worker.app.rails.participant(batch.account_id)?;
    let mut lines = 0;
    while batch.status == BatchStatus::Opening && lines < lines_max && run.is_time_left() {
        let row = Key::BatchLines(batch.account_id, batch.id, batch.next_row);
        let row = store.find::<BatchLines>(&row).await?;
        let mut row = row.ok_or(Error::NotFound("row of batch lines"))?;
        open_lines(worker, &batch, &mut row, ispb).await?;
        let moment = worker.app.moment();
        let effects = batch.count(&row, &moment)?;
        let mut writes = Writes::default().replace(&batch).replace(&row).record(&effects);
        if batch.status != BatchStatus::Opening {
            writes = writes.remove_batch(batch.account_id);
        }
        store.commit(writes, &moment).await?;
        batch.version += 1;
        lines += row.lines.len();
        run.add(u64::try_from(row.lines.len()).unwrap_or(u64::MAX));
    }
    batch.release(worker.app.moment().now);
    store.replace(&batch).await?;
    Ok(BatchTurn { lines, has_more: true })
}

/// Gives each line of a row its outcome. If the payout of a line exists, an earlier tick opened it
/// and could not write the outcome.
async fn open_lines(
    worker: &Worker,
    batch: &PayoutBatch,
    row: &mut BatchLines,
    ispb: &'static str,
) -> Result<(), Error> {
    let app = &worker.app;
    let ids: Vec<PayoutId> = row.payout_ids().collect();
    let lines: Vec<_> = (0..row.lines.len()).collect();
    let open = |store: Store, number: usize| {
        let (id, line, moment) = (ids[number], &row.lines[number], app.moment());
        Box::pin(async move { open_line(&store, batch, id, line, ispb, &moment).await })
    };
    let outcomes = Box::pin(in_group(app, &lines, open)).await;
    for (line, outcome) in row.lines.iter_mut().zip(outcomes) {
        line.outcome = Some(outcome?);
    }
    Ok(())
}

/// Opens the payout of a line on fresh rows.
async fn open_line(
    store: &Store,
    batch: &PayoutBatch,
    id: PayoutId,
    line: &BatchLine,
    ispb: &'static str,
    moment: &Moment,
) -> Result<LineOutcome, Error> {
    let (account_id, saved) = (batch.account_id, line.new.saved.as_ref());
    let mut keys = vec![
        Key::Payout(account_id, id),
        Key::Account(account_id),
        Key::PayoutSettings(account_id),
        Key::Books(account_id),
    ];
    keys.extend(saved.map(|saved| Key::Beneficiary(account_id, saved.beneficiary_id)));
    let mut rows = store.read(&keys).await?.into_iter();
    if rows.next().flatten().is_some() {
        return Ok(LineOutcome::Created { payout_id: id });
    }
    let account: Account = rows.next().flatten().ok_or(Error::NotFound("account"))?.read()?;
    let settings = rows.next().flatten().map(Row::read::<PayoutSettings>).transpose()?;
    let books: Books = rows.next().flatten().ok_or(Error::NotFound("books"))?.read()?;
    let beneficiary = rows.next().flatten().map(Row::read::<SavedBeneficiary>).transpose()?;
    if account.is_closed() {
        return refusal(closed());
    }
    if let Some(saved) = saved
        && let Err(error) = require_payable(saved, beneficiary.as_ref())
    {
        return refusal(error);
    }
    let settings = settings.unwrap_or_else(|| PayoutSettings::default_of(account_id));
    let terms = Terms { fees: account.fees.payout, settings, ispb };
    let (mut funds, author) = (Funds::new(books, None), (account_id, batch.created_by));
    let opened = Payout::open(id, author, line.new.clone(), &terms, &mut funds, moment);
    let (payout, effects) = match opened {
        Ok(opened) => opened,
        Err(error) => return refusal(error),
    };
    let money = (&funds, &effects);
    let writes =
        Writes::default().open_payout_to(beneficiary.as_ref(), &payout, &line.digests, money);
    match store.commit(writes, moment).await {
        Ok(_) => Ok(LineOutcome::Created { payout_id: id }),
        Err(Error::Stale) => Err(Error::Stale),
        // The conflict can be the payout itself, if an earlier write of it succeeded.
        Err(error) => match store.read(&keys[..1]).await?.pop().flatten() {
            Some(_) => Ok(LineOutcome::Created { payout_id: id }),
            None => refusal(error),
        },
    }
}

/// Returns the refusal of a line of a closed account.
fn closed() -> Error {
    Error::refused(Code::AccountClosed, "the account is closed")
}

/// Requires that the destination of a line can still be paid. The payout's transaction checks that its
/// beneficiary has not changed since.
fn require_payable(
    saved: &DestinationRef,
    beneficiary: Option<&SavedBeneficiary>,
) -> Result<(), Error> {
    let gone = || Error::conflict(Code::BeneficiaryState, "the beneficiary does not exist");
    beneficiary.ok_or_else(gone)?.require_payable(saved)
}
