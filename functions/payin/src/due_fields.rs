//! The fields of a new charge that belong to its due date.

use domain::charge::{Discount, DueTerms, Interest, Portion};
use domain::kernel::{Flaw, Violation};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

/// Days after the due date on which a charge can be paid if the caller names none: the network's default
/// (Central Bank, API Pix 2.9.0, `validadeAposVencimento`).
const PAYABLE_DAYS_DEFAULT: u16 = 30;

/// A part of an amount: one of the two fields.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPortion", extend("minProperties" = 1, "maxProperties" = 1))]
pub(crate) struct PortionInput {
    /// Fixed part, in cents.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: Option<u64>,
    /// Share of the amount, in hundredths of a per cent: 200 is 2 %.
    #[schemars(range(min = 1, max = 10_000))]
    basis_points: Option<u32>,
}

/// Interest for each day of delay: one of the four fields.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewInterest", extend("minProperties" = 1, "maxProperties" = 1))]
pub(crate) struct InterestInput {
    /// Fixed amount for each day, in cents.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents_per_day: Option<u64>,
    /// Share for each day, in hundredths of a per cent.
    #[schemars(range(min = 1, max = 10_000))]
    basis_points_per_day: Option<u32>,
    /// Share for 30 days, in hundredths of a per cent: 100 is 1 % a month.
    #[schemars(range(min = 1, max = 10_000))]
    basis_points_per_month: Option<u32>,
    /// Share for 365 days, in hundredths of a per cent.
    #[schemars(range(min = 1, max = 10_000))]
    basis_points_per_year: Option<u32>,
}

/// A discount for an early payment.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewDiscount")]
pub(crate) struct DiscountInput {
    /// Last day of the discount, at most `due_date`. If banks are closed, the next business day.
    until: Date,
    /// Reduction of the amount.
    reduction: PortionInput,
}

/// The fields of a new charge that belong to its due date.
pub(crate) struct DueFields<'a> {
    pub(crate) due_date: Option<Date>,
    pub(crate) payable_days_after_due: Option<u16>,
    pub(crate) fine: Option<PortionInput>,
    pub(crate) interest: Option<InterestInput>,
    pub(crate) discounts: Option<&'a [DiscountInput]>,
    pub(crate) rebate: Option<PortionInput>,
}

impl DueFields<'_> {
    /// Returns the terms. Returns `None` if the charge has no due date; then it has no other of these
    /// fields either.
    pub(crate) fn read(
        &self,
        amount_cents: u64,
        today: Date,
    ) -> Result<Option<DueTerms>, Vec<Violation>> {
        let Some(due_date) = self.due_date else { return self.refuse_others() };
        let mut violations = Vec::new();
        let mut keep = |read: Result<_, Violation>| read.map_err(|it| violations.push(it)).ok();
        let fine = self.fine.and_then(|it| keep(portion("fine", it)));
        let rebate = self.rebate.and_then(|it| keep(portion("rebate", it)));
        let mut discounts = Vec::new();
        for (index, discount) in self.discounts.unwrap_or_default().iter().enumerate() {
            let read = portion(&format!("discounts[{index}].reduction"), discount.reduction);
            let discount = |reduction| Discount { until: discount.until, reduction };
            discounts.extend(keep(read).map(discount));
        }
        let interest = self
            .interest
            .and_then(|it| interest(it).map_err(|violation| violations.push(violation)).ok());
        let payable_days_after_due = self.payable_days_after_due.unwrap_or(PAYABLE_DAYS_DEFAULT);
        let terms =
            DueTerms { due_date, payable_days_after_due, fine, interest, discounts, rebate };
        violations.extend(terms.flaws(amount_cents, today));
        if violations.is_empty() { Ok(Some(terms)) } else { Err(violations) }
    }

    fn refuse_others(&self) -> Result<Option<DueTerms>, Vec<Violation>> {
        let others = [
            ("payable_days_after_due", self.payable_days_after_due.is_some()),
            ("fine", self.fine.is_some()),
            ("interest", self.interest.is_some()),
            ("discounts", self.discounts.is_some()),
            ("rebate", self.rebate.is_some()),
        ];
        if !others.iter().any(|(_, is_sent)| *is_sent) {
            return Ok(None);
        }
        let sent = others.iter().filter(|(_, is_sent)| *is_sent).map(|(name, _)| *name);
        let sent = sent.collect::<Vec<_>>().join("`, `");
        let detail = format!("`{sent}` needs `due_date`, the day on which the charge is due");
        Err(vec![Violation::new("due_date", Flaw::Required, detail)])
    }
}

fn portion(field: &str, input: PortionInput) -> Result<Portion, Violation> {
    match (input.amount_cents, input.basis_points) {
        (Some(cents), None) => Ok(Portion::Fixed(cents)),
        (None, Some(basis_points)) => Ok(Portion::Share(basis_points)),
        _ => Err(one_of(field, "`amount_cents` or `basis_points`")),
    }
}

fn interest(input: InterestInput) -> Result<Interest, Violation> {
    let InterestInput {
        amount_cents_per_day,
        basis_points_per_day,
        basis_points_per_month,
        basis_points_per_year,
    } = input;
    let given = [
        amount_cents_per_day.map(Interest::FixedPerDay),
        basis_points_per_day.map(Interest::SharePerDay),
        basis_points_per_month.map(Interest::SharePerMonth),
        basis_points_per_year.map(Interest::SharePerYear),
    ];
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(interest), None) => Ok(interest),
        _ => Err(one_of("interest", "one amount or one rate, such as `basis_points_per_month`")),
    }
}

fn one_of(field: &str, names: &str) -> Violation {
    Violation::new(field, Flaw::InvalidFormat, format!("`{field}` must have {names}, and no other"))
}
