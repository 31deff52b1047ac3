//! A function that dies at one of its await points.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Runs `work` until it has been polled so often, then drops it where it waits; its output, if it
/// came to its end before. Tried with 0, 1, 2 and so on it dies at every await point there is.
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
