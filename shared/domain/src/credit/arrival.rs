//! What the network reports about money that arrives, and where that money goes: to the charge that
//! the payment matches, or to a credit. No report of a payment is lost, and none is posted twice.
use crate::account::FeeSchedule;
use crate::charge::{BoletoOrder, Charge, ChargeStatus, ChargeUpdate};
use crate::credit::{Credit, CreditReason, CreditSettings, mismatch};
use crate::kernel::{Error, Moment};
use crate::ledger::{Books, Effects, TransactionRef};
use crate::payment::{Payment, PaymentReport};

/// The rows on which a report is decided, as they were read and as they will be written.
#[derive(Debug, Clone)]
pub struct ArrivalContext {
    /// Charge that the payment may name.
    pub charge: Option<Charge>,
    /// Books of the account.
    pub books: Books,
    /// Rules of the account.
    pub settings: CreditSettings,
    /// Price of a charge.
    pub fees: FeeSchedule,
    /// Payment of the report, if it was posted before.
    pub known: Option<Payment>,
    read: Option<Charge>,
}

/// The rows that a report adds.
#[derive(Debug, Default)]
pub struct Arrival {
    /// Payment, if it was not posted before.
    pub payment: Option<Payment>,
    /// Payment whose notice the bank withdrew; its row goes.
    pub withdrawn: Option<Payment>,
    /// Credit of a payment that matched no charge.
    pub credit: Option<Credit>,
    /// Order to the bank of a boleto that another way of payment paid.
    pub order: Option<BoletoOrder>,
    /// Entries and events.
    pub effects: Effects,
}

impl ArrivalContext {
    /// Starts from what was read.
    pub fn new(
        charge: Option<Charge>,
        books: Books,
        settings: CreditSettings,
        fees: FeeSchedule,
        known: Option<Payment>,
    ) -> Self {
        Self { read: charge.clone(), charge, books, settings, fees, known }
    }

    /// Returns the charge if it changed.
    pub fn changed_charge(&self) -> Option<&Charge> {
        self.charge.as_ref().filter(|charge| Some(*charge) != self.read.as_ref())
    }

    /// Applies one update. Returns false if the update reports a payment that does not pay the charge;
    /// then later updates of the same report are not about the charge.
    pub fn apply(
        &mut self,
        update: &ChargeUpdate,
        arrival: &mut Arrival,
        moment: &Moment,
    ) -> Result<bool, Error> {
        let Some(report) = update.payment() else {
            let was_paid = self.charge.as_ref().is_some_and(|charge| charge.payment.is_some());
            self.apply_to_charge(update, arrival, moment)?;
            let is_paid = self.charge.as_ref().is_some_and(|charge| charge.payment.is_some());
            if was_paid && !is_paid {
                arrival.withdrawn.clone_from(&self.known);
            }
            return Ok(true);
        };
        if let Some(known) = &self.known {
            return match known.posted_to {
                TransactionRef::Charge(_) => self.repeat(update, arrival, moment),
                _ => Ok(false),
            };
        }
        // A charge of before payments were rows knows its payment by the network id alone.
        if self.charge.as_ref().is_some_and(|charge| charge.is_paid_by(report)) {
            return self.repeat(update, arrival, moment);
        }
        let now = moment.now;
        match mismatch(report, self.charge.as_ref(), &self.settings, now) {
            None => {
                self.apply_to_charge(update, arrival, moment)?;
                let paid = self.charge.as_ref().map(|charge| TransactionRef::Charge(charge.id));
                let account_id = self.books.account_id;
                arrival.payment = paid.map(|paid| Payment::of(account_id, report, paid, now));
                Ok(true)
            }
            Some(_)
                if matches!(
                    update,
                    ChargeUpdate::UnderReview { .. } | ChargeUpdate::PaymentNotice { .. }
                ) =>
            {
                // The network has the money. It reports the payment as paid once the money comes.
                Ok(false)
            }
            Some(reason) => {
                let named = self.charge.as_ref().filter(|charge| charge.is_named_by(report));
                // A debt that was paid twice, because it had two ways of payment, is no decision of a person. The
                // notice of a boleto is no payment yet.
                let has_money = |charge: &Charge| charge.status == ChargeStatus::Credited;
                let is_paid_twice = reason == CreditReason::Duplicate
                    && named.is_some_and(|it| it.method.has_pix_beside() && has_money(it));
                let returns_at = match is_paid_twice {
                    true => Some(now),
                    false => self.settings.returns_at(now),
                };
                let named = named.map(|charge| charge.id);
                let (credit, effects) =
                    Credit::open(report, reason, named, returns_at, &mut self.books, moment)?;
                self.post_to_credit(report, credit, effects, arrival, moment);
                Ok(false)
            }
        }
    }

    /// Makes the order that writes a boleto off whose debt a Pix has paid.
    pub fn order_write_off(&mut self, moment: &Moment) -> Result<Option<BoletoOrder>, Error> {
        match &mut self.charge {
            Some(charge) => charge.order_write_off(moment),
            None => Ok(None),
        }
    }

    fn post_to_credit(
        &self,
        report: &PaymentReport,
        credit: Credit,
        effects: Effects,
        arrival: &mut Arrival,
        moment: &Moment,
    ) {
        let posted_to = TransactionRef::Credit(credit.id);
        let account_id = self.books.account_id;
        arrival.payment = Some(Payment::of(account_id, report, posted_to, moment.now));
        arrival.credit = Some(credit);
        arrival.effects.append(effects);
    }

    /// Applies the report of a payment that the charge has. It changes nothing, except that a payment
    /// in review may be reported as paid, which the charge learns when it is credited.
    fn repeat(
        &mut self,
        update: &ChargeUpdate,
        arrival: &mut Arrival,
        moment: &Moment,
    ) -> Result<bool, Error> {
        let paid = |charge: &Charge| update.payment().is_some_and(|it| charge.is_paid_by(it));
        if !self.charge.as_ref().is_some_and(paid) {
            return Ok(false);
        }
        self.apply_to_charge(update, arrival, moment)?;
        Ok(true)
    }

    fn apply_to_charge(
        &mut self,
        update: &ChargeUpdate,
        arrival: &mut Arrival,
        moment: &Moment,
    ) -> Result<(), Error> {
        let missing = || Error::internal("the network reports a change of a charge without one");
        let charge = self.charge.as_mut().ok_or_else(missing)?;
        let effects = charge.apply_update(update, &mut self.books, &self.fees, moment)?;
        arrival.effects.append(effects);
        Ok(())
    }
}
