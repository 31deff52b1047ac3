//! The approval that a payout to a new destination needs.
//!
//! Who can add a destination and pay to it needs no second user to steal. So a payout that is created while its
//! destination is new waits for an approval, also one that is scheduled for later: in these hours its owner reads
//! the event and archives the beneficiary (docs/adr/0050).
use crate::payout::{ApprovalRule, NewPayout, PayoutSettings, approvals_needed};
use jiff::Timestamp;

impl NewPayout {
    /// Returns true if the payout checks its destination. It takes one cent, which no rule protects.
    pub(super) fn is_check(&self) -> bool {
        self.saved.is_some_and(|saved| saved.check_id.is_some())
    }

    /// Returns the time until which the destination is new. Returns `None` if the payout names no saved
    /// one, checks it, or it is not new any more.
    pub(super) fn cools_until(
        &self,
        settings: &PayoutSettings,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if self.is_check() {
            return None;
        }
        let until = self.saved.as_ref()?.cools_until(settings.destination_cooling_hours);
        (now < until).then_some(until)
    }

    /// Returns the number of approvals that the payout needs: those of the rules, and one at least if its
    /// destination is new. A check needs none.
    pub(super) fn approvals_needed(&self, settings: &PayoutSettings, now: Timestamp) -> u8 {
        if self.is_check() {
            return 0;
        }
        let rules: &[ApprovalRule] = &settings.approval_rules;
        let of_cooling = u8::from(self.cools_until(settings, now).is_some());
        approvals_needed(rules, self.amount_cents).max(of_cooling)
    }
}
