//! A change of the payout settings that lowers a protection. It waits for a second moderator.
//!
//! Who could both pay out and lower a protection needs no protection to be broken. So a change that
//! demands less is a request, and another moderator, or the operator, applies it (docs/adr/0030).
use crate::event::{Lifecycle, Transition};
use crate::kernel::{AccountId, Code, Error, Id, Moment, SettingsChangeId, UserId, string_enum};
use crate::payout::PayoutProtections;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long a change waits for a second moderator.
pub const CHANGE_TIMEOUT: SignedDuration = SignedDuration::from_hours(7 * 24);

string_enum! {
    /// Status of a change of the payout settings.
    SettingsChangeStatus {
        /// The change waits for a second moderator; the settings are as before.
        Requested = "requested",
        /// The change is in force.
        Applied = "applied",
        /// A moderator refused the change, or a later request took its place.
        Refused = "refused",
        /// No second moderator applied the change in time.
        Expired = "expired",
    }
}

/// A change of the payout settings that lowers a protection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsChange {
    /// Id of the change.
    pub id: SettingsChangeId,
    /// Account of the change.
    pub account_id: AccountId,
    /// Stored status. Readers need [`SettingsChange::as_of`].
    pub status: SettingsChangeStatus,
    /// Protections that were in force when the change was requested.
    pub before: PayoutProtections,
    /// Protections that the change puts in force.
    pub after: PayoutProtections,
    /// Moderator who requested the change.
    pub requested_by: UserId,
    /// Time of the request.
    pub requested_at: Timestamp,
    /// Time at which the request expires.
    pub expires_at: Timestamp,
    /// Moderator who applied or refused the change; none if the operator did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<UserId>,
    /// Time at which the change was applied or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// Version of the row.
    pub version: u64,
}

impl Lifecycle for SettingsChange {
    type Status = SettingsChangeStatus;

    const NAME: &'static str = "payout_settings_change";
    const TRANSITIONS: &'static [Transition<SettingsChangeStatus>] = {
        use SettingsChangeStatus::{Applied, Expired, Refused, Requested};
        &[
            Transition::create(Requested, None),
            Transition::silent(Requested, Applied),
            Transition::silent(Requested, Refused),
            Transition::silent(Requested, Expired),
        ]
    };

    fn status_mut(&mut self) -> &mut SettingsChangeStatus {
        &mut self.status
    }
}

impl SettingsChange {
    /// Requests the change from the protections that are in force to others.
    pub fn request(
        (account_id, requested_by): (AccountId, UserId),
        before: PayoutProtections,
        after: PayoutProtections,
        moment: &Moment,
    ) -> Self {
        Self {
            id: SettingsChangeId::mint(moment),
            account_id,
            status: SettingsChangeStatus::Requested,
            before,
            after,
            requested_by,
            requested_at: moment.now,
            expires_at: moment.now + CHANGE_TIMEOUT,
            decided_by: None,
            decided_at: None,
            version: 0,
        }
    }

    /// Returns the change as it is at `now`: after its time it is expired, and no job has to write that.
    #[must_use]
    pub fn as_of(mut self, now: Timestamp) -> Self {
        if self.status == SettingsChangeStatus::Requested && self.expires_at <= now {
            self.status = SettingsChangeStatus::Expired;
        }
        self
    }

    /// Returns true if the change waits for a second moderator.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.clone().as_of(now).status == SettingsChangeStatus::Requested
    }

    /// Ends the request. `by` is none if the operator decides.
    pub(super) fn decide(
        &mut self,
        status: SettingsChangeStatus,
        by: Option<UserId>,
        now: Timestamp,
    ) -> Result<(), Error> {
        if !self.is_open(now) {
            let status = self.clone().as_of(now).status;
            return Err(Error::conflict(
                Code::SettingsChangeState,
                format!("the change of the payout settings is {} already", status.as_str()),
            ));
        }
        self.enter(status)?;
        (self.decided_by, self.decided_at) = (by, Some(now));
        Ok(())
    }
}

/// A change of the payout settings.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutSettingsChange")]
pub struct SettingsChangeView {
    /// Id of the change.
    pub id: SettingsChangeId,
    /// Status of the change.
    pub status: SettingsChangeStatus,
    /// Settings when the change was requested.
    pub before: PayoutProtections,
    /// Settings that the change puts in force.
    pub after: PayoutProtections,
    /// Moderator who requested the change.
    pub requested_by: UserId,
    /// Time of the request.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub requested_at: Timestamp,
    /// Time at which the request expires.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub expires_at: Timestamp,
    /// Moderator who applied or refused the change; null if the operator did, or while it waits.
    pub decided_by: Option<UserId>,
    /// Time at which the change was applied or refused.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub decided_at: Option<Timestamp>,
}

impl From<&SettingsChange> for SettingsChangeView {
    fn from(change: &SettingsChange) -> Self {
        Self {
            id: change.id,
            status: change.status,
            before: change.before.clone(),
            after: change.after.clone(),
            requested_by: change.requested_by,
            requested_at: change.requested_at,
            expires_at: change.expires_at,
            decided_by: change.decided_by,
            decided_at: change.decided_at,
        }
    }
}
