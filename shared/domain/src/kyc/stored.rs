//! A KYC request as it is stored.

use crate::event::History;
use crate::kernel::{AccountId, Due, KycRequestId, PayoutId, StatusChange};
use crate::kyc::{KycCase, KycDocument, KycMessage, KycRequirement, KycStatus};
use brazil::DocumentKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is due for a request that waits for the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KycStep {
    /// Remind the account that the deadline is near.
    Remind,
    /// End the request, because the deadline is over.
    Expire,
}

/// What a new request asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKycRequest {
    /// Payout that waits for the request.
    pub payout_id: PayoutId,
    /// What the request asks about.
    pub cases: Vec<KycCase>,
    /// Whether the beneficiary is a person or a company.
    pub person: DocumentKind,
}

/// A request that an account explains a payout with documents. The payout waits until it is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycRequest {
    /// Id of the request. It has the ULID of its payout, so each leads to the other.
    pub id: KycRequestId,
    /// Account of the payout.
    pub account_id: AccountId,
    /// Payout that waits for the request.
    pub payout_id: PayoutId,
    /// Status of the request.
    pub status: KycStatus,
    /// What the request asks about.
    pub cases: Vec<KycCase>,
    /// Documents that it demands.
    pub requirements: Vec<KycRequirement>,
    /// Documents of the account, oldest first; rejected ones stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<KycDocument>,
    /// Messages, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<KycMessage>,
    /// Time until which the account must answer; `None` while compliance examines the documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// Bank business days that the account has left, while the deadline is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_left: Option<u8>,
    /// Time of the last submission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Timestamp>,
    /// Next step, and its time; none while compliance examines the documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<KycStep>>,
    /// Time at which the request opened.
    pub created_at: Timestamp,
    /// Every status of the request, oldest first.
    pub status_history: Vec<StatusChange<KycStatus>>,
    /// Number and id of the last event.
    pub history: History,
    /// Version of the row.
    pub version: u64,
}
