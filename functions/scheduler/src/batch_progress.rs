//! What happens to a batch after its lines are opened: decisions of users about its payouts, and the count that
//! ends it.

use domain::access::{AuditAction, AuditEvent, Permission, User, UserStatus};
use domain::kernel::{AuditId, Error, Id, Moment, PayoutId};
use domain::payout::{BatchDecision, BatchVerdict, Payout, PayoutBatch, PayoutStatus};
use store::{Key, Row, Store, Writes, decide_again, without_delay};
use worker::Worker;

use crate::due::ROWS_PER_READ;
use crate::payout_change;

/// Attempts to decide about a payout if other changes come first. The payout then counts as skipped.
const DECIDE_ATTEMPTS_MAX: usize = 20;

/// Carries the decision out for up to `lines_max` lines, each payout in its own transaction, and returns
/// the number of lines. A payout that the user has approved already is not approved twice, so a tick that
/// died is simply continued.
pub(crate) async fn carry_out(
    worker: &Worker,
    mut batch: PayoutBatch,
    lines_max: usize,
) -> Result<usize, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let decision = batch.decision_to_carry_out().cloned();
    let decision = decision.ok_or_else(|| Error::internal("the batch has no open decision"))?;
    let all = batch.open_lines.iter().copied().filter(|line| *line >= decision.next_line);
    let lines: Vec<_> = all.take(lines_max).collect();
    let (mut changed, mut skipped) = (0, 0);
    if decision.verdict == BatchVerdict::Approve && !may_approve(store, &decision, &batch).await? {
        // The approval of a user who may not approve any more changes no further payout.
        let left = batch.open_lines.iter().filter(|line| **line >= decision.next_line).count();
        let now = app.moment().now;
        batch.carry_out(None, (0, u32::try_from(left).unwrap_or(u32::MAX)), now);
        batch.release(now);
        store.replace(&batch).await?;
        return Ok(left.min(lines_max));
    }
    for line in &lines {
        match decide(worker, &batch, &decision, batch.payout_id(*line)).await {
            Ok(Some(true)) => changed += 1,
            Ok(Some(false)) => skipped += 1,
            Ok(None) => {}
            Err(error) => {
                let text = format!("{} not decided; it waits", batch.payout_id(*line));
                app.warn(&text, &error);
                skipped += 1;
            }
        }
    }
    let next_line = lines.last().filter(|_| lines.len() == lines_max).map(|last| last + 1);
    let now = app.moment().now;
    batch.carry_out(next_line, (changed, skipped), now);
    batch.release(now);
    store.replace(&batch).await?;
    Ok(lines.len())
}

/// Returns true if the user who approved is active and may still approve payouts.
async fn may_approve(
    store: &Store,
    decision: &BatchDecision,
    batch: &PayoutBatch,
) -> Result<bool, Error> {
    let user: Option<User> = store.find(&Key::User(batch.account_id, decision.user_id)).await?;
    let may = |user: User| {
        user.status == UserStatus::Active && user.full_access().allows(Permission::PayoutsApprove)
    };
    Ok(user.is_some_and(may))
}

/// Decides about one payout. Returns `None` if it does not wait for approval, and whether it was changed
/// otherwise.
async fn decide(
    worker: &Worker,
    batch: &PayoutBatch,
    decision: &BatchDecision,
    id: PayoutId,
) -> Result<Option<bool>, Error> {
    let (app, account_id) = (&worker.app, batch.account_id);
    decide_again(without_delay(DECIDE_ATTEMPTS_MAX), (), |_| async move {
        let mut rows = payout_change::read(worker, account_id, id).await?;
        let moment = app.moment();
        if decision.was_carried_out(&rows.payout) {
            return Ok(Some(true));
        }
        if rows.payout.clone().as_of(moment.now).status != PayoutStatus::AwaitingApproval {
            return Ok(None);
        }
        if !decision.includes(&rows.payout) {
            return Ok(Some(false));
        }
        let before = rows.payout.clone();
        let (user_id, funds) = (decision.user_id, &mut rows.funds);
        let decided = match &decision.verdict {
            BatchVerdict::Approve => rows.payout.approve(user_id, &rows.terms, funds, &moment),
            BatchVerdict::Reject(reason) => {
                rows.payout.reject(user_id, reason.clone(), funds, &moment)
            }
        };
        let effects = match decided {
            Ok(effects) => effects,
            // A limit, or an approval of the same user.
            Err(Error::Refused { .. } | Error::Conflict { .. } | Error::Forbidden { .. }) => {
                return Ok(Some(false));
            }
            Err(error) => return Err(error),
        };
        let line = line(decision, &before, &rows.payout, &moment);
        let writes = Writes::default().change_payout(&rows.payout, &rows.funds, &effects);
        app.store.commit(writes.create(&line), &moment).await?;
        Ok(Some(true))
    })
    .await
}

/// Returns the line of the audit trail about one payout, in the name of the user who decided.
fn line(decision: &BatchDecision, before: &Payout, payout: &Payout, moment: &Moment) -> AuditEvent {
    let (action, after) = match decision.verdict {
        BatchVerdict::Approve => (AuditAction::PayoutApproved, payout.audited_approval()),
        BatchVerdict::Reject(_) => (AuditAction::PayoutRejected, payout.audited_rejection()),
    };
    AuditEvent {
        id: AuditId::mint(moment),
        account_id: payout.account_id,
        action,
        author: decision.author.clone(),
        target: payout.id.to_string(),
        before: before.audited_status(),
        after,
        request_id: decision.request_id.clone(),
        created_at: moment.now,
    }
}

/// Counts the payouts that have not ended, and moves the batch to the status that follows.
pub(crate) async fn recount(worker: &Worker, mut batch: PayoutBatch) -> Result<(), Error> {
    let (app, store, now) = (&worker.app, &worker.app.store, worker.app.moment().now);
    let ids = batch.open_lines.iter().map(|line| batch.payout_id(*line));
    let keys: Vec<_> = ids.map(|id| Key::Payout(batch.account_id, id)).collect();
    let mut payouts = Vec::with_capacity(keys.len());
    for keys in keys.chunks(ROWS_PER_READ) {
        for row in store.read(keys).await? {
            let payout = row.map(Row::read::<Payout>).transpose()?;
            payouts.push(payout.map(|payout| payout.as_of(now)));
        }
    }
    let moment = app.moment();
    let effects = batch.recount(&payouts, &moment)?;
    store.commit(Writes::default().replace(&batch).record(&effects), &moment).await.map(drop)
}
