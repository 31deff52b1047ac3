//! What became of a charge, as its payer sees it.

use domain::charge::{Charge, ChargeStatus};
use domain::kernel::MethodKind;

/// State of a payment page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PaymentPageState {
    /// The charge waits for the payment.
    Open,
    /// The issuer of the card has not answered, or asks who the payer is.
    Confirming,
    /// The issuer reserved the amount on the card.
    Reserved,
    /// The issuer declined the card.
    Declined,
    /// The payment arrived, and the network holds it for review.
    InReview,
    /// The bank announced the payment of a boleto, and its money comes later.
    Announced,
    /// The payee has the payment.
    Paid,
    /// A part of the payment went back.
    PartlyReturned,
    /// The whole payment went back.
    Returned,
    /// The network sent the payment back after its review.
    Rejected,
    /// The payee cancelled the charge.
    Cancelled,
    /// The time to pay is over.
    Expired,
}

impl PaymentPageState {
    /// Returns the state of a charge as it is now ([`Charge::as_of`]).
    pub(crate) fn of(charge: &Charge) -> Self {
        match charge.status {
            ChargeStatus::Authorizing => Self::Confirming,
            ChargeStatus::InReview if charge.method.card().is_some() => Self::Confirming,
            ChargeStatus::Authorized => Self::Reserved,
            ChargeStatus::Cancelling if charge.method.card().is_some() => Self::Reserved,
            ChargeStatus::Pending | ChargeStatus::Registering | ChargeStatus::Cancelling => {
                Self::Open
            }
            ChargeStatus::Declined => Self::Declined,
            ChargeStatus::InReview => Self::InReview,
            // The notice of a boleto has no receipt yet.
            ChargeStatus::Paid if charge.paid_by() == MethodKind::Boleto => Self::Announced,
            ChargeStatus::Paid | ChargeStatus::Credited => match returned_cents(charge) {
                0 => Self::Paid,
                part if part < charge.paid_amount_cents => Self::PartlyReturned,
                _ => Self::Returned,
            },
            ChargeStatus::Rejected => Self::Rejected,
            ChargeStatus::Cancelled | ChargeStatus::Refused => Self::Cancelled,
            ChargeStatus::Expired => Self::Expired,
        }
    }

    /// Returns true if the charge waits for its payer.
    pub(crate) fn is_open(self) -> bool {
        self == Self::Open
    }

    /// Returns the class of the colour.
    pub(crate) const fn tone(self) -> &'static str {
        match self {
            Self::Paid | Self::Announced => "good",
            Self::Open
            | Self::Confirming
            | Self::Reserved
            | Self::InReview
            | Self::PartlyReturned
            | Self::Returned => "wait",
            Self::Declined | Self::Rejected | Self::Cancelled | Self::Expired => "bad",
        }
    }

    /// Returns true if the payment has a receipt for its payer.
    pub(crate) const fn has_receipt(self) -> bool {
        matches!(self, Self::Paid | Self::PartlyReturned | Self::Returned)
    }
}

/// Returns what went back of a paid charge, by refunds and by the network, in cents.
pub(crate) fn returned_cents(charge: &Charge) -> u64 {
    charge.refunded_amount_cents.saturating_add(charge.returned.amount_cents)
}
