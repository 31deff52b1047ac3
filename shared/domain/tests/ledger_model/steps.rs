//! The steps of the model test, and how often each occurs.

use proptest::prelude::*;

/// Two days in milliseconds.
const TWO_DAYS: i64 = 2 * 24 * 3_600_000;

/// An amount, relative to the largest that fits.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StepAmount {
    Nothing,
    Few(u32),
    Half,
    All,
    OneMore,
    Most,
}

impl StepAmount {
    pub(crate) fn of(self, room: i128) -> u64 {
        let amount = match self {
            Self::Nothing => 0,
            Self::Few(cents) => i128::from(cents),
            Self::Half => room / 2,
            Self::All => room,
            Self::OneMore => room + 1,
            Self::Most => i128::from(u64::MAX),
        };
        u64::try_from(amount.max(0)).unwrap_or(u64::MAX)
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum LedgerOperation {
    Paid(StepAmount),
    HeldForReview(StepAmount),
    Credited {
        reviewed: bool,
        amount: StepAmount,
        fee: StepAmount,
    },
    Returned(StepAmount),
    PlaceHold {
        amount: StepAmount,
        lasts_ms: Option<i64>,
    },
    Settle {
        hold: usize,
        paid: StepAmount,
        fee: StepAmount,
    },
    Refund {
        hold: usize,
        paid: StepAmount,
    },
    Release(usize),
    Expire(usize),
    Keep(usize),
    PayoutReturned {
        amount: StepAmount,
        fee: StepAmount,
    },
    /// A payment without a charge arrives.
    Arrive(StepAmount),
    /// A payment without a charge that was reported before arrives again.
    ArriveAgain(usize),
    MatchCredit(usize),
    KeepCredit(usize),
    ReturnCredit(usize),
    SettleReturn(usize),
    RejectReturn(usize),
    OpenBlock {
        waits: bool,
        amount: StepAmount,
    },
    EndBlock {
        block: usize,
        /// The part that goes to the court.
        transferred: Option<StepAmount>,
    },
    TakeBlocked {
        block: usize,
        amount: StepAmount,
        is_last: bool,
    },
    /// The network takes money without a block.
    TakeBack(StepAmount),
    SetAlert(Option<u32>),
}

/// The change of the clock before a step.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ClockSkew {
    Stands,
    Moves(i64),
    /// To the expiry of a hold, or a millisecond before or after.
    ToEnd(usize, i64),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct ModelStep {
    pub(crate) clock: ClockSkew,
    pub(crate) operation: LedgerOperation,
    pub(crate) frozen: bool,
}

// A number selects the kind, not `prop_oneof!`. That keeps a random source for each arm that it does not
// take, which was most of the time of a hundred thousand steps.

fn amounts() -> impl Strategy<Value = StepAmount> {
    (0..18_u8, 1..5_000_u32).prop_map(|(kind, few)| match kind {
        0 => StepAmount::Nothing,
        1..9 => StepAmount::Few(few),
        9..12 => StepAmount::Half,
        12..15 => StepAmount::All,
        15..17 => StepAmount::OneMore,
        _ => StepAmount::Most,
    })
}

/// Mostly usual payments; seldom an amount that fills the books to the last cent.
fn payments() -> impl Strategy<Value = StepAmount> {
    (0..40_u8, amounts(), 1..100_000_u32).prop_map(|(kind, amount, few)| match kind {
        0 => amount,
        _ => StepAmount::Few(few),
    })
}

fn operations() -> impl Strategy<Value = LedgerOperation> {
    let lasts = proptest::option::of(0..7_200_000_i64);
    let parts = (0..48_u8, payments(), amounts(), amounts(), 0..1_024_usize, lasts, 1..50_000_u32);
    parts.prop_map(|(kind, payment, amount, fee, hold, lasts_ms, few)| match kind {
        0..3 => LedgerOperation::Paid(payment),
        3..5 => LedgerOperation::HeldForReview(payment),
        5..9 => LedgerOperation::Credited { reviewed: kind % 2 == 0, amount, fee },
        9 => LedgerOperation::Returned(amount),
        10..16 => LedgerOperation::PlaceHold { amount, lasts_ms },
        16..19 => LedgerOperation::Settle { hold, paid: amount, fee },
        19 => LedgerOperation::Refund { hold, paid: amount },
        20..22 => LedgerOperation::Release(hold),
        22..25 => LedgerOperation::Expire(hold),
        25 => LedgerOperation::Keep(hold),
        26 => LedgerOperation::PayoutReturned { amount, fee },
        27..31 => LedgerOperation::Arrive(payment),
        31 => LedgerOperation::ArriveAgain(hold),
        32 => LedgerOperation::MatchCredit(hold),
        33 => LedgerOperation::KeepCredit(hold),
        34..36 => LedgerOperation::ReturnCredit(hold),
        36 => LedgerOperation::SettleReturn(hold),
        37 => LedgerOperation::RejectReturn(hold),
        38..41 => LedgerOperation::OpenBlock { waits: kind != 40, amount },
        41 => LedgerOperation::EndBlock { block: hold, transferred: None },
        42..44 => LedgerOperation::TakeBlocked { block: hold, amount, is_last: hold % 5 == 0 },
        44..46 => LedgerOperation::TakeBack(amount),
        46 => LedgerOperation::EndBlock { block: hold, transferred: Some(amount) },
        _ => LedgerOperation::SetAlert((hold % 4 > 0).then_some(few)),
    })
}

fn clocks() -> impl Strategy<Value = ClockSkew> {
    let parts = (0..11_u8, -300_000..600_000_i64, 0..TWO_DAYS, 0..1_024_usize, -1..=1_i64);
    parts.prop_map(|(kind, little, much, hold, beside)| match kind {
        0..4 => ClockSkew::Stands,
        4..8 => ClockSkew::Moves(little),
        8 => ClockSkew::Moves(much),
        _ => ClockSkew::ToEnd(hold, beside),
    })
}

pub(crate) fn steps() -> impl Strategy<Value = ModelStep> {
    (clocks(), operations(), proptest::bool::weighted(0.05))
        .prop_map(|(clock, operation, frozen)| ModelStep { clock, operation, frozen })
}
