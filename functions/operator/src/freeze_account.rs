//! `operator.freeze_account`: freeze an account by hand, so that no money of it moves.

use domain::access::{AuditAction, name_flaw};
use domain::kernel::AccountId;
use domain::ledger::Books;
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Key, Writes};

use crate::account::{OperatorTrail, account_id, audited_time, no_such_account};
use crate::{CommandFailure, Invocation};

/// The account to freeze.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeAccountInput {
    account_id: String,
    /// Reason for the audit trail of the account.
    reason: String,
}

/// The frozen account.
#[derive(Serialize)]
pub struct FrozenAccount {
    account_id: AccountId,
    /// Time from which no money moves.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    frozen_at: Timestamp,
}

/// Freezes the books. Credentials still work, and the account's people can read everything.
pub async fn handle(
    app: &App,
    invocation: Invocation<FreezeAccountInput>,
) -> Result<FrozenAccount, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let account_id = account_id(&input.account_id)?;
    let reason = input.reason.trim();
    if name_flaw("reason", reason).is_some() {
        let sentence = "reason: must have 1 to 100 characters and no control characters";
        return Err(CommandFailure::refused("invalid_request", sentence));
    }
    let found = app.store.find::<Books>(&Key::Books(account_id)).await?;
    let books = found.ok_or_else(no_such_account)?;
    if books.frozen_at.is_some() {
        let sentence = "the account is frozen already, so nothing was changed";
        return Err(CommandFailure::refused("account_frozen", sentence));
    }
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let after = json!({ "frozen_at": audited_time(moment.now), "reason": reason });
    let line = trail.line(AuditAction::AccountFrozen, account_id, Value::Null, after);
    let writes = Writes::default().freeze_books(account_id, moment.now).create(&line);
    app.store.commit(writes, &moment).await?;
    Ok(FrozenAccount { account_id, frozen_at: moment.now })
}
