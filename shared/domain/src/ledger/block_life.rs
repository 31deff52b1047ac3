//! The transitions of a balance block. Each returns the ledger entries and events that it causes.
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{BlockId, Code, Error, Moment};
use crate::ledger::block::CLAIMS_MAX;
use crate::ledger::{
    BalanceBlock, BalanceBlockView, BlockClaim, BlockKind, BlockStatus, Books, Effects,
    EntryContext, EntryKind, ForcedDebit, NewBlock, Posting, TransactionRef,
};

impl Lifecycle for BalanceBlock {
    type Status = BlockStatus;

    const NAME: &'static str = "balance";
    const TRANSITIONS: &'static [Transition<BlockStatus>] = {
        use BlockStatus::{Ended, Open, Taken};
        &[
            Transition::create(Open, Some(EventType::BalanceBlocked)),
            Transition::event(Open, Ended, EventType::BalanceUnblocked),
            Transition::event(Open, Taken, EventType::BalanceUnblocked),
        ]
    };

    fn status_mut(&mut self) -> &mut BlockStatus {
        &mut self.status
    }
}

impl Books {
    /// Returns how much a block still waits for, in cents.
    pub fn missing_cents(&self, id: BlockId) -> u64 {
        let claim = self.claims.iter().find(|claim| claim.block_id == id);
        claim.map_or(0, |claim| claim.missing_cents)
    }

    /// Replaces how much a block waits for; 0 if it waits no longer.
    fn set_missing_cents(&mut self, id: BlockId, missing_cents: u64) {
        match self.claims.iter_mut().find(|claim| claim.block_id == id) {
            Some(claim) => claim.missing_cents = missing_cents,
            None => self.claims.push(BlockClaim { block_id: id, missing_cents }),
        }
        self.claims.retain(|claim| claim.missing_cents > 0);
    }
}

