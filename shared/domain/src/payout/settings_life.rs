//! How the payout settings change: a higher protection at once, a lower one by a second moderator.
use crate::kernel::{Code, Error, Moment, UserId};
use crate::payout::{PayoutProtections, PayoutSettings, SettingsChange, SettingsChangeStatus};
use jiff::Timestamp;

/// What a request to replace the settings leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsDecision {
    /// The settings, with the protections that are now in force.
    pub settings: PayoutSettings,
    /// The change that waits for a second moderator, if the request lowers a protection.
    pub requested: Option<SettingsChange>,
    /// An earlier change that the request ends, because it would undo what was decided since.
    pub superseded: Option<SettingsChange>,
}

impl PayoutSettings {
    /// Replaces the protections. If the new ones demand less of any payout, all of them wait for a second
    /// moderator; otherwise they are in force at once. Either way an earlier request ends.
    pub fn replace(
        mut self,
        after: PayoutProtections,
        by: UserId,
        moment: &Moment,
    ) -> Result<SettingsDecision, Error> {
        let mut superseded = self.open_change.take().filter(|change| change.is_open(moment.now));
        if let Some(change) = &mut superseded {
            change.decide(SettingsChangeStatus::Refused, Some(by), moment.now)?;
        }
        let before = self.protections();
        let requested = after
            .lowers(&before)
            .then(|| SettingsChange::request((self.account_id, by), before, after.clone(), moment));
        match &requested {
            // The row of the change has version 1 once it is created.
            Some(change) => {
                self.open_change = Some(SettingsChange { version: 1, ..change.clone() })
            }
            None => self.protect(after, Some(by), moment.now),
        }
        Ok(SettingsDecision { settings: self, requested, superseded })
    }

    /// Puts a requested change in force. `by` is none if the operator decides.
    ///
    /// # Errors
    /// `second_user_needed` for the moderator who requested it; `settings_change_state` if it does not
    /// wait any more.
    pub fn apply(
        &mut self,
        change: &mut SettingsChange,
        by: Option<UserId>,
        now: Timestamp,
    ) -> Result<(), Error> {
        if by == Some(change.requested_by) {
            return Err(Error::forbidden(
                Code::SecondUserNeeded,
                "the moderator who requested a lower protection cannot apply it; ask another moderator",
            ));
        }
        change.decide(SettingsChangeStatus::Applied, by, now)?;
        self.require_open(change)?;
        self.protect(change.after.clone(), by, now);
        self.open_change = None;
        Ok(())
    }

    /// Refuses a requested change: the settings stay as they are.
    pub fn refuse(
        &mut self,
        change: &mut SettingsChange,
        by: UserId,
        now: Timestamp,
    ) -> Result<(), Error> {
        change.decide(SettingsChangeStatus::Refused, Some(by), now)?;
        self.require_open(change)?;
        self.open_change = None;
        Ok(())
    }

    /// Requires that the change is the one that waits. The rows are read together and change together, so
    /// another decision at the same moment makes this one stale.
    fn require_open(&self, change: &SettingsChange) -> Result<(), Error> {
        match &self.open_change {
            Some(open) if open.id == change.id => Ok(()),
            _ => Err(Error::Stale),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{AccountId, Entropy, Id};
    use crate::payout::ApprovalRule;
    use jiff::SignedDuration;
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

    fn user(number: u128) -> UserId {
        UserId::from_ulid(number.into())
    }

    fn demanding(approvals: u8) -> PayoutProtections {
        let approval_rules = vec![ApprovalRule { from_cents: 0, approvals }];
        PayoutProtections { approval_rules, ..PayoutProtections::default() }
    }

    fn strict() -> PayoutSettings {
        let settings = PayoutSettings::default_of(AccountId::from_ulid(1_u128.into()));
        let decision = settings.replace(demanding(2), user(1), &at(0)).expect("a decision");
        assert_eq!((&decision.requested, &decision.superseded), (&None, &None));
        decision.settings
    }

    #[test]
    fn a_higher_protection_is_in_force_at_once_and_a_lower_one_waits() {
        let decision = strict().replace(demanding(3), user(1), &at(1)).expect("a decision");
        assert_eq!(decision.settings.protections(), demanding(3));
        let decision = strict().replace(demanding(1), user(1), &at(1)).expect("a decision");
        assert_eq!(decision.settings.protections(), demanding(2));
        let (mut settings, mut change) = (decision.settings, decision.requested.expect("a change"));
        let own = settings.clone().apply(&mut change.clone(), Some(user(1)), at(2).now);
        assert!(matches!(own, Err(Error::Forbidden { code: Code::SecondUserNeeded, .. })));
        settings.apply(&mut change, Some(user(2)), at(2).now).expect("a second moderator");
        assert_eq!(settings.protections(), demanding(1));
        assert_eq!((settings.open_change, settings.updated_by), (None, Some(user(2))));
        assert_eq!(change.status, SettingsChangeStatus::Applied);
    }

    #[test]
    fn a_request_expires_at_its_time_and_a_second_before_it_can_be_applied() {
        let decision = strict().replace(demanding(1), user(1), &at(0)).expect("a decision");
        let (settings, change) = (decision.settings, decision.requested.expect("a change"));
        let expires_at = change.expires_at;
        let apply = |now| settings.clone().apply(&mut change.clone(), Some(user(2)), now);
        assert!(apply(expires_at - SignedDuration::from_millis(1)).is_ok());
        let late = apply(expires_at);
        assert!(matches!(late, Err(Error::Conflict { code: Code::SettingsChangeState, .. })));
    }

    /// A change that was requested before a raise would undo the raise.
    #[test]
    fn a_later_decision_ends_an_earlier_request() {
        for after in [demanding(3), demanding(0)] {
            let first = strict().replace(demanding(1), user(1), &at(0)).expect("a decision");
            let first_id = first.requested.as_ref().map(|change| change.id);
            let second = first.settings.replace(after, user(2), &at(1)).expect("a decision");
            let ended = second.superseded.expect("the first request");
            assert_eq!((Some(ended.id), ended.version), (first_id, 1));
            assert_eq!(ended.status, SettingsChangeStatus::Refused);
            let open = second.settings.open_change.map(|change| change.id);
            assert_eq!(open, second.requested.map(|change| change.id));
        }
    }
}
