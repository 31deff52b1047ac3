//! Marks events that have their deliveries.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::event::Event;
use domain::kernel::Error;
use jiff::Timestamp;

use crate::Store;
use crate::error::request_error;
use crate::item::Item;
use crate::row::attributes;
use crate::writes::number;

impl Store {
    /// Removes an event from the list of those without deliveries. `Stale` if it is not on the
    /// list, or if another publish request came after the read. It is a write of one row, which costs half
    /// of a transaction.
    pub async fn mark_relayed(&self, event: &Event, now: Timestamp) -> Result<(), Error> {
        let key = event.key();
        self.client
            .update_item()
            .table_name(self.table(key.table()))
            .set_key(Some(attributes((key.pk(), key.sk()))))
            .update_expression("SET relayed_at = :now REMOVE due_pk, due_sk, redelivery")
            .condition_expression("attribute_exists(due_pk) AND publish_requests = :seen")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .expression_attribute_values(":seen", number(event.publish_requests))
            .send()
            .await
            .map(drop)
            .map_err(|error| match error.as_service_error() {
                Some(other) if other.is_conditional_check_failed_exception() => Error::Stale,
                _ => request_error(error),
            })
    }
}
