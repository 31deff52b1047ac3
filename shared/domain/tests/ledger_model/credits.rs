//! The steps of payments that match no charge, against the model.

use brazil::{EndToEndId, EndToEndIdKind};
use domain::account::FeeSchedule;
use domain::charge::{
    Charge, ChargeMethod, ChargeUpdate, NewCharge, Payer, PixCharge, RefundUpdate,
};
use domain::credit::{Arrival, ArrivalContext, Credit, CreditSettings, CreditStatus};
use domain::kernel::{ChargeId, Code, Error, FailureCode, Id, MethodKind, Moment, UserId};
use domain::payment::{Payment, PaymentReport, ReportedPayer};
use jiff::SignedDuration;

use crate::model::{
    AVAILABLE, BalanceChange, CLEARING, FEES, ModelCredit, ModelCreditState, RECEIVABLE, UNMATCHED,
};
use crate::steps::{LedgerOperation, ModelStep, StepAmount};
use crate::{DAY, ModelRun, Outcomes, cents, code, ulid};

const FEE: FeeSchedule = FeeSchedule { fixed_cents: 7, basis_points: 0 };

/// The fee by plain arithmetic: seven cents, at most the amount.
fn fee(amount: i128) -> i128 {
    amount.min(7)
}

fn report(amount_cents: u64, number: usize, moment: &Moment) -> PaymentReport {
    let suffix = format!("{number:011}");
    let id = EndToEndId::mint(EndToEndIdKind::Payment, "99999999", moment.now, &suffix);
    PaymentReport {
        network_id: id.expect("an end-to-end id").into(),
        method: MethodKind::Pix,
        amount_cents,
        paid_at: moment.now,
        payer: ReportedPayer::default(),
        txid: None,
        reason_codes: Vec::new(),
    }
}

fn charge(amount_cents: u64, run: &ModelRun, moment: &Moment) -> Charge {
    let merchant = domain::account::Merchant {
        name: "Loja".to_owned(),
        city: "Sao Paulo".to_owned(),
        pix_key: "loja@example.com".to_owned(),
        cnpj: None,
    };
    let document = brazil::Document::parse(brazil::DocumentKind::Cpf, "52998224725");
    let new = NewCharge {
        amount_cents,
        payer: Some(Payer {
            name: "Maria Silva".to_owned(),
            document: document.expect("a CPF"),
            email: None,
            address: None,
        }),
        description: None,
        reference: None,
        metadata: std::collections::BTreeMap::new(),
        expires_at: moment.now + SignedDuration::from_hours(1),
        terms: None,
    };
    let id = ChargeId::mint(moment);
    let pix = PixCharge::new(id, Some(1), &merchant, "https://api.example.com").expect("a charge");
    let (account_id, by) = (run.books.account_id, UserId::from_ulid(ulid(9)));
    Charge::open(id, account_id, by, new, ChargeMethod::Pix(pix), moment).0
}

impl ModelRun {
    /// A payment arrives that names no charge.
    pub(crate) fn arrive(&mut self, amount: StepAmount, step: &ModelStep) -> Outcomes {
        let room = cents(u64::MAX) - self.model.balances[CLEARING];
        let amount = amount.of(room).max(1);
        let moved = [(CLEARING, cents(amount)), (UNMATCHED, cents(amount))];
        let expected = self.model.enter(&[moved], step.frozen, self.now);
        let moment = self.moment();
        let report = report(amount, self.credits.len(), &moment);
        let outcome = self.receive(report, None, &moment).map(|arrival| {
            self.effects.append(arrival.effects);
            self.credits.extend(arrival.credit);
        });
        if expected.is_ok() {
            let (amount, state) = (cents(amount), ModelCreditState::Waits);
            self.model.credits.push(ModelCredit { amount, paid_at: self.now, state });
        }
        (expected, code(outcome))
    }

    /// Applies a report on the books of the run, which change only if it is accepted.
    fn receive(
        &mut self,
        report: PaymentReport,
        known: Option<Payment>,
        moment: &Moment,
    ) -> Result<Arrival, Error> {
        let settings = CreditSettings::default_of(self.books.account_id);
        let books = self.books.clone();
        let mut context = ArrivalContext::new(None, books, settings, FEE, known);
        let (update, mut arrival) =
            (ChargeUpdate::Paid { payment: report.into() }, Arrival::default());
        context.apply(&update, &mut arrival, moment)?;
        self.books = context.books;
        Ok(arrival)
    }

    /// The network reports the payment again, although its credit may have ended.
    fn arrive_again(&mut self, index: usize) -> Outcomes {
        let credit = &self.credits[index];
        let known = Payment {
            id: credit.payment_id,
            account_id: credit.account_id,
            report: credit.report.clone(),
            posted_to: domain::ledger::TransactionRef::Credit(credit.id),
            created_at: credit.created_at,
        };
        let (report, moment) = (credit.report.clone(), self.moment());
        let arrival = self.receive(report, Some(known), &moment).expect("a report gets its answer");
        assert!(arrival.payment.is_none() && arrival.credit.is_none(), "posted twice");
        assert!(arrival.effects.entries.is_empty() && arrival.effects.events.is_empty());
        (Ok(()), Ok(()))
    }

