//! The audit trail: author, address, and the state before and after a change. It never contains a
//! secret.
use crate::access::KeyId;
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
    /// A log-in as a person of the account failed.
    #[serde(rename = "session.refused")]
    SessionRefused,
    /// A person gave a wrong two-factor code or password inside a session.
    #[serde(rename = "step_up.refused")]
    StepUpRefused,
    /// A person logged out, or ended another session of theirs.
    #[serde(rename = "session.closed")]
    SessionClosed,
    /// A person ended all sessions of theirs except one, or a moderator all sessions of a person.
    #[serde(rename = "sessions.closed")]
    SessionsClosed,
    /// A person changed their password.
    #[serde(rename = "password.changed")]
    PasswordChanged,
    /// A person who had a password set a new one with an invitation.
    #[serde(rename = "password.reset")]
    PasswordReset,
    /// A moderator, or the operator with a new account, created a user.
    #[serde(rename = "user.created")]
    UserCreated,
    /// A moderator changed name, roles or permissions of a user.
    #[serde(rename = "user.updated")]
    UserUpdated,
    /// A moderator deleted a user with their keys and sessions.
    #[serde(rename = "user.deleted")]
    UserDeleted,
    /// A moderator suspended a user.
    #[serde(rename = "user.suspended")]
    UserSuspended,
    /// A moderator reinstated a suspended user.
    #[serde(rename = "user.reinstated")]
    UserReinstated,
    /// A moderator, or the operator, made a new invitation for a person.
    #[serde(rename = "invitation.created")]
    InvitationCreated,
    /// A person set their first password.
    #[serde(rename = "invitation.accepted")]
    InvitationAccepted,
    /// A person enrolled two-factor.
    #[serde(rename = "two_factor.enrolled")]
    TwoFactorEnrolled,
    /// A person replaced their recovery codes.
    #[serde(rename = "two_factor.recovery_codes_replaced")]
    RecoveryCodesReplaced,
    /// A moderator, or the operator, reset the two-factor of another person.
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
    /// A user approved a payout.
    #[serde(rename = "payout.approved")]
    PayoutApproved,
    /// A user rejected a payout that waited for approval.
    #[serde(rename = "payout.rejected")]
    PayoutRejected,
    /// A user approved the payouts of a batch that wait for approval.
    #[serde(rename = "payout_batch.approved")]
    PayoutBatchApproved,
    /// A user rejected the payouts of a batch that wait for approval.
    #[serde(rename = "payout_batch.rejected")]
    PayoutBatchRejected,
    /// A moderator released or rejected a payout in review.
    #[serde(rename = "payout.reviewed")]
    PayoutReviewed,
    /// A moderator replaced the payout settings, which lowered no protection.
    #[serde(rename = "payout_settings.replaced")]
    PayoutSettingsReplaced,
    /// A moderator requested payout settings that lower a protection.
    #[serde(rename = "payout_settings_change.requested")]
    SettingsChangeRequested,
    /// A second moderator, or the operator, applied payout settings that lower a protection.
    #[serde(rename = "payout_settings_change.applied")]
    SettingsChangeApplied,
    /// A moderator refused payout settings that lower a protection.
    #[serde(rename = "payout_settings_change.refused")]
    SettingsChangeRefused,
    /// A moderator replaced the rules for payments without a charge.
    #[serde(rename = "credit_settings.replaced")]
    CreditSettingsReplaced,
    /// A user saved a beneficiary.
    #[serde(rename = "beneficiary.created")]
    BeneficiaryCreated,
    /// A user changed name, reference or metadata of a beneficiary.
    #[serde(rename = "beneficiary.updated")]
    BeneficiaryUpdated,
    /// A user added a destination to a beneficiary.
    #[serde(rename = "beneficiary.destination_added")]
    DestinationAdded,
    /// A user removed a destination of a beneficiary.
    #[serde(rename = "beneficiary.destination_removed")]
    DestinationRemoved,
    /// A user checked who owns a destination of a beneficiary.
    #[serde(rename = "beneficiary.destination_checked")]
    DestinationChecked,
    /// A user archived a beneficiary.
    #[serde(rename = "beneficiary.archived")]
    BeneficiaryArchived,
    /// A user reinstated an archived beneficiary.
    #[serde(rename = "beneficiary.reinstated")]
    BeneficiaryReinstated,
    /// A user made a Data Collect link.
    #[serde(rename = "collection.created")]
    CollectionCreated,
    /// A user cancelled a Data Collect link.
    #[serde(rename = "collection.cancelled")]
    CollectionCancelled,
    /// The operator changed the amount from which compliance must approve payouts.
    #[serde(rename = "kyc_rule.changed")]
    KycRuleChanged,
    /// Compliance opened a KYC request by hand.
    #[serde(rename = "kyc_request.opened")]
    KycRequestOpened,
    /// Compliance read the texts of a KYC request.
    #[serde(rename = "kyc_request.viewed")]
    KycRequestViewed,
    /// Compliance made a link to a file of a KYC request.
    #[serde(rename = "kyc_document.viewed")]
    KycDocumentViewed,
    /// Compliance decided about a document.
    #[serde(rename = "kyc_document.decided")]
    KycDocumentDecided,
    /// Compliance decided about a KYC request.
    #[serde(rename = "kyc_request.decided")]
    KycRequestDecided,
    /// A user looked up the owner of a Pix key.
    #[serde(rename = "pix_key.looked_up")]
    PixKeyLookedUp,
    /// A user requested a statement file.
    #[serde(rename = "statement_export.created")]
    ExportCreated,
    /// A user created a schedule of statement files.
    #[serde(rename = "statement_schedule.created")]
    ScheduleCreated,
    /// A user paused or resumed a schedule of statement files.
    #[serde(rename = "statement_schedule.updated")]
    ScheduleUpdated,
    /// A user deleted a schedule of statement files.
    #[serde(rename = "statement_schedule.deleted")]
    ScheduleDeleted,
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
    /// A user replaced the alert for a low balance.
    #[serde(rename = "balance_alert.replaced")]
    BalanceAlertReplaced,
    /// The operator blocked money of the account.
    #[serde(rename = "balance.blocked")]
    BalanceBlocked,
    /// The operator ended a block of money.
    #[serde(rename = "balance.unblocked")]
    BalanceUnblocked,
    /// The operator changed the prices of the account.
    #[serde(rename = "account.fees_changed")]
    AccountFeesChanged,
    /// The operator changed the name of the account, or the recipient that payers see.
    #[serde(rename = "account.merchant_changed")]
    AccountMerchantChanged,
    /// The operator froze the account.
    #[serde(rename = "account.frozen")]
    AccountFrozen,
    /// The operator lifted the freeze of the account.
    #[serde(rename = "account.thawed")]
    AccountThawed,
    /// The operator closed the account.
    #[serde(rename = "account.closed")]
    AccountClosed,
    /// The operator opened a closed account again.
    #[serde(rename = "account.reopened")]
    AccountReopened,
}

