//! Records of use of keys and sessions. An operation sends them beside its own work, at most once
//! a minute for each key or session. A failure never refuses the request.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::access::KeyId;
use domain::kernel::{AccountId, Error};
use jiff::Timestamp;

use crate::error::request_error;
use crate::row::attributes;
use crate::{Item, Key, Store, UsageDay};

impl Store {
    /// Writes the last use of a key or session. Does nothing if the row is gone.
    pub async fn update_last_used(&self, key: &Key, now: Timestamp) -> Result<(), Error> {
        self.client
            .update_item()
            .table_name(self.table(key.table()))
            .set_key(Some(attributes((key.pk(), key.sk()))))
            .condition_expression("attribute_exists(pk)")
            .update_expression("SET last_used_at = :now")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .send()
            .await
            .map(drop)
            .or_else(|error| match error.as_service_error() {
                Some(gone) if gone.is_conditional_check_failed_exception() => Ok(()),
                _ => Err(request_error(error)),
            })
    }

    /// Adds calls to the day of a key.
    pub async fn add_usage(
        &self,
        account_id: AccountId,
        key_id: &KeyId,
        requests: u64,
        now: Timestamp,
    ) -> Result<(), Error> {
        let day = now.strftime("%Y-%m-%d").to_string();
        let key = Key::Usage(account_id, day.clone(), key_id.clone());
        let text = AttributeValue::S;
        self.client
            .update_item()
            .table_name(self.table(key.table()))
            .set_key(Some(attributes((key.pk(), key.sk()))))
            .update_expression("SET account_id = :account, #day = :day, key_id = :key, row_kind = :kind ADD requests :requests")
            .expression_attribute_names("#day", "day")
            .expression_attribute_values(":account", text(account_id.to_string()))
            .expression_attribute_values(":day", text(day))
            .expression_attribute_values(":key", text(key_id.to_string()))
            .expression_attribute_values(":kind", text(UsageDay::KIND.to_owned()))
            .expression_attribute_values(":requests", crate::writes::number(requests))
            .send()
            .await
            .map(drop)
            .map_err(request_error)
    }
}
