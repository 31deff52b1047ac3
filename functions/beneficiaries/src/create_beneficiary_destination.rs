//! `POST /v1/beneficiaries/{id}/destinations`: add a destination to a saved beneficiary.

use domain::access::AuditAction;
use domain::beneficiary::{SavedBeneficiary, SavedBeneficiaryView};
use domain::kernel::Error;
use domain::payout::PayoutDestination;
use edge::{Call, CheckedInput, Created, DestinationInput, InputContext, InputRules, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use store::{Store, Writes};

/// A destination to add.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{
    "to": { "bank_account": { "bank_code": "341", "branch": "1234", "number": "12345-1", "type": "checking" } },
}]))]
pub struct NewSavedDestination {
    /// Pix key or bank account at which the beneficiary is paid.
    to: DestinationInput,
}

impl NewSavedDestination {
    fn read(&self) -> Result<PayoutDestination, Error> {
        self.to.read("to").map_err(|flaw| Error::Invalid(vec![flaw]))
    }
}

impl InputRules for NewSavedDestination {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        self.read().map(drop)
    }
}

/// Adds the destination. A person gives a code, because a destination outlives their session.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<NewSavedDestination>, SavedBeneficiary>,
) -> Result<Outcome<Created<SavedBeneficiaryView>>, Error> {
    let mut beneficiary = call.target.clone();
    let to = call.input.read()?;
    let event = beneficiary.add_destination(to, call.principal.user_id(), &call.moment)?;
    let masked = |it: &SavedBeneficiary| json!(SavedBeneficiaryView::masked(it));
    let (was, is) = (masked(&call.target), masked(&beneficiary));
    let audit = call.audit(AuditAction::DestinationAdded, beneficiary.id, was, is);
    let before = call.target.reference.as_ref();
    let writes = Writes::default().change_beneficiary(&beneficiary, before, &event);
    let view = SavedBeneficiaryView::from(&beneficiary);
    call.commit(store, writes.create(&audit), Created(view)).await
}
