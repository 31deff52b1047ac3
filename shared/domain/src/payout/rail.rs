//! Between a payout and the network: who speaks to it, and what it said.
//!
//! An answer that never came says nothing. The money stays held and the network is asked by the
//! order's own id until it tells; told of an order again, it recognises the id. So a payout is never
//! paid twice, and never given up while it could still be paid.

use brazil::EndToEndId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Funds, Payout, PayoutDue, PayoutReason, PayoutStatus, PayoutStep, Return};
use crate::{Code, Effects, EntryKind, Error, EventType, Moment, Posting};

/// How long whoever speaks to the network has it to itself. After that it is asked, whatever became
/// of them. Longer than their function may run.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// When it is asked, after the first, the second ... time it was spoken to.
const ASK_AFTER: [SignedDuration; 5] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(30),
];
/// The network takes no order that was let go longer ago: the Central Bank's settlement system
/// tolerates 12 hours between an end-to-end id's minute and its processing. An hour more for clocks
/// that are wrong.
const TAKEN_WITHIN: SignedDuration = SignedDuration::from_hours(13);

/// What a network tells about a payout. The same facts come from the sandbox and from a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PayoutNotice {
    /// It has the order and will say what became of it.
    Taken,
    /// The beneficiary has the money.
    Settled,
    /// It will not be paid.
    Refused {
        /// Why.
        reason: PayoutReason,
    },
    /// Money came back.
    Returned {
        /// The return's id in the network.
        return_id: EndToEndId,
        /// How much.
        amount_cents: u64,
        /// Why.
        reason: PayoutReason,
    },
}

/// What to do at the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// Tell it of the order.
    Submit,
    /// Ask what became of the order; tell it again if it never heard of it.
    Ask,
}

impl Payout {
    /// Takes the errand that is due, so that nobody else goes on it for now. From here on the order
    /// may have arrived, so whoever comes next asks. None when there is nothing to do.
    pub fn claim(&mut self, now: Timestamp) -> Option<Errand> {
        let errand = self.errand(now)?;
        let sending = self.sending.as_mut()?;
        sending.attempts = sending.attempts.saturating_add(1);
        self.due = Some(PayoutDue { at: now + LEASE, step: PayoutStep::Ask });
        Some(errand)
    }

    /// The errand that is due.
    pub fn errand(&self, now: Timestamp) -> Option<Errand> {
        let due = self.due.as_ref().filter(|due| due.at <= now)?;
        match due.step {
            _ if self.status != PayoutStatus::Processing => None,
            PayoutStep::Submit => Some(Errand::Submit),
            PayoutStep::Ask => Some(Errand::Ask),
            PayoutStep::Fund | PayoutStep::Lapse | PayoutStep::Go | PayoutStep::Receive { .. } => {
                None
            }
        }
    }

    /// Puts the errand off: the network does not have the order and was not told of it now. If it was
    /// told before it is asked again first, as ever.
    pub fn put_off(&mut self, errand: Errand, until: Timestamp) {
        let step = match errand {
            Errand::Submit => PayoutStep::Submit,
            Errand::Ask => PayoutStep::Ask,
        };
        if let Some(sending) = self.sending.as_mut().filter(|_| errand == Errand::Submit) {
            // The network was not spoken to.
            sending.attempts = sending.attempts.saturating_sub(1);
        }
        self.due = Some(PayoutDue { at: until, step });
    }

    /// The refusal of a fact about an order that the network does not have.
    pub fn not_gone(&self) -> Error {
        self.not_in_state_to("told of by the network: it has not gone")
    }

    /// The network does not answer about an order it has.
    pub fn lose_sight(&mut self, moment: &Moment) -> Result<(), Error> {
        if self.status != PayoutStatus::Processing {
            return Err(self.not_in_state_to("waited for"));
        }
        self.leave_open(moment.now);
        Ok(())
    }

    /// The network did not answer: nothing is known, and it is asked later.
    pub fn leave_open(&mut self, now: Timestamp) {
        if let Some(sending) = &mut self.sending {
            sending.unknown_since.get_or_insert(now);
        }
        self.ask_later(now);
    }

