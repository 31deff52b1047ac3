//! Commands of the operator of a deployment, run with `aws lambda invoke`. They are not on the API: the
//! right to invoke the function is the right to run the command, and no credential of an account can.

mod account;

pub mod apply_settings_change;
pub mod block_balance;
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
pub mod unblock_balance;

pub use command::{Command, CommandFailure, Invocation, perform, run};

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
    /// Puts a lower protection of payouts in force for an account without a second moderator.
    apply_settings_change;
    /// Freezes an account, so that no money of it moves.
    freeze_account;
    /// Blocks money of an account, so that the account may not use it.
    block_balance;
    /// Ends a block of money.
    unblock_balance;
    /// Closes an account, so that its credentials are refused.
    close_account;
    /// Opens a closed account again.
    reopen_account;
    /// Adds a new version to the pepper or a signing secret and makes it current.
    rotate_secret;
    /// Audits a frozen account from its first entry and lifts the freeze if everything agrees.
    thaw_account;
}
