//! `operator.block_balance`: block money of an account, so that the account may not use it.

use domain::access::{AuditAction, name_flaw};
use domain::charge::Charge;
use domain::kernel::{AMOUNT_CENTS_MAX, BlockId, ChargeId, Error, Flaw, Id, Violation};
use domain::ledger::{BalanceBlock, BalanceBlockView, BlockKind, BlockSubject, Books, NewBlock};
use edge::Rows;
use jiff::Timestamp;
use runtime::App;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Key, Writes};

use crate::account::{OperatorTrail, account_id, no_such_account};
use crate::{CommandFailure, Invocation};

/// The block to open.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockBalanceInput {
    account_id: String,
    kind: BlockKind,
    /// Amount to block, in cents.
    amount_cents: u64,
    /// Reason that the account sees, such as the number of a court order.
    reason: String,
    /// Charge of which the money is blocked, if the block is about one.
    charge_id: Option<String>,
    /// Time at which the block ends by itself.
    ends_at: Option<Timestamp>,
}

/// Opens the block: takes what is available, up to the amount. A block of a charge takes at most what is
/// left of the charge, which cannot be refunded while the block is open.
pub async fn handle(
    app: &App,
    invocation: Invocation<BlockBalanceInput>,
) -> Result<BalanceBlockView, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let account_id = account_id(&input.account_id)?;
    let flaws = flaws(&input, moment.now);
    if !flaws.is_empty() {
        return Err(Error::Invalid(flaws).into());
    }
    let charge_id = input.charge_id.as_deref().map(ChargeId::parse).transpose();
    let charge_id = charge_id.map_err(|_: Error| no_such_charge())?;
    let books_key = Key::Books(account_id);
    let charge_key = charge_id.map(|id| Key::Charge(account_id, id));
    let keys = [books_key.clone()].into_iter().chain(charge_key.clone()).collect();
    let rows = Rows::load(&app.store, keys).await?;
    let mut books: Books = rows.find(&books_key)?.ok_or_else(no_such_account)?;
    let new = NewBlock {
        kind: input.kind,
        amount_cents: input.amount_cents,
        subject: BlockSubject { charge_id, text: Some(input.reason.trim().to_owned()) },
        ends_at: input.ends_at,
    };
    let id = BlockId::mint(&moment);
    let mut writes = Writes::default();
    let (block, effects) = match charge_key {
        None => BalanceBlock::open(id, new, &mut books, &moment)?,
        Some(key) => {
            let mut charge: Charge = rows.find(&key)?.ok_or_else(no_such_charge)?;
            let opened = charge.open_block(id, None, new, &mut books, &moment)?;
            writes = writes.replace(&charge);
            opened
        }
    };
    let view = BalanceBlockView::new(&block, &books);
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let line = trail.line(AuditAction::BalanceBlocked, id, Value::Null, json!(view));
    let writes = writes.replace(&books).record(&effects).create(&line);
    app.store.commit(writes, &moment).await.map_err(moved_meanwhile)?;
    Ok(view)
}

/// Returns the failure of a command that changes the books: a movement at the same moment came first.
pub(crate) fn moved_meanwhile(error: Error) -> CommandFailure {
    match error {
        Error::Stale => CommandFailure::refused(
            "unavailable",
            "money moved at this moment, so nothing was changed; call again",
        ),
        error => error.into(),
    }
}

fn no_such_charge() -> CommandFailure {
    CommandFailure::refused("not_found", "charge_id: the account has no charge with this id")
}

fn flaws(input: &BlockBalanceInput, now: Timestamp) -> Vec<Violation> {
    let amount = (!(1..=AMOUNT_CENTS_MAX).contains(&input.amount_cents)).then(|| {
        let detail = format!("an amount must be 1 to {AMOUNT_CENTS_MAX} cents");
        Violation::new("amount_cents", Flaw::OutOfRange, detail)
    });
    let ends_at = input
        .ends_at
        .filter(|at| *at <= now)
        .map(|_| Violation::new("ends_at", Flaw::OutOfRange, "the time must be in the future"));
    let reason = name_flaw("reason", input.reason.trim());
    [amount, reason, ends_at].into_iter().flatten().collect()
}
