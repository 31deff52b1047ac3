//! A charge that is paid by card: its authorisation and its receivables at the acquirer.
use crate::charge::card::{CardAuthorization, CardInstructionKind, CardToken, RefundPart};
use crate::kernel::{Error, MethodKind};
use crate::payment::NetworkPaymentId;
use crate::receivable::Receivable;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Most cards that a payer can try on the payment page of a charge. Brands charge for attempts, and thieves try
/// numbers on pages without a limit.
pub const CARD_ATTEMPTS_MAX: usize = 5;

/// The page on which a payer proves to the issuer who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardAuthentication {
    /// Address of the page.
    pub url: String,
    /// Time until which the payer can do it.
    pub until: Timestamp,
}

/// The card data of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardCharge {
    /// Number of instalments; 1 until the payer chose on the payment page.
    pub installments: u8,
    /// Most instalments that the payer may choose on the payment page. None if the caller sent the token of the
    /// card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installments_max: Option<u8>,
    /// Whether the acquirer captures the amount with the authorisation.
    pub is_captured_at_once: bool,
    /// Text on the invoice of the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soft_descriptor: Option<String>,
    /// What the order says that the acquirer has not answered. The acquirer gets one order after another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered: Option<CardInstructionKind>,
    /// Number of orders so far.
    #[serde(default)]
    pub orders: u32,
    /// Digests of the tokens of its authorisations so far. A token pays once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used_tokens: Vec<String>,
    /// Provider of the first order. It gets all later orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Page on which the payer must prove who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication: Option<CardAuthentication>,
    /// Authorisation, once the issuer gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<CardAuthorization>,
    /// Id of the payment at the acquirer, once it is captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<NetworkPaymentId>,
    /// Instalments that the acquirer pays, first to last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receivables: Vec<Receivable>,
    /// Parts of the instalments that refunds in process took.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refund_parts: Vec<RefundPart>,
}

impl CardCharge {
    /// Returns the card data of a new charge whose caller sent the token of the card.
    pub fn new(
        installments: u8,
        is_captured_at_once: bool,
        soft_descriptor: Option<String>,
    ) -> Self {
        Self {
            installments,
            installments_max: None,
            is_captured_at_once,
            soft_descriptor,
            ordered: None,
            orders: 0,
            used_tokens: Vec::new(),
            provider: None,
            authentication: None,
            authorization: None,
            payment_id: None,
            receivables: Vec::new(),
            refund_parts: Vec::new(),
        }
    }

    /// Returns the card data of a new charge whose payer pays on the payment page.
    pub fn on_page(
        installments_max: u8,
        is_captured_at_once: bool,
        soft_descriptor: Option<String>,
    ) -> Self {
        let installments_max = Some(installments_max);
        Self { installments_max, ..Self::new(1, is_captured_at_once, soft_descriptor) }
    }

    /// Returns true if the payer may try another card after the issuer declined one.
    pub(in crate::charge) fn has_attempts_left(&self) -> bool {
        self.installments_max.is_some() && self.used_tokens.len() < CARD_ATTEMPTS_MAX
    }

    /// Returns true if an authorisation of the charge had this token.
    pub fn has_used(&self, token: &CardToken) -> bool {
        self.used_tokens.contains(&token.digest())
    }

    /// Returns the next instalment that the acquirer pays: the earliest, and of one time the first.
    pub fn next_receivable(&self) -> Option<&Receivable> {
        let open = self.receivables.iter().filter(|one| one.credited_at.is_none());
        open.min_by_key(|one| (one.settles_at, one.number))
    }

    /// Returns the time at which the reservation ends. Returns `None` if there is none, or if an order about it
    /// is open.
    pub(in crate::charge) fn authorized_until(&self) -> Option<Timestamp> {
        let is_open = self.ordered.is_none() && self.payment_id.is_none();
        self.authorization.as_ref().filter(|_| is_open).map(|one| one.expires_at)
    }

    /// Returns true if this payment is the one that paid the charge.
    pub(super) fn is_paid_by(&self, payment_id: &NetworkPaymentId) -> bool {
        self.payment_id.as_ref() == Some(payment_id)
    }

    /// Records the payment that paid the charge.
    ///
    /// # Errors
    /// An internal error if another payment paid it.
    pub(super) fn record_payment(&mut self, payment_id: &NetworkPaymentId) -> Result<(), Error> {
        if self.payment_id.as_ref().is_some_and(|known| known != payment_id) {
            let method = MethodKind::Card.as_str();
            return Err(Error::internal(format!("the charge by {method} has another payment")));
        }
        self.payment_id = Some(payment_id.clone());
        Ok(())
    }
}
