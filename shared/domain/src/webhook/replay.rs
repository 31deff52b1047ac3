//! A replay: past events sent to an endpoint again, at a pace that leaves room for new ones.
use crate::event::{Lifecycle, Transition};
use crate::kernel::{AccountId, EndpointId, Error, EventId, Lease, string_enum};
use crate::webhook::{Delivery, DeliveryStatus};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Events one replay looks at in a minute. They go to the retry lane, where new events never wait.
pub const REPLAY_PER_TICK: u32 = 500;
/// One tick later.
const TICK: SignedDuration = SignedDuration::from_mins(1);

string_enum! {
    /// The status of a replay.
    ReplayStatus {
        /// The scheduler continues it every minute.
        Running = "running",
        /// Every event of the span was examined.
        Completed = "completed",
        /// The endpoint was disabled or deleted during the replay.
        Cancelled = "cancelled",
    }
}

/// The replay of an endpoint; it has one at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Whose.
    pub account_id: AccountId,
    /// Where to.
    pub endpoint_id: EndpointId,
    /// Events from this instant on,
    pub from: Timestamp,
    /// and before this one.
    pub until: Timestamp,
    /// Whether what was delivered is sent again too.
    pub include_delivered: bool,
    /// Where it stands.
    pub status: ReplayStatus,
    /// The last event looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<EventId>,
    /// Events sent again so far.
    pub replayed: u64,
    /// The lease of the tick that continues the replay.
    pub lease: Lease,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Counts the changes.
    pub version: u64,
}

impl Lifecycle for Replay {
    type Status = ReplayStatus;

    const NAME: &'static str = "webhook_replay";
    const TRANSITIONS: &'static [Transition<ReplayStatus>] = {
        use ReplayStatus::{Cancelled, Completed, Running};
        &[
            Transition::create(Running, None),
            Transition::silent(Running, Completed),
            Transition::silent(Running, Cancelled),
        ]
    };

    fn status_mut(&mut self) -> &mut ReplayStatus {
        &mut self.status
    }
}

impl Replay {
    /// Whether an event with this delivery is sent again. One that is pending is on its way already.
    pub fn wants(&self, delivery: Option<&Delivery>) -> bool {
        match delivery.map(|delivery| delivery.status) {
            None | Some(DeliveryStatus::Exhausted | DeliveryStatus::Cancelled) => true,
            Some(DeliveryStatus::Delivered) => self.include_delivered,
            Some(DeliveryStatus::Pending) => false,
        }
    }

    /// Returns true if the scheduler is to continue the replay now.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.status == ReplayStatus::Running && !self.lease.is_held(now)
    }

    /// Cancels the replay: the endpoint was deleted, or is not enabled.
    pub fn stop(&mut self) -> Result<(), Error> {
        self.enter(ReplayStatus::Cancelled)?;
        self.lease.end();
        Ok(())
    }

    /// Looked at some more; `last` is none when the span is done.
    pub fn advance(
        &mut self,
        last: Option<EventId>,
        replayed: u64,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.replayed += replayed;
        match last {
            Some(last) => {
                self.after = Some(last);
                self.lease.renew(now, TICK);
            }
            None => {
                self.enter(ReplayStatus::Completed)?;
                self.lease.end();
            }
        }
        Ok(())
    }
}

/// A replay.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Replay")]
pub struct ReplayView {
    /// Where to.
    pub endpoint_id: EndpointId,
    /// Events created at or after this instant.
    pub created_from: Timestamp,
    /// Events created before this instant.
    pub created_until: Timestamp,
    /// Whether what was delivered is sent again too.
    pub include_delivered: bool,
    /// Where it stands.
    pub status: ReplayStatus,
    /// Events sent again so far.
    pub replayed: u64,
    /// When it was asked for.
    pub created_at: Timestamp,
}

impl From<&Replay> for ReplayView {
    fn from(replay: &Replay) -> Self {
        Self {
            endpoint_id: replay.endpoint_id,
            created_from: replay.from,
            created_until: replay.until,
            include_delivered: replay.include_delivered,
            status: replay.status,
            replayed: replay.replayed,
            created_at: replay.created_at,
        }
    }
}
