//! `POST /v1/beneficiaries`: save a beneficiary.

use std::collections::BTreeMap;

use domain::access::AuditAction;
use domain::beneficiary::{NewSavedBeneficiary, SavedBeneficiary, SavedBeneficiaryView};
use domain::kernel::{BeneficiaryId, Error, Id};
use edge::fields::DocumentInput;
use edge::{Call, Created, DestinationInput, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Store, Writes};

use crate::fields;

/// A beneficiary to save.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewSavedBeneficiary",
    extend("examples" = [{
        "name": "Maria Silva",
        "document": { "type": "cpf", "number": "529.982.247-25" },
        "destinations": [{ "pix_key": { "type": "email", "key": "maria@example.com" } }],
        "reference": "supplier-7",
    }])
)]
pub struct SavedBeneficiaryInput {
    /// Name, up to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// CPF or CNPJ, with or without punctuation. It cannot change later.
    document: DocumentInput,
    /// Pix keys and bank accounts at which the beneficiary is paid, 1 to 10.
    #[schemars(length(min = 1, max = 10))]
    destinations: Vec<DestinationInput>,
    /// Caller's own id, unique among the account's beneficiaries; up to 64 characters.
    #[schemars(length(min = 1, max = 64))]
    reference: Option<String>,
    /// Notes of the caller: up to 20, names up to 40 and values up to 500 characters.
    #[schemars(extend(
        "maxProperties" = 20,
        "propertyNames" = { "minLength": 1, "maxLength": 40 },
        "additionalProperties" = { "type": "string", "maxLength": 500 },
    ))]
    metadata: Option<BTreeMap<String, String>>,
}

impl SavedBeneficiaryInput {
    fn read(&self) -> Result<NewSavedBeneficiary, Error> {
        let (name, reference) = (Some(self.name.as_str()), self.reference.as_deref());
        let mut flaws = fields::text_flaws(name, reference, self.metadata.as_ref());
        let document = self.document.read("document").map_err(|flaw| flaws.push(flaw));
        let destinations =
            fields::destinations(&self.destinations).map_err(|wrong| flaws.extend(wrong));
        match (document, destinations) {
            (Ok(document), Ok(destinations)) if flaws.is_empty() => Ok(NewSavedBeneficiary {
                name: self.name.trim().to_owned(),
                document,
                destinations,
                reference: self.reference.clone(),
                metadata: self.metadata.clone().unwrap_or_default(),
            }),
            _ => Err(Error::Invalid(flaws)),
        }
    }
}

/// Saves the beneficiary with its reference, its event and its line of the audit trail in one transaction.
/// Nothing is asked of the directory.
pub async fn handle(
    store: &Store,
    call: Call<SavedBeneficiaryInput>,
) -> Result<Outcome<Created<SavedBeneficiaryView>>, Error> {
    let new = call.input.read()?;
    let author = (call.account_id(), call.principal.user_id());
    let id = BeneficiaryId::mint(&call.moment);
    let (beneficiary, event) = SavedBeneficiary::save(id, author, new, &call.moment)?;
    let after = json!(SavedBeneficiaryView::masked(&beneficiary));
    let audit = call.audit(AuditAction::BeneficiaryCreated, id, Value::Null, after);
    let digest = call.peppers.document_digest(&beneficiary.document);
    let writes = Writes::default().save_beneficiary(&beneficiary, digest, &event).create(&audit);
    call.commit(store, writes, Created(SavedBeneficiaryView::from(&beneficiary))).await
}
