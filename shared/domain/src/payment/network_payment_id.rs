//! The id of a payment at its network.
use brazil::EndToEndId;
use serde::{Deserialize, Serialize};

/// The id of the payment at the network that carried it; for Pix the end-to-end id. A network may
/// report one payment more than once, and the id shows that it is the same payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPaymentId(String);

impl NetworkPaymentId {
    /// Returns the id that a bank gives the payment of a boleto.
    pub fn of_boleto(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns the id that an acquirer gives the payment of a card.
    pub fn of_card(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns the text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the end-to-end id. Returns `None` if the network has no such ids.
    pub fn end_to_end_id(&self) -> Option<EndToEndId> {
        EndToEndId::parse(&self.0).ok()
    }
}

impl From<EndToEndId> for NetworkPaymentId {
    fn from(id: EndToEndId) -> Self {
        Self(id.to_string())
    }
}
