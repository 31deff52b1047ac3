//! Events: every change of state, as a row in the same transaction. `relay` publishes them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AccountId, EventId, Id, Moment};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum EventType {
    /// A charge was opened.
    #[serde(rename = "charge.created")]
    ChargeCreated,
    /// The payer paid.
    #[serde(rename = "charge.paid")]
    ChargePaid,
    /// The money is in the available balance.
    #[serde(rename = "charge.credited")]
    ChargeCredited,
    /// The network holds the money for review.
    #[serde(rename = "charge.in_review")]
    ChargeInReview,
    /// The money went back to the payer.
    #[serde(rename = "charge.rejected")]
    ChargeRejected,
    /// The charge was withdrawn.
    #[serde(rename = "charge.cancelled")]
    ChargeCancelled,
    /// Nobody paid in time.
    #[serde(rename = "charge.expired")]
    ChargeExpired,
}

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
        let event = Event {
            id: EventId::mint(moment),
            account_id,
            kind,
            object_id,
            sequence: self.sequence + 1,
            previous_event_id: self.last_event_id,
            created_at: moment.now,
            object,
        };
        *self = Self { sequence: event.sequence, last_event_id: Some(event.id) };
        event
    }
}
