//! The sign beside the state: a check only if the money arrived, a clock before that.

use crate::receipt::ReceiptState;

/// Side of the square that the points are in.
pub(crate) const SIDE: u8 = 24;
/// Radius of the circle around the sign.
pub(crate) const RADIUS: u8 = 10;

type Polyline = &'static [(u8, u8)];

const CHECK: &[Polyline] = &[&[(7, 12), (11, 16), (17, 8)]];
const CLOCK: &[Polyline] = &[&[(12, 6), (12, 12), (16, 14)]];
const BACK: &[Polyline] = &[&[(17, 12), (7, 12)], &[(11, 8), (7, 12), (11, 16)]];
const CROSS: &[Polyline] = &[&[(8, 8), (16, 16)], &[(16, 8), (8, 16)]];

/// Returns the lines of the sign.
pub(crate) fn lines(state: ReceiptState) -> &'static [Polyline] {
    match state {
        ReceiptState::Paid => CHECK,
        ReceiptState::PartlyReturned | ReceiptState::Returned => BACK,
        ReceiptState::NotMade => CROSS,
        ReceiptState::Waiting
        | ReceiptState::Scheduled
        | ReceiptState::Processing
        | ReceiptState::InReview => CLOCK,
    }
}

/// Returns the lines of the sign for a code that confirms nothing.
pub(crate) fn refused() -> &'static [Polyline] {
    CROSS
}

/// Returns the lines as the data of an SVG path.
pub(crate) fn path(lines: &[Polyline]) -> String {
    let mut path = String::new();
    for line in lines {
        for (index, (x, y)) in line.iter().enumerate() {
            path.push_str(&format!("{}{x} {y}", if index == 0 { "M" } else { "L" }));
        }
    }
    path
}
