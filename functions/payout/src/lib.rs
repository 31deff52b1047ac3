//! Payouts: money that the account sends, and the Pix keys that receive it.

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
    /// Creates a payout to a Pix key or a bank account.
    create_payout: POST "/v1/payouts" needs Holds(PayoutsWrite), money;
    /// Lists payouts, newest first.
    list_payouts: GET "/v1/payouts" needs Holds(PayoutsRead);
    /// Shows a payout.
    find_payout: GET "/v1/payouts/{id}" needs Holds(PayoutsRead);
    /// Cancels a payout that Trilho has not sent.
    cancel_payout: POST "/v1/payouts/{id}/cancel" needs Holds(PayoutsWrite);
    /// Approves a payout that another user created.
    approve_payout: POST "/v1/payouts/{id}/approve" needs HoldsWithCode(PayoutsApprove);
    /// Releases or rejects a payout in review.
    review_payout: POST "/v1/payouts/{id}/review" needs Moderator(WithCode);
    /// Creates a batch of up to 500 payouts.
    create_payout_batch: POST "/v1/payout-batches" needs Holds(PayoutsWrite), money, batch;
    /// Lists batches of payouts, newest first.
    list_payout_batches: GET "/v1/payout-batches" needs Holds(PayoutsRead);
    /// Shows a batch of payouts with the result of each line.
    find_payout_batch: GET "/v1/payout-batches/{id}" needs Holds(PayoutsRead);
    /// Shows the payout settings.
    find_payout_settings: GET "/v1/payout-settings" needs Holds(PayoutsRead);
    /// Replaces the payout settings.
    replace_payout_settings: PUT "/v1/payout-settings" needs Moderator(WithCode);
    /// Validates a Pix key and shows its owner.
    validate_pix_key: POST "/v1/pix-keys/validate" needs Holds(PixKeysRead), repeatable;
}
