//! Delivers events from a lane to customers. The only crate that opens connections to customers'
//! addresses. It reads no money.

mod attempt;
mod breaker;
mod dispatcher;
mod outcome;
mod signed;

pub mod egress;
pub mod retry_after;
pub mod send_live;
pub mod send_retries;

pub use dispatcher::{Dispatcher, Timer, TokioTimer};
