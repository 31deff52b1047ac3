//! The balance at a later time: what the network announced, what is scheduled, and what ends by itself.
//!
//! The transitions of the real objects decide, on a copy of the books that is never written. So a debt, a
//! balance block or a limit takes its part as it will then. Some changes are assumptions, because a user or
//! the network may decide otherwise ([`ForecastCause::is_certain`]). Money that no object announces, such
//! as a payment of tomorrow, is not in a forecast.
use crate::account::Fees;
use crate::charge::{Charge, ChargeStatus, ChargeStep, RefundUpdate};
use crate::credit::{Credit, CreditStatus, CreditStep};
use crate::kernel::{HoldId, Moment, PayoutId, string_enum};
use crate::ledger::{
    BalanceBlock, Balances, Books, Effects, EntryKind, Funds, Hold, TransactionRef,
};
use crate::network::OutboundOrder;
use crate::payout::{Payout, PayoutStatus, PayoutStep, PayoutUpdate, Terms};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

string_enum! {
    /// Why the balance changes.
    ForecastCause {
        /// The network announced that the money of a charge becomes available, less its fee.
        ChargeCredited = "charge_credited",
        /// The network announced that it returns the money of a charge to the payer.
        ChargeRejected = "charge_rejected",
        /// A balance block ends at its time.
        BlockEnded = "block_ended",
        /// A payment that matched no charge goes back to its payer, if no user decides otherwise.
        CreditReturned = "credit_returned",
        /// A payout gets the money that it waits for.
        PayoutFunded = "payout_funded",
        /// The network pays a payout, if it does not reject it and no user cancels it.
        PayoutPaid = "payout_paid",
        /// A payout ends unpaid, because no user approves it in time or a limit leaves no room.
        PayoutRejected = "payout_rejected",
        /// The network pays a refund that is on its way, if it does not reject it.
        RefundPaid = "refund_paid",
    }
}

impl ForecastCause {
    /// Returns true if the change happens whatever users do. A new debt or balance block can still take
    /// the money.
    pub const fn is_certain(self) -> bool {
        match self {
            Self::ChargeCredited | Self::ChargeRejected => true,
            // The network may take the money of a block before it ends.
            Self::BlockEnded
            | Self::CreditReturned
            | Self::PayoutFunded
            | Self::PayoutPaid
            | Self::PayoutRejected
            | Self::RefundPaid => false,
        }
    }
}

/// The objects of an account whose money waits for something.
#[derive(Debug, Clone, Default)]
pub struct OpenObjects {
    /// Charges that are paid or in review.
    pub charges: Vec<Charge>,
    /// Credits that are unmatched or on their way back.
    pub credits: Vec<Credit>,
    /// Open balance blocks.
    pub blocks: Vec<BalanceBlock>,
    /// Payouts that have not ended.
    pub payouts: Vec<Payout>,
    /// Open holds of payouts and refunds.
    pub holds: Vec<Hold>,
}

/// The terms of the account on which its objects move on.
#[derive(Debug, Clone)]
pub struct ForecastTerms {
    /// Prices of charges.
    pub fees: Fees,
    /// Terms of payouts; none if no rail pays out for the account.
    pub payouts: Option<Terms>,
}

/// One change of the balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastChange {
    /// Time of the change.
    pub at: Timestamp,
    /// Object that causes it.
    pub object: TransactionRef,
    /// Reason for the change.
    pub cause: ForecastCause,
    /// Balances before the change.
    pub before: Balances,
    /// Balances after the change.
    pub after: Balances,
}

/// The balances at a later time, and each change until then.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// Balances at that time.
    pub balances: Balances,
    /// Changes until then, earliest first.
    pub changes: Vec<ForecastChange>,
}

/// The next object that moves. At the same instant, money comes in before it goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Charge(usize),
    Block(usize),
    Credit(usize),
    Payout(PayoutId),
    Refund(HoldId),
}

struct Simulation {
    books: Books,
    terms: ForecastTerms,
    charges: Vec<Charge>,
    credits: Vec<Credit>,
    blocks: Vec<BalanceBlock>,
    payouts: BTreeMap<PayoutId, Payout>,
    holds: BTreeMap<HoldId, Hold>,
    queue: BTreeSet<(Timestamp, Turn)>,
    changes: Vec<ForecastChange>,
}

impl Forecast {
    /// Returns the forecast for the instant `until`. While the account is frozen, nothing moves.
    pub fn of(
        books: &Books,
        objects: OpenObjects,
        terms: ForecastTerms,
        until: Timestamp,
        moment: &Moment,
    ) -> Self {
        let mut simulation = Simulation::new(books, objects, terms, moment.now);
        if books.frozen_at.is_none() {
            simulation.run(until, moment);
        }
        Self { balances: simulation.books.balances, changes: simulation.changes }
    }
}

