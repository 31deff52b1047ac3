//! What may happen, and how often.

use proptest::prelude::*;

/// Two days in milliseconds.
const TWO_DAYS: i64 = 2 * 24 * 3_600_000;

/// An amount, seen from the most there is room for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Amount {
    Nothing,
    Few(u32),
    Half,
    All,
    OneMore,
    Most,
}

impl Amount {
    pub(crate) fn of(self, room: i128) -> u64 {
        let wanted = match self {
            Self::Nothing => 0,
            Self::Few(cents) => i128::from(cents),
            Self::Half => room / 2,
            Self::All => room,
            Self::OneMore => room + 1,
            Self::Most => i128::from(u64::MAX),
        };
        u64::try_from(wanted.max(0)).unwrap_or(u64::MAX)
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    Paid(Amount),
    HeldForReview(Amount),
    Credited { reviewed: bool, amount: Amount, fee: Amount },
    Returned(Amount),
    EntryPosition { amount: Amount, lasts_ms: Option<i64> },
    Settle { hold: usize, paid: Amount, fee: Amount },
    Refund { hold: usize, paid: Amount },
    Release(usize),
    Expire(usize),
    Keep(usize),
    PayoutReturned { amount: Amount, fee: Amount },
}

/// What the clock of the function that acts does before.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    Stands,
    Moves(i64),
    /// To the end of a hold, or a millisecond beside it.
    ToEnd(usize, i64),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) clock: Clock,
    pub(crate) operation: Operation,
    pub(crate) frozen: bool,
}

// The kinds are picked by number and not by `prop_oneof!`, which carries a random source for each arm
// that was not taken: of a hundred thousand steps that was most of the time.

fn amounts() -> impl Strategy<Value = Amount> {
    (0..18_u8, 1..5_000_u32).prop_map(|(kind, few)| match kind {
        0 => Amount::Nothing,
        1..9 => Amount::Few(few),
        9..12 => Amount::Half,
        12..15 => Amount::All,
        15..17 => Amount::OneMore,
        _ => Amount::Most,
    })
}

/// Mostly what people pay; seldom what fills the books to the last cent.
fn payments() -> impl Strategy<Value = Amount> {
    (0..40_u8, amounts(), 1..100_000_u32).prop_map(|(kind, amount, few)| match kind {
        0 => amount,
        _ => Amount::Few(few),
    })
}

fn operations() -> impl Strategy<Value = Operation> {
    let lasts = proptest::option::of(0..7_200_000_i64);
    let parts = (0..27_u8, payments(), amounts(), amounts(), 0..1_024_usize, lasts);
    parts.prop_map(|(kind, payment, amount, fee, hold, lasts_ms)| match kind {
        0..3 => Operation::Paid(payment),
        3..5 => Operation::HeldForReview(payment),
        5..9 => Operation::Credited { reviewed: kind % 2 == 0, amount, fee },
        9 => Operation::Returned(amount),
        10..16 => Operation::EntryPosition { amount, lasts_ms },
        16..19 => Operation::Settle { hold, paid: amount, fee },
        19 => Operation::Refund { hold, paid: amount },
        20..22 => Operation::Release(hold),
        22..25 => Operation::Expire(hold),
        25 => Operation::Keep(hold),
        _ => Operation::PayoutReturned { amount, fee },
    })
}

fn clocks() -> impl Strategy<Value = Clock> {
    let parts = (0..11_u8, -300_000..600_000_i64, 0..TWO_DAYS, 0..1_024_usize, -1..=1_i64);
    parts.prop_map(|(kind, little, much, hold, beside)| match kind {
        0..4 => Clock::Stands,
        4..8 => Clock::Moves(little),
        8 => Clock::Moves(much),
        _ => Clock::ToEnd(hold, beside),
    })
}

pub(crate) fn steps() -> impl Strategy<Value = Step> {
    (clocks(), operations(), proptest::bool::weighted(0.05))
        .prop_map(|(clock, operation, frozen)| Step { clock, operation, frozen })
}
