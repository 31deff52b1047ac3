//! Changes of several objects of one account by a job, in as few transactions as possible.

use domain::kernel::Error;
use runtime::App;
use store::{Fate, Group, Store, Writes, decide_again, without_delay};

/// Attempts to carry work out alone if it does not go with the others.
const ATTEMPTS_MAX: usize = 3;

/// Carries `work` out for each item, as many as possible in one transaction, and returns the outcomes in the
/// order of the items. Work that does not go with the others is carried out alone. Work that could not be
/// written is `Stale`, and the log says so once.
pub(crate) async fn in_group<I, T, F>(
    app: &App,
    items: &[I],
    work: impl Fn(Store, I) -> F,
) -> Vec<Result<T, Error>>
where
    I: Copy,
    F: Future<Output = Result<T, Error>>,
{
    let mut outcomes: Vec<_> = items.iter().map(|_| Err(Error::Stale)).collect();
    let mut left: Vec<usize> = (0..items.len()).collect();
    while left.len() > 1 {
        let group = Group::new(&app.store);
        let grouped = |number: usize| work(group.store().clone(), items[left[number]]);
        let moment = app.moment();
        let carried = group.carry_out(left.len(), grouped, |_| Writes::default(), &moment);
        let fates = match carried.await {
            Ok(fates) if fates.iter().any(|fate| !matches!(fate, Fate::Left)) => fates,
            Ok(_) => return given_up(app, outcomes, left.len(), &Error::Stale),
            // The table does not answer, so work alone would fail too.
            Err(error) => return given_up(app, outcomes, left.len(), &error),
        };
        let mut rest = Vec::new();
        for (number, fate) in left.iter().zip(fates) {
            outcomes[*number] = match fate {
                Fate::Written(value) => Ok(value),
                Fate::Ended(outcome) => outcome,
                Fate::Apart => alone(app, &work, items[*number]).await,
                Fate::Left => {
                    rest.push(*number);
                    continue;
                }
            };
        }
        left = rest;
    }
    for number in left {
        outcomes[number] = alone(app, &work, items[number]).await;
    }
    outcomes
}

fn given_up<T>(
    app: &App,
    outcomes: Vec<Result<T, Error>>,
    count: usize,
    error: &Error,
) -> Vec<Result<T, Error>> {
    app.warn(&format!("{count} changes not written; the next tick tries again"), error);
    outcomes
}

async fn alone<I: Copy, T, F>(app: &App, work: &impl Fn(Store, I) -> F, item: I) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let attempts = without_delay(ATTEMPTS_MAX);
    decide_again(attempts, (), |_| work(app.store.clone(), item)).await
}
