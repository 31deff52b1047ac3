//! Many tasks at the same moment.

use tokio::task::JoinSet;

/// Runs `count` tasks at once, each made from its number, and returns their outputs in any order.
pub async fn together<F>(count: usize, task: impl Fn(usize) -> F) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..count {
        tasks.spawn(task(number));
    }
    tasks.join_all().await
}
