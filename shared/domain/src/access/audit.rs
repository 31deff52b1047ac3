//! The audit trail: who changed access, from where, what it was before and after. Never a secret.
use crate::kernel::{AccountId, AuditId, UserId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AuditAction {
    /// Somebody logged in.
    #[serde(rename = "session.opened")]
    SessionOpened,
    /// Somebody logged out.
    #[serde(rename = "session.closed")]
    SessionClosed,
    /// A person or program was added.
    #[serde(rename = "user.created")]
    UserCreated,
    /// Name, roles or permissions changed.
    #[serde(rename = "user.updated")]
    UserUpdated,
    /// A user was removed, with their keys and sessions.
    #[serde(rename = "user.deleted")]
    UserDeleted,
    /// A person set their first password.
    #[serde(rename = "invitation.accepted")]
    InvitationAccepted,
    /// A person enrolled two-factor.
    #[serde(rename = "two_factor.enrolled")]
    TwoFactorEnrolled,
    /// A moderator removed somebody's two-factor.
    #[serde(rename = "two_factor.reset")]
    TwoFactorReset,
    /// A key was made.
    #[serde(rename = "api_key.created")]
    ApiKeyCreated,
    /// A key was replaced by a new one.
    #[serde(rename = "api_key.rotated")]
    ApiKeyRotated,
    /// A key was removed.
    #[serde(rename = "api_key.deleted")]
    ApiKeyDeleted,
    /// The addresses of a key changed.
    #[serde(rename = "api_key.ip_allowlist_replaced")]
    IpAllowlistReplaced,
    /// A moderator let a payout go on, or refused it.
    #[serde(rename = "payout.reviewed")]
    PayoutReviewed,
    /// What the account demands of its payouts changed.
    #[serde(rename = "payout_settings.replaced")]
    PayoutSettingsReplaced,
    /// An endpoint for events was added.
    #[serde(rename = "webhook_endpoint.created")]
    EndpointCreated,
    /// Address, events, description or status of an endpoint changed.
    #[serde(rename = "webhook_endpoint.updated")]
    EndpointUpdated,
    /// An endpoint got a new signing secret.
    #[serde(rename = "webhook_endpoint.secret_rotated")]
    EndpointSecretRotated,
    /// An endpoint was removed.
    #[serde(rename = "webhook_endpoint.deleted")]
    EndpointDeleted,
    /// An endpoint was switched off because of how it answered.
    #[serde(rename = "webhook_endpoint.disabled")]
    EndpointDisabled,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Author {
    /// The user; null when the system did it by its own rules, or the operator of the deployment.
    pub user_id: Option<UserId>,
    /// Their name at that time; for a login, the e-mail they logged in with.
    pub name: String,
    /// The address the gateway saw; null when there was no request to it.
    pub ip: Option<String>,
}

impl Author {
    /// A user of the account.
    pub fn user(user_id: UserId, name: String, ip: String) -> Self {
        Self { user_id: Some(user_id), name, ip: Some(ip) }
    }

    /// Whoever runs the deployment.
    pub fn operator() -> Self {
        Self { user_id: None, name: "Operator".to_owned(), ip: None }
    }

    /// The system itself.
    pub fn system() -> Self {
        Self { user_id: None, name: "Trilho".to_owned(), ip: None }
    }
}

/// One line of the trail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditId,
    /// The account.
    pub account_id: AccountId,
    /// What was done.
    pub action: AuditAction,
    /// Who did it.
    pub author: Author,
    /// Id of what was changed.
    pub target: String,
    /// The state before, without secrets; null when there was none.
    pub before: serde_json::Value,
    /// The state after, without secrets; null when there is none.
    pub after: serde_json::Value,
    /// The request, as in the `Request-Id` of its answer; of an operator's, Lambda's own id.
    pub request_id: String,
    /// When.
    pub created_at: Timestamp,
}
