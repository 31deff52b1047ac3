//! The audit trail: author, address, and the state before and after a change. It never contains a
//! secret.
use crate::kernel::{AccountId, AuditId, UserId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Action in the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AuditAction {
    /// A person logged in.
    #[serde(rename = "session.opened")]
    SessionOpened,
    /// A person logged out.
    #[serde(rename = "session.closed")]
    SessionClosed,
    /// A moderator created a user.
    #[serde(rename = "user.created")]
    UserCreated,
    /// A moderator changed name, roles or permissions of a user.
    #[serde(rename = "user.updated")]
    UserUpdated,
    /// A moderator deleted a user with their keys and sessions.
    #[serde(rename = "user.deleted")]
    UserDeleted,
    /// A person set their first password.
    #[serde(rename = "invitation.accepted")]
    InvitationAccepted,
    /// A person enrolled two-factor.
    #[serde(rename = "two_factor.enrolled")]
    TwoFactorEnrolled,
    /// A moderator reset the two-factor of another person.
    #[serde(rename = "two_factor.reset")]
    TwoFactorReset,
    /// A moderator created an API key.
    #[serde(rename = "api_key.created")]
    ApiKeyCreated,
    /// A moderator gave an API key a new secret.
    #[serde(rename = "api_key.rotated")]
    ApiKeyRotated,
    /// A moderator deleted an API key.
    #[serde(rename = "api_key.deleted")]
    ApiKeyDeleted,
    /// A moderator replaced the allow-list of an API key.
    #[serde(rename = "api_key.ip_allowlist_replaced")]
    IpAllowlistReplaced,
    /// A moderator released or rejected a payout in review.
    #[serde(rename = "payout.reviewed")]
    PayoutReviewed,
    /// A moderator replaced the payout settings.
    #[serde(rename = "payout_settings.replaced")]
    PayoutSettingsReplaced,
    /// A user created a webhook endpoint.
    #[serde(rename = "webhook_endpoint.created")]
    EndpointCreated,
    /// A user changed url, events, description or status of a webhook endpoint.
    #[serde(rename = "webhook_endpoint.updated")]
    EndpointUpdated,
    /// A user rotated the signing secret of a webhook endpoint.
    #[serde(rename = "webhook_endpoint.secret_rotated")]
    EndpointSecretRotated,
    /// A user deleted a webhook endpoint.
    #[serde(rename = "webhook_endpoint.deleted")]
    EndpointDeleted,
    /// Trilho disabled a webhook endpoint because of its answers.
    #[serde(rename = "webhook_endpoint.disabled")]
    EndpointDisabled,
}

/// Author of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Author {
    /// User who acted; null if Trilho or the operator of the deployment acted.
    pub user_id: Option<UserId>,
    /// Name of the author at that time; for a login, the e-mail of the login.
    pub name: String,
    /// Address of the caller as the gateway saw it; null if no request caused the action.
    pub ip: Option<String>,
}

impl Author {
    /// Returns a user of the account as author.
    pub fn user(user_id: UserId, name: String, ip: String) -> Self {
        Self { user_id: Some(user_id), name, ip: Some(ip) }
    }

    /// Returns the operator of the deployment as author.
    pub fn operator() -> Self {
        Self { user_id: None, name: "Operator".to_owned(), ip: None }
    }

    /// Returns Trilho itself as author.
    pub fn system() -> Self {
        Self { user_id: None, name: "Trilho".to_owned(), ip: None }
    }
}

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditEvent {
    /// Id of the audit entry.
    pub id: AuditId,
    /// Account of the entry.
    pub account_id: AccountId,
    /// Action that the author took.
    pub action: AuditAction,
    /// Author of the action.
    pub author: Author,
    /// Id of the changed object.
    pub target: String,
    /// State before the action, without secrets; null if there was none.
    pub before: serde_json::Value,
    /// State after the action, without secrets; null if there is none.
    pub after: serde_json::Value,
    /// Id of the request, as in its header `Request-Id`; for an action of the operator, the request
    /// id of Lambda.
    pub request_id: String,
    /// Time of the action.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
}
