//! KYC requests: payouts that wait for compliance, documents, decisions and the clock.

mod answers;
mod clock;
mod decisions;
mod holds;
mod privacy;
