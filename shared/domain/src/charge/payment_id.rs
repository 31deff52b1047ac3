//! The id of a payment at its network.
use brazil::EndToEndId;
use serde::{Deserialize, Serialize};

/// The id of the payment at the network that carried it; for Pix the end-to-end id. A network may
/// report one payment more than once, and the id shows that it is the same payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentId(String);

impl PaymentId {
    /// Returns the text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<EndToEndId> for PaymentId {
    fn from(id: EndToEndId) -> Self {
        Self(id.to_string())
    }
}
