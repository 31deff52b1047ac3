//! `GET /v1/refunds/{id}/receipt`: the receipt of a refund.

use domain::charge::Refund;
use domain::kernel::{Code, Error};
use edge::DocumentReply;
use receipt::ReceiptView;
use store::Store;

use crate::from_objects::of_refund;
use crate::representation::{ReceiptCall, reply};

/// Returns the receipt in the form that the caller chose.
pub async fn handle(
    _: &Store,
    call: ReceiptCall<Refund>,
) -> Result<DocumentReply<ReceiptView>, Error> {
    let (refund, account) = &call.target;
    let receipt = of_refund(refund, account, call.stage);
    reply(&call, receipt, Code::RefundState, refund.status.as_str()).await
}
