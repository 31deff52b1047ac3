//! Payouts, batches of them and look-ups of Pix keys.

pub(crate) mod approvals;
mod batch_decisions;
mod batches;
mod boletos;
mod decisions;
mod failures;
mod fairness;
mod fields;
mod lookup_reserve;
mod named_look_ups;
mod payouts;
pub(crate) mod pix_keys;
mod previews;
mod protections;
mod recipients;
mod several_approvals;
pub(crate) mod to_beneficiaries;
mod to_pix_keys;
mod waiting;
