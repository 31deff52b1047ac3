//! `POST /v1/payout-batches/{id}/reject`: reject the payouts of a batch that wait for approval.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::payout::{BatchVerdict, BatchView, PayoutBatch};
use edge::{Accepted, Call, CheckedInput, Outcome};
use serde_json::json;
use store::{Store, Writes};

use crate::reject_payout::RejectionInput;

/// Records the rejection of all payouts of the batch that wait for approval now. The scheduler rejects them
/// within a minute, each in its own transaction, and their money is available again.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<RejectionInput>, PayoutBatch>,
) -> Result<Outcome<Accepted<BatchView>>, Error> {
    let mut batch = call.target.clone();
    let verdict = BatchVerdict::Reject(call.input.reason.trim().to_owned());
    let author = (call.principal.user_id(), call.principal.author());
    batch.decide(verdict, author, call.request_id().to_owned(), call.moment.now)?;
    let line = call.audit(
        AuditAction::PayoutBatchRejected,
        batch.id,
        json!({ "status": batch.status }),
        json!({ "totals": batch.totals(), "owners_unchecked": batch.owners_unchecked }),
    );
    let writes = Writes::default().replace(&batch).create(&line);
    call.commit(store, writes, Accepted(BatchView::from(&batch))).await
}
