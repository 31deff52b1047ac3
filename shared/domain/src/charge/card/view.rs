//! The card of a charge as the API shows it.
use crate::charge::CardCharge;
use crate::charge::card::CardInstructionKind;
use crate::receivable::ReceivableView;
use brazil::CardBrand;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Card of a charge. The full number is never here, because Trilho never has it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ChargeCard")]
pub struct ChargeCardView {
    /// Brand of the card; null until the issuer answered, or if the acquirer names another brand.
    pub brand: Option<CardBrand>,
    /// Last four digits of the number; null until the issuer answered.
    pub last4: Option<String>,
    /// Month in which the card expires, 1 to 12; null if the acquirer does not say it.
    pub expiry_month: Option<i8>,
    /// Year in which the card expires; null if the acquirer does not say it.
    pub expiry_year: Option<i16>,
    /// Number of instalments; 1 until the payer chose on the payment page.
    pub installments: u8,
    /// Most instalments that the payer may choose on the payment page; null if the charge has a token.
    pub installments_max: Option<u8>,
    /// Whether the amount is captured with the authorisation. If not, `POST /v1/charges/{id}/capture` does it.
    pub capture: bool,
    /// Text on the invoice of the card.
    pub soft_descriptor: Option<String>,
    /// Code of the issuer; null until it authorised.
    pub authorization_code: Option<String>,
    /// Time at which the issuer authorised; null until then.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub authorized_at: Option<Timestamp>,
    /// Time at which an authorisation ends that is not captured; null if there is none.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub authorized_until: Option<Timestamp>,
    /// Address on which the payer must prove to the issuer who they are (3-D Secure); null if that is not asked,
    /// and in events, because the address is for the payer alone.
    pub authentication_url: Option<String>,
    /// What the acquirer was asked to do and has not answered; null if it has answered.
    pub open_order: Option<CardInstructionKind>,
    /// Instalments that the acquirer pays, first to last; empty until the amount is captured.
    pub receivables: Vec<ReceivableView>,
}

impl From<&CardCharge> for ChargeCardView {
    fn from(card: &CardCharge) -> Self {
        let authorization = card.authorization.as_ref();
        let details = authorization.map(|one| &one.card);
        let expiry = details.and_then(|one| one.expiry);
        let page = card.authentication.as_ref();
        Self {
            brand: details.and_then(|one| one.brand),
            last4: details.map(|one| one.last4.clone()),
            expiry_month: expiry.map(brazil::CardExpiry::month),
            expiry_year: expiry.map(brazil::CardExpiry::year),
            installments: card.installments,
            installments_max: card.installments_max,
            capture: card.is_captured_at_once,
            soft_descriptor: card.soft_descriptor.clone(),
            authorization_code: authorization.map(|one| one.code.clone()),
            authorized_at: authorization.map(|one| one.authorized_at),
            authorized_until: card.authorized_until(),
            open_order: card.ordered,
            authentication_url: page.map(|page| page.url.clone()),
            receivables: card.receivables.iter().map(ReceivableView::from).collect(),
        }
    }
}
