//! A hold: money of the available balance that is held for a payout or a refund.
//!
//! The balance is checked when the hold is placed, so settling can never overdraw. A hold ends once: it
//! is settled (the rest is released), released, or expires. A later change is refused with the way in
//! which the hold ended. The rules are TigerBeetle's two-phase transfers (docs.tigerbeetle.com,
//! "Two-Phase Transfers").
use crate::kernel::{AccountId, Code, Error, HoldId, Moment};
use crate::ledger::{Books, Effects, EntryContext, EntryKind, Posting, TransactionRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The status of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldStatus {
    /// The money is held.
    Open,
    /// The money was paid out.
    Settled,
    /// The money is available again.
    Released,
    /// The hold expired, and the money is available again.
    Expired,
}

/// Money that is held for a payout or a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Id of the hold.
    pub id: HoldId,
    /// Account of the money.
    pub account_id: AccountId,
    /// Payout or refund of the hold.
    pub transaction: TransactionRef,
    /// Amount of the hold in cents.
    pub amount_cents: u64,
    /// Amount that was paid out, in cents; the rest of a settled hold was released.
    pub settled_cents: u64,
    /// Status of the hold.
    pub status: HoldStatus,
    /// Time at which the hold expires; `None` while it waits for the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Version of the row.
    pub version: u64,
}

impl Hold {
    /// Places a hold. This is where the balance is checked.
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

    /// Adds money of instalments that the acquirer has not paid.
    pub(crate) fn add_receivables(
        &mut self,
        entry_context: &EntryContext,
        amount_cents: u64,
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let held = Posting::new(EntryKind::ReceivablesUsed, amount_cents);
        books.post(entry_context, &[held], moment, effects)?;
        self.amount_cents += amount_cents;
        Ok(())
    }

    /// Gives money back to instalments that the acquirer has not paid.
    pub(crate) fn return_receivables(
        &mut self,
        entry_context: &EntryContext,
        amount_cents: u64,
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.require_open("released", moment)?;
        let rest = self.amount_cents.checked_sub(amount_cents);
        self.amount_cents = rest.ok_or_else(|| Error::internal("more than the hold has"))?;
        let released = Posting::new(EntryKind::ReceivablesRestored, amount_cents);
        books.post(entry_context, &[released], moment, effects)
    }

    /// Removes the expiry: the payout was approved and goes on.
    pub fn remove_expiry(&mut self, moment: &Moment) -> Result<(), Error> {
        self.require_open("kept", moment)?;
        self.expires_at = None;
        Ok(())
    }

    /// Gives the hold an expiry again: the payout waits for a decision once more.
    pub fn restore_expiry(&mut self, expires_at: Timestamp, moment: &Moment) -> Result<(), Error> {
        self.require_open("kept", moment)?;
        self.expires_at = Some(expires_at);
        Ok(())
    }

    /// Pays out the money, or a part of it, with these postings. Releases the rest in the same movement.
    /// Refuses more than the amount of the hold.
    pub fn settle(
        &mut self,
        entry_context: &EntryContext,
        postings: &[(EntryKind, u64)],
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.require_open("settled", moment)?;
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

    /// Releases the hold: its money is available again.
    pub fn release(
        &mut self,
        entry_context: &EntryContext,
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.release_and(entry_context, &[], books, moment, effects)
    }

    /// Releases the hold, with further postings in the same movement.
    pub(crate) fn release_and(
        &mut self,
        entry_context: &EntryContext,
        further: &[Posting],
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.require_open("released", moment)?;
        let released = Posting::new(EntryKind::Released, self.amount_cents);
        let postings: Vec<_> = [released].into_iter().chain(further.iter().copied()).collect();
        books.post(entry_context, &postings, moment, effects)?;
        self.status = HoldStatus::Released;
        Ok(())
    }

    /// Ends a hold that has expired: its money is available again. Only the time decides between this
    /// and a use of the hold, not the moment at which the scheduler runs.
    pub fn expire(
        &mut self,
        entry_context: &EntryContext,
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        if self.status != HoldStatus::Open || !self.has_expired(moment.now) {
            return Err(self.not_in_state_to("expired"));
        }
        let expired = Posting::new(EntryKind::Expired, self.amount_cents);
        books.post(entry_context, &[expired], moment, effects)?;
        self.status = HoldStatus::Expired;
        Ok(())
    }

    fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    fn require_open(&self, participle: &str, moment: &Moment) -> Result<(), Error> {
        match self.status == HoldStatus::Open && !self.has_expired(moment.now) {
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
