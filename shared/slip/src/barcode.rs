//! The size of the barcode on a slip, which the page and the PDF share.

use crate::itf::{Bar, itf};
use crate::slip::Slip;

/// Width of 44 digits in modules. A module is a hundredth of an inch, so the bars have 102.9 mm.
pub(crate) const BARS_WIDTH: u16 = 405;
/// Height of the bars in millimetres.
pub(crate) const BARS_HEIGHT_MM: u16 = 13;
/// White space before and after the bars: 5.1 mm, twice the ten modules of ISO/IEC 16390.
pub(crate) const BARS_MARGIN: u16 = 20;

/// Returns the bars of a slip that is checked.
pub(crate) fn bars(slip: &Slip) -> Vec<Bar> {
    itf(&slip.barcode).expect("44 digits are an even number of digits")
}

/// Returns the bars as the data of an SVG path, 1 high, after the white space.
pub(crate) fn bars_path(slip: &Slip) -> String {
    let bar = |bar: Bar| {
        let (from, width) = (bar.from + BARS_MARGIN, bar.width);
        format!("M{from} 0h{width}v1h-{width}z")
    };
    bars(slip).into_iter().map(bar).collect()
}
