//! Faults between a worker and the payment network.

mod payout_faults;
mod refund_faults;
