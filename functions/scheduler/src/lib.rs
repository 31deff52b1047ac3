//! Scheduled work. A missed tick is caught up by the next, a doubled one finds nothing to do.

mod due;
mod order_messages;

pub mod advance_charges;
pub mod advance_payouts;
pub mod advance_refunds;
pub mod advance_replays;
pub mod advance_statement_exports;
pub mod advance_statement_schedules;
pub mod audit_ledger;
pub mod fill_payout_batches;
pub mod resend_deliveries;
pub mod sweep_events;

worker::jobs! {
    /// Every minute: expires charges nobody paid and takes in what networks announced.
    advance_charges;
    /// Every minute: moves on payouts that waited, and has their network told or asked.
    advance_payouts;
    /// Every minute: takes in what networks announced of refunds, and has them told or asked.
    advance_refunds;
    /// Every minute: opens the payouts of batches.
    fill_payout_batches;
    /// Every minute: asks for the statements whose schedules have come round.
    advance_statement_schedules;
    /// Every minute: has statements written that wait for it.
    advance_statement_exports;
    /// Every minute: publishes events that the stream has left lying.
    sweep_events;
    /// Every minute: sends a message for each delivery whose next attempt is due.
    resend_deliveries;
    /// Every minute: goes on with the replays of past events.
    advance_replays;
    /// Every minute: freezes accounts whose books are not what their entries come to.
    audit_ledger;
}
