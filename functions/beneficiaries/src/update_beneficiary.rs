//! `PATCH /v1/beneficiaries/{id}`: change name, reference or metadata of a saved beneficiary.

use std::collections::BTreeMap;

use domain::access::AuditAction;
use domain::beneficiary::{BeneficiaryChange, SavedBeneficiary, SavedBeneficiaryView};
use domain::kernel::Error;
use edge::{Call, OkJson, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use store::{Store, Writes};

use crate::fields;

/// Changes of a saved beneficiary; absent fields stay as they are.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "name": "Maria da Silva" }]))]
pub struct SavedBeneficiaryChange {
    /// New name, up to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    name: Option<String>,
    /// New caller's own id, unique among the account's beneficiaries; an empty text removes it.
    #[schemars(length(max = 64))]
    reference: Option<String>,
    /// New notes of the caller, which replace all others: up to 20, names up to 40 and values up to 500
    /// characters.
    #[schemars(extend(
        "maxProperties" = 20,
        "propertyNames" = { "minLength": 1, "maxLength": 40 },
        "additionalProperties" = { "type": "string", "maxLength": 500 },
    ))]
    metadata: Option<BTreeMap<String, String>>,
}

impl SavedBeneficiaryChange {
    fn read(&self) -> Result<BeneficiaryChange, Error> {
        let reference = self.reference.as_deref();
        let kept = reference.filter(|reference| !reference.is_empty());
        let flaws = fields::text_flaws(self.name.as_deref(), kept, self.metadata.as_ref());
        if !flaws.is_empty() {
            return Err(Error::Invalid(flaws));
        }
        Ok(BeneficiaryChange {
            name: self.name.as_deref().map(|name| name.trim().to_owned()),
            reference: reference.map(|_| kept.map(str::to_owned)),
            metadata: self.metadata.clone(),
        })
    }
}

/// Changes the beneficiary. Its document and its destinations stay: another document is another person.
pub async fn handle(
    store: &Store,
    call: Call<SavedBeneficiaryChange, SavedBeneficiary>,
) -> Result<Outcome<OkJson<SavedBeneficiaryView>>, Error> {
    let mut beneficiary = call.target.clone();
    let event = beneficiary.change(call.input.read()?, &call.moment)?;
    let view = SavedBeneficiaryView::from(&beneficiary);
    let Some(event) = event else {
        return call.commit(store, Writes::default(), OkJson(view)).await;
    };
    let masked = |it: &SavedBeneficiary| json!(SavedBeneficiaryView::masked(it));
    let (was, is) = (masked(&call.target), masked(&beneficiary));
    let audit = call.audit(AuditAction::BeneficiaryUpdated, beneficiary.id, was, is);
    let before = call.target.reference.as_ref();
    let writes = Writes::default().change_beneficiary(&beneficiary, before, &event);
    call.commit(store, writes.create(&audit), OkJson(view)).await
}
