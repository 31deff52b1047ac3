//! Scheduled jobs. The next tick catches up on a missed one, and a doubled tick finds nothing to
//! do.

mod batch_progress;
mod due;
mod grouped;
mod order_messages;
mod payout_change;
mod turns;

pub mod advance_boleto_orders;
pub mod advance_card_orders;
pub mod advance_charges;
pub mod advance_collections;
pub mod advance_credits;
pub mod advance_disputes;
pub mod advance_kyc_requests;
pub mod advance_payouts;
pub mod advance_refunds;
pub mod advance_replays;
pub mod advance_statement_exports;
pub mod advance_statement_schedules;
pub mod audit_ledger;
pub mod end_balance_blocks;
pub mod fill_payout_batches;
pub mod fund_payouts;
pub mod resend_deliveries;
pub mod sweep_events;

worker::jobs! {
    /// Every minute: expires unpaid charges and applies network updates.
    advance_charges;
    /// Every minute: applies answers of the banks of boletos, and queues their network actions.
    advance_boleto_orders;
    /// Every minute: applies answers of the acquirers of cards, and queues their network actions.
    advance_card_orders;
    /// Every minute: advances due payouts and queues their network actions.
    advance_payouts;
    /// Every minute: starts payouts that wait for funds, where the account has money for them.
    fund_payouts;
    /// Every minute: applies network updates of refunds and queues their network actions.
    advance_refunds;
    /// Every minute: returns credits by the rule of the account, and queues their network actions.
    advance_credits;
    /// Every minute: sends reminders of disputes, and applies updates and queues network actions of their answers.
    advance_disputes;
    /// Every minute: checks the Pix keys of Data Collect links, and ends expired links.
    advance_collections;
    /// Every minute: sends reminders of KYC requests, and ends those whose deadline is over, with their payouts.
    advance_kyc_requests;
    /// Every minute: ends balance blocks whose time is over.
    end_balance_blocks;
    /// Every minute: opens the payouts of batches, decides about them, and ends batches.
    fill_payout_batches;
    /// Every minute: creates the statement exports of due schedules.
    advance_statement_schedules;
    /// Every minute: queues statement exports that are not written yet.
    advance_statement_exports;
    /// Every minute: publishes events that the stream missed.
    sweep_events;
    /// Every minute: sends a message for each delivery whose next attempt is due.
    resend_deliveries;
    /// Every minute: continues the replays of past events.
    advance_replays;
    /// Every minute: freezes accounts if their books differ from their entries.
    audit_ledger;
}
