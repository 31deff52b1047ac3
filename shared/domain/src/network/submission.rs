//! The submission of an order to the network.

use brazil::EndToEndId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The submission of an order to the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Id of the order at the network, the same for every submission: the end-to-end id of a Pix,
    /// the payout id for a TED, the letters and digits of a refund id. It makes a second payment
    /// impossible.
    pub order_id: String,
    /// End-to-end id of the Pix. For a refund, the end-to-end id of the original payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<EndToEndId>,
    /// Time at which the order was released for submission.
    pub queued_at: Timestamp,
    /// Number of calls made to the network about the order.
    pub attempts: u32,
    /// Name of the provider that has the order, stored before the first call to the network. Every
    /// later call goes to this provider, because another one would not know the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Time since which the result is unknown, if the network did not respond.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unconfirmed_since: Option<Timestamp>,
}

impl Submission {
    /// Returns the submission of an order that the network has not received yet.
    pub(crate) fn new(order_id: String, end_to_end_id: Option<EndToEndId>, now: Timestamp) -> Self {
        Self {
            order_id,
            end_to_end_id,
            queued_at: now,
            attempts: 0,
            provider: None,
            unconfirmed_since: None,
        }
    }

    /// Clears the unknown result: the network responded.
    pub(crate) fn clear_unconfirmed(&mut self) {
        self.unconfirmed_since = None;
    }
}
