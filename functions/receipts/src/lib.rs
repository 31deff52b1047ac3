//! Receipts of payouts, charges and refunds, the public page that confirms them, and the slips of boletos.

mod from_objects;
mod representation;
mod signing_keys;
mod slip_texts;

pub mod show_charge_receipt;
pub mod show_payment_receipt;
pub mod show_payment_slip;
pub mod show_payout_receipt;
pub mod show_receipt_keys;
pub mod show_refund_receipt;
pub mod show_slip;
pub mod validate_receipt;

edge::operations! {
    /// Shows the receipt of a payout: JSON, or a page or PDF by `Accept` or `?format=`.
    show_payout_receipt: GET "/v1/payouts/{id}/receipt" needs Holds(PayoutsRead);
    /// Shows the receipt of a charge: JSON, or a page or PDF by `Accept` or `?format=`.
    show_charge_receipt: GET "/v1/charges/{id}/receipt" needs Holds(ChargesRead);
    /// Shows the receipt of a refund: JSON, or a page or PDF by `Accept` or `?format=`.
    show_refund_receipt: GET "/v1/refunds/{id}/receipt" needs Holds(ChargesRead);
    /// Shows the slip of a boleto with the amount of today: a PDF, or a page by `Accept` or `?format=`.
    show_slip: GET "/v1/charges/{id}/slip" needs Holds(ChargesRead);
    /// Shows the payer the receipt of a payment page: a page, or a PDF with `?format=pdf`.
    show_payment_receipt: GET "/pay/{token}/receipt" needs Public;
    /// Shows the payer the slip of a payment page, as a PDF.
    show_payment_slip: GET "/pay/{token}/slip" needs Public;
    /// Confirms the code of a receipt, and shows the present state of its transaction.
    validate_receipt: GET "/receipts/{code}" needs Public;
    /// Shows the public keys of receipts, to check a code without Trilho.
    show_receipt_keys: GET "/receipt-keys" needs Public;
}
