//! How the money of the instalments of a sale becomes available, one after another.
use crate::charge::{Charge, ChargeStatus, ChargeStep};
use crate::event::{EventType, Lifecycle};
use crate::kernel::{Due, Error, Moment};
use crate::ledger::{Books, Effects, EntryKind, Posting};
use crate::receivable::Receivable;

impl Charge {
    /// Makes the money of the next instalment available, and takes its fee.
    pub fn credit_installment(
        &mut self,
        number: u8,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let (mut effects, context) = (Effects::default(), self.entry_context());
        let card = self.card_to_change()?;
        // The instalments come in the order of their times, so another number is credited already.
        let next = card.next_receivable().map(|one| one.number);
        let is_next = |one: &&mut Receivable| one.number == number && next == Some(number);
        let Some(receivable) = card.receivables.iter_mut().find(is_next) else {
            self.due = self.scheduled_step();
            return Ok(effects);
        };
        let (amount_cents, fees) = receivable.credit(moment.now);
        let settles_at = receivable.settles_at;
        let is_last = card.next_receivable().is_none();
        self.due = self.scheduled_step();
        self.fees_cents += fees.charge_cents + fees.early_cents;
        let postings = [
            Posting::new(EntryKind::InstallmentCredited, amount_cents),
            Posting::new(EntryKind::ChargeFee, fees.charge_cents),
            Posting::new(EntryKind::AnticipationFee, fees.early_cents),
        ];
        books.post(&context, &postings, moment, &mut effects)?;
        self.list_receivables(&[(number, settles_at)], &mut effects);
        if is_last {
            self.change(ChargeStatus::Credited, None, moment, &mut effects)?;
        } else {
            let event = self.remain(EventType::ChargeInstallmentCredited)?;
            self.record(event, moment, &mut effects);
        }
        Ok(effects)
    }

    /// Returns the step that credits the next instalment. Returns `None` if there is none.
    pub(in crate::charge) fn next_installment(&self) -> Option<Due<ChargeStep>> {
        let receivable = self.method.card()?.next_receivable()?;
        let step = ChargeStep::CreditInstallment { number: receivable.number };
        Some(Due { at: receivable.settles_at, step })
    }
}
