//! What the commands about an account share: its row and its audit trail.

use domain::access::{AuditAction, AuditEvent, Author};
use domain::account::Account;
use domain::kernel::{AccountId, AuditId, Error, Id, Moment};
use jiff::Timestamp;
use runtime::App;
use serde_json::Value;
use store::Key;

use crate::CommandFailure;

/// Returns the refusal of a command about an account that does not exist.
pub fn no_such_account() -> CommandFailure {
    CommandFailure::refused("not_found", "account_id: there is no account with this id")
}

/// Reads the id of an account.
pub fn account_id(text: &str) -> Result<AccountId, CommandFailure> {
    AccountId::parse(text).map_err(|_: Error| no_such_account())
}

/// Reads the account of an id.
pub async fn find_account(app: &App, id: &str) -> Result<Account, CommandFailure> {
    let key = Key::Account(account_id(id)?);
    app.store.find(&key).await?.ok_or_else(no_such_account)
}

/// Writes a time for the audit trail with three decimals, as the API writes times.
pub fn audited_time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The moment and the request of a command, for the lines that it writes into the audit trail.
pub struct OperatorTrail<'a> {
    /// Account of the lines.
    pub account_id: AccountId,
    /// Lambda's id of the invocation.
    pub request_id: &'a str,
    /// The moment of the decision.
    pub moment: &'a Moment,
}

impl OperatorTrail<'_> {
    /// Makes a line with the operator as author.
    pub fn line(
        &self,
        action: AuditAction,
        target: impl ToString,
        before: Value,
        after: Value,
    ) -> AuditEvent {
        AuditEvent {
            id: AuditId::mint(self.moment),
            account_id: self.account_id,
            action,
            author: Author::operator(),
            target: target.to_string(),
            before,
            after,
            request_id: self.request_id.to_owned(),
            created_at: self.moment.now,
        }
    }
}
