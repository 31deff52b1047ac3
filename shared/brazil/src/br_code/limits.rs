//! The lengths that the standards allow.

/// The most characters a whole code may have: `pixCopiaECola.maxLength` of BCB, API Pix 2.9.0.
pub(super) const LONGEST_CODE: usize = 512;
/// The most characters of a merchant's name, object 59.
pub(super) const LONGEST_NAME: usize = 25;
/// The most characters of a merchant's city, object 60.
pub(super) const LONGEST_CITY: usize = 15;
