//! `operator.thaw_account`: audit a frozen account from its first entry and lift the freeze.

use domain::access::AuditAction;
use domain::kernel::{AccountId, Error};
use domain::ledger::{Books, Difference, LedgerAudit, Mismatch, RunningTotals};
use edge::Rows;
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Key, Writes};

use crate::account::{OperatorTrail, account_id, audited_time, no_such_account};
use crate::{CommandFailure, Invocation};

/// The account to thaw.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThawInput {
    account_id: String,
}

/// The result of the audit.
#[derive(Serialize)]
pub struct ThawResult {
    account_id: AccountId,
    /// Number of entries of the account; each was read.
    entries: u64,
    /// Time since which no money could move.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    frozen_at: Timestamp,
}

/// Lifts the freeze if books, entries and holds agree. The scheduled audit continues from the last
/// entry.
pub async fn handle(
    app: &App,
    invocation: Invocation<ThawInput>,
) -> Result<ThawResult, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let account_id = account_id(&input.account_id)?;
    let (books, audit) = (Key::Books(account_id), Key::LedgerAudit(account_id));
    let rows = Rows::load(&app.store, vec![books.clone(), audit.clone()]).await?;
    let mut books: Books = rows.find(&books)?.ok_or_else(no_such_account)?;
    let audit: Option<LedgerAudit> = rows.find(&audit)?;
    let Some(frozen_at) = books.thaw() else {
        let sentence = "the account is not frozen, so nothing was changed";
        return Err(CommandFailure::refused("account_not_frozen", sentence));
    };
    let tip = read_all(app, &books).await?.map_err(|difference| {
        CommandFailure::refused("ledger_differs", format!("the account stays frozen: {difference}"))
    })?;
    let mut audited = LedgerAudit::audited(account_id, tip, moment.now);
    // If the audit row is lost, this creates it, so that the account is audited again.
    audited.version = audit.map_or(0, |audit| audit.version);
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let before = json!({ "frozen_at": audited_time(frozen_at) });
    let line = trail.line(AuditAction::AccountThawed, account_id, before, Value::Null);
    let writes = Writes::default().replace(&books).replace(&audited).create(&line);
    app.store.commit(writes, &moment).await?;
    Ok(ThawResult { account_id, entries: books.sequence, frozen_at })
}

/// Reads every entry, the holds, the balance blocks and the open credits. The account is frozen, so
/// nothing changes during the scan.
async fn read_all(app: &App, books: &Books) -> Result<Result<RunningTotals, Difference>, Error> {
    let mut totals = RunningTotals::default();
    let read =
        app.store.read_entries(books.account_id, &mut totals, books.position(), u64::MAX).await?;
    if let Some(difference) = read.difference {
        return Ok(Err(difference));
    }
    if app.store.has_entry_after(books).await? {
        let sequence = books.sequence + 1;
        return Ok(Err(Difference { sequence, mismatch: Mismatch::Unknown }));
    }
    let open = app.store.sum_open(books.account_id).await?;
    if let Err(mismatch) = open.compare(books) {
        return Ok(Err(Difference { sequence: books.sequence, mismatch }));
    }
    Ok(totals.compare(books).map(|()| totals))
}
