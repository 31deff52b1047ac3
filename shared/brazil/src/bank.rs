//! The institutions that hold accounts, by ISPB and by bank code (COMPE).
//!
//! `cargo xtask banks` writes the table from `data/banks.csv`. The source is the lists of the Central
//! Bank (participants of the reserves transfer system and of Pix) as `guibranco/BancosBrasileiros`,
//! Unlicense, collected them on 2026-08-22. A new list adds and changes rows but removes none, because
//! a stored account of an institution that no longer exists must stay readable.

mod institution;
mod table;

pub use institution::{Bank, PixParticipation};

use table::BANKS;

impl Bank {
    /// Returns every institution, sorted by ISPB.
    pub fn all() -> &'static [Self] {
        BANKS
    }

    /// Returns the institution of an ISPB, which must have its leading zeros.
    pub fn by_ispb(ispb: &str) -> Option<&'static Self> {
        let index = BANKS.binary_search_by(|bank| bank.ispb.cmp(ispb)).ok()?;
        BANKS.get(index)
    }

    /// Returns the institution of a bank code (COMPE): three digits with their leading zeros.
    pub fn by_code(code: &str) -> Option<&'static Self> {
        BANKS.iter().find(|bank| bank.code == Some(code))
    }
}
