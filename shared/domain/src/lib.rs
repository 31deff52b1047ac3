//! What the product decides, without knowing where it runs.
//!
//! Deliberately absent: I/O, async, AWS, HTTP, a clock and a random source of its own.
#![warn(missing_docs)]

pub mod access;
pub mod account;
pub mod catalogue;
pub mod charge;
pub mod event;
pub mod kernel;
pub mod ledger;
pub mod network;
pub mod payout;
pub mod statement;
pub mod webhook;
