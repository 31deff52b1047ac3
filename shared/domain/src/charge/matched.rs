//! A charge that a payment pays later or differently than it asked: a person or the matching rules of
//! the account decide that the payment belongs to it.
use crate::account::FeeSchedule;
use crate::charge::{Charge, ChargeStatus};
use crate::kernel::{Code, Error, MethodKind, Moment};
use crate::ledger::{Books, Effects, LedgerAccount};
use crate::payment::PaymentReport;

impl Charge {
    /// Returns true if the payer's bank names this charge.
    pub fn is_named_by(&self, report: &PaymentReport) -> bool {
        let named = |name: &String| self.method.is_named_by(report.method, name);
        report.txid.as_ref().is_some_and(named)
    }

    /// Returns true if this payment is the one that paid the charge.
    pub fn is_paid_by(&self, report: &PaymentReport) -> bool {
        self.method.is_paid_by(&report.network_id)
    }

    /// Returns true if a payment can still be matched to the charge. No payment is matched to a charge by card,
    /// because its money comes by its own instalments alone.
    pub fn can_be_matched(&self) -> bool {
        if self.method.card().is_some() {
            return false;
        }
        match self.status {
            ChargeStatus::Pending
            | ChargeStatus::Registering
            | ChargeStatus::Cancelling
            | ChargeStatus::Cancelled
            | ChargeStatus::Expired => true,
            ChargeStatus::Refused
            | ChargeStatus::Authorizing
            | ChargeStatus::Authorized
            | ChargeStatus::Declined
            | ChargeStatus::Paid
            | ChargeStatus::Credited
            | ChargeStatus::InReview
            | ChargeStatus::Rejected => false,
        }
    }

    /// Pays and credits the charge with a payment whose money is in the account `receivable`.
    pub(crate) fn match_payment(
        &mut self,
        report: &PaymentReport,
        books: &mut Books,
        fees: &FeeSchedule,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        if !self.can_be_matched() {
            let status = self.status.as_str();
            let detail = format!(
                "the charge is {status}; a credit can be matched to a charge that waits for its payer, \
                 or that is cancelled or expired"
            );
            return Err(Error::conflict(Code::ChargeState, detail));
        }
        if report.method == MethodKind::Boleto && self.method.boleto().is_none() {
            let detail =
                "a payment by boleto pays a charge by boleto; match the credit to a reference";
            return Err(Error::conflict(Code::ChargeState, detail));
        }
        self.record_payment(report)?;
        self.change(ChargeStatus::Paid, None, moment, effects)?;
        self.credit(LedgerAccount::Receivable, books, fees, moment, effects)
    }
}
