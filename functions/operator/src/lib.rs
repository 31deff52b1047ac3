//! Commands of the operator of a deployment, run with `aws lambda invoke`. They are not on the API: the
//! right to invoke the function is the right to run the command, and no credential of an account can.

mod account;
mod command;
mod failure;

pub mod bootstrap_account;
pub mod change_fees;
pub mod change_merchant;
pub mod close_account;
pub mod freeze_account;
pub mod list_accounts;
pub mod reinvite_moderator;
pub mod reopen_account;
pub mod rotate_secret;
pub mod thaw_account;

pub use command::{Command, Invocation, perform, run};
pub use failure::CommandFailure;

command::commands! {
    /// Opens an account and invites its first moderator.
    bootstrap_account;
    /// Lists the accounts of the deployment with their terms and balances.
    list_accounts;
    /// Makes a new invitation for a moderator who cannot log in.
    reinvite_moderator;
    /// Changes the prices of an account.
    change_fees;
    /// Changes the name of an account, or the recipient that payers see.
    change_merchant;
    /// Freezes an account, so that no money of it moves.
    freeze_account;
    /// Closes an account, so that its credentials are refused.
    close_account;
    /// Opens a closed account again.
    reopen_account;
    /// Adds a new version to the pepper or the signing secret and makes it current.
    rotate_secret;
    /// Audits a frozen account from its first entry and lifts the freeze if everything agrees.
    thaw_account;
}
