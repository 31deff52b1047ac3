//! Commands of the operator of a deployment, run with `aws lambda invoke`. They are not on the API: the
//! right to invoke the function is the right to run the command, and no credential of an account can.

mod command;
mod failure;

pub mod bootstrap_account;
pub mod rotate_secret;
pub mod thaw_account;

pub use command::{Command, Invocation, perform, run};
pub use failure::CommandFailure;

command::commands! {
    /// Opens an account and invites its first moderator.
    bootstrap_account;
    /// Adds a new version to the pepper or the signing secret and makes it current.
    rotate_secret;
    /// Audits a frozen account from its first entry and lifts the freeze if everything agrees.
    thaw_account;
}
