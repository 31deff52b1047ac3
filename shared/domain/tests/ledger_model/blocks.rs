//! The steps of the model test about balance blocks, debts and the alert.

use domain::event::EventType;
use domain::kernel::{BlockId, ChargeId, Code, Id};
use domain::ledger::{
    BalanceBlock, BlockKind, BlockStatus, BlockSubject, Effects, EntryContext, EntryKind,
    ForcedDebit, NewBlock, TransactionRef,
};

use crate::model::{AVAILABLE, BLOCKED, CLEARING, ModelBlock, OWED, WAITING_MAX};
use crate::steps::{LedgerOperation, ModelStep, StepAmount};
use crate::{ModelRun, Outcomes, cents, code, ulid};

fn charge() -> EntryContext {
    TransactionRef::Charge(ChargeId::from_ulid(ulid(2))).into()
}

impl ModelRun {
    /// Runs the operation in the model and in the code.
    pub(crate) fn block_step(&mut self, step: &ModelStep) -> Outcomes {
        match step.operation {
            LedgerOperation::OpenBlock { waits, amount } => self.open_block(waits, amount, step),
            LedgerOperation::EndBlock { block, transferred } => {
                match (self.model.pick_block(block), transferred) {
                    (Some(index), None) => self.end_block(index, step),
                    (Some(index), Some(amount)) => self.transfer_blocked(index, amount, step),
                    (None, _) => (Ok(()), Ok(())),
                }
            }
            LedgerOperation::TakeBlocked { block, amount, is_last } => {
                match self.model.pick_block(block) {
                    Some(index) => self.take_blocked(index, amount, is_last, step),
                    None => (Ok(()), Ok(())),
                }
            }
            LedgerOperation::TakeBack(amount) => self.take_back(amount, step),
            LedgerOperation::SetAlert(below) => {
                self.model.set_alert(below.map(i128::from));
                let (moment, books) = (self.moment(), &mut self.books);
                let (account_id, balances) = (books.account_id, books.balances);
                let event =
                    books.alert.replace(below.map(u64::from), account_id, &balances, &moment);
                self.effects.events.extend(event);
                (Ok(()), Ok(()))
            }
            ref other => unreachable!("{other:?} is not about blocks"),
        }
    }

    fn open_block(&mut self, waits: bool, amount: StepAmount, step: &ModelStep) -> Outcomes {
        let amount = amount.of(self.model.balances[AVAILABLE]);
        let there = cents(amount).min(self.model.balances[AVAILABLE]);
        let may_wait = waits && self.model.waiting() < WAITING_MAX;
        let expected =
            self.model.enter(&[[(AVAILABLE, -there), (BLOCKED, there)]], step.frozen, self.now);
        if expected.is_ok() {
            let missing = if may_wait { cents(amount) - there } else { 0 };
            self.model.blocks.push(ModelBlock { blocked: there, missing, open: true });
        }
        let number = u128::try_from(self.blocks.len()).expect("a few");
        let kind = if waits { BlockKind::Med } else { BlockKind::Judicial };
        let subject = BlockSubject::default();
        let new = NewBlock { kind, amount_cents: amount, subject, ends_at: None };
        let moment = self.moment();
        let opened =
            BalanceBlock::open(BlockId::from_ulid(ulid(number)), new, &mut self.books, &moment);
        let opened = opened.map(|(block, effects)| {
            self.blocks.push(block);
            self.effects.append(effects);
        });
        (expected, code(opened))
    }

    fn end_block(&mut self, index: usize, step: &ModelStep) -> Outcomes {
        let modelled = self.model.blocks[index];
        let expected = match modelled.open {
            false => Err(Code::BlockState),
            true => self.close_modelled(index, &[], step),
        };
        let moment = self.moment();
        let ended = self.blocks[index].end(&mut self.books, &moment);
        (expected, code(ended.map(|effects| self.effects.append(effects))))
    }

    fn transfer_blocked(&mut self, index: usize, amount: StepAmount, step: &ModelStep) -> Outcomes {
        let modelled = self.model.blocks[index];
        let amount = amount.of(modelled.blocked);
        let there = (1..=modelled.blocked).contains(&cents(amount));
        let is_judicial = self.blocks[index].kind == BlockKind::Judicial;
        let expected = match modelled.open && is_judicial && there {
            false => Err(Code::BlockState),
            true => {
                let moved = [(BLOCKED, -cents(amount)), (CLEARING, -cents(amount))];
                self.close_modelled(index, &[moved], step)
            }
        };
        let moment = self.moment();
        let gone = self.blocks[index].transfer(Some(amount), &mut self.books, &moment);
        (expected, code(gone.map(|effects| self.effects.append(effects))))
    }

