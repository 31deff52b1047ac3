//! Payouts, batches of them and look-ups of Pix keys.

mod batches;
mod decisions;
mod fairness;
mod fields;
mod lookup_reserve;
mod payouts;
pub(crate) mod pix_keys;
mod to_pix_keys;
mod waiting;
