//! The terms of a charge with a due date.
use super::amount_due::AmountDue;
use super::interest::Interest;
use super::portion::Portion;
use crate::kernel::{Flaw, Violation};
use brazil::next_business_day;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most discounts of a charge, as in a boleto of the banks (CNAB).
const DISCOUNTS_MAX: usize = 3;
/// Most days from the creation of a charge to its due date: five years.
const DUE_DAYS_MAX: i32 = 1_826;
/// Most days after the due date on which a charge can be paid.
const PAYABLE_DAYS_MAX: u16 = 366;

/// Discount for a payment until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Discount {
    /// Last day of the discount. If banks are closed, the next business day.
    pub until: Date,
    /// Reduction of the amount.
    pub reduction: Portion,
}

/// When a charge is due, and how its amount changes with the day of the payment.
///
/// Source: Central Bank, API Pix 2.9.0 (`cobv`), and the Manual de Padrões para Iniciação do Pix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueTerms {
    /// Day on which the charge is due, in São Paulo.
    pub due_date: Date,
    /// Days after the due date on which the charge can still be paid.
    pub payable_days_after_due: u16,
    /// Fine for a late payment, added once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine: Option<Portion>,
    /// Interest for each day of delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interest: Option<Interest>,
    /// Discounts for an early payment, earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    /// Rebate, which is always deducted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebate: Option<Portion>,
}

impl DueTerms {
    /// Returns what the payer owes on a day.
    ///
    /// If banks are closed on a due date or on the last day of a discount, the next business day is in
    /// time (Lei 7.089/1983). Fine and interest begin on the day after; interest counts from that business
    /// day (bacen/pix-api#167). The rebate reduces the base of all other parts.
    pub fn amount_due(&self, amount_cents: u64, date: Date) -> AmountDue {
        let rebate_cents = self.rebate.map_or(0, |rebate| rebate.of(amount_cents));
        let base_cents = amount_cents - rebate_cents;
        let late_days = self.late_days(date);
        let (mut discount_cents, mut fine_cents, mut interest_cents) = (0, 0, 0);
        if late_days == 0 {
            discount_cents = self.discount_on(date).map_or(0, |part| part.of(base_cents));
        } else {
            fine_cents = self.fine.map_or(0, |fine| fine.of(base_cents));
            interest_cents = self.interest.map_or(0, |it| it.of(base_cents, late_days));
        }
        let owed_cents = base_cents - discount_cents;
        AmountDue {
            date,
            original_cents: amount_cents,
            rebate_cents,
            discount_cents,
            fine_cents,
            interest_cents,
            total_cents: owed_cents.saturating_add(fine_cents).saturating_add(interest_cents),
        }
    }

    /// Returns the days from the last day in time to `date`; 0 if it is in time.
    fn late_days(&self, date: Date) -> u32 {
        u32::try_from(days_between(next_business_day(self.due_date), date)).unwrap_or(0)
    }

    fn discount_on(&self, date: Date) -> Option<Portion> {
        let holds = |discount: &&Discount| date <= next_business_day(discount.until);
        self.discounts.iter().find(holds).map(|discount| discount.reduction)
    }

    /// Returns true if the charge is late on a day.
    pub fn is_overdue_on(&self, date: Date) -> bool {
        self.late_days(date) > 0
    }

    /// Returns the last day on which the charge can be paid. A due date on which banks are closed is
    /// payable on the next business day, also if no day after the due date is.
    pub fn last_payable_date(&self) -> Date {
        let last = self.due_date.saturating_add(i32::from(self.payable_days_after_due).days());
        last.max(next_business_day(self.due_date))
    }

    /// Returns the time from which the charge can no longer be paid: the end of its last day.
    ///
    /// # Errors
    /// The day is outside the range of instants.
    pub fn expires_at(&self) -> Result<Timestamp, jiff::Error> {
        brazil::instant(self.last_payable_date().tomorrow()?.at(0, 0, 0, 0))
    }

    /// Returns what is wrong with the terms of a new charge.
    pub fn flaws(&self, amount_cents: u64, today: Date) -> Vec<Violation> {
        let range = |field: &str, is_good: bool, detail: String| {
            (!is_good).then(|| Violation::new(field, Flaw::OutOfRange, detail))
        };
        let days = days_between(today, self.due_date);
        let rules = [
            range(
                "due_date",
                (0..=DUE_DAYS_MAX).contains(&days),
                format!("`due_date` must be {today} or later, within {DUE_DAYS_MAX} days"),
            ),
            range(
                "payable_days_after_due",
                self.payable_days_after_due <= PAYABLE_DAYS_MAX,
                format!("`payable_days_after_due` must be 0 to {PAYABLE_DAYS_MAX}"),
            ),
            self.fine.and_then(|fine| fine.flaw("fine", amount_cents)),
            self.interest.and_then(|interest| interest.flaw("interest", amount_cents)),
            self.rebate.and_then(|rebate| rebate.flaw("rebate", amount_cents)),
        ];
        let discounts = self.discount_flaws(amount_cents, today);
        let flaws: Vec<_> = rules.into_iter().flatten().chain(discounts).collect();
        if flaws.is_empty() { self.nothing_left(amount_cents).into_iter().collect() } else { flaws }
    }

    fn discount_flaws(&self, amount_cents: u64, today: Date) -> Vec<Violation> {
        let mut flaws = Vec::new();
        if self.discounts.len() > DISCOUNTS_MAX {
            let detail = format!("a charge has at most {DISCOUNTS_MAX} discounts");
            flaws.push(Violation::new("discounts", Flaw::WrongLength, detail));
        }
        let mut after = today;
        for (index, discount) in self.discounts.iter().enumerate() {
            let field = format!("discounts[{index}]");
            if discount.until < after || discount.until > self.due_date {
                let detail = format!(
                    "`until` must be {after} to `due_date`, and later than that of the discount before"
                );
                flaws.push(Violation::new(format!("{field}.until"), Flaw::OutOfRange, detail));
            }
            after = discount.until.tomorrow().unwrap_or(discount.until);
            flaws.extend(discount.reduction.flaw(&format!("{field}.reduction"), amount_cents));
        }
        flaws
    }

    /// Returns the reduction that leaves nothing to pay.
    fn nothing_left(&self, amount_cents: u64) -> Option<Violation> {
        let base_cents = amount_cents - self.rebate.map_or(0, |rebate| rebate.of(amount_cents));
        let takes_all = |discount: &Discount| discount.reduction.of(base_cents) == base_cents;
        let field = match self.discounts.iter().position(takes_all) {
            _ if base_cents == 0 => "rebate".to_owned(),
            Some(index) => format!("discounts[{index}].reduction"),
            None => return None,
        };
        let detail = "rebate and discount must leave at least one cent to pay";
        Some(Violation::new(field, Flaw::OutOfRange, detail))
    }
}

/// Returns the days from one date to another; negative if the other is earlier.
fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}
