//! The start of a function without HTTP, and the log lines of its work.

use domain::kernel::Error;
use lambda_runtime::{LambdaEvent, service_fn};
use runtime::{App, Level, Metric, select_by_handler};
use serde_json::{Value, json};

use crate::{Job, Jobs, Worker};

/// Runs one scheduled operation of a domain.
pub async fn run_jobs(jobs: Jobs) -> Result<(), lambda_runtime::Error> {
    let job = select_by_handler(jobs, |job| job.name)?;
    let worker = Worker::from_env()?;
    let worker = &worker;
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| async move {
        run_job(worker, job).await.map(drop).map_err(lambda_runtime::Error::from)
    }))
    .await
}

/// Runs a job once, writes its log line, and returns how many objects it handled.
pub async fn run_job(worker: &Worker, job: &Job) -> Result<u64, Error> {
    let app = &worker.app;
    // Lambda gets one word of an error; the log gets the cause.
    let failed = |error: &Error| {
        app.fail(&format!("job {} failed; the next run tries again", job.name), error);
    };
    let report = (job.run)(worker).await.inspect_err(failed)?;
    let mut line = app.measured(Level::Info, ("job", job.name), &report.metrics);
    line["done"] = json!(report.done);
    app.log.line(&line);
    Ok(report.done)
}

/// Serves batches of a stream or queue; `consume` returns which items must be delivered again. A panic
/// is an error of the whole batch, which is then delivered again (docs/adr/0007).
pub async fn run_batches<F, R>(app: &App, consume: F) -> Result<(), lambda_runtime::Error>
where
    F: Fn(Value) -> R,
    R: Future<Output = Result<Value, Error>>,
{
    let consume = &consume;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        // Boxed, because the runtime wraps the future in many layers, and each would hold its size.
        let outcome = Box::pin(consume(event.payload)).await;
        let outcome =
            outcome.inspect_err(|error| app.fail("the batch failed; AWS delivers it again", error));
        outcome.map_err(lambda_runtime::Error::from)
    }))
    .await
}

/// Writes the log line of a batch.
pub fn batch_line(app: &App, consumer: &str, items: usize, failed: usize) {
    let level = if failed == 0 { Level::Info } else { Level::Warn };
    let count = |number| u64::try_from(number).unwrap_or(u64::MAX);
    let metrics = [Metric::count("items", count(items)), Metric::count("failed", count(failed))];
    app.log.line(&app.measured(level, ("consumer", consumer), &metrics));
}
