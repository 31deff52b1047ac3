//! `POST /v1/disputes/{id}/accept`: accept a dispute.

use domain::dispute::{Dispute, DisputeView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson, Outcome};
use store::{Store, Writes};

/// Takes the money of the demand as its network would, and records the order that tells the network so, in one
/// transaction. Only the dispute names its charge and balance block, so this reads twice.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, Dispute>,
) -> Result<Outcome<OkJson<DisputeView>>, Error> {
    let dispute = &call.target;
    call.rails.require_disputes(call.account_id(), dispute.provider.as_deref())?;
    let ids = (dispute.charge_id, dispute.block_id);
    let mut context = store.read_answer_context(call.account_id(), ids).await?;
    let (order, effects) = context.accept(&call.moment)?;
    let view = context.dispute.as_ref().map(DisputeView::full);
    let view = view.ok_or(Error::NotFound("dispute"))?;
    let writes = Writes::default().change_dispute(&context, &effects).create(&order);
    call.commit(store, writes, OkJson(view)).await
}
