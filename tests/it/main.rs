//! The operations of the bundle, in process: real functions, real expressions, an embedded table.

mod access;
mod account;
mod cases;
mod house;
mod keys;
mod network_faults;
mod payin;
mod payout;
mod storage;
mod webhooks;
