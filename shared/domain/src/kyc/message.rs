//! The messages between the account and compliance.

use crate::kernel::{UserId, string_enum};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Characters of the longest message.
pub const KYC_MESSAGE_LENGTH_MAX: usize = 500;
/// Most messages of the account, because they are part of the row of the request.
pub const KYC_ACCOUNT_MESSAGES_MAX: usize = 20;
/// Most messages of compliance, for the same reason.
pub const KYC_COMPLIANCE_MESSAGES_MAX: usize = 20;

string_enum! {
    /// Who wrote a message.
    KycAuthor {
        /// A user of the account.
        Account = "account",
        /// Compliance of the operator.
        Compliance = "compliance",
    }
}

/// A message as it is stored in its request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycMessage {
    /// Who wrote it.
    pub author: KycAuthor,
    /// User of the account who wrote it; `None` for compliance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Sealed text.
    pub sealed: String,
    /// Time of the message.
    pub at: Timestamp,
}

/// A message about a KYC request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "KycMessage")]
pub struct KycMessageView {
    /// Who wrote the message.
    pub author: KycAuthor,
    /// User of the account who wrote the message; null for compliance.
    pub user_id: Option<UserId>,
    /// Text of the message.
    pub text: String,
    /// Time of the message.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
}
