//! Payouts: money the account sends, and the PIX keys it is sent to.

mod new_payout;
mod payout_rules;
mod settings_view;
mod validated_key;

pub mod approve_payout;
pub mod cancel_payout;
pub mod create_payout;
pub mod create_payout_batch;
pub mod find_payout;
pub mod find_payout_batch;
pub mod find_payout_settings;
pub mod list_payout_batches;
pub mod list_payouts;
pub mod replace_payout_settings;
pub mod review_payout;
pub mod validate_pix_key;

edge::operations! {
    /// Sends money to a PIX key or a bank account.
    create_payout: POST "/v1/payouts" needs Holds(PayoutsWrite), money;
    /// Lists payouts, newest first.
    list_payouts: GET "/v1/payouts" needs Holds(PayoutsRead);
    /// Shows a payout.
    find_payout: GET "/v1/payouts/{id}" needs Holds(PayoutsRead);
    /// Withdraws a payout that has not gone.
    cancel_payout: POST "/v1/payouts/{id}/cancel" needs Holds(PayoutsWrite);
    /// Agrees to a payout that somebody else made.
    approve_payout: POST "/v1/payouts/{id}/approve" needs Holds(PayoutsWrite);
    /// Lets a payout pass the review, or refuses it.
    review_payout: POST "/v1/payouts/{id}/review" needs Moderator(WithCode);
    /// Sends in up to 500 payouts at once.
    create_payout_batch: POST "/v1/payout-batches" needs Holds(PayoutsWrite), money, batch;
    /// Lists batches of payouts, newest first.
    list_payout_batches: GET "/v1/payout-batches" needs Holds(PayoutsRead);
    /// Shows a batch of payouts, with what became of each line.
    find_payout_batch: GET "/v1/payout-batches/{id}" needs Holds(PayoutsRead);
    /// Shows what the account demands of its payouts.
    find_payout_settings: GET "/v1/payout-settings" needs Holds(PayoutsRead);
    /// Sets what the account demands of its payouts.
    replace_payout_settings: PUT "/v1/payout-settings" needs Moderator(WithCode);
    /// Says whether a PIX key is good, and whose it is.
    validate_pix_key: POST "/v1/pix-keys/validate" needs Holds(PixKeysRead), repeatable;
}
