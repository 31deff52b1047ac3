//! The schedule that runs every minute, as EventBridge does on AWS.

use std::time::Duration;

use local::Bundle;

use crate::console::Console;

/// Seconds between two runs of the scheduled jobs.
const SECONDS: u64 = 60;

/// Runs the scheduled jobs at the start, because jobs became due while the bundle was off, and then
/// every minute.
pub(crate) async fn every_minute(bundle: &Bundle, console: &Console) {
    let mut interval = tokio::time::interval(Duration::from_secs(SECONDS));
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if let Err(error) = bundle.tick().await {
            console.failure(&format!(
                "a scheduled job failed: {error}; the scheduler runs again in one minute"
            ));
        }
    }
}
