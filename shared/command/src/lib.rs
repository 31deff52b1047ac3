//! The runtime of the operator's commands: strict input, one log line, and one sentence for a refusal.
//!
//! Deliberately absent: HTTP, queues, and what any command does.
#![warn(missing_docs)]

mod command;
mod failure;
mod trail;

#[doc(hidden)]
pub use command::to_json;
pub use command::{Command, CommandFuture, Invocation, perform, run};
pub use failure::CommandFailure;
pub use trail::{OperatorTrail, account_id, audited_time, find_account, no_such_account};
