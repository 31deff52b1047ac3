//! What a network says of a payout, and what follows from it.

use brazil::EndToEndId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Payout, PayoutDue, PayoutReason, PayoutStatus, PayoutStep, Return};
use crate::errand::TAKEN_WITHIN;
use crate::{
    Code, Effects, EntryKind, Errand, Error, EventType, Funds, Moment, Posting, Remittance, Sending,
};

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

impl Remittance for Payout {
    fn is_under_way(&self) -> bool {
        self.status == PayoutStatus::Processing
    }

    fn sending(&self) -> Option<&Sending> {
        self.sending.as_ref()
    }

    fn sending_mut(&mut self) -> Option<&mut Sending> {
        self.sending.as_mut()
    }

    fn next_errand(&self) -> Option<(Timestamp, Errand)> {
        let due = self.due.as_ref()?;
        match due.step {
            PayoutStep::Submit => Some((due.at, Errand::Submit)),
            PayoutStep::Ask => Some((due.at, Errand::Ask)),
            PayoutStep::Fund | PayoutStep::Lapse | PayoutStep::Go | PayoutStep::Receive { .. } => {
                None
            }
        }
    }

    fn wait_for(&mut self, errand: Errand, at: Timestamp) {
        let step = match errand {
            Errand::Submit => PayoutStep::Submit,
            Errand::Ask => PayoutStep::Ask,
        };
        self.due = Some(PayoutDue { at, step });
    }

    fn taken_until(&self) -> Option<Timestamp> {
        self.sending.as_ref().map(|sending| sending.since + TAKEN_WITHIN)
    }
}

impl Payout {
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
            sending.is_known_again();
        }
    }

    fn settle(
        &mut self,
        funds: &mut Funds,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let out =
            [(EntryKind::PayoutPaid, self.amount_cents), (EntryKind::PayoutFee, self.fees_cents)];
        funds.settle(&self.memo(), &out, moment, effects)?;
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
