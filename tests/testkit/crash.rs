//! A function that dies at an await point.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Polls `work` at most this many times, then drops it where it waits. Returns its output if it ended
/// before, and `None` otherwise. With 0, 1, 2 and so on it dies at every await point there is.
pub async fn killed_after<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}
