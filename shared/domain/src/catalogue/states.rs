//! The lifecycles of all objects, as a page of the documentation.
use crate::charge::{Charge, Refund};
use crate::event::{Lifecycle, diagram};
use crate::payout::{Payout, PayoutBatch};
use crate::statement::StatementExport;
use crate::webhook::{Delivery, Replay};

const HEAD: &str = "\
# Lifecycles

`cargo xtask states` writes this page from the tables `TRANSITIONS` in `shared/domain`.
An arrow is a change of status, with the event that it records.
No other change of status exists.
An arrow from a status to itself keeps the status.
";

/// Returns the page `docs/states.md`.
pub fn states_page() -> String {
    let charge = "The payer pays before the charge expires; refunds keep a charge `credited`.";
    let refund = "A refund is on its way to the payer until the network pays or rejects it.";
    let payout = "A payout waits for what it needs, then goes to the network, and can come back.";
    let batch = "A batch is completed when each line was opened as a payout or refused.";
    let export = "A worker writes the file of a statement; after a day without success it fails.";
    let delivery = "A delivery ends with a 2xx, the last attempt, or a disabled endpoint; a request \
                    to deliver the event again restarts it.";
    let replay = "A replay ends with the last event of its span, or if its endpoint is disabled.";
    [
        HEAD.to_owned(),
        section::<Charge>("Charge", charge),
        section::<Refund>("Refund", refund),
        section::<Payout>("Payout", payout),
        section::<PayoutBatch>("Payout batch", batch),
        section::<StatementExport>("Statement export", export),
        section::<Delivery>("Webhook delivery", delivery),
        section::<Replay>("Webhook replay", replay),
    ]
    .concat()
}

fn section<L: Lifecycle>(title: &str, text: &str) -> String {
    format!("\n## {title}\n\n{text}\n\n```mermaid\n{}```\n", diagram::<L>())
}
