//! Events: every change of state, as a row in the same transaction. `relay` publishes them.
use crate::event::EventType;
use crate::kernel::{AccountId, EndpointId, EventId, Id, Moment};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One change of one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// The account.
    pub account_id: AccountId,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// Id of the object.
    pub object_id: String,
    /// Counts the events of this object from 1, so a receiver sees a gap.
    pub sequence: u64,
    /// The event of this object before this one.
    pub previous_event_id: Option<EventId>,
    /// When.
    pub created_at: Timestamp,
    /// The object after the change, as the API shows it.
    pub object: serde_json::Value,
    /// The only endpoint it is for; every endpoint that asked for its type when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_to: Option<EndpointId>,
    /// A wish to have it delivered again, until that is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redelivery: Option<Redelivery>,
    /// How often that was wished for: what publishes it takes it off the list as it saw it.
    #[serde(default)]
    pub publish_requests: u64,
    /// Since when it waits to be delivered again; `created_at` when it was never delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wished_at: Option<Timestamp>,
    /// When its deliveries were made; until then a sweep looks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relayed_at: Option<Timestamp>,
}

/// To whom an event is delivered again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redelivery {
    /// Every endpoint that takes it now.
    pub all: bool,
    /// These endpoints, whether they ask for this type or not.
    pub to: BTreeSet<EndpointId>,
}

impl Event {
    /// Asks for it to be delivered again, to one endpoint or to all that take it: it joins those that
    /// wait for their deliveries. What it waits for already is not forgotten over it.
    pub fn redeliver(&mut self, to: Option<EndpointId>, now: Timestamp) {
        let first = self.relayed_at.is_none();
        if !first {
            self.wished_at = Some(now);
        }
        let wish = self.redelivery.get_or_insert(Redelivery { all: first, to: BTreeSet::new() });
        match to {
            None => wish.all = true,
            Some(endpoint_id) => drop(wish.to.insert(endpoint_id)),
        }
        self.publish_requests += 1;
        self.relayed_at = None;
    }

    /// Since when it waits for its deliveries; none when they are made.
    pub fn waits_since(&self) -> Option<Timestamp> {
        self.relayed_at.is_none().then(|| self.wished_at.unwrap_or(self.created_at))
    }
}

/// How many events an object has had, and the last of them: kept on the object itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Events so far.
    pub sequence: u64,
    /// The last one.
    pub last_event_id: Option<EventId>,
}

impl History {
    /// Counts one more event and links it to the one before.
    pub fn record(
        &mut self,
        kind: EventType,
        account_id: AccountId,
        object_id: String,
        object: serde_json::Value,
        moment: &Moment,
    ) -> Event {
        // Events of one instant sort as they happened, also where the clock was turned back.
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
            wished_at: None,
            relayed_at: None,
        };
        *self = Self { sequence: event.sequence, last_event_id: Some(event.id) };
        event
    }
}

/// The version of the API that events are written in.
const API_VERSION: &str = "v1";

/// An event as the API shows it, and byte for byte what an endpoint is sent.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub struct EventView {
    /// Its id; also the header `webhook-id`, the same at each attempt.
    pub id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// When.
    pub created_at: Timestamp,
    /// The account.
    pub account_id: AccountId,
    /// The version of the API it is written in.
    pub api_version: &'static str,
    /// Counts the events of this object from 1. A number that was skipped has not arrived yet.
    pub sequence: u64,
    /// The event of this object before this one.
    pub previous_event_id: Option<EventId>,
    /// What it is about.
    pub data: EventData,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EventData {
    /// The object after the change, as the API showed it then.
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
