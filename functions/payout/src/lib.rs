//! Payouts: money that the account sends, and the Pix keys that receive it.

mod lookup_id;
mod new_payout;
mod preview_view;
mod recent;
mod saved_target;
mod validated_key;

pub mod cancel_payout;
pub mod create_payout;
pub mod create_payout_batch;
pub mod find_payout;
pub mod find_payout_batch;
pub mod list_payout_batches;
pub mod list_payouts;
pub mod preview_payout;
pub mod preview_payout_batch;
pub mod read_boleto;
pub mod validate_pix_key;

edge::operations! {
    /// Creates a payout to a Pix key, a bank account or a saved beneficiary.
    create_payout: POST "/v1/payouts" needs Holds(PayoutsWrite), money;
    /// Shows what a payout would be, without making it.
    preview_payout: POST "/v1/payouts/preview" needs Holds(PayoutsWrite), repeatable;
    /// Lists payouts, newest first.
    list_payouts: GET "/v1/payouts" needs Holds(PayoutsRead);
    /// Shows a payout.
    find_payout: GET "/v1/payouts/{id}" needs Holds(PayoutsRead);
    /// Cancels a payout that Trilho has not sent.
    cancel_payout: POST "/v1/payouts/{id}/cancel" needs Holds(PayoutsWrite);
    /// Creates a batch of up to 500 payouts.
    create_payout_batch: POST "/v1/payout-batches" needs Holds(PayoutsWrite), money, batch;
    /// Shows what a batch of payouts would be, without making it.
    preview_payout_batch: POST "/v1/payout-batches/preview" needs Holds(PayoutsWrite), repeatable, batch;
    /// Lists batches of payouts, newest first.
    list_payout_batches: GET "/v1/payout-batches" needs Holds(PayoutsRead);
    /// Shows a batch of payouts with the result of each line.
    find_payout_batch: GET "/v1/payout-batches/{id}" needs Holds(PayoutsRead);
    /// Reads the digits of a boleto: bank, amount and due date.
    read_boleto: POST "/v1/boletos/read" needs Holds(PayoutsRead), repeatable;
    /// Validates a Pix key and shows its owner.
    validate_pix_key: POST "/v1/pix-keys/validate" needs Holds(PixKeysRead), repeatable;
}
