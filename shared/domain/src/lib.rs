//! What the product decides, without knowing where it runs.
//!
//! Deliberately absent: I/O, async, AWS, HTTP, a clock and a random source of its own.
#![warn(missing_docs)]

pub mod access;
pub mod account;
pub mod beneficiary;
pub mod catalogue;
pub mod charge;
pub mod collection;
pub mod credit;
pub mod dispute;
pub mod event;
pub mod file;
pub mod kernel;
pub mod kyc;
pub mod ledger;
pub mod network;
pub mod payment;
pub mod payout;
pub mod receivable;
pub mod search;
pub mod statement;
pub mod webhook;
