//! Every minute: advances due payouts. It starts scheduled payouts, ends payouts that got no money or
//! no approval in time, and sends a message if a network action is due.

use domain::kernel::Error;
use domain::payout::Payout;
use store::DueList;
use worker::{Report, Worker};

use crate::order_messages::each_order;
use crate::payout_change::change_payout;

/// Works every shard of the due index, and returns the number of payouts that advanced or got a
/// message. A failed payout is logged and stays due for the next tick.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    // The worker also asks the directory for the owner of a key.
    let owner_check = Payout::owner_check_due;
    each_order(worker, DueList::Payouts, owner_check, |payout| advance(worker, payout)).await
}

/// Advances a payout; returns false if nothing was due.
async fn advance(worker: &Worker, payout: Payout) -> bool {
    let ids = (payout.account_id, payout.id);
    let changed = change_payout(worker, ids, |rows, moment| {
        rows.payout.advance(&rows.terms, &mut rows.funds, moment)
    });
    changed.await.is_some()
}
