//! `GET /v1/charges/{id}/receipt`: the receipt of a charge.

use domain::charge::Charge;
use domain::kernel::{Code, Error};
use edge::DocumentReply;
use receipt::ReceiptView;
use store::Store;

use crate::from_objects::of_charge;
use crate::representation::{ReceiptCall, reply};

/// Returns the receipt in the form that the caller chose.
pub async fn handle(
    _: &Store,
    call: ReceiptCall<Charge>,
) -> Result<DocumentReply<ReceiptView>, Error> {
    let (charge, account) = &call.target;
    let receipt = of_charge(charge.clone(), account, call.stage, call.moment.now);
    reply(&call, receipt, Code::ChargeState, charge.status.as_str()).await
}
