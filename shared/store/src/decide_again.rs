//! Decides again, on fresh rows, while other writers change the rows of a decision.
use domain::kernel::Error;
use std::iter;
use std::time::Duration;

/// Decides until the decision is not [`Error::Stale`]: once, and once more after each wait. The first
/// decision is given the rows that were read before; a later one is given none and reads its own.
///
/// # Errors
/// The error of the decision; `Stale` if the rows had changed after the last wait too.
pub async fn decide_again<R, T, F>(
    waits: impl IntoIterator<Item = Duration>,
    rows: R,
    mut decide: impl FnMut(Option<R>) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let (mut rows, mut waits) = (Some(rows), waits.into_iter());
    loop {
        let decided = Box::pin(decide(rows.take())).await;
        let Err(Error::Stale) = decided else { return decided };
        match waits.next() {
            None => return decided,
            Some(wait) if wait.is_zero() => {}
            Some(wait) => tokio::time::sleep(wait).await,
        }
    }
}

/// Returns the waits of `attempts_max` decisions without a pause between them.
pub fn without_delay(attempts_max: usize) -> impl Iterator<Item = Duration> {
    iter::repeat_n(Duration::ZERO, attempts_max.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(stale: usize) -> (Vec<Option<&'static str>>, Result<(), Error>) {
        let mut given = Vec::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let outcome = runtime.block_on(decide_again(without_delay(3), "read before", |rows| {
            given.push(rows);
            let decided = if given.len() <= stale { Err(Error::Stale) } else { Ok(()) };
            async { decided }
        }));
        (given, outcome)
    }

    #[test]
    fn a_stale_decision_is_made_again_on_fresh_rows_as_often_as_allowed() {
        let first = Some("read before");
        assert!(matches!(decide(0), (given, Ok(())) if given == [first]));
        assert!(matches!(decide(2), (given, Ok(())) if given == [first, None, None]));
        assert!(matches!(decide(3), (given, Err(Error::Stale)) if given == [first, None, None]));
    }
}
