//! The KYC request of a payout, as the payout stores and shows it.
use crate::kernel::KycRequestId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The KYC request of a payout, as the payout knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutKyc {
    /// Id of the request.
    pub request_id: KycRequestId,
    /// Time until which the account must answer; `None` while compliance examines the documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// Time at which compliance approved the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed_at: Option<Timestamp>,
}

/// The KYC request of a payout.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutKyc")]
pub struct PayoutKycView {
    /// Id of the request.
    pub id: KycRequestId,
    /// Time until which the account must submit its documents. Null while compliance examines them, and
    /// once the request ended.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub deadline: Option<Timestamp>,
    /// Time at which compliance approved the request; null until then.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub approved_at: Option<Timestamp>,
}

impl From<&PayoutKyc> for PayoutKycView {
    fn from(kyc: &PayoutKyc) -> Self {
        Self { id: kyc.request_id, deadline: kyc.deadline, approved_at: kyc.passed_at }
    }
}
