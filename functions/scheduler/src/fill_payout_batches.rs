//! Every minute: opens the payouts of batches, line by line.

use std::collections::HashMap;

use domain::account::Account;
use domain::kernel::{AccountId, Code, Error, Moment, PayoutId};
use domain::ledger::{Books, Funds};
use domain::payout::{BatchLines, BatchStatus};
use domain::payout::{LineOutcome, NewPayout, Payout, PayoutBatch, PayoutSettings, Terms, refusal};
use store::{DueList, Key, Row, Store, Writes, decide_again, without_delay};
use worker::Worker;

use crate::due::{RunTime, Turns};

/// Lines of an account per turn. Then the batches of the other accounts come.
const LINES_PER_TURN: usize = 40;
/// Lines of an account per tick: a whole batch.
const LINES_PER_TICK: usize = 500;
/// Attempts to open a line if other changes of the books come first. The next tick continues.
const OPEN_ATTEMPTS_MAX: usize = 20;

/// Continues the batches, one account after another; returns the number of lines that got their
/// outcome. A failed batch is logged, and the next tick continues it.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let time = RunTime::start(app);
    let mut turns = Turns::read(store, DueList::Batches, time.began(), &time).await?;
    let mut lines_of: HashMap<AccountId, usize> = HashMap::new();
    while let Some((account_id, keys)) = turns.next_group(1).filter(|_| time.is_left()) {
        let done = lines_of.entry(account_id).or_default();
        for key in keys {
            match fill(worker, &key, LINES_PER_TURN.min(LINES_PER_TICK - *done)).await {
                Ok(Filled { lines, completed }) => {
                    *done += lines;
                    if *done >= LINES_PER_TICK {
                        turns.drop_account(account_id);
                    } else if !completed && lines > 0 {
                        turns.put_back(account_id, key);
                    }
                }
                // Another tick filled the batch.
                Err(Error::Stale) => {}
                Err(error) => app
                    .warn(&format!("{} not filled; the next tick tries again", key.name()), &error),
            }
        }
    }
    Ok(u64::try_from(lines_of.values().sum::<usize>()).unwrap_or(u64::MAX))
}

/// What a turn did.
#[derive(Default)]
struct Filled {
    /// Lines that got their outcome.
    lines: usize,
    /// Whether the batch is completed.
    completed: bool,
}

/// Opens the lines of a batch, row by row, up to `lines_max`.
async fn fill(worker: &Worker, key: &Key, lines_max: usize) -> Result<Filled, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let batch = store.find::<PayoutBatch>(key).await?;
    let mut batch = batch.ok_or(Error::NotFound("payout batch"))?;
    let ispb = app.rails.participant(batch.account_id)?;
    let mut filled = Filled::default();
    if !batch.claim(app.moment().now) {
        return Ok(filled);
    }
    store.replace(&batch).await?;
    batch.version += 1;
    while batch.status == BatchStatus::Processing && filled.lines < lines_max {
        let row = Key::BatchLines(batch.account_id, batch.id, batch.next_row);
        let row = store.find::<BatchLines>(&row).await?;
        let mut row = row.ok_or(Error::NotFound("row of batch lines"))?;
        open_lines(worker, &batch, &mut row, ispb).await?;
        let moment = app.moment();
        let effects = batch.count(&row, &moment)?;
        let mut writes = Writes::default().replace(&batch).replace(&row).record(&effects);
        filled.completed = batch.status == BatchStatus::Completed;
        if filled.completed {
            writes = writes.remove_batch(batch.account_id);
        }
        store.commit(writes, &moment).await?;
        batch.version += 1;
        filled.lines += row.lines.len();
    }
    if !filled.completed {
        batch.release(app.moment().now);
        store.replace(&batch).await?;
    }
    Ok(filled)
}

