//! A hold: money of the available balance that is promised to somebody.
//!
//! What may go out is decided when money is put aside, so settling can never overdraw. A hold ends
//! once: it is settled (what is not needed of it is released), released, or expires. What comes after
//! that is told how it ended, and changes nothing. The rules are TigerBeetle's two-phase transfers
//! (docs.tigerbeetle.com, "Two-Phase Transfers").
use crate::kernel::{AccountId, Code, Error, HoldId, Moment};
use crate::ledger::{Books, Effects, EntryContext, EntryKind, Posting, TransactionRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldStatus {
    /// The money is put aside.
    Open,
    /// It went where it was promised to.
    Settled,
    /// It is available again.
    Released,
    /// Its time is over; it is available again.
    Expired,
}

/// Money put aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// Whose money.
    pub account_id: AccountId,
    /// For what.
    pub transaction: TransactionRef,
    /// How much.
    pub amount_cents: u64,
    /// How much of it went out; the rest of a settled hold was released.
    pub settled_cents: u64,
    /// How it stands.
    pub status: HoldStatus,
    /// When it expires; none while it must wait for somebody else's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Counts the changes.
    pub version: u64,
}

impl Hold {
    /// Puts money aside. This is where the balance is checked.
    pub fn place(
        id: HoldId,
        entry_context: &EntryContext,
        amount_cents: u64,
        expires_at: Option<Timestamp>,
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<Self, Error> {
        let available_cents = books.balances.available_cents;
        if amount_cents > available_cents {
            return Err(Error::refused(
                Code::InsufficientFunds,
                format!("this needs {amount_cents} cents and {available_cents} are available"),
            ));
        }
        books.post(
            entry_context,
            &[Posting::new(EntryKind::Held, amount_cents)],
            moment,
            effects,
        )?;
        Ok(Self {
            id,
            account_id: books.account_id,
            transaction: entry_context.transaction,
            amount_cents,
            settled_cents: 0,
            status: HoldStatus::Open,
            expires_at,
            version: 0,
        })
    }

    /// From now on it does not expire: what it was put aside for is under way.
    pub fn keep(&mut self, moment: &Moment) -> Result<(), Error> {
        self.must_be_open("kept", moment)?;
        self.expires_at = None;
        Ok(())
    }

    /// Sends the money, or a part of it, where each posting says. What is left is released in the
    /// same movement. More than was put aside is refused.
    pub fn settle(
        &mut self,
        entry_context: &EntryContext,
        postings: &[(EntryKind, u64)],
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.must_be_open("settled", moment)?;
        let amounts = postings.iter().map(|(_, amount_cents)| *amount_cents);
        let sum = amounts.into_iter().try_fold(0_u64, u64::checked_add);
        let rest = sum.and_then(|sum| self.amount_cents.checked_sub(sum));
        let Some((settled_cents, rest_cents)) = sum.zip(rest) else {
            return Err(Error::refused(
                Code::HoldExceeded,
                format!("more than the {} cents that are held", self.amount_cents),
            ));
        };
        let out = postings.iter().map(|(kind, amount_cents)| Posting::new(*kind, *amount_cents));
        let back = Posting::new(EntryKind::Released, rest_cents);
        books.post(entry_context, &out.chain([back]).collect::<Vec<_>>(), moment, effects)?;
        self.settled_cents = settled_cents;
        self.status = HoldStatus::Settled;
        Ok(())
    }

    /// Makes the money available again.
    pub fn release(
        &mut self,
        entry_context: &EntryContext,
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.must_be_open("released", moment)?;
        self.give_back(
            EntryKind::Released,
            HoldStatus::Released,
            entry_context,
            books,
            moment,
            effects,
        )
    }

    /// Makes the money available again because its time is over. Whoever comes first, this or what
    /// the hold waited for, wins; which of them it is depends on the time alone and not on when the
    /// clock comes round.
    pub fn expire(
        &mut self,
        entry_context: &EntryContext,
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        if self.status != HoldStatus::Open || !self.is_over(moment.now) {
            return Err(self.not_in_state_to("expired"));
        }
        self.give_back(
            EntryKind::Expired,
            HoldStatus::Expired,
            entry_context,
            books,
            moment,
            effects,
        )
    }

    fn give_back(
        &mut self,
        kind: EntryKind,
        status: HoldStatus,
        entry_context: &EntryContext,
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        books.post(entry_context, &[Posting::new(kind, self.amount_cents)], moment, effects)?;
        self.status = status;
        Ok(())
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    fn must_be_open(&self, participle: &str, moment: &Moment) -> Result<(), Error> {
        match self.status == HoldStatus::Open && !self.is_over(moment.now) {
            true => Ok(()),
            false => Err(self.not_in_state_to(participle)),
        }
    }

    fn not_in_state_to(&self, participle: &str) -> Error {
        let status = match self.status {
            HoldStatus::Open if self.expires_at.is_some() => "open until it expires",
            HoldStatus::Open => "open and does not expire",
            HoldStatus::Settled => "settled",
            HoldStatus::Released => "released",
            HoldStatus::Expired => "expired",
        };
        Error::conflict(Code::HoldState, format!("the hold is {status} and cannot be {participle}"))
    }
}
