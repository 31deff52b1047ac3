//! The limits of payouts: per payout, per day and per night.
//!
//! Days and nights are those of São Paulo. A night is from 20:00 to 06:00 and counts as one period, also
//! over midnight (Resolução BCB 142/2021; since 2023 the limit applies to the period, not to the single
//! payment). The institution sets the limits of companies, so each limit is configuration.
use crate::kernel::{Code, Error};
use jiff::civil::{Date, time};
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Limits in cents; a limit that is absent does not apply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutLimits {
    /// Largest amount of one payout.
    #[schemars(range(max = 99_999_999_999_u64))]
    pub per_payout_cents: Option<u64>,
    /// Largest sum of all payouts of a calendar day.
    #[schemars(range(max = 99_999_999_999_u64))]
    pub per_day_cents: Option<u64>,
    /// Largest sum of all payouts of a night, from 20:00 to 06:00.
    #[schemars(range(max = 99_999_999_999_u64))]
    pub per_night_cents: Option<u64>,
}

impl PayoutLimits {
    /// Refuses an amount over the limit of one payout.
    pub fn check_one(&self, amount_cents: u64) -> Result<(), Error> {
        match self.per_payout_cents {
            Some(limit) if amount_cents > limit => {
                Err(refused(format!("one payout is at most {limit} cents on this account")))
            }
            _ => Ok(()),
        }
    }
}

/// The amounts of one period, a day or a night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Sum {
    date: Date,
    cents: u64,
}

/// The amounts released today and tonight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingUsage {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<Sum>,
    /// Sum of the night that began on the evening of its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    night: Option<Sum>,
}

impl OutgoingUsage {
    /// Counts a payout that is released now. Refuses it, and counts nothing, if it is over a limit.
    pub fn admit(
        &mut self,
        amount_cents: u64,
        limits: &PayoutLimits,
        now: Timestamp,
    ) -> Result<(), Error> {
        limits.check_one(amount_cents)?;
        let (date, night) = periods(now);
        let day = add(self.day, date, amount_cents, limits.per_day_cents, "today, in São Paulo,")?;
        if let Some(evening) = night {
            let limit = limits.per_night_cents;
            let tonight = "this night, until 06:00 in São Paulo,";
            self.night = Some(add(self.night, evening, amount_cents, limit, tonight)?);
        }
        self.day = Some(day);
        Ok(())
    }

    /// Subtracts a payout that was counted at `then` and was not paid, if the period has not ended.
    pub fn take_back(&mut self, amount_cents: u64, then: Timestamp) {
        let (date, night) = periods(then);
        let less = |sum: &mut Option<Sum>, of: Option<Date>| {
            if let Some(sum) = sum.as_mut().filter(|sum| Some(sum.date) == of) {
                sum.cents = sum.cents.saturating_sub(amount_cents);
            }
        };
        less(&mut self.day, Some(date));
        less(&mut self.night, night);
    }
}

fn add(
    sum: Option<Sum>,
    date: Date,
    amount_cents: u64,
    limit: Option<u64>,
    period: &str,
) -> Result<Sum, Error> {
    // If the clock of another function is ahead, past midnight, the next period has begun.
    let sum = sum.filter(|sum| sum.date >= date);
    let (before, date) = sum.map_or((0, date), |sum| (sum.cents, sum.date));
    let cents = before.saturating_add(amount_cents);
    match limit {
        Some(limit) if cents > limit => Err(refused(format!(
            "{period} {} of {limit} cents are left for payouts",
            limit.saturating_sub(before)
        ))),
        _ => Ok(Sum { date, cents }),
    }
}

fn refused(detail: String) -> Error {
    Error::refused(Code::PayoutLimit, detail)
}

/// Returns the day, and at night the date of its evening.
fn periods(at: Timestamp) -> (Date, Option<Date>) {
    let local = brazil::local(at);
    let night = match local.time() {
        late if late >= time(20, 0, 0, 0) => Some(local.date()),
        early if early < time(6, 0, 0, 0) => Some(local.date().saturating_sub(1.day())),
        _ => None,
    };
    (local.date(), night)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: PayoutLimits = PayoutLimits {
        per_payout_cents: Some(900),
        per_day_cents: Some(1_000),
        per_night_cents: Some(300),
    };

    /// `at` is local time; São Paulo is three hours behind UTC.
    #[track_caller]
    fn check(outgoing: &mut OutgoingUsage, at: &str, amount_cents: u64, admitted: bool) {
        let at: Timestamp = format!("{at}-03:00").parse().expect("a time");
        let before = *outgoing;
        let outcome = outgoing.admit(amount_cents, &LIMITS, at);
        assert_eq!(outcome.is_ok(), admitted, "{outcome:?}");
        assert!(admitted || *outgoing == before, "a refusal counts nothing");
    }

    #[test]
    fn a_day_ends_at_midnight_in_sao_paulo_and_not_in_greenwich() {
        let outgoing = &mut OutgoingUsage::default();
        check(outgoing, "2026-11-25T10:00:00", 901, false);
        check(outgoing, "2026-11-25T10:00:00", 800, true);
        check(outgoing, "2026-11-25T19:59:59", 201, false);
        check(outgoing, "2026-11-25T19:59:59", 100, true);
        // In UTC it is the next day already.
        check(outgoing, "2026-11-25T21:30:00", 101, false);
        check(outgoing, "2026-11-26T06:00:00", 900, true);
    }

    #[test]
    fn a_night_counts_as_one_over_midnight() {
        let outgoing = &mut OutgoingUsage::default();
        check(outgoing, "2026-11-25T20:00:00", 200, true);
        check(outgoing, "2026-11-26T00:00:00", 101, false);
        check(outgoing, "2026-11-26T05:59:59", 100, true);
        check(outgoing, "2026-11-26T05:59:59", 1, false);
        check(outgoing, "2026-11-26T06:00:00", 1, true);
        check(outgoing, "2026-11-26T20:00:00", 300, true);
    }

    /// Fault row 36. A clock that is behind does not restart a day.
    #[test]
    fn a_clock_that_is_behind_does_not_reset_a_period_that_has_begun() {
        let outgoing = &mut OutgoingUsage::default();
        check(outgoing, "2026-11-26T00:00:01", 300, true);
        check(outgoing, "2026-11-25T23:59:59", 1, false);
        check(outgoing, "2026-11-26T06:00:00", 700, true);
        check(outgoing, "2026-11-25T12:00:00", 1, false);
        check(outgoing, "2026-11-26T12:00:00", 1, false);
    }

    #[test]
    fn an_amount_that_was_not_paid_is_free_again_in_its_own_period_only() {
        let at = |text: &str| -> Timestamp { text.parse().expect("a time") };
        let outgoing = &mut OutgoingUsage::default();
        check(outgoing, "2026-11-25T23:00:00", 300, true);
        outgoing.take_back(300, at("2026-11-25T23:00:00-03:00"));
        check(outgoing, "2026-11-25T23:00:00", 300, true);
        check(outgoing, "2026-11-26T23:00:00", 300, true);
        outgoing.take_back(300, at("2026-11-25T23:00:00-03:00"));
        check(outgoing, "2026-11-26T23:00:00", 1, false);
    }
}
