//! The lifecycles of all objects, as a page of the documentation.
use crate::beneficiary::SavedBeneficiary;
use crate::charge::{Charge, Refund};
use crate::collection::Collection;
use crate::credit::Credit;
use crate::dispute::Dispute;
use crate::event::{Lifecycle, diagram};
use crate::kyc::KycRequest;
use crate::ledger::BalanceBlock;
use crate::payout::{Payout, PayoutBatch, SettingsChange};
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
    let charge = "The payer pays before the charge expires, or a credit is matched to the charge later; \
                  refunds and returns keep a charge `credited`. The bank of a boleto decides about its \
                  registration, its changes and its cancellation, and can withdraw the notice of a payment.";
    let refund = "A refund is on its way to the payer until the network pays or rejects it.";
    let credit = "A payment without a charge waits until a person, or the rule of the account, \
                  matches, keeps or returns it; a rejected return makes it wait again.";
    let payout = "A payout waits for what it needs, then goes to the network, and can come back.";
    let batch = "A batch ends when all its payouts have ended; new approvals bring a batch back to waiting.";
    let beneficiary =
        "A saved beneficiary is in use until a user archives it, and again once reinstated.";
    let collection = "A link waits for the Pix key of a beneficiary until a check finds that it is theirs, or its time \
                      is over. A worker that gets no answer of the directory gives the check back.";
    let change =
        "A change of the payout settings that lowers a protection waits for a second moderator.";
    let dispute = "A dispute is open until the network takes the money or gives the demand up; a later word of \
                   the network can still take it.";
    let kyc = "The account answers until the deadline, which is paused while compliance examines the \
               documents. The payout changes with the end of the request.";
    let export = "A worker writes the file of a statement; after a day without success it fails.";
    let block =
        "A balance block keeps money from use until it ends or the network takes the money.";
    let delivery = "A delivery ends with a 2xx, the last attempt, or a disabled endpoint; a request \
                    to deliver the event again restarts it.";
    let replay = "A replay ends with the last event of its span, or if its endpoint is disabled.";
    [
        HEAD.to_owned(),
        section::<Charge>("Charge", charge),
        section::<Refund>("Refund", refund),
        section::<Credit>("Credit", credit),
        section::<Payout>("Payout", payout),
        section::<PayoutBatch>("Payout batch", batch),
        section::<SavedBeneficiary>("Beneficiary", beneficiary),
        section::<Collection>("Collection", collection),
        section::<KycRequest>("KYC request", kyc),
        section::<SettingsChange>("Payout settings change", change),
        section::<BalanceBlock>("Balance block", block),
        section::<Dispute>("Dispute", dispute),
        section::<StatementExport>("Statement export", export),
        section::<Delivery>("Webhook delivery", delivery),
        section::<Replay>("Webhook replay", replay),
    ]
    .concat()
}

fn section<L: Lifecycle>(title: &str, text: &str) -> String {
    format!("\n## {title}\n\n{text}\n\n```mermaid\n{}```\n", diagram::<L>())
}