/// Gives each line of a row its outcome. If the payout of a line exists, an earlier tick opened it
/// and could not write the outcome.
async fn open_lines(
    worker: &Worker,
    batch: &PayoutBatch,
    row: &mut BatchLines,
    ispb: &'static str,
) -> Result<(), Error> {
    let (app, account_id) = (&worker.app, batch.account_id);
    let ids: Vec<PayoutId> = row.payout_ids().collect();
    let mut keys: Vec<_> = ids.iter().map(|id| Key::Payout(account_id, *id)).collect();
    keys.extend([Key::Account(account_id), Key::PayoutSettings(account_id)]);
    let mut rows = app.store.read(&keys).await?;
    let settings = rows.pop().flatten().map(Row::read::<PayoutSettings>).transpose()?;
    let account = rows.pop().flatten().ok_or(Error::NotFound("account"))?.read::<Account>()?;
    let settings = settings.unwrap_or_else(|| PayoutSettings::default_of(account_id));
    let terms = Terms { fees: account.fees.payout, settings, ispb };
    let mut books = read_books(&app.store, batch).await?;
    for ((line, id), payout_row) in row.lines.iter_mut().zip(ids).zip(rows) {
        line.outcome = Some(match payout_row {
            Some(_) => LineOutcome::Created { payout_id: id },
            None if account.is_closed() => refusal(closed())?,
            None => {
                let mut opening = LineOpening { batch, id, terms: &terms, books: &mut books };
                opening.open(&app.store, &line.new, || app.moment()).await?
            }
        });
    }
    Ok(())
}

/// Returns the refusal of a line of a closed account.
fn closed() -> Error {
    Error::refused(Code::AccountClosed, "the account is closed")
}

async fn read_books(store: &Store, batch: &PayoutBatch) -> Result<Books, Error> {
    store.find(&Key::Books(batch.account_id)).await?.ok_or(Error::NotFound("books"))
}

/// A line to open, on the books as the earlier lines left them.
struct LineOpening<'a> {
    batch: &'a PayoutBatch,
    id: PayoutId,
    terms: &'a Terms,
    books: &'a mut Books,
}

impl LineOpening<'_> {
    async fn open(
        &mut self,
        store: &Store,
        new: &NewPayout,
        moment: impl Fn() -> Moment,
    ) -> Result<LineOutcome, Error> {
        let (opening, moment) = (&*self, &moment);
        let created = LineOutcome::Created { payout_id: self.id };
        let again = without_delay(OPEN_ATTEMPTS_MAX);
        let decide = |books| async move {
            let mut books: Books = match books {
                Some(books) => books,
                None if opening.exists(store).await? => return Ok((None, None)),
                None => read_books(store, opening.batch).await?,
            };
            match opening.try_to_open(store, new, &mut books, &moment()).await {
                Ok(()) => Ok((None, Some(books))),
                Err(Error::Stale) => Err(Error::Stale),
                Err(error) => {
                    let refused = refusal(error)?;
                    // The conflict can be the payout itself: its reference or its money.
                    let exists = opening.exists(store).await?;
                    Ok(((!exists).then_some(refused), Some(books)))
                }
            }
        };
        let (refused, books) = decide_again(again, self.books.clone(), decide).await?;
        if let Some(books) = books {
            *self.books = books;
        }
        Ok(refused.unwrap_or(created))
    }

    /// Returns true if the payout exists: another tick opened it, or this write had already succeeded.
    async fn exists(&self, store: &Store) -> Result<bool, Error> {
        let key = Key::Payout(self.batch.account_id, self.id);
        Ok(store.find::<Payout>(&key).await?.is_some())
    }

    async fn try_to_open(
        &self,
        store: &Store,
        new: &NewPayout,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<(), Error> {
        let mut funds = Funds::new(books.clone(), None);
        let author = (self.batch.account_id, self.batch.created_by);
        let (payout, effects) =
            Payout::open(self.id, author, new.clone(), self.terms, &mut funds, moment)?;
        let writes = Writes::default().open_payout(&payout, &funds, &effects);
        store.commit(writes, moment).await?;
        let changed = funds.changed_books().is_some();
        *books = funds.books;
        books.version += u64::from(changed);
        Ok(())
    }
}
