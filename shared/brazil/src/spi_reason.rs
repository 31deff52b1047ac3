//! The reason codes of the instant payment system SPI: why it rejected an order or returned a payment.
//!
//! The codes are external codes of ISO 20022, and the Central Bank's catalogue of SPI messages says which
//! of them the network uses. `pacs.002` (version 1.17 of the catalogue 5.13) has those of a rejection,
//! and `pacs.004` (version 1.5) those of a return. Codes of that list whose meaning no public document
//! gives are not here: `DS02`, `INDT` and `RR06`.
//!
//! Who caused a rejection follows from the participant that generates the code in the catalogue. Whether
//! a repetition can help is our reading of the meaning.

mod reason;
mod table;

pub use reason::{SpiFault, SpiReason};

use table::REASONS;

impl SpiReason {
    /// Returns every reason, sorted by code.
    pub fn all() -> &'static [Self] {
        REASONS
    }

    /// Returns the reason of a code of four upper-case letters and digits. Returns `None` for a code
    /// that is not in the table.
    pub fn by_code(code: &str) -> Option<&'static Self> {
        let index = REASONS.binary_search_by(|reason| reason.code.cmp(code)).ok()?;
        REASONS.get(index)
    }
}
