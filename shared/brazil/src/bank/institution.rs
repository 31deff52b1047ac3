//! One institution of the Central Bank's lists.

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
    pub(super) ispb: &'static str,
    pub(super) code: Option<&'static str>,
    pub(super) short_name: &'static str,
    pub(super) name: &'static str,
    pub(super) pix: PixParticipation,
}

impl Bank {
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
