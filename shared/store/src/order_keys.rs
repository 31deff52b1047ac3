//! Sort keys of the orders of a charge.

use domain::kernel::ChargeId;

/// The sort key of an order, by its number.
pub(crate) fn number_of(charge: &ChargeId, number: u32) -> String {
    format!("{charge}#{number:02}")
}
