//! The return codes of ABECS: why an issuer or a brand refused to authorise a card.
//!
//! ABECS, the association of the card industry in Brazil, unified them: Normativo 21, version 3, of
//! 2023-04-06. The text of the rule lists a code for each brand, and acquirers publish it, such as
//! `https://docs.cielo.com.br/ecommerce-cielo/page/abecs`. Here each code has one row. If a code is
//! reversible for one brand or meaning and irreversible for another, the row says irreversible, because
//! brands charge for attempts after an irreversible code.

mod reason;
mod table;

pub use reason::AbecsReason;

use table::REASONS;

impl AbecsReason {
    /// Returns every reason, sorted by code.
    pub fn all() -> &'static [Self] {
        REASONS
    }

    /// Returns the reason of a code of two upper-case letters and digits. Returns `None` for a code
    /// that is not in the table.
    pub fn by_code(code: &str) -> Option<&'static Self> {
        let index = REASONS.binary_search_by(|reason| reason.code.cmp(code)).ok()?;
        REASONS.get(index)
    }
}