impl BalanceBlock {
    /// Opens a block: takes what is available, up to the amount.
    pub fn open(
        id: BlockId,
        new: NewBlock,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<(Self, Effects), Error> {
        let mut block = Self {
            id,
            account_id: books.account_id,
            kind: new.kind,
            status: BlockStatus::Open,
            amount_cents: new.amount_cents,
            claim_cents: new.amount_cents,
            taken_cents: 0,
            subject: new.subject,
            opened_at: moment.now,
            ends_at: new.ends_at,
            ended_at: None,
            history: History::default(),
            version: 0,
        };
        let mut effects = Effects::default();
        let there_cents = new.amount_cents.min(books.balances.available_cents);
        let blocked = Posting::new(EntryKind::Blocked, there_cents);
        books.require_not_frozen()?;
        books.post(&block.entry_context(), &[blocked], moment, &mut effects)?;
        let missing_cents = new.amount_cents - there_cents;
        match block.kind.waits_for_money() && books.claims.len() < CLAIMS_MAX {
            true => books.set_missing_cents(id, missing_cents),
            false => block.claim_cents = there_cents,
        }
        let event = Self::transition(None, block.status)?;
        block.record(event, books, moment, &mut effects);
        Ok((block, effects))
    }

    /// Returns what the entries of the block itself show.
    fn entry_context(&self) -> EntryContext {
        EntryContext {
            charge_id: self.subject.charge_id,
            ..EntryContext::from(TransactionRef::Block(self.id))
        }
    }

    /// Returns how much of the block is blocked now, in cents.
    pub fn blocked_cents(&self, books: &Books) -> u64 {
        self.claim_cents.saturating_sub(books.missing_cents(self.id))
    }

    /// Ends the block: its money is available again. First it pays a debt and fills other blocks, as all
    /// money does.
    pub fn end(&mut self, books: &mut Books, moment: &Moment) -> Result<Effects, Error> {
        self.require_open("ended")?;
        books.require_not_frozen()?;
        let (mut effects, mut after) = (Effects::default(), books.clone());
        let back = Posting::new(EntryKind::Unblocked, self.blocked_cents(books));
        after.set_missing_cents(self.id, 0);
        after.post(&self.entry_context(), &[back], moment, &mut effects)?;
        *books = after;
        self.claim_cents = 0;
        let event = self.enter(BlockStatus::Ended)?;
        self.ended_at = Some(moment.now);
        self.record(event, books, moment, &mut effects);
        Ok(effects)
    }

    /// Ends a judicial block by the transfer of its money to the court: of all that is blocked, or of a part.
    /// The rest is available, as after the end of a block.
    ///
    /// # Errors
    /// `block_state` if the block is not judicial, or does not have the amount.
    pub fn transfer(
        &mut self,
        amount_cents: Option<u64>,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_open("transferred")?;
        let blocked_cents = self.blocked_cents(books);
        let amount_cents = amount_cents.unwrap_or(blocked_cents);
        let refused = |detail: String| Err(Error::conflict(Code::BlockState, detail));
        if self.kind != BlockKind::Judicial {
            let kind = self.kind.as_str();
            return refused(format!(
                "the balance block is {kind}; only a judicial one is transferred"
            ));
        }
        if amount_cents == 0 || amount_cents > blocked_cents {
            return refused(format!(
                "the balance block has {blocked_cents} cents, so {amount_cents} cents cannot be \
                 transferred"
            ));
        }
        books.require_not_frozen()?;
        let (mut effects, mut after) = (Effects::default(), books.clone());
        after.set_missing_cents(self.id, 0);
        let gone = Posting::new(EntryKind::BlockTransferred, amount_cents);
        let back = Posting::new(EntryKind::Unblocked, blocked_cents - amount_cents);
        after.post(&self.entry_context(), &[gone, back], moment, &mut effects)?;
        *books = after;
        self.claim_cents = 0;
        self.taken_cents = self.taken_cents.saturating_add(amount_cents);
        let event = self.enter(BlockStatus::Taken)?;
        self.ended_at = Some(moment.now);
        self.record(event, books, moment, &mut effects);
        Ok(effects)
    }

    /// Enters that the network took an amount: first from what is blocked here, then from the available
    /// balance; the customer owes the rest. `is_last` says that the network can take no more.
    ///
    /// `kind` and `entry_context` are those of the money that was taken.
    pub fn take(
        &mut self,
        amount_cents: u64,
        is_last: bool,
        (kind, entry_context): (EntryKind, &EntryContext),
        books: &mut Books,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_open("taken")?;
        books.require_not_frozen()?;
        let blocked_cents = self.blocked_cents(books);
        let debit = ForcedDebit::split(books, amount_cents, blocked_cents);
        let claim_cents = self.claim_cents.saturating_sub(amount_cents);
        let is_over = is_last || claim_cents == 0;
        let left_cents = blocked_cents - debit.blocked_cents;
        // What is still blocked of this block stays blocked, and only the rest of the claim waits.
        let (claim_cents, back_cents) = if is_over { (0, left_cents) } else { (claim_cents, 0) };
        let (mut effects, mut after) = (Effects::default(), books.clone());
        after.set_missing_cents(self.id, claim_cents.saturating_sub(left_cents));
        let [blocked, available, debt] = debit.postings(kind);
        let postings = [blocked, available, debt, Posting::new(EntryKind::Unblocked, back_cents)];
        after.post(entry_context, &postings, moment, &mut effects)?;
        *books = after;
        self.claim_cents = claim_cents;
        self.taken_cents = self.taken_cents.saturating_add(amount_cents);
        let event = if is_over { self.enter(BlockStatus::Taken)? } else { None };
        self.ended_at = is_over.then_some(moment.now);
        self.record(event, books, moment, &mut effects);
        Ok(effects)
    }

    /// Adds the block to the rows to write, and its event, if the change has one.
    fn record(
        &mut self,
        event: Option<EventType>,
        books: &Books,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        if let Some(kind) = event {
            let object = serde_json::to_value(BalanceBlockView::new(self, books))
                .expect("a view has string keys and no floats, so it always serialises");
            let id = self.id.to_string();
            effects.events.push(self.history.record(kind, self.account_id, id, object, moment));
        }
        effects.blocks.push(self.clone());
    }

    fn require_open(&self, participle: &str) -> Result<(), Error> {
        if self.status == BlockStatus::Open {
            return Ok(());
        }
        let status = self.status.as_str();
        let detail = format!("the balance block is {status} and cannot be {participle}");
        Err(Error::conflict(Code::BlockState, detail))
    }
}
