//! Payment cards: the brand that the first digits name, and the expiry. No full number is read here.

mod brand;
mod expiry;

pub use brand::{BRANDS_AS_OF, CardBrand};
pub use expiry::{CardExpiry, CardExpiryError};
