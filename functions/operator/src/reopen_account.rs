//! `operator.reopen_account`: open a closed account again.

use domain::access::AuditAction;
use domain::kernel::AccountId;
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Writes;

use crate::account::{OperatorTrail, audited_time, find_account};
use crate::{CommandFailure, Invocation};

/// The account to open again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReopenAccountInput {
    account_id: String,
}

/// The account that is open again.
#[derive(Serialize)]
pub struct ReopenedAccount {
    account_id: AccountId,
    /// Time at which the account had been closed.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    closed_at: Timestamp,
}

/// Opens the account with its users, keys and money as they were.
pub async fn handle(
    app: &App,
    invocation: Invocation<ReopenAccountInput>,
) -> Result<ReopenedAccount, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let mut account = find_account(app, &input.account_id).await?;
    let Some(closed_at) = account.closed_at.take() else {
        let sentence = "the account is not closed, so nothing was changed";
        return Err(CommandFailure::refused("account_not_closed", sentence));
    };
    let account_id = account.id;
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let before = json!({ "closed_at": audited_time(closed_at) });
    let line = trail.line(AuditAction::AccountReopened, account_id, before, Value::Null);
    app.store.commit(Writes::default().replace(&account).create(&line), &moment).await?;
    Ok(ReopenedAccount { account_id, closed_at })
}
