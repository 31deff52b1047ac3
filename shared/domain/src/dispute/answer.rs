//! The answer of an account to a demand: it contests the demand, or accepts it. A dispute has one at most.
use crate::kernel::{EvidenceId, Failure, FailureView, string_enum};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Kind of an answer to a demand.
    DisputeAnswerKind {
        /// The account contests the demand.
        Contest = "contest",
        /// The account accepts the demand, and its money goes back to the payer.
        Accept = "accept",
    }
}

/// An answer as it is stored in its dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeAnswer {
    /// Kind of the answer.
    pub kind: DisputeAnswerKind,
    /// Text for the network; none if the account accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Files that the network gets with the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence_ids: Vec<EvidenceId>,
    /// Time at which the account answered.
    pub answered_at: Timestamp,
    /// Time at which the network had the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// Why the network does not take the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// An answer to a demand.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "DisputeAnswer")]
pub struct DisputeAnswerView {
    /// Kind of the answer.
    pub kind: DisputeAnswerKind,
    /// Text for the network. Lists and events do not have it, because it can name people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Files that the network gets with the text.
    pub evidence_ids: Vec<EvidenceId>,
    /// Time at which the account answered.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub answered_at: Timestamp,
    /// Time at which the network had the answer; null until then.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub received_at: Option<Timestamp>,
    /// Why the network does not take the answer; null if it does.
    pub failure: Option<FailureView>,
}

impl DisputeAnswerView {
    /// Returns the view without the text.
    pub(super) fn masked(answer: &DisputeAnswer) -> Self {
        Self {
            kind: answer.kind,
            text: None,
            evidence_ids: answer.evidence_ids.clone(),
            answered_at: answer.answered_at,
            received_at: answer.received_at,
            failure: answer.failure.as_ref().map(FailureView::of_payment),
        }
    }
}
