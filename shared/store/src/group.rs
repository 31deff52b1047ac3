//! Several changes of the same rows in one transaction.
//!
//! A group runs pieces of work one after another. Each reads what the ones before it wrote, as if they were
//! written already, and decides as if it was alone. Then the group writes all changes in one transaction,
//! with the first condition and the last content of each row. The work itself does not know about it
//! (docs/adr/0035).

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use domain::kernel::{Error, Moment};
use futures::FutureExt;
use tokio::time::{Instant, sleep};

use crate::commit::{failed_steps, is_conflict};
use crate::error::request_error;
use crate::view::{View, WorkEnd, lock};
use crate::{Store, Writes};

/// Maximum number of attempts to write a transaction, each on fresh rows.
const ATTEMPTS_MAX: usize = 8;
/// Age from which rows are read again, because rights and settings have no condition in a transaction.
const ROWS_AGE_MAX: Duration = Duration::from_millis(100);
/// Longest pause after a conflict. It is random, so that a group does not meet the same writer each time.
const CONFLICT_PAUSE_MS_MAX: u8 = 12;

/// Work that is carried out together.
#[derive(Debug)]
pub struct Group {
    store: Store,
    view: Arc<Mutex<View>>,
}

/// What became of a piece of work.
#[derive(Debug)]
pub enum Fate<T> {
    /// Its changes are written.
    Written(T),
    /// It ended without a change.
    Ended(Result<T, Error>),
    /// It cannot be carried out with others: it panicked, one of its own conditions failed, or its changes
    /// do not combine. Nothing of it is written.
    Apart,
    /// It is a rest that fills no transaction, or the rows changed too often. Nothing of it is written.
    Left,
}

impl Group {
    /// Returns an empty group on these tables.
    pub fn new(store: &Store) -> Self {
        let view = Arc::new(Mutex::new(View::default()));
        Self { store: store.in_group(&view), view }
    }

    /// Returns the tables as the work of the group must see them.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Runs `work` for each number below `count`, in order, and writes the changes of as many as fit in each
    /// transaction. `with` returns the steps that belong to a piece of work if it changes something. The
    /// rows that the work reads first are read together; what a transaction wrote is not read again.
    ///
    /// # Errors
    /// `Unavailable` if the table does not answer. The outcome of work without a fate is then unknown.
    pub async fn carry_out<T, F>(
        &self,
        count: usize,
        work: impl Fn(usize) -> F,
        with: impl Fn(usize) -> Writes,
        moment: &Moment,
    ) -> Result<Vec<Fate<T>>, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut fates: Vec<_> = (0..count).map(|_| Fate::Left).collect();
        let mut left: Vec<_> = (0..count).collect();
        let (mut attempts, mut read_at) = (0, None::<Instant>);
        while !left.is_empty() && attempts < ATTEMPTS_MAX {
            if read_at.is_none_or(|read_at| read_at.elapsed() > ROWS_AGE_MAX) {
                self.read_ahead(&left, &work).await?;
                read_at = Some(Instant::now());
            }
            let decided = self.decide(&left, &work, &with, &mut fates).await;
            let steps = self.view().take_steps();
            let requests: Vec<_> = steps.iter().map(|step| &step.step).collect();
            let sent = match requests.is_empty() {
                true => Ok(()),
                false => self.store.send_until_conflict(&requests, moment).await,
            };
            let Err(error) = sent else {
                left.drain(..decided);
                attempts = 0;
                // A rest goes with what comes next, so that no transaction is almost empty.
                if left.len() < decided {
                    break;
                }
                continue;
            };
            (attempts, read_at) = (attempts + 1, None);
            for number in &left[..decided] {
                leave(&mut fates[*number]);
            }
            let failed = failed_steps(&error);
            // Work with a failed condition of its own goes apart; the others are decided again.
            for step in failed.iter().map(|failed| &steps[*failed]).filter(|it| it.concerns_one()) {
                fates[step.work] = Fate::Apart;
            }
            if failed.is_empty() && is_conflict(&error) {
                let [random] = moment.bytes();
                sleep(Duration::from_millis(1 + u64::from(random % CONFLICT_PAUSE_MS_MAX))).await;
            } else if failed.is_empty() {
                match request_error(error) {
                    // The table refuses the transaction for good, so none of them fits.
                    Error::Internal(_) => {
                        left[..decided].iter().for_each(|number| fates[*number] = Fate::Apart);
                    }
                    error => return Err(error),
                }
            }
            left.retain(|number| !matches!(fates[*number], Fate::Apart));
        }
        Ok(fates)
    }

    /// Decides work from the first on, until the transaction is full. Returns how many were decided.
    async fn decide<T, F>(
        &self,
        left: &[usize],
        work: &impl Fn(usize) -> F,
        with: &impl Fn(usize) -> Writes,
        fates: &mut [Fate<T>],
    ) -> usize
    where
        F: Future<Output = Result<T, Error>>,
    {
        for (decided, number) in left.iter().enumerate() {
            self.view().begin(*number);
            let outcome = AssertUnwindSafe(work(*number)).catch_unwind().await;
            let end = self.view().end(outcome.is_ok());
            fates[*number] = match (end, outcome) {
                (_, Err(_)) | (WorkEnd::Unfit, _) => Fate::Apart,
                (WorkEnd::Full, _) => return decided,
                (WorkEnd::Changes(writes), Ok(Ok(value))) => {
                    if !self.view().add(writes, with(*number)) {
                        return decided;
                    }
                    Fate::Written(value)
                }
                (WorkEnd::NoChange | WorkEnd::Changes(_), Ok(outcome)) => Fate::Ended(outcome),
            };
        }
        left.len()
    }

    /// Notes what each piece of work reads first, and reads all of it in one round trip. Work that is not
    /// noted in this way reads by itself later.
    async fn read_ahead<T, F>(
        &self,
        left: &[usize],
        work: &impl Fn(usize) -> F,
    ) -> Result<(), Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        *self.view() = View::collecting();
        for number in left {
            // The read never ends, so the work stops there.
            let _ = AssertUnwindSafe(work(*number)).catch_unwind().now_or_never();
        }
        let keys = self.view().take_wanted();
        let rows = self.store.without_turns().read_all(&keys).await?;
        *self.view() = View::of_rows(rows);
        Ok(())
    }

    fn view(&self) -> MutexGuard<'_, View> {
        lock(&self.view)
    }
}

/// Leaves work of which nothing is written for another attempt.
fn leave<T>(fate: &mut Fate<T>) {
    if !matches!(fate, Fate::Apart) {
        *fate = Fate::Left;
    }
}