/// Author of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Author {
    /// User who acted; null if Trilho or the operator of the deployment acted.
    pub user_id: Option<UserId>,
    /// API key with which a program acted; null if the author is no program.
    #[serde(default)]
    pub api_key_id: Option<KeyId>,
    /// Name of the author at that time; for a failed log-in, the e-mail with which it was tried,
    /// masked.
    pub name: String,
    /// Address of the caller as the gateway saw it; null if no request caused the action.
    pub ip: Option<String>,
}

impl Author {
    /// Returns a user of the account as author.
    pub fn user(user_id: UserId, name: String, ip: String) -> Self {
        Self { user_id: Some(user_id), api_key_id: None, name, ip: Some(ip) }
    }

    /// Returns an unknown author, such as of a failed log-in.
    pub fn stranger(name: String, ip: String) -> Self {
        Self { user_id: None, api_key_id: None, name, ip: Some(ip) }
    }

    /// Returns the operator of the deployment as author.
    pub fn operator() -> Self {
        Self { user_id: None, api_key_id: None, name: "Operator".to_owned(), ip: None }
    }

    /// Returns Trilho itself as author.
    pub fn system() -> Self {
        Self { user_id: None, api_key_id: None, name: "Trilho".to_owned(), ip: None }
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

/// The lines of the audit trail that a reader asks for; an absent part selects all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Action of the lines.
    pub action: Option<AuditAction>,
    /// Author of the lines.
    pub user_id: Option<UserId>,
    /// Changed object of the lines.
    pub target: Option<String>,
}

impl AuditFilter {
    /// Returns every filter that selects this line, from the one that selects all lines.
    pub fn selecting(event: &AuditEvent) -> impl Iterator<Item = Self> {
        (0..8_u8).filter_map(|parts| {
            let has = |part: u8| parts & (1 << part) != 0;
            // A line without an author has no copy for its author.
            let user_id = if has(1) { Some(event.author.user_id?) } else { None };
            let target = has(2).then(|| event.target.clone());
            Some(Self { action: has(0).then_some(event.action), user_id, target })
        })
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::kernel::Id;

    fn line(author: Author) -> AuditEvent {
        AuditEvent {
            id: AuditId::from_ulid(Ulid::nil()),
            account_id: AccountId::from_ulid(Ulid::nil()),
            action: AuditAction::UserCreated,
            author,
            target: "usr_1".to_owned(),
            before: serde_json::Value::Null,
            after: serde_json::Value::Null,
            request_id: String::new(),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_line_is_selected_by_every_set_of_its_action_author_and_target() {
        let user_id = UserId::from_ulid(Ulid::nil());
        let of_user = line(Author::user(user_id, "Ana".to_owned(), String::new()));
        let filters: Vec<_> = AuditFilter::selecting(&of_user).collect();
        assert_eq!(filters.len(), 8);
        assert_eq!(filters[0], AuditFilter::default());
        let all = AuditFilter {
            action: Some(AuditAction::UserCreated),
            user_id: Some(user_id),
            target: Some("usr_1".to_owned()),
        };
        assert_eq!(filters[7], all);
        let of_system = line(Author::system());
        assert!(AuditFilter::selecting(&of_system).all(|filter| filter.user_id.is_none()));
        assert_eq!(AuditFilter::selecting(&of_system).count(), 4);
    }
}
