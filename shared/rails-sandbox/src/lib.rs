//! The sandbox: a deterministic payment network for customers' tests.
//!
//! Its scenarios are data. The document, amount or Pix key of an order selects one, and the same order
//! always has the same outcome. `GET /v1/sandbox/scenarios` shows the tables of this crate.
#![warn(missing_docs)]

mod bank_accounts;
mod boletos;
mod card_scenarios;
mod cards;
mod charges;
mod disputes;
mod key_directory;
mod payments;
mod payouts;
mod refunds;
mod returns;
mod sandbox_rail;
mod submission;

pub use bank_accounts::{BANK_ACCOUNTS, SandboxBankAccount};
pub use boletos::{BOLETO_SCENARIOS, BoletoAnswer, BoletoPayment, BoletoScenario, boleto_scenario};
pub use card_scenarios::{CARD_SCENARIOS, CardAnswer, CardDelay, CardScenario};
pub use cards::{SandboxAuthentication, asks_nothing, authenticate, card_token};
pub use charges::{
    CHARGE_SCENARIOS, ChargeOutcome, ChargeScenario, ChargeStoryStep, ChargeTrigger,
    charge_scenario, pay,
};
pub use disputes::{DISPUTE_SCENARIOS, DisputeDecision, DisputeScenario};
pub use key_directory::{DIRECTORY, DirectoryStory};
pub use payments::{SandboxPayer, SandboxPayment, SandboxTxid, arrived, payer, payment_id};
pub use payouts::{
    PAYOUT_SCENARIOS, PayoutOutcome, PayoutScenario, PayoutStoryStep, PayoutTrigger,
    outcome_status, payout_scenario,
};
pub use refunds::{
    REFUND_SCENARIOS, RefundOutcome, RefundScenario, RefundStoryStep, RefundTrigger,
    refund_scenario, refund_update,
};
pub use returns::{
    RETURN_SCENARIOS, ReturnOutcome, ReturnScenario, ReturnStoryStep, announced_returns,
    return_update,
};
pub use sandbox_rail::{ISPB, SandboxRail};
pub use submission::SandboxSubmission;
