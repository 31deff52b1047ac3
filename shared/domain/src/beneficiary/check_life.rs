//! Checks of saved destinations: whether the beneficiary's document is that of the owner.
//!
//! A check answers only match or not. It never shows another owner, because a key could be of anybody.

use crate::beneficiary::{
    CheckStatus, DestinationCheck, SavedBeneficiary, SavedDestination, VerifiedBy,
};
use crate::event::{Event, EventType};
use crate::kernel::{CheckId, Code, DestinationId, Error, Id, Moment, UserId};
use crate::network::KeyOwner;
use crate::payout::PayoutMethod;

/// What a check found, before it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckFinding(CheckStatus);

impl CheckFinding {
    /// Returns what the answer of the directory means for the beneficiary; `None` is a key without an owner.
    pub fn of(beneficiary: &SavedBeneficiary, owner: Option<&KeyOwner>) -> Self {
        Self(match owner {
            None => CheckStatus::Impossible,
            Some(owner) if owner.document == beneficiary.document => CheckStatus::Matched,
            Some(_) => CheckStatus::Mismatch,
        })
    }

    /// Returns true if the owner has the document of the beneficiary.
    pub fn is_match(self) -> bool {
        self.0 == CheckStatus::Matched
    }
}

impl SavedBeneficiary {
    /// Returns the destination that a check is about.
    ///
    /// # Errors
    /// `not_found` if the beneficiary has no such destination; `beneficiary_state` if it is archived, if an
    /// earlier check of the destination is pending, or if only a TED reaches it.
    pub fn destination_to_check(&self, id: DestinationId) -> Result<&SavedDestination, Error> {
        let destination = self.destination(id).ok_or(Error::NotFound(DestinationId::NOUN))?;
        self.require_active()?;
        if destination.pending_check().is_some() {
            let detail = "a check of the destination is pending; its result is in last_check";
            return Err(Error::conflict(Code::BeneficiaryState, detail));
        }
        if destination.to.method() == PayoutMethod::Ted {
            let detail = "the bank takes no Pix; a TED is settled before the bank compares the document, so it \
                          checks nothing";
            return Err(Error::conflict(Code::BeneficiaryState, detail));
        }
        Ok(destination)
    }

    /// Records a check. A match verifies the destination; anything else ends an earlier verification.
    ///
    /// # Errors
    /// `not_found` if the beneficiary has no such destination.
    pub fn record_check(
        &mut self,
        id: DestinationId,
        finding: CheckFinding,
        by: UserId,
        moment: &Moment,
    ) -> Result<(DestinationCheck, Event), Error> {
        let CheckFinding(status) = finding;
        let check = DestinationCheck {
            id: CheckId::mint(moment),
            status,
            payout_id: None,
            checked_at: moment.now,
            checked_by: by,
        };
        Ok((check, self.keep_check(id, check, VerifiedBy::PixDirectory, moment)?))
    }

