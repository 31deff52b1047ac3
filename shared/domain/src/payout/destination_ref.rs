//! The destination of a saved beneficiary that a payout names, and how long a new one cools.
use crate::kernel::{BeneficiaryId, CheckId, DestinationId, Flaw, UserId, Violation};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Hours during which a destination is new, if the account has not chosen others: a business day, in which
/// a person reads the event of the change.
pub const DESTINATION_COOLING_HOURS: u16 = 24;
/// The most hours that an account can choose: 30 days.
pub const COOLING_HOURS_MAX: u16 = 720;

/// The destination of a saved beneficiary that a payout names. The payout has a copy of what it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationRef {
    /// Saved beneficiary.
    pub beneficiary_id: BeneficiaryId,
    /// Destination of the beneficiary.
    pub destination_id: DestinationId,
    /// Time at which the destination was added, or its beneficiary was reinstated.
    pub added_at: Timestamp,
    /// User who added the destination. That user cannot approve a payout to it while it is new.
    pub added_by: UserId,
    /// Check of the destination that the payout makes; none for every other payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_id: Option<CheckId>,
}

impl DestinationRef {
    /// Returns the time until which the destination is new.
    pub(super) fn cools_until(&self, hours: u16) -> Timestamp {
        let end = self.added_at.checked_add(SignedDuration::from_hours(hours.into()));
        end.unwrap_or(Timestamp::MAX)
    }
}

/// Returns the violation of a number of hours that is too large.
pub fn cooling_hours_flaw(hours: u16) -> Option<Violation> {
    let detail = format!("a destination cools for 0 to {COOLING_HOURS_MAX} hours");
    let flaw = Violation::new("destination_cooling_hours", Flaw::OutOfRange, detail);
    (hours > COOLING_HOURS_MAX).then_some(flaw)
}

/// Returns the default of stored settings from before there was a choice.
pub(super) fn default_cooling_hours() -> u16 {
    DESTINATION_COOLING_HOURS
}