    fn ask_later(&mut self, now: Timestamp) {
        let attempts = self.sending.as_ref().map_or(1, |sending| sending.attempts.max(1));
        let place = usize::try_from(attempts - 1).unwrap_or(usize::MAX).min(ASK_AFTER.len() - 1);
        self.due = Some(PayoutDue { at: now + ASK_AFTER[place], step: PayoutStep::Ask });
    }

    /// Whether the network would still take the order, now that it says it never heard of it. If not,
    /// it never will be paid.
    pub fn may_still_be_taken(&self, now: Timestamp) -> bool {
        self.sending.as_ref().is_some_and(|sending| now < sending.since + TAKEN_WITHIN)
    }

    /// Takes in a fact from the network, with its entries in the books. A fact that is told again
    /// changes nothing.
    pub fn receive(
        &mut self,
        notice: &PayoutNotice,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        match (notice, self.status) {
            (PayoutNotice::Taken, PayoutStatus::Processing) => {
                self.is_known_again();
                self.ask_later(moment.now);
            }
            (PayoutNotice::Settled, PayoutStatus::Processing) => {
                self.settle(funds, moment, &mut effects)?;
            }
            (PayoutNotice::Refused { reason }, PayoutStatus::Processing) => {
                self.is_known_again();
                effects = self.end(PayoutStatus::Rejected, Some(*reason), funds, moment)?;
            }
            (PayoutNotice::Returned { return_id, amount_cents, reason }, _) => {
                // Word of the return can overtake word of the payment.
                if self.status == PayoutStatus::Processing {
                    self.settle(funds, moment, &mut effects)?;
                }
                let back = Return {
                    return_id: return_id.clone(),
                    amount_cents: *amount_cents,
                    reason: *reason,
                    at: moment.now,
                };
                self.take_back(back, funds, moment, &mut effects)?;
            }
            (
                PayoutNotice::Taken | PayoutNotice::Settled,
                PayoutStatus::Paid | PayoutStatus::Returned,
            )
            | (PayoutNotice::Taken | PayoutNotice::Refused { .. }, PayoutStatus::Rejected) => {}
            (PayoutNotice::Taken, _) => return Err(self.not_in_state_to("taken by the network")),
            (PayoutNotice::Settled, _) => return Err(self.not_in_state_to("paid")),
            (PayoutNotice::Refused { .. }, _) => return Err(self.not_in_state_to("rejected")),
        }
        Ok(effects)
    }

    fn is_known_again(&mut self) {
        if let Some(sending) = &mut self.sending {
            sending.unknown_since = None;
        }
    }

    fn settle(
        &mut self,
        funds: &mut Funds,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let missing = || Error::internal("a payout that went has a hold");
        let out =
            [(EntryKind::PayoutPaid, self.amount_cents), (EntryKind::PayoutFee, self.fees_cents)];
        let (memo, hold) = (self.memo(), funds.hold.as_mut().ok_or_else(missing)?);
        hold.settle(&memo, &out, &mut funds.books, moment, effects)?;
        self.is_known_again();
        self.enter(PayoutStatus::Paid, None, moment, effects);
        Ok(())
    }

    /// Money comes back, all of it or a part. A payout of which all came back costs nothing.
    fn take_back(
        &mut self,
        back: Return,
        funds: &mut Funds,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        if self.returns.iter().any(|known| known.return_id == back.return_id) {
            return Ok(());
        }
        if self.status != PayoutStatus::Paid {
            return Err(self.not_in_state_to("returned"));
        }
        let returned = self.returned_amount_cents.checked_add(back.amount_cents);
        let returned = returned.filter(|sum| *sum <= self.amount_cents && back.amount_cents > 0);
        self.returned_amount_cents = returned.ok_or_else(|| {
            Error::refused(Code::LedgerLimit, "more came back than the payout was")
        })?;
        let mut postings = vec![Posting::new(EntryKind::PayoutReturned, back.amount_cents)];
        let whole = self.returned_amount_cents == self.amount_cents;
        if whole {
            postings.push(Posting::new(EntryKind::PayoutFeeReversed, self.fees_cents));
        }
        funds.books.post(&self.memo(), &postings, moment, effects)?;
        let reason = back.reason;
        self.returns.push(back);
        if whole {
            self.fees_cents = 0;
            self.enter(PayoutStatus::Returned, Some(reason), moment, effects);
        } else {
            self.record(EventType::PayoutReturned, moment, effects);
        }
        Ok(())
    }
}