    /// A person or the network decides about a credit.
    pub(crate) fn decide(&mut self, index: usize, step: &ModelStep) -> Outcomes {
        if matches!(step.operation, LedgerOperation::ArriveAgain(_)) {
            return self.arrive_again(index);
        }
        let ModelCredit { amount, paid_at, state } = self.model.credits[index];
        let (needed, next, moved) = modelled(step, amount);
        // The network settles or rejects only what is on its way; the rest is not in its power.
        let reports = needed == ModelCreditState::Returns;
        if reports && state != ModelCreditState::Returns {
            return (Ok(()), Ok(()));
        }
        let closed = next == ModelCreditState::Returns && self.now >= paid_at + 90 * DAY;
        let expected = match (state == needed, moved.is_empty()) {
            (false, _) => Err(Code::CreditState),
            (true, _) if closed => Err(Code::RefundWindowClosed),
            (true, true) => Ok(()),
            (true, false) => self.model.enter(&moved, step.frozen, self.now),
        };
        if expected.is_ok() {
            self.model.credits[index].state = next;
        }
        let moment = self.moment();
        // An outcome that is refused changes nothing, as a handler drops what it decided on.
        let (mut credit, mut books) = (self.credits[index].clone(), self.books.clone());
        let outcome = self.act(&mut credit, &mut books, step, &moment);
        let outcome = outcome.map(|effects| {
            self.effects.append(effects);
            (self.credits[index], self.books) = (credit, books);
        });
        (expected, code(outcome))
    }

    fn act(
        &self,
        credit: &mut Credit,
        books: &mut domain::ledger::Books,
        step: &ModelStep,
        moment: &Moment,
    ) -> Result<domain::ledger::Effects, Error> {
        let by = UserId::from_ulid(ulid(9));
        match step.operation {
            LedgerOperation::MatchCredit(_) => {
                let mut charge = charge(credit.amount_cents(), self, moment);
                credit.match_to_charge(&mut charge, false, books, &FEE, by, moment)
            }
            LedgerOperation::KeepCredit(_) => credit.keep(books, &FEE, by, moment),
            LedgerOperation::ReturnCredit(_) => {
                credit.begin_return(None, Some(by), moment).map(|()| Default::default())
            }
            LedgerOperation::SettleReturn(_) => {
                let settled = RefundUpdate::Settled { return_id: None };
                credit.apply_update(&settled, books, moment)
            }
            _ => {
                let failure = FailureCode::AccountClosed.into();
                credit.apply_update(&RefundUpdate::Rejected { failure }, books, moment)
            }
        }
    }

    /// The unmatched balance is the sum of the credits that wait or return, and each credit is where
    /// the model has it.
    pub(crate) fn check_credits(&self, unmatched: i128) {
        let mut sum = 0;
        for (credit, modelled) in self.credits.iter().zip(&self.model.credits) {
            let state = match credit.status {
                CreditStatus::Unmatched => ModelCreditState::Waits,
                CreditStatus::Returning => ModelCreditState::Returns,
                CreditStatus::Matched | CreditStatus::Kept | CreditStatus::Returned => {
                    ModelCreditState::Ended
                }
            };
            assert!(state == modelled.state, "{:?}", credit.status);
            if state != ModelCreditState::Ended {
                sum += modelled.amount;
            }
        }
        assert_eq!(self.credits.len(), self.model.credits.len());
        assert_eq!(unmatched, sum, "the unmatched balance differs from the open credits");
    }
}

/// Returns the state that the step needs, the state after it, and what moves.
fn modelled(
    step: &ModelStep,
    amount: i128,
) -> (ModelCreditState, ModelCreditState, Vec<BalanceChange>) {
    use ModelCreditState::{Ended, Returns, Waits};
    let fee = fee(amount);
    match step.operation {
        LedgerOperation::MatchCredit(_) => {
            let moved = vec![
                [(UNMATCHED, -amount), (RECEIVABLE, amount)],
                [(RECEIVABLE, -amount), (AVAILABLE, amount)],
                [(AVAILABLE, -fee), (FEES, fee)],
            ];
            (Waits, Ended, moved)
        }
        LedgerOperation::KeepCredit(_) => {
            let moved =
                vec![[(UNMATCHED, -amount), (AVAILABLE, amount)], [(AVAILABLE, -fee), (FEES, fee)]];
            (Waits, Ended, moved)
        }
        LedgerOperation::ReturnCredit(_) => (Waits, Returns, Vec::new()),
        LedgerOperation::SettleReturn(_) => {
            (Returns, Ended, vec![[(UNMATCHED, -amount), (CLEARING, -amount)]])
        }
        _ => (Returns, Waits, Vec::new()),
    }
}
