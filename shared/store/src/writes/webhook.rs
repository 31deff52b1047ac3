//! Steps on webhook endpoints.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::kernel::{AccountId, Code, EndpointId, Error};
use domain::webhook::ENDPOINTS_MAX;

use super::{OnConditionFailed, WriteAction, Writes, key_attributes};
use crate::Key;

impl Writes {
    /// Adds an endpoint to the count. Fails if the account has the maximum.
    #[must_use]
    pub fn add_endpoint(self, account_id: AccountId) -> Self {
        let limit_reached = Error::conflict(
            Code::WebhookEndpointLimit,
            format!(
                "the account has {ENDPOINTS_MAX} webhook endpoints, which is the limit; delete one first"
            ),
        );
        let below_limit =
            ("attribute_not_exists(endpoints) OR endpoints < :limit", ENDPOINTS_MAX, limit_reached);
        self.count(&Key::EndpointCount(account_id), "ADD endpoints :by", 1, Some(below_limit))
    }

    /// Removes an endpoint from the count.
    #[must_use]
    pub fn remove_endpoint(self, account_id: AccountId) -> Self {
        self.count(&Key::EndpointCount(account_id), "ADD endpoints :by", -1, None)
    }

    /// Checks that an endpoint exists and is enabled.
    #[must_use]
    pub fn require_enabled_endpoint(self, account_id: AccountId, endpoint_id: EndpointId) -> Self {
        let key = Key::Endpoint(account_id, endpoint_id);
        let disabled = OnConditionFailed::FailWith(|row| match row.is_empty() {
            true => Error::NotFound("webhook endpoint"),
            false => endpoint_disabled(),
        });
        let names = vec![("#status", "status".to_owned())];
        let values = vec![(":enabled", AttributeValue::S("enabled".to_owned()))];
        let check = WriteAction::Check(key_attributes(&key), names);
        self.step(&key, check, Some("#status = :enabled"), values, disabled)
    }
}

/// Returns the error for a request that needs an enabled endpoint.
pub fn endpoint_disabled() -> Error {
    Error::conflict(
        Code::WebhookEndpointDisabled,
        "the endpoint is disabled; enable it with PATCH /v1/webhook-endpoints/{id} and status enabled",
    )
}
