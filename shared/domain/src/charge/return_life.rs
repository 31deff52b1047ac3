//! Money of a charge that the network takes back: it demands a block, takes the money in one or several
//! parts, or closes the demand without it (MED, up to 90 days after the payment).
//!
//! Returns and paid refunds together never exceed what was paid. While a demand is open, its amount cannot
//! be refunded, because the payer would have it twice.
use crate::charge::charge_returns::RETURNS_MAX;
use crate::charge::{
    AnnouncedReturn, Charge, ChargeReturn, ChargeStatus, ChargeStep, ReturnNotice, ReturnUpdate,
};
use crate::event::{EventType, Lifecycle};
use crate::kernel::{BlockId, Code, DisputeId, Due, Error, Id, MethodKind, Moment};
use crate::ledger::{
    BalanceBlock, BlockKind, BlockStatus, BlockSubject, Books, Effects, EntryKind, ForcedDebit,
    NewBlock, Posting, TransactionRef,
};

impl Charge {
    /// Returns what the network can still take back, in cents. Refunds in process count as not paid.
    pub fn returnable_cents(&self) -> u64 {
        let gone = self.refunded_amount_cents.saturating_add(self.returned.amount_cents);
        self.paid_amount_cents.saturating_sub(gone)
    }

    /// Returns the balance block that an update changes. Its row must be read to apply the update.
    pub fn block_of(&self, update: &ReturnUpdate) -> Option<BlockId> {
        let notices = &self.returned.notices;
        let notice = match update {
            ReturnUpdate::Blocked { .. } => None,
            ReturnUpdate::Closed { notice_id }
            | ReturnUpdate::Returned { notice_id: Some(notice_id), .. } => {
                self.returned.notice(notice_id)
            }
            ReturnUpdate::Returned { notice_id: None, .. } => {
                // What the account accepted left the balance, so such a return must not take it again.
                let accepted = notices.iter().find(|notice| notice.accepted_cents > 0);
                accepted.or_else(|| notices.iter().find(|notice| notice.claim_cents > 0))
            }
        };
        notice.map(|notice| notice.block_id)
    }

    /// Applies an update about money that the network takes back. `block` is the row of
    /// [`Charge::block_of`]. An update that is reported again changes nothing.
    pub fn apply_return_update(
        &mut self,
        update: &ReturnUpdate,
        block: Option<BalanceBlock>,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        if self.block_of(update) != block.as_ref().map(|block| block.id) {
            return Err(Error::internal("the balance block of the update was not read"));
        }
        match update {
            ReturnUpdate::Blocked { notice_id, amount_cents, reason, ends_at, .. } => {
                // A demand that ended before it was reported must not block money for ever.
                if self.returned.has_heard_of(notice_id) {
                    return Ok(Effects::default());
                }
                let subject = BlockSubject { charge_id: Some(self.id), text: Some(reason.clone()) };
                let new = NewBlock {
                    kind: self.demand_kind(),
                    amount_cents: amount_cents.unwrap_or(u64::MAX),
                    subject,
                    ends_at: *ends_at,
                };
                let id = BlockId::mint(moment);
                self.open_block(id, Some(notice_id), new, books, moment).map(|(_, effects)| effects)
            }
            ReturnUpdate::Returned { return_id, notice_id, amount_cents, reason } => {
                if self.returned.has_part(return_id) {
                    return Ok(Effects::default());
                }
                let confirmed_cents = self.confirm(return_id, *amount_cents, block.as_ref())?;
                if confirmed_cents == *amount_cents {
                    return Ok(Effects::default());
                }
                let part = ChargeReturn {
                    id: return_id.clone(),
                    amount_cents: *amount_cents - confirmed_cents,
                    reason: reason.clone(),
                    at: moment.now,
                };
                let effects = self.take_back(part, (block, false), books, moment)?;
                notice_id.iter().for_each(|id| self.returned.remember_end(id));
                Ok(effects)
            }
            ReturnUpdate::Closed { notice_id } => match block {
                Some(block) => {
                    let block_id = block.id;
                    let mut effects = self.end_block(block, books, moment)?;
                    self.give_back(block_id, books, moment, &mut effects)?;
                    Ok(effects)
                }
                None => {
                    self.returned.remember_end(notice_id);
                    Ok(Effects::default())
                }
            },
        }
    }

