//! `POST /v1/payout-batches/{id}/approve`: approve the payouts of a batch that wait for approval.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::payout::{BatchVerdict, BatchView, PayoutBatch};
use edge::{Accepted, Call, NoInput, Outcome};
use serde_json::json;
use store::{Store, Writes};

/// Records the approval of all payouts of the batch that wait for approval now, and that show the owner of
/// their key. The scheduler approves them within a minute, each in its own transaction, in the name of the
/// caller. A payout that waits for something else is left as it is.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, PayoutBatch>,
) -> Result<Outcome<Accepted<BatchView>>, Error> {
    let mut batch = call.target.clone();
    let verdict = BatchVerdict::Approve;
    let author = (call.principal.user_id(), call.principal.author());
    batch.decide(verdict, author, call.request_id().to_owned(), call.moment.now)?;
    let line = call.audit(
        AuditAction::PayoutBatchApproved,
        batch.id,
        json!({ "status": batch.status }),
        json!({ "totals": batch.totals(), "owners_unchecked": batch.owners_unchecked }),
    );
    let writes = Writes::default().replace(&batch).create(&line);
    call.commit(store, writes, Accepted(BatchView::from(&batch))).await
}