    /// Keeps a check, which verifies the destination in this way if it matched, or ends an earlier
    /// verification.
    pub(super) fn keep_check(
        &mut self,
        id: DestinationId,
        check: DestinationCheck,
        by: VerifiedBy,
        moment: &Moment,
    ) -> Result<Event, Error> {
        let destination = self.destinations.iter_mut().find(|destination| destination.id == id);
        let destination = destination.ok_or(Error::NotFound(DestinationId::NOUN))?;
        destination.last_check = Some(check);
        let (verified, mismatch_at) = match check.status {
            CheckStatus::Pending => (None, destination.owner_mismatch_at),
            CheckStatus::Matched => (Some(by), None),
            CheckStatus::Mismatch => (None, Some(moment.now)),
            CheckStatus::Impossible => (None, destination.owner_mismatch_at),
        };
        destination.verified_by = verified;
        destination.verified_at = verified.map(|_| moment.now);
        destination.owner_mismatch_at = mismatch_at;
        let kind = match verified {
            Some(_) => EventType::BeneficiaryVerified,
            None => EventType::BeneficiaryChanged,
        };
        self.record_as(kind, moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beneficiary::NewSavedBeneficiary;
    use crate::kernel::{AccountId, BeneficiaryId, Entropy};
    use crate::payout::PayoutDestination;
    use brazil::{BankAccountKind, Document, DocumentKind, PixKey, PixKeyKind};
    use jiff::SignedDuration;
    use jiff::Timestamp;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    struct FixedEntropy;

    impl Entropy for FixedEntropy {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn at(seconds: i64) -> Moment {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        Moment::new(now, Arc::new(FixedEntropy))
    }

    fn cpf(number: &str) -> Document {
        Document::parse(DocumentKind::Cpf, number).expect("a CPF")
    }

    fn owner(number: &str) -> KeyOwner {
        KeyOwner {
            name: "Ana".to_owned(),
            document: cpf(number),
            ispb: "60701190".to_owned(),
            account_kind: BankAccountKind::Checking,
        }
    }

    fn saved() -> SavedBeneficiary {
        let key = PixKey::parse(PixKeyKind::Email, "maria@example.com").expect("a key");
        let new = NewSavedBeneficiary {
            name: "Maria".to_owned(),
            document: cpf("52998224725"),
            destinations: vec![PayoutDestination::PixKey(key)],
            reference: None,
            metadata: BTreeMap::new(),
        };
        let user = UserId::from_ulid(1_u128.into());
        let author = (AccountId::from_ulid(1_u128.into()), user);
        let id = BeneficiaryId::from_ulid(2_u128.into());
        SavedBeneficiary::save(id, author, new, &at(0)).expect("a beneficiary").0
    }

    /// Records a check, and returns the destination as it is then, with the type of the event.
    fn check(beneficiary: &mut SavedBeneficiary, owner: Option<&KeyOwner>, now: i64) -> EventType {
        let id = beneficiary.destinations[0].id;
        let finding = CheckFinding::of(beneficiary, owner);
        let by = UserId::from_ulid(1_u128.into());
        let (_, event) = beneficiary.record_check(id, finding, by, &at(now)).expect("a check");
        event.kind
    }

    #[test]
    fn a_match_verifies_and_each_other_result_ends_the_verification() {
        let mut beneficiary = saved();
        let (same, other) = (owner("52998224725"), owner("39053344705"));
        let verified = |it: &SavedBeneficiary| {
            let destination = &it.destinations[0];
            (destination.verified_at, destination.verified_by, destination.owner_mismatch_at)
        };
        assert_eq!(verified(&beneficiary), (None, None, None));
        for (owner, event, expected) in [
            (Some(&same), EventType::BeneficiaryVerified, (Some(1), None)),
            (Some(&other), EventType::BeneficiaryChanged, (None, Some(1))),
            (Some(&same), EventType::BeneficiaryVerified, (Some(1), None)),
            (None, EventType::BeneficiaryChanged, (None, None)),
        ] {
            assert_eq!(check(&mut beneficiary, owner, 1), event);
            let (at, mismatch) = expected;
            let time = |seconds: Option<i64>| seconds.map(|seconds| self::at(seconds).now);
            let by = at.map(|_| VerifiedBy::PixDirectory);
            assert_eq!(verified(&beneficiary), (time(at), by, time(mismatch)));
        }
    }

    #[test]
    fn only_a_destination_of_an_active_beneficiary_is_checked() {
        let mut beneficiary = saved();
        let id = beneficiary.destinations[0].id;
        assert!(beneficiary.destination_to_check(id).is_ok());
        let unknown = DestinationId::from_ulid(9_u128.into());
        assert!(matches!(
            beneficiary.destination_to_check(unknown),
            Err(Error::NotFound("destination"))
        ));
        beneficiary.archive(&at(1)).expect("active");
        let archived = beneficiary.destination_to_check(id);
        assert!(matches!(archived, Err(Error::Conflict { code: Code::BeneficiaryState, .. })));
    }
}
