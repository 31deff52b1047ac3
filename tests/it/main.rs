//! The operations of the bundle, in process: real functions, real expressions, an embedded table.

mod access;
mod account;
mod beneficiary;
mod cases;
mod collection;
mod credit;
mod house;
mod keys;
mod kyc;
mod network_faults;
mod payin;
mod payout;
mod scheduler;
mod storage;
mod webhooks;
