//! `GET /v1/payouts/{id}/receipt`: the receipt of a payout.

use domain::kernel::{Code, Error};
use domain::payout::Payout;
use edge::DocumentReply;
use receipt::ReceiptView;
use store::Store;

use crate::from_objects::of_payout;
use crate::representation::{ReceiptCall, reply};

/// Returns the receipt in the form that the caller chose.
pub async fn handle(
    _: &Store,
    call: ReceiptCall<Payout>,
) -> Result<DocumentReply<ReceiptView>, Error> {
    let (payout, account) = &call.target;
    let receipt = of_payout(payout.clone(), account, call.stage, call.moment.now);
    reply(&call, receipt, Code::PayoutState, payout.status.as_str()).await
}
