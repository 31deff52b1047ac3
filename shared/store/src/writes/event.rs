//! Steps on events that wait for the relay.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::event::Event;
use domain::kernel::Error;
use jiff::Timestamp;

use super::{OnConditionFailed, Writes, number};
use crate::item::Item;

impl Writes {
    /// Removes an event from the list of those without deliveries. `Stale` if it is not on the
    /// list, or if another publish request came after the read.
    #[must_use]
    pub fn mark_relayed(self, event: &Event, now: Timestamp) -> Self {
        self.update(
            &event.key(),
            "SET relayed_at = :now REMOVE due_pk, due_sk, redelivery",
            Some("attribute_exists(due_pk) AND publish_requests = :seen"),
            vec![
                (":now", AttributeValue::S(now.to_string())),
                (":seen", number(event.publish_requests)),
            ],
            Error::Stale,
        )
    }

    /// Puts an event, after [`Event::redeliver`], on the list of those without deliveries. `Stale`
    /// if another publish request came first, so that none is lost. If the relay publishes the
    /// event at the same time, the customer gets it now, which is also right.
    #[must_use]
    pub fn redeliver(self, event: &Event) -> Self {
        let before = vec![(":before", number(event.publish_requests - 1))];
        self.put(
            event,
            1,
            Some("attribute_exists(pk) AND (attribute_not_exists(publish_requests) OR publish_requests = :before)"),
            before,
            OnConditionFailed::Fail(Error::Stale),
        )
    }
}