impl Simulation {
    fn new(books: &Books, objects: OpenObjects, terms: ForecastTerms, now: Timestamp) -> Self {
        let OpenObjects { charges, credits, blocks, payouts, holds } = objects;
        let charge_turns = charges.iter().enumerate().filter_map(|(index, charge)| {
            let due = charge.due.as_ref()?;
            let announced = matches!(
                due.step,
                ChargeStep::ApplyUpdate { .. } | ChargeStep::CreditInstallment { .. }
            );
            announced.then_some((due.at, Turn::Charge(index)))
        });
        let credit_turns = credits.iter().enumerate().filter_map(|(index, credit)| {
            let due = credit.due.as_ref()?;
            let at_network = matches!(due.step, CreditStep::Submit | CreditStep::Query);
            Some((if at_network { now } else { due.at }, Turn::Credit(index)))
        });
        let block_turns = blocks.iter().enumerate();
        let block_turns =
            block_turns.filter_map(|(index, block)| Some((block.ends_at?, Turn::Block(index))));
        let payout_turns =
            payouts.iter().filter_map(|it| Some((next_step_at(it, now)?, Turn::Payout(it.id))));
        let is_refund = |hold: &&Hold| matches!(hold.transaction, TransactionRef::Refund(_));
        let refunds = holds.iter().filter(is_refund).map(|hold| (now, Turn::Refund(hold.id)));
        let turns = charge_turns.chain(credit_turns).chain(block_turns).chain(payout_turns);
        let queue = turns.chain(refunds).map(|(at, turn)| (at.max(now), turn)).collect();
        Self {
            books: books.clone(),
            terms,
            payouts: payouts.into_iter().map(|payout| (payout.id, payout)).collect(),
            holds: holds.into_iter().map(|hold| (hold.id, hold)).collect(),
            charges,
            credits,
            blocks,
            queue,
            changes: Vec::new(),
        }
    }

    fn run(&mut self, until: Timestamp, moment: &Moment) {
        let mut moment = moment.clone();
        self.fund_payouts(&moment);
        while let Some((at, turn)) = self.queue.pop_first() {
            if at > until {
                return;
            }
            moment.now = at;
            let before = self.books.balances;
            // An object that refuses its step has changed since the list was written: it stays as it is.
            let cause = match turn {
                Turn::Charge(index) => self.advance_charge(index, &moment),
                Turn::Block(index) => self.end_block(index, &moment),
                Turn::Credit(index) => self.return_credit(index, &moment),
                Turn::Payout(id) => self.advance_payout(id, &moment),
                Turn::Refund(id) => self.pay_refund(id, &moment),
            };
            self.record(before, cause, at);
            self.fund_payouts(&moment);
        }
    }

    fn record(
        &mut self,
        before: Balances,
        cause: Option<(TransactionRef, ForecastCause)>,
        at: Timestamp,
    ) {
        let after = self.books.balances;
        let Some((object, cause)) = cause.filter(|_| before != after) else { return };
        self.changes.push(ForecastChange { at, object, cause, before, after });
    }

    fn advance_charge(
        &mut self,
        index: usize,
        moment: &Moment,
    ) -> Option<(TransactionRef, ForecastCause)> {
        let charge = self.charges.get_mut(index)?;
        let update = match charge.due.take()?.step {
            ChargeStep::ApplyUpdate { update } => update,
            ChargeStep::CreditInstallment { number } => {
                charge.credit_installment(number, &mut self.books, moment).ok()?;
                let next = charge.due.as_ref().map(|due| (due.at, Turn::Charge(index)));
                self.queue.extend(next);
                let charge = TransactionRef::Charge(charge.id);
                return Some((charge, ForecastCause::ChargeCredited));
            }
            ChargeStep::Expire | ChargeStep::ApplyReturns { .. } => return None,
        };
        let fee = self.terms.fees.charge_fee(charge.paid_by());
        charge.apply_update(&update, &mut self.books, fee, moment).ok()?;
        let cause = match charge.status {
            ChargeStatus::Rejected => ForecastCause::ChargeRejected,
            // The bank withdraws the notice of a payment, which was never available.
            _ if charge.payment.is_none() => return None,
            _ => ForecastCause::ChargeCredited,
        };
        Some((TransactionRef::Charge(charge.id), cause))
    }

