//! The clock of the bundle: the machine's clock moved forward on request, or a clock that moves
//! only on request.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use runtime::{Clock, SystemClock};

/// Latest instant that the clock shows, the begin of 2286. Rows that are due are sorted by
/// milliseconds as text, which have 13 digits until November of that year.
pub const LATEST: Timestamp = Timestamp::constant(9_972_028_800, 0);
/// The time zone of the clock on the terminal.
const ZONE: &str = "America/Sao_Paulo";

/// A clock that can be moved forward.
#[derive(Debug)]
pub struct LocalClock {
    frozen_at: Option<Timestamp>,
    ahead_ms: AtomicI64,
}

impl LocalClock {
    /// Returns a clock that is this far ahead of the machine's.
    pub fn ahead(ahead: SignedDuration) -> Self {
        Self { frozen_at: None, ahead_ms: AtomicI64::new(milliseconds(ahead)) }
    }

    /// Returns a clock that stands at `at` until it is moved.
    pub fn frozen(at: Timestamp) -> Self {
        Self { frozen_at: Some(at), ahead_ms: AtomicI64::new(0) }
    }

    /// Moves the clock forward, at most to [`LATEST`].
    pub fn advance(&self, by: SignedDuration) {
        let moved = |ahead: i64| Some(ahead.saturating_add(milliseconds(by)));
        // It cannot fail, because the closure never returns `None`.
        let _ = self.ahead_ms.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }

    /// Returns true if the clock can be moved forward by this much.
    pub fn can_advance(&self, by: SignedDuration) -> bool {
        self.now().checked_add(by).is_ok_and(|then| then <= LATEST)
    }

    /// Returns the time for people: `2026-11-29 00:05 São Paulo, 9 h ahead`.
    pub fn shown(&self) -> String {
        clock_line(self.now(), self.moved())
    }

    /// Returns how far the clock was moved.
    pub fn moved(&self) -> SignedDuration {
        SignedDuration::from_millis(self.ahead_ms.load(Ordering::SeqCst))
    }
}

/// Returns a time of the bundle for people: in São Paulo, and how far it is ahead of the machine.
pub fn clock_line(now: Timestamp, ahead: SignedDuration) -> String {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let time = now.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string();
    let minutes = ahead.as_mins();
    let ahead = match (minutes / (24 * 60), minutes / 60, minutes) {
        (0, 0, 0) if ahead.is_zero() => "the time of this machine".to_owned(),
        (0, 0, 0) => format!("{} s ahead", ahead.as_secs()),
        (0, 0, minutes) => format!("{minutes} min ahead"),
        (0 | 1, hours, _) => format!("{hours} h ahead"),
        (days, ..) => format!("{days} days ahead"),
    };
    format!("{time} São Paulo, {ahead}")
}

fn milliseconds(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The clock of the receivers outside of the bundle. It does not move with the bundle's clock,
/// except in tests with a frozen clock, which have no other time.
#[derive(Debug)]
pub struct WallClock(pub Arc<LocalClock>);

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        match self.0.frozen_at {
            Some(_) => self.0.now(),
            None => SystemClock.now(),
        }
    }
}

impl Clock for LocalClock {
    fn now(&self) -> Timestamp {
        let own = self.frozen_at.unwrap_or_else(|| SystemClock.now());
        own.checked_add(self.moved()).map_or(LATEST, |now| now.min(LATEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ahead: SignedDuration, expected: &str) {
        let now = "2026-11-29T03:05:00Z".parse().expect("a timestamp");
        assert_eq!(clock_line(now, ahead), format!("2026-11-29 00:05 São Paulo, {expected}"));
    }

    #[test]
    fn the_time_for_people_says_how_far_it_is_ahead() {
        check(SignedDuration::ZERO, "the time of this machine");
        check(SignedDuration::from_secs(30), "30 s ahead");
        check(SignedDuration::from_secs(90), "1 min ahead");
        check(SignedDuration::from_hours(9), "9 h ahead");
        check(SignedDuration::from_hours(25), "25 h ahead");
        check(SignedDuration::from_hours(49), "2 days ahead");
    }

    #[test]
    fn the_clock_stops_at_its_latest_instant() {
        let clock = LocalClock::frozen("2285-12-31T23:00:00Z".parse().expect("a timestamp"));
        assert!(clock.can_advance(SignedDuration::from_hours(1)));
        assert!(!clock.can_advance(SignedDuration::from_secs(3_601)));
        for _ in 0..3 {
            clock.advance(SignedDuration::MAX);
            assert_eq!(clock.now(), LATEST);
        }
        assert_eq!(LATEST.to_string(), "2286-01-01T00:00:00Z");
        assert_eq!((LATEST.as_millisecond() - 1).to_string().len(), 13);
    }
}
