//! Payouts, batches of payouts, and their settings.

mod batch;
mod funding;
mod life;
mod method;
mod network_update;
mod payout;
mod settings;
mod status;
mod update;
mod view;

pub use batch::{
    BATCH_LINES_MAX, BatchLine, BatchLines, BatchStatus, BatchView, LINES_PER_ROW, LineOutcome,
    OPEN_BATCHES_MAX, PayoutBatch, refusal,
};
pub use funding::WAITING_PAYOUTS_MAX;
pub use life::Terms;
pub use method::PayoutMethod;
pub use payout::{
    Beneficiary, DECISION_TIMEOUT, FUNDING_TIMEOUT, NewPayout, Payout, PayoutDestination,
    PayoutStep, Return, hold_of,
};
pub use settings::{Approval, PayoutSettings};
pub use status::{PayoutReason, PayoutStatus};
pub use update::PayoutUpdate;
pub use view::{
    BankAccountView, BeneficiaryView, DestinationView, PayoutView, PixKeyView, ReturnView,
};
