//! `POST /v1/beneficiaries/{id}/reinstate`: reinstate an archived beneficiary.

use domain::access::AuditAction;
use domain::beneficiary::{SavedBeneficiary, SavedBeneficiaryView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson, Outcome};
use serde_json::json;
use store::{Store, Writes};

/// Makes the beneficiary active again, with the destinations that it had.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, SavedBeneficiary>,
) -> Result<Outcome<OkJson<SavedBeneficiaryView>>, Error> {
    let mut beneficiary = call.target.clone();
    let event = beneficiary.reinstate(&call.moment)?;
    let masked = |it: &SavedBeneficiary| json!(SavedBeneficiaryView::masked(it));
    let (was, is) = (masked(&call.target), masked(&beneficiary));
    let audit = call.audit(AuditAction::BeneficiaryReinstated, beneficiary.id, was, is);
    let before = call.target.reference.as_ref();
    let writes = Writes::default().change_beneficiary(&beneficiary, before, &event);
    let view = SavedBeneficiaryView::from(&beneficiary);
    call.commit(store, writes.create(&audit), OkJson(view)).await
}
