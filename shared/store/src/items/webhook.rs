//! Rows of events, endpoints and deliveries.

use domain::event::Event;
use domain::kernel::Id;
use domain::webhook::{Delivery, DeliveryStatus, Endpoint, EndpointHealth, Replay};
use jiff::{SignedDuration, Timestamp};

use crate::due::DueList;
use crate::index::due_index;
use crate::item::items;
use crate::key::{self, Key};
use crate::table;

/// How long a delivery can be looked up after its last attempt or its next one.
const DELIVERY_RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

items! {
    Event {
        "event", |it| match it.spread {
            true => Key::Event(it.account_id, it.id),
            false => Key::UnspreadEvent(it.account_id, it.id),
        },
        plain: &["type", "object_id", "redelivery", "publish_requests", "relayed_at"],
        index: event_index(it)
    }
    Endpoint { "endpoint", |it| Key::Endpoint(it.account_id, it.id), version: it.version }
    Replay {
        "replay", |it| Key::Replay(it.account_id, it.endpoint_id),
        index: due_index(DueList::Replays, 0, it.lease.until, &it.endpoint_id),
        version: it.version
    }
    Delivery {
        "delivery", |it| match it.spread {
            true => Key::Delivery(it.account_id, it.id),
            false => Key::UnspreadDelivery(it.account_id, it.id),
        },
        index: delivery_index(it),
        version: it.version,
        ends_at: Some(delivery_last(it) + DELIVERY_RETENTION)
    }
    EndpointHealth { "endpoint_health", |it| Key::EndpointHealth(it.account_id, it.endpoint_id), version: it.version }
}

/// Indexes an event as due, from its creation until the relay has made its deliveries.
fn event_index(event: &Event) -> Vec<(&'static str, String)> {
    let waits = event.relayed_at.is_none().then_some(event.created_at);
    due_index(DueList::Events, u128::from(event.id.ulid()), waits, &event.id)
}

/// Returns the time of the next attempt, or else of the last one.
fn delivery_last(delivery: &Delivery) -> Timestamp {
    let made = delivery.attempts.last().map(|attempt| attempt.at);
    delivery.next_attempt_at.or(made).unwrap_or(delivery.created_at)
}

/// Indexes by status only deliveries that are not delivered and whose first attempt was not enough. The
/// others are many: [`crate::Store::list_pending_deliveries`] finds new ones by time, and no query finds
/// delivered ones by status.
fn delivery_index(delivery: &Delivery) -> Vec<(&'static str, String)> {
    let shard = u128::from(delivery.id.ulid());
    let mut index = due_index(DueList::Deliveries, shard, delivery.due_at, &delivery.id);
    if delivery.status != DeliveryStatus::Delivered && !delivery.awaits_first_attempt() {
        let status = delivery.status.as_str();
        index.push((table::STATUS_KEYS.0, key::deliveries_in(&delivery.account_id, status)));
        index.push((table::STATUS_KEYS.1, delivery.id.to_string()));
    }
    index
}
