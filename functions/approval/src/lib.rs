//! Decisions about payouts before they go: approvals, rejections and reviews, and the settings that demand
//! them.

mod decision_trail;
mod settings_view;

pub mod approve_payout;
pub mod approve_payout_batch;
pub mod approve_payouts;
pub mod approve_settings_change;
pub mod find_payout_settings;
pub mod find_settings_change;
pub mod list_settings_changes;
pub mod refuse_settings_change;
pub mod reject_payout;
pub mod reject_payout_batch;
pub mod replace_payout_settings;
pub mod review_payout;

edge::operations! {
    /// Approves a payout that another user created.
    approve_payout: POST "/v1/payouts/{id}/approve" needs HoldsWithCode(PayoutsApprove);
    /// Approves up to 40 payouts with one code.
    approve_payouts: POST "/v1/payouts/approve" needs HoldsWithCode(PayoutsApprove), repeatable;
    /// Rejects a payout that waits for approval.
    reject_payout: POST "/v1/payouts/{id}/reject" needs Holds(PayoutsApprove);
    /// Releases or rejects a payout in review.
    review_payout: POST "/v1/payouts/{id}/review" needs Moderator(WithCode);
    /// Approves the payouts of a batch that wait for approval.
    approve_payout_batch: POST "/v1/payout-batches/{id}/approve" needs HoldsWithCode(PayoutsApprove);
    /// Rejects the payouts of a batch that wait for approval.
    reject_payout_batch: POST "/v1/payout-batches/{id}/reject" needs Holds(PayoutsApprove);
    /// Shows the payout settings.
    find_payout_settings: GET "/v1/payout-settings" needs Holds(PayoutsRead);
    /// Replaces the payout settings, or requests settings that lower a protection.
    replace_payout_settings: PUT "/v1/payout-settings" needs Moderator(WithCode);
    /// Lists changes of the payout settings that lower a protection, newest first.
    list_settings_changes: GET "/v1/payout-settings-changes" needs Holds(PayoutsRead);
    /// Shows a change of the payout settings that lowers a protection.
    find_settings_change: GET "/v1/payout-settings-changes/{id}" needs Holds(PayoutsRead);
    /// Puts a lower protection in force that another moderator requested.
    approve_settings_change: POST "/v1/payout-settings-changes/{id}/approve" needs Moderator(WithCode);
    /// Refuses a lower protection that a moderator requested.
    refuse_settings_change: POST "/v1/payout-settings-changes/{id}/refuse" needs Moderator(Writes);
}