    /// Takes the money of a demand from the account, because the account accepts the demand: at most what is
    /// left, without the refunds in process. Nothing of it stays blocked. `part_id` names the return until the network reports it. Returns
    /// the amount.
    pub(crate) fn accept_demand(
        &mut self,
        part_id: String,
        block: BalanceBlock,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<(u64, Effects), Error> {
        let left_cents = self.returnable_cents().saturating_sub(self.refunding_amount_cents);
        let amount_cents = block.amount_cents.min(left_cents);
        let block_id = block.id;
        let reason = block.subject.text.clone().unwrap_or_default();
        let part = ChargeReturn { id: part_id, amount_cents, reason, at: moment.now };
        let effects = self.take_back(part, (Some(block), true), books, moment)?;
        let notices = self.returned.notices.iter_mut();
        for notice in notices.filter(|notice| notice.block_id == block_id) {
            notice.accepted_cents = amount_cents;
        }
        Ok((amount_cents, effects))
    }

    /// Records that the network took money that the account had accepted to lose. Returns how much of it.
    fn confirm(
        &mut self,
        return_id: &str,
        amount_cents: u64,
        block: Option<&BalanceBlock>,
    ) -> Result<u64, Error> {
        let Some(block) = block else { return Ok(0) };
        let returned = &mut self.returned;
        let mut notices = returned.notices.iter_mut();
        let notice = notices.find(|notice| notice.block_id == block.id);
        let Some(notice) = notice.filter(|notice| notice.accepted_cents > 0) else { return Ok(0) };
        if returned.confirmed.len() >= RETURNS_MAX {
            return Err(too_many("returns"));
        }
        let confirmed_cents = notice.accepted_cents.min(amount_cents);
        notice.accepted_cents -= confirmed_cents;
        returned.confirmed.push(return_id.to_owned());
        Ok(confirmed_cents)
    }

    /// Gives the account what it had accepted to lose, because the network gives the demand up.
    fn give_back(
        &mut self,
        block_id: BlockId,
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let mut notices = self.returned.notices.iter_mut();
        let Some(notice) = notices.find(|notice| notice.block_id == block_id) else {
            return Ok(());
        };
        let amount_cents = std::mem::take(&mut notice.accepted_cents);
        if amount_cents == 0 {
            return Ok(());
        }
        let part_id = DisputeId::of_block(block_id).to_string();
        for part in self.returned.parts.iter_mut().filter(|part| part.id == part_id) {
            part.amount_cents = part.amount_cents.saturating_sub(amount_cents);
        }
        self.returned.parts.retain(|part| part.amount_cents > 0);
        self.returned.amount_cents = self.returned.amount_cents.saturating_sub(amount_cents);
        books.require_not_frozen()?;
        let back = Posting::new(EntryKind::ChargeGivenBack, amount_cents);
        books.post(&self.entry_context(), &[back], moment, effects)?;
        effects.collect_positions(TransactionRef::Charge(self.id), &mut self.entries);
        Ok(())
    }

    /// Opens a block on the money of the charge, for at most what can still be taken back.
    pub fn open_block(
        &mut self,
        id: BlockId,
        notice_id: Option<&str>,
        new: NewBlock,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<(BalanceBlock, Effects), Error> {
        self.require_returnable("blocked")?;
        let left_cents = self.returnable_cents().saturating_sub(self.returned.claimed_cents());
        let amount_cents = new.amount_cents.min(left_cents);
        if amount_cents == 0 {
            return Err(exceeded("the block", left_cents));
        }
        if self.returned.notices.len() >= RETURNS_MAX {
            return Err(too_many("demands"));
        }
        let new = NewBlock { amount_cents, ..new };
        let (block, effects) = BalanceBlock::open(id, new, books, moment)?;
        // A block of the operator has no demand of a network, and no dispute.
        let disputed = notice_id.is_some();
        let id = notice_id.map_or_else(|| id.to_string(), ToOwned::to_owned);
        let (block_id, claim_cents) = (block.id, block.claim_cents);
        self.returned.notices.push(ReturnNotice {
            id,
            block_id,
            claim_cents,
            accepted_cents: 0,
            disputed,
        });
        Ok((block, effects))
    }

    /// Ends a block on the money of the charge. A block that is not open stays as it is.
    pub fn end_block(
        &mut self,
        mut block: BalanceBlock,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        if block.status != BlockStatus::Open {
            return Ok(Effects::default());
        }
        let effects = block.end(books, moment)?;
        self.returned.set_claim(block.id, 0, false);
        Ok(effects)
    }

    /// Returns the kind of block with which the network of the charge demands money.
    fn demand_kind(&self) -> BlockKind {
        match self.paid_by() {
            MethodKind::Card => BlockKind::Chargeback,
            MethodKind::Pix | MethodKind::Boleto => BlockKind::Med,
        }
    }

    /// Takes a part of the money, first from the block. The block ends if this is the last part, or if nothing is
    /// left of the charge.
    fn take_back(
        &mut self,
        part: ChargeReturn,
        (block, is_last): (Option<BalanceBlock>, bool),
        books: &mut Books,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_returnable("returned")?;
        let left_cents = self.returnable_cents();
        if part.amount_cents == 0 || part.amount_cents > left_cents {
            return Err(exceeded("the return", left_cents));
        }
        if self.returned.parts.len() >= RETURNS_MAX {
            return Err(too_many("returns"));
        }
        let (kind, entry_context) = (EntryKind::ChargeTakenBack, self.entry_context());
        let mut effects = Effects::default();
        match block.filter(|block| block.status == BlockStatus::Open) {
            Some(mut block) => {
                let is_last = is_last || part.amount_cents == left_cents;
                let out = (kind, &entry_context);
                effects = block.take(part.amount_cents, is_last, out, books, moment)?;
                let is_open = block.status == BlockStatus::Open;
                self.returned.set_claim(block.id, block.claim_cents, is_open);
            }
            None => {
                let debit = ForcedDebit::split(books, part.amount_cents, 0);
                books.post(&entry_context, &debit.postings(kind), moment, &mut effects)?;
            }
        }
        self.returned.amount_cents += part.amount_cents;
        self.returned.parts.push(part);
        let event = self.remain(EventType::ChargeReturned)?;
        self.record(event, moment, &mut effects);
        Ok(effects)
    }

    /// Keeps the updates that the network announced, earliest first, for the scheduler.
    pub fn announce_returns(&mut self, returns: Vec<AnnouncedReturn>) {
        if let Some(first) = returns.first() {
            self.due = Some(Due { at: first.at, step: ChargeStep::ApplyReturns { returns } });
        }
    }

    /// Returns the announced update that is due. Returns `None` if none is due.
    pub fn due_return(&self, moment: &Moment) -> Option<&ReturnUpdate> {
        let due = self.due.as_ref().filter(|due| due.is_due(moment.now))?;
        match &due.step {
            ChargeStep::ApplyReturns { returns } => returns.first().map(|first| &first.update),
            ChargeStep::Expire
            | ChargeStep::ApplyUpdate { .. }
            | ChargeStep::CreditInstallment { .. } => None,
        }
    }

    /// Removes the announced update that is due and keeps the later ones. Returns `None` if none is due.
    pub fn next_announced_return(&mut self, moment: &Moment) -> Option<AnnouncedReturn> {
        let due = self.due.clone().filter(|due| due.is_due(moment.now))?;
        let ChargeStep::ApplyReturns { mut returns } = due.step else { return None };
        self.due = self.scheduled_step();
        let first = (!returns.is_empty()).then(|| returns.remove(0));
        self.announce_returns(returns);
        first
    }

    /// Returns what the network can take under a demand, in cents: what is left without the refunds in process,
    /// and what the account accepted to lose.
    pub fn takeable_cents(&self, notice_id: Option<&str>) -> u64 {
        let left_cents = self.returnable_cents().saturating_sub(self.refunding_amount_cents);
        left_cents.saturating_add(self.returned.accepted_cents(notice_id))
    }

    /// Returns what the network can have taken under a demand, in cents: what is left, also of refunds in process,
    /// and what the account accepted to lose.
    pub fn claimable_cents(&self, notice_id: Option<&str>) -> u64 {
        self.returnable_cents().saturating_add(self.returned.accepted_cents(notice_id))
    }

    /// Refuses a return of money that a refund in process may take.
    pub fn require_not_refunding(&self, amount_cents: u64) -> Result<(), Error> {
        self.require_returnable("returned")?;
        let left_cents = self.takeable_cents(None);
        match amount_cents <= left_cents {
            true => Ok(()),
            false => Err(exceeded("the return", left_cents)),
        }
    }

    /// Returns the refusal to end a block of a charge that has none.
    pub fn not_blocked(&self) -> Error {
        let detail =
            format!("the charge is {} and has no open balance block", self.status.as_str());
        Error::conflict(Code::ChargeState, detail)
    }

    fn require_returnable(&self, participle: &str) -> Result<(), Error> {
        match self.status {
            // The notice of a boleto is not money that could go back.
            ChargeStatus::Paid if self.paid_by() == MethodKind::Boleto => {
                Err(self.not_in_state_to(participle))
            }
            ChargeStatus::Paid | ChargeStatus::Credited => Ok(()),
            ChargeStatus::Registering
            | ChargeStatus::Refused
            | ChargeStatus::Authorizing
            | ChargeStatus::Authorized
            | ChargeStatus::Declined
            | ChargeStatus::Pending
            | ChargeStatus::InReview
            | ChargeStatus::Rejected
            | ChargeStatus::Cancelling
            | ChargeStatus::Cancelled
            | ChargeStatus::Expired => Err(self.not_in_state_to(participle)),
        }
    }
}

fn too_many(what: &str) -> Error {
    let detail = format!("the charge has {RETURNS_MAX} {what} of the network, which is the limit");
    Error::refused(Code::RefundExceedsCharge, detail)
}

fn exceeded(what: &str, left_cents: u64) -> Error {
    let detail = format!(
        "{what} exceeds the rest of the charge, which is {left_cents} cents; send a smaller amount"
    );
    Error::refused(Code::RefundExceedsCharge, detail)
}
