//! The messages of payouts, refunds, credits, boletos, cards and answers to demands to submit, so that the network gets them within a second,
//! and of new exports.

use domain::charge::{BoletoOrder, CardOrder, Refund};
use domain::credit::Credit;
use domain::dispute::DisputeOrder;
use domain::kernel::Error;
use domain::network::{NetworkAction, OutboundOrder};
use domain::payout::{Payout, PayoutStep};
use domain::statement::{ExportStatus, StatementExport};
use queue::{ExportMessage, OrderMessage};
use store::{Item, StreamRecord};
use worker::Worker;

/// The messages of a batch.
#[derive(Default)]
pub(crate) struct WorkMessages {
    orders: Vec<OrderMessage>,
    exports: Vec<ExportMessage>,
}

impl WorkMessages {
    /// Adds the message of a record, if its row needs a worker.
    pub(crate) fn add(&mut self, record: &StreamRecord) -> Result<(), Error> {
        self.orders.extend(order::<Payout>(record)?);
        self.orders.extend(owner_check(record)?);
        self.orders.extend(order::<Refund>(record)?);
        self.orders.extend(order::<Credit>(record)?);
        self.orders.extend(order::<BoletoOrder>(record)?);
        self.orders.extend(order::<CardOrder>(record)?);
        self.orders.extend(order::<DisputeOrder>(record)?);
        let export = record.row::<StatementExport>()?;
        let new = export.filter(|export| export.status == ExportStatus::Waiting);
        self.exports.extend(new.as_ref().map(ExportMessage::from));
        Ok(())
    }

    /// Sends the messages. The scheduler resends what could not be sent.
    pub(crate) async fn send(&self, worker: &Worker) {
        let (app, lanes) = (&worker.app, &worker.lanes);
        let (orders, exports) =
            futures::join!(lanes.send_orders(&self.orders), lanes.send_exports(&self.exports));
        if let Err(error) = orders {
            app.warn("could not send order messages; the scheduler resends them", &error);
        }
        if let Err(error) = exports {
            app.warn("could not send export messages; the scheduler resends them", &error);
        }
    }
}

/// Returns the message of a payout that waits until the owner of its Pix key is known.
fn owner_check(record: &StreamRecord) -> Result<Option<OrderMessage>, Error> {
    let waits = |payout: &Payout| {
        payout.due.as_ref().is_some_and(|due| matches!(due.step, PayoutStep::CheckOwner { .. }))
    };
    Ok(record.row::<Payout>()?.filter(waits).as_ref().map(OrderMessage::from))
}

/// Returns the message of a row of this type that must be submitted to its network.
fn order<R>(record: &StreamRecord) -> Result<Option<OrderMessage>, Error>
where
    R: Item + OutboundOrder,
    for<'a> OrderMessage: From<&'a R>,
{
    let is_due =
        |row: &R| row.next_action().is_some_and(|(_, action)| action == NetworkAction::Submit);
    Ok(record.row::<R>()?.filter(is_due).as_ref().map(OrderMessage::from))
}
