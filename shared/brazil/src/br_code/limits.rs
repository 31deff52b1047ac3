//! The lengths that the standards allow.

/// Largest number of characters of a code: `pixCopiaECola.maxLength` of BCB, API Pix 2.9.0.
pub(super) const LONGEST_CODE: usize = 512;
/// Largest number of characters of a merchant's name, object 59.
pub(super) const LONGEST_NAME: usize = 25;
/// Largest number of characters of a merchant's city, object 60.
pub(super) const LONGEST_CITY: usize = 15;
