//! Events: each change of status is a row in the same transaction, and `relay` publishes the rows.
use crate::event::EventType;
use crate::kernel::{AccountId, EndpointId, EventId, Id, Moment};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Age from which no event is missing: an event with an older id than this is in the table or never will
/// be. The id has the time of the decision, and the function that decides ends within
/// [`RECORDING_TIME_MAX`]; the rest is for clocks of two instances that differ.
pub const EVENT_SETTLING_TIME: SignedDuration = SignedDuration::from_secs(60);
/// Longest run of a function between a decision and the commit of its event.
pub const RECORDING_TIME_MAX: SignedDuration = SignedDuration::from_secs(55);

/// One change of one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Id of the event.
    pub id: EventId,
    /// Account of the event.
    pub account_id: AccountId,
    /// Type of the event.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// Id of the object.
    pub object_id: String,
    /// Number of the event among the events of its object, from 1, so that a receiver sees a gap.
    pub sequence: u64,
    /// Id of the previous event of the same object.
    pub previous_event_id: Option<EventId>,
    /// Time of the event.
    pub created_at: Timestamp,
    /// Object after the change, as the API shows it.
    pub object: serde_json::Value,
    /// Only endpoint that receives the event; without it, every endpoint that subscribes to its
    /// type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_to: Option<EndpointId>,
    /// Request to deliver the event again, until it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redelivery: Option<Redelivery>,
    /// Number of requests to publish the event. The publisher closes only the request that it read.
    #[serde(default)]
    pub publish_requests: u64,
    /// Time of the first open request to deliver the event again; none if the event was never
    /// delivered before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redelivery_requested_at: Option<Timestamp>,
    /// Time at which the deliveries were created; until then a sweep looks for the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relayed_at: Option<Timestamp>,
    /// Whether the row is in the partition of its id. False for events from before there was more than
    /// one partition (docs/adr/0036).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spread: bool,
}

/// The endpoints that receive an event again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redelivery {
    /// True for every endpoint that now subscribes to the type.
    pub all: bool,
    /// Endpoints that receive the event, even if they do not subscribe to its type.
    pub to: BTreeSet<EndpointId>,
}

impl Event {
    /// Requests another delivery of the event, to one endpoint or to every endpoint that subscribes
    /// to it. An open request stays open, and both are done together.
    pub fn redeliver(&mut self, to: Option<EndpointId>, now: Timestamp) {
        let is_waiting = self.relayed_at.is_none();
        if !is_waiting {
            self.redelivery_requested_at = Some(now);
        }
        let redelivery =
            self.redelivery.get_or_insert(Redelivery { all: is_waiting, to: BTreeSet::new() });
        match to {
            None => redelivery.all = true,
            Some(endpoint_id) => drop(redelivery.to.insert(endpoint_id)),
        }
        self.publish_requests += 1;
        self.relayed_at = None;
    }

    /// Returns the time since which the event waits for its deliveries. Returns `None` if they are
    /// created.
    pub fn waits_since(&self) -> Option<Timestamp> {
        self.relayed_at.is_none().then(|| self.redelivery_requested_at.unwrap_or(self.created_at))
    }
}

/// The number of events of an object, and the last of them; stored on the object itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Number of events so far.
    pub sequence: u64,
    /// Id of the last event.
    pub last_event_id: Option<EventId>,
}

impl History {
    /// Counts one more event and links it to the previous one.
    pub fn record(
        &mut self,
        kind: EventType,
        account_id: AccountId,
        object_id: String,
        object: serde_json::Value,
        moment: &Moment,
    ) -> Event {
        // Events of one instant sort in their order, even if the system clock went back.
        let minted = EventId::mint(moment);
        let id = self.last_event_id.map_or(minted, |last| minted.max(last.next()));
        let event = Event {
            id,
            account_id,
            kind,
            object_id,
            sequence: self.sequence + 1,
            previous_event_id: self.last_event_id,
            created_at: moment.now,
            object,
            only_to: None,
            redelivery: None,
            publish_requests: 0,
            redelivery_requested_at: None,
            relayed_at: None,
            spread: true,
        };
        *self = Self { sequence: event.sequence, last_event_id: Some(event.id) };
        event
    }
}

/// Version of the API that defines the form of events.
const API_VERSION: &str = "v1";

/// An event. An endpoint receives the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub struct EventView {
    /// Id of the event; also the header `webhook-id`, the same at each attempt.
    pub id: EventId,
    /// Type of the event.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// Time of the event.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// Account of the event.
    pub account_id: AccountId,
    /// API version of the event.
    pub api_version: &'static str,
    /// Number of the event among the events of its object, from 1. A missing number has not arrived
    /// yet.
    pub sequence: u64,
    /// Id of the previous event of the same object; null for the first.
    pub previous_event_id: Option<EventId>,
    /// Object of the event.
    pub data: EventData,
}

/// Object of an event.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EventData {
    /// Object after the change, as the API showed it at that time.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub object: serde_json::Value,
}

impl From<&Event> for EventView {
    fn from(event: &Event) -> Self {
        Self {
            id: event.id,
            kind: event.kind,
            created_at: event.created_at,
            account_id: event.account_id,
            api_version: API_VERSION,
            sequence: event.sequence,
            previous_event_id: event.previous_event_id,
            data: EventData { object: event.object.clone() },
        }
    }
}
