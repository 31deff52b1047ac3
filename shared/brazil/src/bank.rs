//! The institutions that hold accounts, by the two numbers that name them.
//!
//! The table is made by `cargo xtask banks` from `data/banks.csv`: the lists of the Central Bank
//! (participants of the reserves transfer system and of Pix) as gathered by
//! `guibranco/BancosBrasileiros`, Unlicense, on 2026-08-22. A new list adds and changes rows and
//! takes none away: a stored account of an institution that is gone must stay readable.

mod table;

/// How an institution takes part in Pix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PixParticipation {
    /// It settles by itself. `DRCT` in the list.
    Direct,
    /// Another institution settles for it. `IDRT` in the list.
    Indirect,
    /// It has no accounts that Pix reaches.
    None,
}

/// An institution of the Central Bank's list: a bank, a payment institution, a cooperative, a broker.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bank {
    ispb: &'static str,
    code: Option<&'static str>,
    short_name: &'static str,
    name: &'static str,
    pix: PixParticipation,
}

impl Bank {
    /// Every institution, in the order of their ISPB.
    pub fn all() -> &'static [Self] {
        table::BANKS
    }

    /// The institution of an ISPB, given whole with its leading zeros.
    pub fn by_ispb(ispb: &str) -> Option<&'static Self> {
        let place = table::BANKS.binary_search_by(|bank| bank.ispb.cmp(ispb)).ok()?;
        table::BANKS.get(place)
    }

    /// The institution of a bank code (COMPE), three digits with their leading zeros.
    pub fn by_code(code: &str) -> Option<&'static Self> {
        table::BANKS.iter().find(|bank| bank.code == Some(code))
    }

    /// The number Pix knows it by: the root of its CNPJ, eight digits or upper-case letters.
    pub fn ispb(&self) -> &'static str {
        self.ispb
    }

    /// The number people know it by, three digits. An institution that only does Pix may have none.
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// The name as statements shorten it, mostly in capitals.
    pub fn short_name(&self) -> &'static str {
        self.short_name
    }

    /// The registered name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How it takes part in Pix.
    pub fn pix(&self) -> PixParticipation {
        self.pix
    }
}
