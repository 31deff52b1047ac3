//! What the acquirer says about a card and about an authorisation.
use brazil::{CardBrand, CardExpiry};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A card as the acquirer names it. No full number comes to Trilho (docs/adr/0039).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardDetails {
    /// Brand of the card; none if the acquirer names another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<CardBrand>,
    /// Last four digits of the number.
    pub last4: String,
    /// Month in which the card expires, if the acquirer says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<CardExpiry>,
}

/// An authorisation: the issuer reserved the amount on the card of the payer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardAuthorization {
    /// Id of the payment at the acquirer.
    pub payment_id: String,
    /// Code of the issuer, which the payer finds on the invoice.
    pub code: String,
    /// Card of the payer.
    pub card: CardDetails,
    /// Time at which the issuer reserved the amount.
    pub authorized_at: Timestamp,
    /// Time at which the reservation ends if it is not captured.
    pub expires_at: Timestamp,
}
