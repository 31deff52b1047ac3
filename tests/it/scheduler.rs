//! The jobs of the scheduler: many accounts at the same time, in a limited time.

mod many_accounts;
mod oldest_due;
mod time_budget;
