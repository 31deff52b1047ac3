//! A replay: Trilho sends past events to an endpoint again, at a rate that leaves room for new ones.
use crate::event::{Lifecycle, Transition};
use crate::kernel::{AccountId, EndpointId, Error, EventId, Lease, string_enum};
use crate::webhook::{Delivery, DeliveryStatus};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The events that a replay examines in a minute. They use the retry lane, so that new events do not
/// wait.
pub const REPLAY_PER_TICK: u32 = 500;
/// The lease of a tick: the time until the next one.
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
    /// Account of the endpoint.
    pub account_id: AccountId,
    /// Endpoint that receives the events.
    pub endpoint_id: EndpointId,
    /// Start of the span, which is included.
    pub from: Timestamp,
    /// End of the span, which is not included.
    pub until: Timestamp,
    /// Whether events that were delivered are sent again too.
    pub include_delivered: bool,
    /// Status of the replay.
    pub status: ReplayStatus,
    /// Last event that was examined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<EventId>,
    /// Number of events sent again so far.
    pub replayed: u64,
    /// Lease of the tick that continues the replay.
    pub lease: Lease,
    /// Time at which the replay was requested.
    pub created_at: Timestamp,
    /// Version of the row.
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
    /// Returns true if an event with this delivery is sent again. A pending delivery is sent anyway.
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

    /// Records the progress. Completes the replay if `last` is `None`, which is the end of the span.
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

/// A replay of events to a webhook endpoint.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Replay")]
pub struct ReplayView {
    /// Endpoint that receives the events.
    pub endpoint_id: EndpointId,
    /// Start of the span: events created at or after this time.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_from: Timestamp,
    /// End of the span: events created before this time.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_until: Timestamp,
    /// Whether events that were delivered are sent again too.
    pub include_delivered: bool,
    /// Status of the replay.
    pub status: ReplayStatus,
    /// Number of events sent again so far.
    pub replayed: u64,
    /// Time at which the replay was requested.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
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
