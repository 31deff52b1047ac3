//! From the queue of payouts: tells the network of those that go, and asks what became of those it
//! did not answer about.

use domain::Error;
use serde_json::Value;
use worker::each_message;

use crate::{Remitter, errand};

/// Goes on the errands of a batch.
pub async fn handle(remitter: &Remitter, batch: Value) -> Result<Value, Error> {
    let go = |message| errand::go(remitter, message);
    each_message(remitter.app(), "submit_payouts", batch, go).await
}
