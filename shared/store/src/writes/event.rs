//! Steps on events that wait for the relay.

use domain::event::Event;
use domain::kernel::Error;

use super::{OnConditionFailed, Writes, number};

impl Writes {
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
