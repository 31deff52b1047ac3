//! The sandbox: a deterministic payment network for customers' tests.
//!
//! Its scenarios are data. The document, amount or Pix key of an order selects one, and the same order
//! always has the same outcome. `GET /v1/sandbox/scenarios` shows the tables of this crate.
#![warn(missing_docs)]

mod bank_accounts;
mod charges;
mod key_directory;
mod payouts;
mod refunds;
mod sandbox_rail;
mod submission;

pub use bank_accounts::{BANK_ACCOUNTS, SandboxBankAccount};
pub use charges::{
    CHARGE_SCENARIOS, ChargeOutcome, ChargeScenario, ChargeStoryStep, ChargeTrigger,
    charge_scenario, pay,
};
pub use key_directory::{DIRECTORY, DirectoryStory};
pub use payouts::{
    PAYOUT_SCENARIOS, PayoutOutcome, PayoutScenario, PayoutStoryStep, PayoutTrigger,
    outcome_status, payout_scenario,
};
pub use refunds::{
    REFUND_SCENARIOS, RefundOutcome, RefundScenario, RefundStoryStep, RefundTrigger,
    refund_scenario, refund_update,
};
pub use sandbox_rail::{ISPB, SandboxRail};
pub use submission::SandboxSubmission;
