//! What the commands about an existing account share: its row, its prices and its audit trail.

use domain::access::{AuditAction, AuditEvent, Author};
use domain::account::{Account, FeeSchedule, Merchant};
use domain::kernel::{AccountId, AuditId, Error, Id, Moment};
use jiff::Timestamp;
use runtime::App;
use serde::Deserialize;
use serde_json::Value;
use store::Key;

use crate::CommandFailure;

/// The recipient that payers see.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MerchantInput {
    name: String,
    city: String,
    pix_key: String,
}

impl From<MerchantInput> for Merchant {
    fn from(input: MerchantInput) -> Self {
        let MerchantInput { name, city, pix_key } = input;
        Self { name, city, pix_key }
    }
}

/// One price.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeeInput {
    fixed_cents: u64,
    basis_points: u64,
}

impl From<FeeInput> for FeeSchedule {
    fn from(input: FeeInput) -> Self {
        let FeeInput { fixed_cents, basis_points } = input;
        Self { fixed_cents, basis_points }
    }
}

/// Returns the refusal of a command about an account that does not exist.
pub(crate) fn no_such_account() -> CommandFailure {
    CommandFailure::refused("not_found", "account_id: there is no account with this id")
}

/// Reads the id of an account.
pub(crate) fn account_id(text: &str) -> Result<AccountId, CommandFailure> {
    AccountId::parse(text).map_err(|_: Error| no_such_account())
}

/// Reads the account of an id.
pub(crate) async fn find_account(app: &App, id: &str) -> Result<Account, CommandFailure> {
    let key = Key::Account(account_id(id)?);
    app.store.find(&key).await?.ok_or_else(no_such_account)
}

/// Writes a time for the audit trail with three decimals, as the API writes times.
pub(crate) fn audited_time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The moment and the request of a command, for the lines that it writes into the audit trail.
pub(crate) struct OperatorTrail<'a> {
    /// Account of the lines.
    pub(crate) account_id: AccountId,
    /// Lambda's id of the invocation.
    pub(crate) request_id: &'a str,
    /// The moment of the decision.
    pub(crate) moment: &'a Moment,
}

impl OperatorTrail<'_> {
    /// Makes a line with the operator as author.
    pub(crate) fn line(
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
