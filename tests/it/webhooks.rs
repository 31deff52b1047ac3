//! Endpoints, and events on their way to them.

mod deliveries;
mod delivery_races;
mod dispatch_faults;
pub(crate) mod endpoints;
mod fairness;
mod relay_faults;
