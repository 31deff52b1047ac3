//! From the queue of payouts and refunds: tells the network of those that go, and asks what became of
//! those it did not answer about.

use domain::{Error, Payout, Refund, Subject};
use queue::OrderMessage;
use serde_json::Value;
use worker::each_message;

use crate::{Remitter, errand};

/// Goes on the errands of a batch.
pub async fn handle(remitter: &Remitter, batch: Value) -> Result<Value, Error> {
    let go = |message| go(remitter, message);
    each_message(remitter.app(), "submit_payouts", batch, go).await
}

async fn go(remitter: &Remitter, message: OrderMessage) -> Result<(), Error> {
    match message.subject {
        Subject::Payout(_) => errand::go::<Payout>(remitter, message).await,
        Subject::Refund(_) => errand::go::<Refund>(remitter, message).await,
        Subject::Charge(id) => Err(Error::internal(format!("{id} is no order to the network"))),
    }
}
