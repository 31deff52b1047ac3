//! The step that claims the caller's own id of an object.

use domain::kernel::{AccountId, Code, Error};
use domain::ledger::TransactionRef;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use super::{ABSENT, OnConditionFailed, Writes};
use crate::items::Reference;
use crate::row::Attributes;

impl Writes {
    /// Claims the caller's own id for this object. Fails if another object of this kind owns it.
    pub(super) fn claim_reference(
        self,
        account_id: AccountId,
        reference: Option<&String>,
        holder: TransactionRef,
    ) -> Self {
        let Some(reference) = reference.cloned() else { return self };
        let reference = Reference { account_id, reference, holder };
        self.put(
            &reference,
            1,
            Some(ABSENT),
            Vec::new(),
            OnConditionFailed::FailWith(reference_taken),
        )
    }

    /// Names the reference of an object that does not own it.
    pub(super) fn name_reference(
        self,
        account_id: AccountId,
        reference: Option<String>,
        holder: TransactionRef,
    ) -> Self {
        let Some(reference) = reference else { return self };
        let row = Reference { account_id, reference, holder };
        self.put(&row, 1, None, Vec::new(), OnConditionFailed::Fail(Error::Stale))
    }
}

fn reference_taken(row: Attributes) -> Error {
    match from_item::<Reference>(row) {
        Ok(holder) => Error::conflict(
            Code::ReferenceTaken,
            format!(
                "the reference {:?} already belongs to {}; send another one",
                holder.reference, holder.holder
            ),
        ),
        Err(cause) => Error::internal(cause),
    }
}
