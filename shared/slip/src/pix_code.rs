//! The QR code of the Pix, in a size that readers see at 100 dpi.

use typeset::{QUIET_ZONE, QrRuns};

use crate::slip::Slip;
use crate::slip_error::SlipError;

/// Longest side with the margin: 5 cm.
const SIDE_MAX: u16 = 204;
/// Smallest side of a module: 0.5 mm.
const MODULE_MIN: u16 = 2;
/// Largest side of a module: 1 mm, for a short code.
const MODULE_MAX: u16 = 4;

/// A QR code with the side of its modules.
pub(crate) struct PixCode {
    pub(crate) runs: QrRuns,
    /// Side of a module in hundredths of an inch.
    pub(crate) module: u16,
}

impl PixCode {
    /// Returns the code of a slip with Pix.
    pub(crate) fn of(slip: &Slip) -> Result<Option<Self>, SlipError> {
        let Some(br_code) = &slip.br_code else { return Ok(None) };
        let runs = QrRuns::of(br_code).ok_or(SlipError::BrCode)?;
        let modules = u16::try_from(runs.width + 2 * QUIET_ZONE).unwrap_or(u16::MAX);
        let module = (SIDE_MAX / modules).min(MODULE_MAX);
        if module < MODULE_MIN {
            return Err(SlipError::BrCode);
        }
        Ok(Some(Self { runs, module }))
    }

    /// Returns the number of modules of a side, with the margin.
    pub(crate) fn modules(&self) -> usize {
        self.runs.width + 2 * QUIET_ZONE
    }

    /// Returns the side with the margin, in hundredths of an inch.
    pub(crate) fn side(&self) -> u16 {
        u16::try_from(self.modules()).unwrap_or(u16::MAX).saturating_mul(self.module)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slips::slip;

    #[test]
    fn a_module_is_as_large_as_the_side_allows() {
        for (length, module) in [(20, 4), (150, 3), (250, 2), (512, 2)] {
            let slip = Slip { br_code: Some("a".repeat(length)), ..slip() };
            let code = PixCode::of(&slip).expect("a code").expect("a Pix");
            assert_eq!(code.module, module, "{length}: {} modules", code.modules());
            assert!(code.side() <= SIDE_MAX);
        }
        for length in [700, 5_000] {
            let slip = Slip { br_code: Some("a".repeat(length)), ..slip() };
            assert!(matches!(PixCode::of(&slip), Err(SlipError::BrCode)), "{length}");
        }
    }
}
