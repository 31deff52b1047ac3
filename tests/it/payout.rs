//! Payouts, batches of them and look-ups of Pix keys.

mod batches;
mod decisions;
mod fields;
mod payouts;
pub(crate) mod pix_keys;
mod to_pix_keys;
