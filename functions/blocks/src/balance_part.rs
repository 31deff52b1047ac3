//! A number of the balance, with the objects that it comes from.

use std::collections::HashMap;

use domain::charge::{Charge, ChargeStep};
use domain::credit::{Credit, CreditStatus, CreditStep};
use domain::kernel::PayoutId;
use domain::ledger::{BalanceBlock, Balances, BlockKind, Books, Hold, OpenDebt, TransactionRef};
use domain::payout::{Payout, PayoutStatus};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::open_money::{Listed, OpenMoney};

/// A number of the balance. The listed amounts and `unlisted_cents` add up exactly to `total_cents`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BalancePart {
    /// The number itself, in cents.
    total_cents: u64,
    /// Objects with their part of it. There are at most 100 in each status.
    lines: Vec<BalanceLine>,
    /// Rest of the total, in cents: money of objects beyond the listed ones. A list can be a moment behind
    /// the balance; then this is the difference for that moment, and it can be negative.
    unlisted_cents: i64,
    /// Whether there are more objects than the listed ones.
    more: bool,
}

/// An object with its part of a number.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BalanceLine {
    /// Type of the object.
    #[serde(rename = "type")]
    kind: MoneyObject,
    /// Id of the object.
    id: String,
    /// Part of the object, in cents.
    amount_cents: u64,
    /// Time that belongs to `why`; null if it is not known.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    at: Option<Timestamp>,
    /// Why the money is there.
    why: LineReason,
}

/// Type of an object with money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MoneyObject {
    /// A charge.
    Charge,
    /// A payout.
    Payout,
    /// A refund.
    Refund,
    /// A credit.
    Credit,
    /// A balance block.
    BalanceBlock,
}

/// Why money is in a part of the balance, and the meaning of the time `at` beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LineReason {
    /// The payout waits for approval; `at` is the time at which it ends without.
    AwaitingApproval,
    /// A moderator must review the payout, with `at` as before; or the network reviews the payment, and
    /// `at` is the time that it announced.
    InReview,
    /// The payout goes at `at`.
    Scheduled,
    /// The payout or refund is on its way, without a time.
    Processing,
    /// A return mechanism of the network (MED) blocks the money; `at` is the end of the block.
    Med,
    /// A dispute of a card payment blocks the money, with `at` as before.
    Chargeback,
    /// A court blocks the money, with `at` as before.
    Judicial,
    /// The operator of Trilho blocks the money, with `at` as before.
    Administrative,
    /// The network took more than the balance covered, at `at`.
    TakenBack,
    /// The money becomes available at `at`.
    AwaitingCredit,
    /// A user has to decide about the payment; at `at` it goes back to the payer.
    AwaitingDecision,
    /// The payment is on its way back to the payer, without a time.
    Returning,
}

impl MoneyObject {
    /// Returns type and id of a transaction.
    pub(crate) fn of(transaction: TransactionRef) -> (Self, String) {
        let kind = match transaction {
            TransactionRef::Charge(_) => Self::Charge,
            TransactionRef::Payout(_) => Self::Payout,
            TransactionRef::Refund(_) => Self::Refund,
            TransactionRef::Credit(_) => Self::Credit,
            TransactionRef::Block(_) => Self::BalanceBlock,
        };
        (kind, transaction.to_string())
    }
}

impl BalanceLine {
    fn new(
        object: TransactionRef,
        amount_cents: u64,
        (why, at): (LineReason, Option<Timestamp>),
    ) -> Self {
        let (kind, id) = MoneyObject::of(object);
        Self { kind, id, amount_cents, at, why }
    }
}

impl BalancePart {
    /// Returns a part. Nothing is listed for a number that is 0.
    fn new(total_cents: u64, lines: impl Iterator<Item = BalanceLine>, more: bool) -> Self {
        let lines: Vec<_> = lines.filter(|line| total_cents > 0 && line.amount_cents > 0).collect();
        let sum = lines.iter().fold(0_u64, |sum, line| sum.saturating_add(line.amount_cents));
        let unlisted_cents = difference(total_cents, sum);
        Self { total_cents, lines, unlisted_cents, more: more && total_cents > 0 }
    }

    pub(crate) fn held(balances: &Balances, open: &OpenMoney) -> Self {
        let payouts = open.payouts.rows.iter().map(|payout| (payout.id, payout));
        let payouts: HashMap<PayoutId, &Payout> = payouts.collect();
        let Listed { rows, more } = &open.holds;
        let lines = rows.iter().map(|hold| {
            let payout = match hold.transaction {
                TransactionRef::Payout(id) => payouts.get(&id).copied(),
                _ => None,
            };
            BalanceLine::new(hold.transaction, hold.amount_cents, hold_reason(hold, payout))
        });
        Self::new(balances.held_cents, lines, *more)
    }

    pub(crate) fn blocked(books: &Books, open: &OpenMoney) -> Self {
        let Listed { rows, more } = &open.blocks;
        let lines = rows.iter().map(|block| block_line(block, block.blocked_cents(books)));
        Self::new(books.balances.blocked_cents, lines, *more)
    }

    pub(crate) fn block_claims(books: &Books, open: &OpenMoney) -> Self {
        let Listed { rows, more } = &open.blocks;
        let lines = rows.iter().map(|block| block_line(block, books.missing_cents(block.id)));
        let missing = books.claims.iter().map(|claim| claim.missing_cents);
        Self::new(missing.fold(0, u64::saturating_add), lines, *more)
    }

