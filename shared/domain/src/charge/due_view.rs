//! The due date of a charge as the API shows it.
use crate::charge::{AmountDue, Charge, Discount, Interest, Portion};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// Due date of a charge, and how its amount changes with the day of the payment. All of it is null,
/// empty or false if the charge has no due date.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ChargeDueView {
    /// Day on which the charge is due, in São Paulo; null if the charge has no due date. If banks are
    /// closed, the next business day is in time.
    pub due_date: Option<Date>,
    /// Days after the due date on which the charge can still be paid.
    pub payable_days_after_due: Option<u16>,
    /// Fine for a late payment, added once.
    pub fine: Option<Portion>,
    /// Interest for each day of delay.
    pub interest: Option<Interest>,
    /// Discounts for an early payment, earliest first.
    pub discounts: Vec<Discount>,
    /// Rebate, which is always deducted.
    pub rebate: Option<Portion>,
    /// True if the payer did not pay in time. The charge can still be paid until `expires_at`.
    pub overdue: bool,
    /// What the payer owes today; of a paid charge, what the payer owed on the day of the payment. Null if
    /// the charge has no due date: then it is `amount_cents`.
    pub amount_due: Option<AmountDue>,
}

impl ChargeDueView {
    /// Returns the view at a time.
    pub(super) fn at(charge: &Charge, now: Timestamp) -> Self {
        let Some(terms) = charge.terms.as_ref() else { return Self::default() };
        let paid_at = charge.payment.as_ref().map(|payment| payment.paid_at);
        let amount_due = charge.amount_due(paid_at.unwrap_or(now));
        Self {
            due_date: Some(terms.due_date),
            payable_days_after_due: Some(terms.payable_days_after_due),
            fine: terms.fine,
            interest: terms.interest,
            discounts: terms.discounts.clone(),
            rebate: terms.rebate,
            overdue: amount_due.is_some_and(|due| terms.is_overdue_on(due.date)),
            amount_due,
        }
    }
}
