//! How a payer pays a charge, and how long the network can give the money back.
use crate::kernel::string_enum;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Hours of a day: windows are counted in hours, so that no calendar moves their end.
pub(super) const DAY_HOURS: i64 = 24;

string_enum! {
    /// How a charge is paid.
    ChargeMethod {
        /// By PIX.
        Pix = "pix",
        /// By credit card.
        Card = "card",
        /// By boleto.
        Boleto = "boleto",
    }
}

impl ChargeMethod {
    /// How long after its payment a charge can be given back: a PIX for 90 days after settlement (the
    /// Central Bank's API Pix, `PUT /pix/{e2eid}/devolucao/{id}`), a card for 180. What was paid by
    /// boleto has no way back; a payout takes its place.
    pub const fn refundable_for(self) -> Option<SignedDuration> {
        match self {
            Self::Pix => Some(SignedDuration::from_hours(90 * DAY_HOURS)),
            Self::Card => Some(SignedDuration::from_hours(180 * DAY_HOURS)),
            Self::Boleto => None,
        }
    }
}
