//! The method by which a payer pays a charge, with its data and rules.
//!
//! A new method adds a variant with a type of its own in `method/`. The rules that differ between
//! methods are functions of this file, so that the rest of a charge does not name a method.
mod pix;

pub use pix::PixCharge;

use crate::charge::PaymentId;
use crate::kernel::{Error, MethodKind};
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
}

impl ChargeMethod {
    /// Returns the word of the method.
    pub const fn kind(&self) -> MethodKind {
        match self {
            Self::Pix(_) => MethodKind::Pix,
        }
    }

    /// Returns the Pix data. Returns `None` if the payer pays by another method.
    pub const fn pix(&self) -> Option<&PixCharge> {
        match self {
            Self::Pix(pix) => Some(pix),
        }
    }

    /// Returns the end-to-end id of the payment. Returns `None` if the charge is not paid, or if its
    /// network has no such ids.
    pub const fn end_to_end_id(&self) -> Option<&EndToEndId> {
        match self {
            Self::Pix(pix) => pix.end_to_end_id.as_ref(),
        }
    }

    /// Returns true if this payment is the one that paid the charge.
    pub(super) fn is_paid_by(&self, payment_id: &PaymentId) -> bool {
        match self {
            Self::Pix(pix) => pix.is_paid_by(payment_id),
        }
    }

    /// Records the payment that paid the charge.
    ///
    /// # Errors
    ///
    /// Returns an internal error if the id does not have the form of the method's network.
    pub(super) fn record_payment(&mut self, payment_id: &PaymentId) -> Result<(), Error> {
        match self {
            Self::Pix(pix) => pix.record_payment(payment_id),
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