    pub(crate) fn owed(balances: &Balances, open: &OpenMoney) -> Self {
        let debts = OpenDebt::of(&open.entries, balances.owed_cents);
        let sum = debts.iter().fold(0_u64, |sum, debt| sum.saturating_add(debt.amount_cents));
        let lines = debts.into_iter().map(|debt| {
            let why = (LineReason::TakenBack, Some(debt.opened_at));
            BalanceLine::new(debt.transaction, debt.amount_cents, why)
        });
        Self::new(balances.owed_cents, lines, sum < balances.owed_cents)
    }

    pub(crate) fn receivable(balances: &Balances, open: &OpenMoney) -> Self {
        let Listed { rows, more } = &open.paid;
        let lines = rows.iter().flat_map(receivable_lines);
        Self::new(balances.receivable_cents, lines, *more)
    }

    pub(crate) fn in_review(balances: &Balances, open: &OpenMoney) -> Self {
        let Listed { rows, more } = &open.in_review;
        let announced = |charge: &Charge| {
            let due = charge.due.as_ref()?;
            matches!(due.step, ChargeStep::ApplyUpdate { .. }).then_some(due.at)
        };
        let why = |charge: &Charge| (LineReason::InReview, announced(charge));
        // The acquirer reviews a card before it captures anything.
        let rows = rows.iter().filter(|charge| charge.payment.is_some());
        let lines = rows.map(|charge| charge_line(charge, why(charge)));
        Self::new(balances.under_review_cents, lines, *more)
    }

    pub(crate) fn unmatched(balances: &Balances, open: &OpenMoney) -> Self {
        let Listed { rows, more } = &open.credits;
        let lines = rows.iter().map(|credit| {
            let object = TransactionRef::Credit(credit.id);
            BalanceLine::new(object, credit.amount_cents(), credit_reason(credit))
        });
        Self::new(balances.unmatched_cents, lines, *more)
    }
}

/// Returns `amount` less `other`. Balances are far below the bounds of 64 bits.
pub(crate) fn difference(amount: u64, other: u64) -> i64 {
    let signed = |cents: u64| i64::try_from(cents).unwrap_or(i64::MAX);
    signed(amount).saturating_sub(signed(other))
}

/// Returns the lines of a paid charge: one, or of a card one for each instalment that is not credited.
fn receivable_lines(charge: &Charge) -> Vec<BalanceLine> {
    let Some(card) = charge.method.card() else {
        return vec![charge_line(charge, (LineReason::AwaitingCredit, charge.announced_credit()))];
    };
    let open = card.receivables.iter().filter(|one| one.open_cents() > 0);
    open.map(|one| {
        let why = (LineReason::AwaitingCredit, Some(one.settles_at));
        BalanceLine::new(TransactionRef::Charge(charge.id), one.open_cents(), why)
    })
    .collect()
}

fn charge_line(charge: &Charge, why: (LineReason, Option<Timestamp>)) -> BalanceLine {
    BalanceLine::new(TransactionRef::Charge(charge.id), charge.paid_amount_cents, why)
}

fn block_line(block: &BalanceBlock, amount_cents: u64) -> BalanceLine {
    let why = match block.kind {
        BlockKind::Med => LineReason::Med,
        BlockKind::Chargeback => LineReason::Chargeback,
        BlockKind::Judicial => LineReason::Judicial,
        BlockKind::Administrative => LineReason::Administrative,
    };
    BalanceLine::new(TransactionRef::Block(block.id), amount_cents, (why, block.ends_at))
}

/// Returns what a hold waits for. A payout beyond the listed ones with an expiry waits for a decision.
fn hold_reason(hold: &Hold, payout: Option<&Payout>) -> (LineReason, Option<Timestamp>) {
    match payout.map(|payout| (payout.status, payout.scheduled_for)) {
        Some((PayoutStatus::InReview, _)) => (LineReason::InReview, hold.expires_at),
        Some((PayoutStatus::Scheduled, at)) => (LineReason::Scheduled, at),
        Some((PayoutStatus::AwaitingApproval, _)) => {
            (LineReason::AwaitingApproval, hold.expires_at)
        }
        _ if hold.expires_at.is_some() => (LineReason::AwaitingApproval, hold.expires_at),
        _ => (LineReason::Processing, None),
    }
}

fn credit_reason(credit: &Credit) -> (LineReason, Option<Timestamp>) {
    if credit.status == CreditStatus::Returning {
        return (LineReason::Returning, None);
    }
    let returns = credit.due.as_ref().filter(|due| matches!(due.step, CreditStep::Return));
    (LineReason::AwaitingDecision, returns.map(|due| due.at))
}

#[cfg(test)]
mod tests {
    use domain::kernel::{ChargeId, Id};

    use super::*;

    fn part(total_cents: u64, amounts: &[u64], more: bool) -> (usize, i64, bool) {
        let line = |amount: &u64| {
            let charge = TransactionRef::Charge(ChargeId::from_ulid(1_u128.into()));
            BalanceLine::new(charge, *amount, (LineReason::AwaitingCredit, None))
        };
        let part = BalancePart::new(total_cents, amounts.iter().map(line), more);
        (part.lines.len(), part.unlisted_cents, part.more)
    }

    /// The books decide: a list that is behind them has a charge too many or too few.
    #[test]
    fn a_list_that_is_behind_the_books_makes_no_sum_wrong() {
        assert_eq!(part(100, &[60, 40], false), (2, 0, false));
        assert_eq!(part(100, &[60], true), (1, 40, true));
        assert_eq!(part(60, &[60, 40], false), (2, -40, false));
        assert_eq!(part(0, &[60], true), (0, 0, false), "the number is explained by nothing");
    }
}
