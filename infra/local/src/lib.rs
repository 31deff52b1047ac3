//! The bundle in one process.
//!
//! The functions are the real ones, reached through API Gateway events; the table is an embedded
//! DynamoDB behind the SDK's HTTP client, where faults can be injected. Queue and stream pollers
//! come with the webhooks; their place is beside [`Bundle::tick`].

mod bundle;
mod clock;
mod faults;
mod gateway;
mod router;
pub mod seed;

pub use bundle::{Bundle, Options, Secret};
pub use clock::LocalClock;
pub use faults::{Fault, Faults, Sent};
pub use gateway::{GatewayAnswer, GatewayRequest};
pub use router::{all_operations, tables};
