//! Steps on saved beneficiaries.

use domain::beneficiary::SavedBeneficiary;
use domain::event::Event;
use domain::kernel::{AccountId, BeneficiaryId, Code, Error};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use super::{ABSENT, OnConditionFailed, Writes};
use crate::Key;
use crate::items::{BeneficiaryDocument, BeneficiaryReference};
use crate::row::Attributes;

impl Writes {
    /// Saves a beneficiary: its row, the keyed hash of its document, its reference and its event.
    #[must_use]
    pub fn save_beneficiary(
        self,
        beneficiary: &SavedBeneficiary,
        digest: String,
        event: &Event,
    ) -> Self {
        let (account_id, beneficiary_id) = (beneficiary.account_id, beneficiary.id);
        let document = BeneficiaryDocument { account_id, digest, beneficiary_id };
        self.claim_beneficiary_reference(account_id, beneficiary.reference.as_ref(), beneficiary_id)
            .replace(beneficiary)
            .create(&document)
            .create(event)
    }

    /// Writes a changed beneficiary and its event. `before` is the reference that it had.
    #[must_use]
    pub fn change_beneficiary(
        self,
        beneficiary: &SavedBeneficiary,
        before: Option<&String>,
        event: &Event,
    ) -> Self {
        let (account_id, reference) = (beneficiary.account_id, beneficiary.reference.as_ref());
        let writes = if reference == before {
            self
        } else {
            let released = before.into_iter().fold(self, |writes, reference| {
                writes.remove(&Key::BeneficiaryReference(account_id, reference.clone()))
            });
            released.claim_beneficiary_reference(account_id, reference, beneficiary.id)
        };
        writes.replace(beneficiary).create(event)
    }

    /// Claims the caller's own id for this beneficiary. Fails if another one owns it.
    fn claim_beneficiary_reference(
        self,
        account_id: AccountId,
        reference: Option<&String>,
        beneficiary_id: BeneficiaryId,
    ) -> Self {
        let Some(reference) = reference.cloned() else { return self };
        let row = BeneficiaryReference { account_id, reference, beneficiary_id };
        let taken = OnConditionFailed::FailWith(reference_taken);
        self.put(&row, 1, Some(ABSENT), Vec::new(), taken)
    }
}

fn reference_taken(row: Attributes) -> Error {
    match from_item::<BeneficiaryReference>(row) {
        Ok(owner) => Error::conflict(
            Code::ReferenceTaken,
            format!(
                "the reference {:?} already belongs to {}; send another one",
                owner.reference, owner.beneficiary_id
            ),
        ),
        Err(cause) => Error::internal(cause),
    }
}
