//! What whoever runs a deployment does with `aws lambda invoke`. Not on the API: the right to invoke
//! the function is the right to do it, and no credential of an account reaches it.

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
    /// Puts a fresh version into the pepper or the signing secret and makes it current.
    rotate_secret;
    /// Audits a frozen account from its first entry on and lifts the freeze if everything agrees.
    thaw_account;
}
