//! The sign beside the state: a check only if the payee has the payment.

use crate::state::PaymentPageState;

/// Returns the lines of the sign, as the data of an SVG path in a square of 24.
pub(crate) const fn path(state: PaymentPageState) -> &'static str {
    match state {
        PaymentPageState::Paid | PaymentPageState::Announced => "M7 12.5l3.5 3.5L17 9",
        PaymentPageState::Open
        | PaymentPageState::Confirming
        | PaymentPageState::Reserved
        | PaymentPageState::InReview => "M12 7v5l3.5 2",
        PaymentPageState::PartlyReturned
        | PaymentPageState::Returned
        | PaymentPageState::Rejected => "M17 12H7M11 8l-4 4 4 4",
        PaymentPageState::Declined | PaymentPageState::Cancelled | PaymentPageState::Expired => {
            "M8.5 8.5l7 7M15.5 8.5l-7 7"
        }
    }
}
