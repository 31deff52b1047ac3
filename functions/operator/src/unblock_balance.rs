//! `operator.unblock_balance`: end a block of money.

use domain::access::{AuditAction, name_flaw};
use domain::kernel::{BlockId, Error, Flaw, Id};
use domain::ledger::{BalanceBlock, BalanceBlockView, BlockStatus};
use runtime::App;
use serde::Deserialize;
use serde_json::json;
use store::{Key, Writes};

use crate::account::{OperatorTrail, account_id};
use crate::block_balance::moved_meanwhile;
use crate::{CommandFailure, Invocation};

/// What becomes of the money of the block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockOutcome {
    /// The money is available again.
    #[default]
    Released,
    /// The money of a judicial block goes to the court.
    Transferred,
}

/// The block to end.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnblockBalanceInput {
    account_id: String,
    block_id: String,
    /// What becomes of the money; `released` if absent.
    #[serde(default)]
    outcome: BlockOutcome,
    /// Amount that goes to the court, in cents; all that is blocked if absent. The rest is available.
    amount_cents: Option<u64>,
    /// Reason for the audit trail of the account.
    reason: String,
}

/// Ends the block, or transfers its money to the court. Money that is released first pays what the account owes, and then fills other blocks that wait for
/// money; the rest is available.
pub async fn handle(
    app: &App,
    invocation: Invocation<UnblockBalanceInput>,
) -> Result<BalanceBlockView, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let account_id = account_id(&input.account_id)?;
    let reason = input.reason.trim();
    if let Some(flaw) = name_flaw("reason", reason) {
        return Err(Error::Invalid(vec![flaw]).into());
    }
    if input.outcome == BlockOutcome::Released && input.amount_cents.is_some() {
        let detail = "only outcome transferred has an amount; remove the field";
        return Err(Error::invalid("amount_cents", Flaw::UnknownField, detail).into());
    }
    let block_id = BlockId::parse(&input.block_id).map_err(|_: Error| no_such_block())?;
    let found = app.store.find::<BalanceBlock>(&Key::Block(account_id, block_id)).await?;
    let block = found.ok_or_else(no_such_block)?;
    if block.status != BlockStatus::Open {
        let status = block.status.as_str();
        let sentence = format!("the block is {status} already, so nothing was changed");
        return Err(CommandFailure::refused("block_state", sentence));
    }
    let mut context = app.store.read_block_context(block).await?;
    let before = BalanceBlockView::new(&context.block, &context.books);
    let effects = match input.outcome {
        BlockOutcome::Released => context.end(&moment),
        BlockOutcome::Transferred => context.transfer(input.amount_cents, &moment),
    }?;
    let ended = effects.blocks.last().unwrap_or(&context.block);
    let view = BalanceBlockView::new(ended, &context.books);
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let taken_cents = view.taken_cents;
    let after = json!({ "status": view.status, "taken_cents": taken_cents, "reason": reason });
    let line = trail.line(AuditAction::BalanceUnblocked, block_id, json!(before), after);
    let writes = Writes::default().change_block(&context, &effects).create(&line);
    app.store.commit(writes, &moment).await.map_err(moved_meanwhile)?;
    Ok(view)
}

fn no_such_block() -> CommandFailure {
    CommandFailure::refused("not_found", "block_id: the account has no balance block with this id")
}
