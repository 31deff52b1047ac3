//! The method by which a payer pays a charge, with its data and rules.
//!
//! A new method adds a variant with a type of its own in `method/`. The rules that differ between
//! methods are functions of this file, so that the rest of a charge does not name a method.
mod boleto;
mod card;
mod pix;

pub use boleto::{BoletoChange, BoletoCharge, BoletoRegistration};
pub use card::{CARD_ATTEMPTS_MAX, CardAuthentication, CardCharge};
pub use pix::PixCharge;

use crate::kernel::{Error, MethodKind};
use crate::payment::NetworkPaymentId;
use brazil::EndToEndId;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// Hours of a day. Windows are counted in hours, so that no change of local time moves their end.
pub(super) const DAY_HOURS: i64 = 24;

/// The method of a charge with its data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeMethod {
    /// Pix with a dynamic QR code.
    Pix(PixCharge),
    /// Boleto, with or without a Pix of the same debt.
    Boleto(Box<BoletoCharge>),
    /// Credit card.
    Card(Box<CardCharge>),
}

impl ChargeMethod {
    /// Returns the word of the method.
    pub const fn kind(&self) -> MethodKind {
        match self {
            Self::Pix(_) => MethodKind::Pix,
            Self::Boleto(_) => MethodKind::Boleto,
            Self::Card(_) => MethodKind::Card,
        }
    }

    /// Returns the boleto data. Returns `None` if the charge has no boleto.
    pub const fn boleto(&self) -> Option<&BoletoCharge> {
        match self {
            Self::Boleto(boleto) => Some(boleto),
            Self::Pix(_) | Self::Card(_) => None,
        }
    }

    /// Returns the boleto data, to change it.
    pub(super) const fn boleto_mut(&mut self) -> Option<&mut BoletoCharge> {
        match self {
            Self::Boleto(boleto) => Some(boleto),
            Self::Pix(_) | Self::Card(_) => None,
        }
    }

    /// Returns the card data. Returns `None` if the charge is not by card.
    pub const fn card(&self) -> Option<&CardCharge> {
        match self {
            Self::Card(card) => Some(card),
            Self::Pix(_) | Self::Boleto(_) => None,
        }
    }

    /// Returns the card data, to change it.
    pub(super) const fn card_mut(&mut self) -> Option<&mut CardCharge> {
        match self {
            Self::Card(card) => Some(card),
            Self::Pix(_) | Self::Boleto(_) => None,
        }
    }

    /// Returns the Pix data. Returns `None` if the payer cannot pay by Pix.
    pub const fn pix(&self) -> Option<&PixCharge> {
        match self {
            Self::Pix(pix) => Some(pix),
            Self::Boleto(boleto) => boleto.pix.as_ref(),
            Self::Card(_) => None,
        }
    }

    /// Returns true if the payer can pay by Pix beside another way, so that both can be paid.
    pub const fn has_pix_beside(&self) -> bool {
        match self {
            Self::Pix(_) | Self::Card(_) => false,
            Self::Boleto(boleto) => boleto.pix.is_some(),
        }
    }

    /// Returns the end-to-end id of the payment. Returns `None` if the charge is not paid, or if its
    /// network has no such ids.
    pub const fn end_to_end_id(&self) -> Option<&EndToEndId> {
        match self {
            Self::Pix(pix) => pix.end_to_end_id.as_ref(),
            Self::Boleto(boleto) => boleto.end_to_end_id.as_ref(),
            Self::Card(_) => None,
        }
    }

    /// Returns true if a payment by `method` names this charge: a Pix by its txid, a boleto by its number.
    pub(super) fn is_named_by(&self, method: MethodKind, name: &str) -> bool {
        match (self, method) {
            (_, MethodKind::Pix) => self.pix().is_some_and(|pix| pix.txid.as_str() == name),
            (Self::Boleto(boleto), MethodKind::Boleto) => {
                // Banks write the number with zeros in front.
                name.parse() == Ok(boleto.our_number)
            }
            (Self::Pix(_) | Self::Card(_), MethodKind::Boleto) | (_, MethodKind::Card) => false,
        }
    }

    /// Returns true if this payment is the one that paid the charge.
    pub(super) fn is_paid_by(&self, payment_id: &NetworkPaymentId) -> bool {
        match self {
            Self::Pix(pix) => pix.is_paid_by(payment_id),
            Self::Boleto(boleto) => boleto.is_paid_by(payment_id),
            Self::Card(card) => card.is_paid_by(payment_id),
        }
    }

    /// Records the payment that paid the charge.
    ///
    /// # Errors
    ///
    /// Returns an internal error if the id does not have the form of the method's network.
    pub(super) fn record_payment(&mut self, payment_id: &NetworkPaymentId) -> Result<(), Error> {
        match self {
            Self::Pix(pix) => pix.record_payment(payment_id),
            Self::Boleto(boleto) => boleto.record_payment(payment_id),
            Self::Card(card) => card.record_payment(payment_id),
        }
    }

    /// Removes the payment, because the bank withdrew its notice. Only the bank of a boleto does that.
    pub(super) fn remove_payment(&mut self) {
        match self {
            Self::Pix(_) | Self::Card(_) => {}
            Self::Boleto(boleto) => boleto.payment_id = None,
        }
    }
}

impl MethodKind {
    /// Returns how long after its payment a charge can be refunded: a Pix charge for 90 days (the
    /// Central Bank's API Pix, `PUT /pix/{e2eid}/devolucao/{id}`), a card charge for 180 days.
    /// Returns `None` for a boleto, because its network has no refunds; a payout replaces them.
    pub const fn refundable_for(self) -> Option<SignedDuration> {
        match self {
            Self::Pix => Some(SignedDuration::from_hours(90 * DAY_HOURS)),
            Self::Card => Some(SignedDuration::from_hours(180 * DAY_HOURS)),
            Self::Boleto => None,
        }
    }
}