    fn end_block(
        &mut self,
        index: usize,
        moment: &Moment,
    ) -> Option<(TransactionRef, ForecastCause)> {
        let block = self.blocks.get_mut(index)?;
        block.end(&mut self.books, moment).ok()?;
        Some((TransactionRef::Block(block.id), ForecastCause::BlockEnded))
    }

    /// Begins the return of a credit if that is due, and lets the network pay it at once.
    fn return_credit(
        &mut self,
        index: usize,
        moment: &Moment,
    ) -> Option<(TransactionRef, ForecastCause)> {
        let credit = self.credits.get_mut(index)?;
        credit.advance(&mut self.books, moment).ok()?;
        if credit.status == CreditStatus::Returning {
            let returned = RefundUpdate::Settled { return_id: None };
            credit.apply_update(&returned, &mut self.books, moment).ok()?;
        }
        Some((TransactionRef::Credit(credit.id), ForecastCause::CreditReturned))
    }

    fn pay_refund(
        &mut self,
        id: HoldId,
        moment: &Moment,
    ) -> Option<(TransactionRef, ForecastCause)> {
        let hold = self.holds.get_mut(&id)?;
        let (refund, out) = (hold.transaction, [(EntryKind::RefundPaid, hold.amount_cents)]);
        let effects = &mut Effects::default();
        hold.settle(&refund.into(), &out, &mut self.books, moment, effects).ok()?;
        Some((refund, ForecastCause::RefundPaid))
    }

    /// Takes the next step of a payout. The network pays an order that it has, or will have, at once.
    fn advance_payout(
        &mut self,
        id: PayoutId,
        moment: &Moment,
    ) -> Option<(TransactionRef, ForecastCause)> {
        let terms = self.terms.payouts.as_ref()?;
        let payout = self.payouts.get(&id)?;
        // A payout that got its money in the meantime has another step.
        next_step_at(payout, moment.now).filter(|at| *at <= moment.now)?;
        let (mut payout, mut funds) = (payout.clone(), self.funds_of(payout));
        match payout.next_action() {
            Some(_) => payout.apply_update(&PayoutUpdate::Settled, &mut funds, moment).ok()?,
            None => payout.advance(terms, &mut funds, moment).ok()??,
        };
        let cause = match payout.status {
            PayoutStatus::Paid => Some(ForecastCause::PayoutPaid),
            PayoutStatus::Rejected => Some(ForecastCause::PayoutRejected),
            _ => None,
        };
        self.keep(payout, funds, moment);
        cause.map(|cause| (TransactionRef::Payout(id), cause))
    }

    /// Gives the payouts that wait for funds what is available, oldest first, as the scheduler does.
    fn fund_payouts(&mut self, moment: &Moment) {
        let Some(terms) = self.terms.payouts.clone() else { return };
        let waits = |payout: &&Payout| payout.status == PayoutStatus::AwaitingFunds;
        let ids: Vec<_> = self.payouts.values().filter(waits).map(|payout| payout.id).collect();
        for id in ids {
            let Some(payout) = self.payouts.get(&id) else { continue };
            let (mut payout, mut funds) = (payout.clone(), self.funds_of(payout));
            if let Ok(Some(_)) = payout.fund(&terms, &mut funds, moment) {
                let before = self.books.balances;
                self.keep(payout, funds, moment);
                let cause = (TransactionRef::Payout(id), ForecastCause::PayoutFunded);
                self.record(before, Some(cause), moment.now);
            }
        }
    }

    fn funds_of(&self, payout: &Payout) -> Funds {
        Funds::new(self.books.clone(), self.holds.get(&payout.hold_id()).cloned())
    }

    /// Keeps a changed payout with its money, and its next turn.
    fn keep(&mut self, payout: Payout, funds: Funds, moment: &Moment) {
        self.books = funds.books;
        self.holds.extend(funds.hold.map(|hold| (hold.id, hold)));
        let next = next_step_at(&payout, moment.now);
        self.queue.extend(next.map(|at| (at.max(moment.now), Turn::Payout(payout.id))));
        self.payouts.insert(payout.id, payout);
    }
}

/// Returns the time of the next step of a payout. The network has or gets the order of a payout now.
fn next_step_at(payout: &Payout, now: Timestamp) -> Option<Timestamp> {
    let due = payout.due.as_ref()?;
    Some(match due.step {
        PayoutStep::Submit | PayoutStep::Query => now,
        PayoutStep::CheckOwner { expires_at } => expires_at,
        PayoutStep::ReserveFunds
        | PayoutStep::Expire
        | PayoutStep::StartScheduled
        | PayoutStep::ApplyUpdate { .. } => due.at,
    })
}
