//! The institutions that hold accounts, by the two numbers that name them.
//!
//! The table is made by `cargo xtask banks` from `data/banks.csv`: the lists of the Central Bank
//! (participants of the reserves transfer system and of Pix) as gathered by
//! `guibranco/BancosBrasileiros`, Unlicense, on 2026-08-22. A new list adds and changes rows and
//! takes none away: a stored account of an institution that is gone must stay readable.

mod institution;
mod table;

pub use institution::{Bank, PixParticipation};

use table::BANKS;

impl Bank {
    /// Every institution, in the order of their ISPB.
    pub fn all() -> &'static [Self] {
        BANKS
    }

    /// The institution of an ISPB, given whole with its leading zeros.
    pub fn by_ispb(ispb: &str) -> Option<&'static Self> {
        let place = BANKS.binary_search_by(|bank| bank.ispb.cmp(ispb)).ok()?;
        BANKS.get(place)
    }

    /// The institution of a bank code (COMPE), three digits with their leading zeros.
    pub fn by_code(code: &str) -> Option<&'static Self> {
        BANKS.iter().find(|bank| bank.code == Some(code))
    }
}
