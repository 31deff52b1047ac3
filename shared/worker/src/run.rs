//! Serves the schedule, the stream or a queue.

use domain::Error;
use edge::chosen;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};

use crate::{Jobs, Worker};

/// Runs one scheduled operation of a domain.
pub async fn run_jobs(jobs: Jobs) -> Result<(), lambda_runtime::Error> {
    let job = chosen(jobs, |job| job.name)?;
    let worker = Worker::from_env().await?;
    let worker = &worker;
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| async move {
        let done = (job.run)(worker).await.map_err(lambda_runtime::Error::from)?;
        worker.app.log.line(&json!({ "level": "info", "job": job.name, "done": done }));
        Ok::<_, lambda_runtime::Error>(())
    }))
    .await
}

/// Serves batches of a stream or queue; `consume` answers which items come again. A panic is an
/// error of the whole batch, which then comes again (docs/adr/0007).
pub async fn run_batches<F, R>(consume: F) -> Result<(), lambda_runtime::Error>
where
    F: Fn(Value) -> R,
    R: Future<Output = Result<Value, Error>>,
{
    let consume = &consume;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        // On the heap: the runtime wraps it in many layers, each of which would hold it again.
        Box::pin(consume(event.payload)).await.map_err(lambda_runtime::Error::from)
    }))
    .await
}

/// The log line of a batch.
pub fn batch_line(consumer: &str, items: usize, failed: usize) -> Value {
    let level = if failed == 0 { "info" } else { "warn" };
    json!({ "level": level, "consumer": consumer, "items": items, "failed": failed })
}
