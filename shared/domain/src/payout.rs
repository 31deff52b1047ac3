//! Payouts, batches of payouts, and their settings.

mod approval;
mod batch;
mod batch_life;
mod batch_view;
mod cooling;
mod decision;
mod destination_ref;
mod funding;
mod kyc_hold;
mod life;
mod method;
mod network_update;
mod payout;
mod payout_kyc;
mod preview;
mod protections;
mod settings;
mod settings_change;
mod settings_life;
mod status;
mod update;
mod view;

pub use approval::{
    APPROVAL_RULES_MAX, APPROVALS_MAX, ApprovalRule, CheckedOwner, PayoutApproval, PayoutRejection,
    approval_rule_flaws, approvals_needed,
};
pub use batch::{
    BATCH_LINES_MAX, BatchDecision, BatchLine, BatchLines, BatchStatus, BatchVerdict,
    LINES_PER_ROW, LineOutcome, NewLine, OPEN_BATCHES_MAX, PayoutBatch, StatusTotal, duplicates,
    payout_ids_of, refusal,
};
pub use batch_view::{BatchDecisionView, BatchVerdictWord, BatchView};
pub use destination_ref::{
    COOLING_HOURS_MAX, DESTINATION_COOLING_HOURS, DestinationRef, cooling_hours_flaw,
};
pub use funding::WAITING_PAYOUTS_MAX;
pub use life::Terms;
pub use method::PayoutMethod;
pub use payout::{
    Beneficiary, DECISION_TIMEOUT, FUNDING_TIMEOUT, NewPayout, Payout, PayoutDestination,
    PayoutDigests, PayoutStep, Return, hold_of,
};
pub use payout_kyc::{PayoutKyc, PayoutKycView};
pub use preview::PayoutPreview;
pub use protections::PayoutProtections;
pub use settings::PayoutSettings;
pub use settings_change::{
    CHANGE_TIMEOUT, SettingsChange, SettingsChangeStatus, SettingsChangeView,
};
pub use settings_life::SettingsDecision;
pub use status::PayoutStatus;
pub use update::PayoutUpdate;
pub use view::{
    BankAccountView, BeneficiaryView, CheckedOwnerView, DestinationView, PayoutView, PixKeyView,
    ReturnView,
};
