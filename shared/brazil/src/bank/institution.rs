//! One institution of the Central Bank's lists.

/// The participation of an institution in Pix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PixParticipation {
    /// The institution settles itself. `DRCT` in the list.
    Direct,
    /// Another institution settles for this one. `IDRT` in the list.
    Indirect,
    /// Pix does not reach the accounts of the institution.
    None,
}

/// An institution of the Central Bank's list: a bank, a payment institution, a cooperative, a broker.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bank {
    pub(super) ispb: &'static str,
    pub(super) code: Option<&'static str>,
    pub(super) short_name: &'static str,
    pub(super) name: &'static str,
    pub(super) pix: PixParticipation,
}

impl Bank {
    /// Returns the ISPB, its number in Pix: the root of its CNPJ, eight digits or upper-case letters.
    pub fn ispb(&self) -> &'static str {
        self.ispb
    }

    /// Returns the bank code (COMPE), three digits. An institution that offers only Pix may have none.
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// Returns the short name for statements, mostly in capitals.
    pub fn short_name(&self) -> &'static str {
        self.short_name
    }

    /// Returns the registered name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the participation in Pix.
    pub fn pix(&self) -> PixParticipation {
        self.pix
    }
}
