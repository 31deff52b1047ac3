//! Scheduled jobs. The next tick catches up on a missed one, and a doubled tick finds nothing to
//! do.

mod due;
mod order_messages;
mod payout_change;

pub mod advance_charges;
pub mod advance_payouts;
pub mod advance_refunds;
pub mod advance_replays;
pub mod advance_statement_exports;
pub mod advance_statement_schedules;
pub mod audit_ledger;
pub mod fill_payout_batches;
pub mod fund_payouts;
pub mod resend_deliveries;
pub mod sweep_events;

worker::jobs! {
    /// Every minute: expires unpaid charges and applies network updates.
    advance_charges;
    /// Every minute: advances due payouts and queues their network actions.
    advance_payouts;
    /// Every minute: starts payouts that wait for funds, where the account has money for them.
    fund_payouts;
    /// Every minute: applies network updates of refunds and queues their network actions.
    advance_refunds;
    /// Every minute: opens the payouts of batches.
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
