//! Endpoints, and events on their way to them.

mod deliveries;
mod delivery_races;
mod dispatch_faults;
pub(crate) mod endpoints;
mod event_feed;
mod fairness;
mod partitions;
mod pending_deliveries;
mod relay_faults;