    /// Ends a block of the model after these movements.
    fn close_modelled(
        &mut self,
        index: usize,
        moved: &[crate::model::BalanceChange],
        step: &ModelStep,
    ) -> Result<(), Code> {
        let before = self.model.blocks[index];
        let taken: i128 = moved
            .iter()
            .flatten()
            .filter(|(balance, _)| *balance == BLOCKED)
            .map(|(_, by)| by)
            .sum();
        let back = before.blocked + taken;
        let mut moved = moved.to_vec();
        moved.push([(BLOCKED, -back), (AVAILABLE, back)]);
        // Its own money does not fill it again.
        self.model.blocks[index].missing = 0;
        let entered = self.model.enter(&moved, step.frozen, self.now);
        match entered {
            Ok(()) => {
                self.model.blocks[index] = ModelBlock { blocked: 0, missing: 0, open: false };
            }
            Err(_) => self.model.blocks[index] = before,
        }
        entered
    }

    fn take_blocked(
        &mut self,
        index: usize,
        amount: StepAmount,
        is_last: bool,
        step: &ModelStep,
    ) -> Outcomes {
        let modelled = self.model.blocks[index];
        let amount = amount.of(modelled.blocked + modelled.missing);
        let claim = (modelled.blocked + modelled.missing - cents(amount)).max(0);
        let moved = self.model.forced(cents(amount), modelled.blocked);
        let expected = match (modelled.open, is_last || claim == 0) {
            (false, _) => Err(Code::BlockState),
            (true, true) => self.close_modelled(index, &moved, step),
            (true, false) => {
                let blocked = modelled.blocked - cents(amount).min(modelled.blocked);
                let after = ModelBlock { blocked, missing: claim - blocked, open: true };
                self.model.blocks[index] = after;
                let entered = self.model.enter(&moved, step.frozen, self.now);
                if entered.is_err() {
                    self.model.blocks[index] = modelled;
                }
                entered
            }
        };
        let moment = self.moment();
        let out = (EntryKind::ChargeTakenBack, &charge());
        let taken = self.blocks[index].take(amount, is_last, out, &mut self.books, &moment);
        (expected, code(taken.map(|effects| self.effects.append(effects))))
    }

    fn take_back(&mut self, amount: StepAmount, step: &ModelStep) -> Outcomes {
        // Amounts over the balance make a debt; the largest of all does not fit twice.
        let amount = amount.of(self.model.balances[AVAILABLE] + 1_000);
        let moved = self.model.forced(cents(amount), 0);
        let expected = self.model.enter(&moved, step.frozen, self.now);
        let (moment, mut effects) = (self.moment(), Effects::default());
        let debit = ForcedDebit::split(&self.books, amount, 0);
        let postings = debit.postings(EntryKind::ChargeTakenBack);
        let outcome = self.books.post(&charge(), &postings, &moment, &mut effects);
        self.effects.append(effects);
        (expected, code(outcome))
    }

    /// Counts the events of the alert and drops all events and rows of blocks.
    pub(crate) fn take_events(&mut self) {
        let events = std::mem::take(&mut self.effects.events);
        self.low_events +=
            events.iter().filter(|event| event.kind == EventType::BalanceLow).count();
        self.effects.blocks.clear();
    }

    pub(crate) fn check_blocks(&self) {
        let balances = &self.model.balances;
        assert_eq!(self.low_events, self.model.crossings, "one event for each crossing");
        let modelled = self.model.blocks.iter();
        let modelled: Vec<_> =
            modelled.map(|block| (block.open, block.blocked, block.missing)).collect();
        let open = |block: &BalanceBlock| block.status == BlockStatus::Open;
        let stored = self.blocks.iter().map(|block| {
            let missing = cents(self.books.missing_cents(block.id));
            (open(block), cents(block.blocked_cents(&self.books)), missing)
        });
        assert_eq!(stored.collect::<Vec<_>>(), modelled);
        assert_eq!(balances[BLOCKED], modelled.iter().map(|(_, blocked, _)| blocked).sum::<i128>());
        let waits = balances[OWED] > 0 || !self.books.claims.is_empty();
        assert!(!waits || balances[AVAILABLE] == 0, "available while something waits for it");
        assert!(balances[CLEARING] >= 0);
    }
}
