//! The parts of the PDF, and their measures in points.

use crate::receipt::ReceiptState;
use crate::rows::Section;

/// Width and height of A4.
pub(super) const PAGE: (f32, f32) = (595.0, 842.0);
/// Margin on each side, 2 cm.
pub(super) const MARGIN: f32 = 57.0;
/// Width of the text.
pub(super) const WIDTH: f32 = 481.0;
/// Width of the labels of a table.
pub(super) const LABEL_WIDTH: f32 = 150.0;
/// Side of the QR code: with the longest host, a module has 0.6 mm.
pub(super) const QR_SIDE: f32 = 130.0;

/// A part of the content.
pub(super) enum Block {
    /// The title, a heading of level 1, with its sign.
    Title { text: String, icon: &'static [&'static [(u8, u8)]], ink: Ink },
    /// The amount.
    Amount { text: String },
    /// A paragraph.
    Note { text: String, ink: Ink, is_bold: bool },
    /// A heading of level 2, and a table of labels and values.
    Table(Section),
    /// The QR code with its link.
    Proof { code: String },
}

/// Colour of a text. Each has a contrast of 4.5 or more on white (WCAG 2.2, 1.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    Grey,
    Good,
    Wait,
    Bad,
}

impl Ink {
    /// Returns the colour of a state: green only if the payee has the money.
    pub(super) fn of(state: ReceiptState) -> Self {
        match state {
            ReceiptState::Paid => Self::Good,
            ReceiptState::NotMade => Self::Bad,
            _ => Self::Wait,
        }
    }

    /// Returns red, green and blue.
    pub(super) const fn rgb(self) -> (u8, u8, u8) {
        match self {
            Self::Black => (0x1a, 0x1a, 0x1a),
            Self::Grey => (0x55, 0x55, 0x55),
            Self::Good => (0x0a, 0x6b, 0x3d),
            Self::Wait => (0x8a, 0x52, 0x00),
            Self::Bad => (0xb0, 0x00, 0x20),
        }
    }
}
