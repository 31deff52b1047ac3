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

/// The amounts that payouts may still have, in cents; null without a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PayoutLimitsLeft")]
pub struct LimitsLeft {
    /// Largest amount of one payout.
    pub per_payout_cents: Option<u64>,
    /// Rest of the limit of today, in São Paulo.
    pub day_left_cents: Option<u64>,
    /// Rest of the limit of the present night, or of the next one by day.
    pub night_left_cents: Option<u64>,
}

/// Limit of a day or a night, with what payouts have used of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PayoutLimitUsage")]
pub struct LimitUsage {
    /// Limit in cents; null without a limit.
    pub limit_cents: Option<u64>,
    /// Sum of the payouts that Trilho released in this period and that were not rejected, in cents.
    pub used_cents: u64,
    /// Rest of the limit, in cents; null without a limit.
    pub left_cents: Option<u64>,
    /// Start of the period: midnight, or 20:00 for a night, in São Paulo.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub starts_at: Timestamp,
    /// End of the period, when nothing of the next one is used: midnight, or 06:00 for a night.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub resets_at: Timestamp,
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

    /// Returns what the limits leave at `now`.
    pub fn left(&self, limits: &PayoutLimits, now: Timestamp) -> LimitsLeft {
        let (date, night) = periods(now);
        let left = |limit: Option<u64>, sum: Option<Sum>, date: Option<Date>| {
            let spent = sum.filter(|sum| date.is_some_and(|date| sum.date >= date));
            limit.map(|limit| limit.saturating_sub(spent.map_or(0, |sum| sum.cents)))
        };
        LimitsLeft {
            per_payout_cents: limits.per_payout_cents,
            day_left_cents: left(limits.per_day_cents, self.day, Some(date)),
            night_left_cents: left(limits.per_night_cents, self.night, night),
        }
    }

    /// Returns what today has used of its limit.
    pub fn of_day(&self, limits: &PayoutLimits, now: Timestamp) -> LimitUsage {
        let (date, _) = periods(now);
        let bounds = (instant(date, 0), instant(date.saturating_add(1.day()), 0));
        usage(self.day, date, limits.per_day_cents, bounds)
    }

    /// Returns what the present night has used of its limit, or the next one by day.
    pub fn of_night(&self, limits: &PayoutLimits, now: Timestamp) -> LimitUsage {
        let (date, night) = periods(now);
        let evening = night.unwrap_or(date);
        let bounds = (instant(evening, 20), instant(evening.saturating_add(1.day()), 6));
        usage(self.night, evening, limits.per_night_cents, bounds)
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

fn usage(
    sum: Option<Sum>,
    date: Date,
    limit_cents: Option<u64>,
    (starts_at, resets_at): (Timestamp, Timestamp),
) -> LimitUsage {
    let used_cents = sum.filter(|sum| sum.date >= date).map_or(0, |sum| sum.cents);
    let left_cents = limit_cents.map(|limit| limit.saturating_sub(used_cents));
    LimitUsage { limit_cents, used_cents, left_cents, starts_at, resets_at }
}

/// Returns the instant of an hour of a day in São Paulo.
fn instant(date: Date, hour: i8) -> Timestamp {
    let local = date.at(hour, 0, 0, 0).to_zoned(brazil::sao_paulo());
    local.map_or(Timestamp::MAX, |local| local.timestamp())
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
    fn a_period_says_what_it_used_and_when_it_resets() {
        let outgoing = &mut OutgoingUsage::default();
        check(outgoing, "2026-11-25T23:00:00", 200, true);
        let of = |at: &str| {
            let at: Timestamp = format!("{at}-03:00").parse().expect("a time");
            let periods = [outgoing.of_day(&LIMITS, at), outgoing.of_night(&LIMITS, at)];
            periods.map(|it| {
                assert_eq!(it.left_cents, it.limit_cents.map(|limit| limit - it.used_cents));
                (it.used_cents, it.starts_at.to_string(), it.resets_at.to_string())
            })
        };
        let text = |from: &str, until: &str| (from.to_owned(), until.to_owned());
        let cases = [
            ("2026-11-25T23:30:00", 200, text("25T03", "26T03"), 200, text("25T23", "26T09")),
            ("2026-11-26T05:59:59", 0, text("26T03", "27T03"), 200, text("25T23", "26T09")),
            ("2026-11-26T06:00:00", 0, text("26T03", "27T03"), 0, text("26T23", "27T09")),
        ];
        for (at, by_day, day, by_night, night) in cases {
            let utc = |hour: &str| format!("2026-11-{hour}:00:00Z");
            let day = (by_day, utc(&day.0), utc(&day.1));
            assert_eq!(of(at), [day, (by_night, utc(&night.0), utc(&night.1))], "{at}");
        }
    }

    #[test]
    fn what_is_left_is_of_this_day_and_of_this_or_the_next_night() {
        let left = |outgoing: &OutgoingUsage, at: &str| {
            let at: Timestamp = format!("{at}-03:00").parse().expect("a time");
            let left = outgoing.left(&LIMITS, at);
            (left.day_left_cents, left.night_left_cents)
        };
        let outgoing = &mut OutgoingUsage::default();
        assert_eq!(left(outgoing, "2026-11-25T10:00:00"), (Some(1_000), Some(300)));
        check(outgoing, "2026-11-25T23:00:00", 200, true);
        assert_eq!(left(outgoing, "2026-11-25T23:59:59"), (Some(800), Some(100)));
        assert_eq!(left(outgoing, "2026-11-26T00:00:00"), (Some(1_000), Some(100)));
        assert_eq!(left(outgoing, "2026-11-26T06:00:00"), (Some(1_000), Some(300)));
        let unlimited = outgoing.left(&PayoutLimits::default(), Timestamp::UNIX_EPOCH);
        assert_eq!((unlimited.day_left_cents, unlimited.per_payout_cents), (None, None));
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
