//! `DELETE /v1/beneficiaries/{id}/destinations/{destination}`: delete a destination of a saved beneficiary.

use domain::access::AuditAction;
use domain::beneficiary::{SavedBeneficiary, SavedBeneficiaryView};
use domain::kernel::{DestinationId, Error, Id};
use edge::{Call, NoContent, NoInput, Outcome};
use serde_json::json;
use store::{Store, Writes};

/// Deletes the destination. Payouts that exist already go on. The last destination cannot be deleted.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, SavedBeneficiary>,
) -> Result<Outcome<NoContent>, Error> {
    let mut beneficiary = call.target.clone();
    let id = DestinationId::parse(call.path("destination"))?;
    let event = beneficiary.remove_destination(id, &call.moment)?;
    let masked = |it: &SavedBeneficiary| json!(SavedBeneficiaryView::masked(it));
    let (was, is) = (masked(&call.target), masked(&beneficiary));
    let audit = call.audit(AuditAction::DestinationRemoved, beneficiary.id, was, is);
    let before = call.target.reference.as_ref();
    let writes = Writes::default().change_beneficiary(&beneficiary, before, &event);
    call.commit(store, writes.create(&audit), NoContent::default()).await
}
