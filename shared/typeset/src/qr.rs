//! QR codes as rows of dark runs.

use qrcode::{Color, EcLevel, QrCode};

/// White margin around the code, in modules (ISO/IEC 18004).
pub const QUIET_ZONE: usize = 4;

/// A QR code as rows of dark runs.
pub struct QrRuns {
    /// Side in modules, without the margin.
    pub width: usize,
    /// Dark runs: column, row and length in modules.
    pub runs: Vec<(usize, usize, usize)>,
}

impl QrRuns {
    /// Draws the code of a text. Returns `None` if the text is too long for any code.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for (index, color) in code.to_colors().into_iter().enumerate() {
            let (x, y) = (index % width, index / width);
            if color != Color::Dark {
                continue;
            }
            match runs.last_mut() {
                Some((from, row, length)) if *row == y && *from + *length == x => *length += 1,
                _ => runs.push((x, y, 1)),
            }
        }
        Some(Self { width, runs })
    }

    /// Returns the dark modules as the data of an SVG path, moved by the margin.
    pub fn path(&self) -> String {
        let moved = |at: &usize| at + QUIET_ZONE;
        let runs = self.runs.iter();
        runs.map(|(x, y, length)| format!("M{} {}h{length}v1h-{length}z", moved(x), moved(y)))
            .collect()
    }
}
