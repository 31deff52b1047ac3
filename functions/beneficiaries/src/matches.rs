//! The beneficiaries that a reference or a document names, read together with the credential.

use std::collections::BTreeSet;

use domain::kernel::{BeneficiaryId, Error};
use edge::{FilterReader, Rows, Target, TargetScope, fields};
use gate::Peppers;
use store::{BeneficiaryDocument, BeneficiaryReference, Key, Listing};

use crate::filters::BeneficiariesInput;

/// The most beneficiaries that a document or a reference finds.
pub(crate) const MATCHES_MAX: u8 = 100;

/// Ids of the beneficiaries that the filters of the query name, newest first.
pub struct BeneficiaryMatches(pub(crate) Vec<BeneficiaryId>);

impl BeneficiaryMatches {
    fn reference_key(scope: &TargetScope<'_>) -> Option<Key> {
        let reference = scope.query_as::<BeneficiariesInput>()?.reference?;
        // A wrong reference is refused later, and can be too long for a key.
        let is_wrong = fields::reference("reference", Some(&reference)).is_some();
        (!is_wrong).then_some(Key::BeneficiaryReference(scope.account_id, reference))
    }
}

impl Target for BeneficiaryMatches {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(Self::reference_key(scope).into_iter().collect())
    }

    fn lists(scope: &TargetScope<'_>, peppers: &Peppers) -> Vec<(Listing, u16)> {
        let query = scope.query_as::<BeneficiariesInput>();
        // A reference leads to one beneficiary, whose document is compared later.
        let text = query.filter(|query| query.reference.is_none()).and_then(|it| it.document);
        let document = FilterReader::default().document(text.as_deref());
        let digests = document.iter().flat_map(|document| peppers.document_digests(document));
        let list = |digest| Listing::BeneficiariesWith(scope.account_id, digest);
        digests.map(|digest| (list(digest), MATCHES_MAX.into())).collect()
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let mut ids = BTreeSet::new();
        if let Some(key) = Self::reference_key(scope) {
            let owner = rows.find::<BeneficiaryReference>(&key)?;
            ids.extend(owner.map(|owner| owner.beneficiary_id));
        }
        for row in rows.lists().iter().flat_map(|list| &list.rows) {
            ids.insert(row.clone().read::<BeneficiaryDocument>()?.beneficiary_id);
        }
        Ok(Self(ids.into_iter().rev().take(MATCHES_MAX.into()).collect()))
    }
}
