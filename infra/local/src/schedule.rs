//! The per-minute schedule: what EventBridge does on AWS.

use std::time::Duration;

use local::Bundle;

use crate::console::Console;

const SECONDS: u64 = 60;

/// Ticks at the start, to catch up with the time the bundle was off, and then every minute.
pub(crate) async fn every_minute(bundle: &Bundle, console: &Console) {
    let mut interval = tokio::time::interval(Duration::from_secs(SECONDS));
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if let Err(error) = bundle.tick().await {
            console.failure(&format!("the schedule failed and goes on in a minute: {error}"));
        }
    }
}
