//! The saved beneficiaries that payouts in a body name, read together with the credential.

use std::collections::{BTreeSet, HashMap};

use domain::access::Permission;
use domain::beneficiary::{NotPayable, SavedBeneficiary};
use domain::kernel::{BeneficiaryId, Code, DestinationId, Error, Flaw, Id, Violation};
use domain::payout::{BATCH_LINES_MAX, Beneficiary, DestinationRef, PayoutDestination};
use edge::{Call, Rows, Target, TargetScope};
use serde::Deserialize;
use serde_json::Value;
use store::Key;

/// The saved beneficiaries that the payouts of a body name, as far as the account has them.
#[derive(Default)]
pub struct SavedTargets(HashMap<BeneficiaryId, SavedBeneficiary>);

/// What a payout copies from a saved beneficiary.
pub(crate) type PayableCopy = (PayoutDestination, Option<Beneficiary>, Option<DestinationRef>);

/// A body of one payout or of a batch, as far as it names beneficiaries. The input check says what else is
/// wrong with it.
#[derive(Deserialize)]
struct NamingBody {
    to: Option<NamingTo>,
    payouts: Option<Vec<NamingPayout>>,
}

#[derive(Deserialize)]
struct NamingPayout {
    to: Option<NamingTo>,
}

#[derive(Deserialize)]
struct NamingTo {
    beneficiary_id: Option<Value>,
}

impl NamingTo {
    fn id(&self) -> Option<BeneficiaryId> {
        BeneficiaryId::parse(self.beneficiary_id.as_ref()?.as_str()?).ok()
    }
}

impl SavedTargets {
    /// Returns the ids in the body, each once, and no more than a batch has lines.
    fn ids(scope: &TargetScope<'_>) -> BTreeSet<BeneficiaryId> {
        let Some(body) = scope.body_as::<NamingBody>() else { return BTreeSet::new() };
        let lines = body.payouts.into_iter().flatten().take(BATCH_LINES_MAX);
        let all = body.to.into_iter().chain(lines.filter_map(|line| line.to));
        all.filter_map(|to| to.id()).collect()
    }

    /// Returns the beneficiary with this id. Returns `None` if the account does not have it.
    pub(crate) fn find(&self, id: BeneficiaryId) -> Option<&SavedBeneficiary> {
        self.0.get(&id)
    }

    /// Returns what a payout copies from the destination that it names.
    ///
    /// # Errors
    /// The violation of the field that names nothing that can be paid; `field` is the path of `to`.
    pub(crate) fn copy(
        &self,
        id: BeneficiaryId,
        destination_id: Option<DestinationId>,
        field: &str,
    ) -> Result<PayableCopy, Violation> {
        let Some(beneficiary) = self.find(id) else {
            let detail = "the account has no such beneficiary; see GET /v1/beneficiaries";
            return Err(Violation::new(
                format!("{field}.beneficiary_id"),
                Flaw::NotPayable,
                detail,
            ));
        };
        let flaw = |flaw: NotPayable| {
            let (name, code) = match flaw {
                NotPayable::Archived => ("beneficiary_id", Flaw::NotPayable),
                NotPayable::NoDestination => ("destination_id", Flaw::NotPayable),
                NotPayable::NoChoice(_) => ("destination_id", Flaw::Required),
            };
            Violation::new(format!("{field}.{name}"), code, flaw.detail())
        };
        let destination = beneficiary.payable(destination_id).map_err(flaw)?;
        let saved = beneficiary.reference_to(destination);
        Ok((destination.to.clone(), Some(beneficiary.as_beneficiary()), Some(saved)))
    }
}

impl Target for SavedTargets {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let key = |id| Key::Beneficiary(scope.account_id, id);
        Ok(Self::ids(scope).into_iter().map(key).collect())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let mut found = HashMap::new();
        for id in Self::ids(scope) {
            if let Some(row) = rows.find(&Key::Beneficiary(scope.account_id, id))? {
                found.insert(id, row);
            }
        }
        Ok(Self(found))
    }
}

/// Requires that the caller may read beneficiaries, because the answer shows name, document and key of one.
pub(crate) fn require_reader<I, T>(call: &Call<I, T>) -> Result<(), Error> {
    if call.principal.access().allows(Permission::BeneficiariesRead) {
        return Ok(());
    }
    Err(Error::forbidden(
        Code::PermissionDenied,
        "a payout to a saved beneficiary needs beneficiaries:read; a moderator can grant it",
    ))
}
