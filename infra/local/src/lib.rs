//! The bundle in one process.
//!
//! The functions are the real ones, reached through API Gateway events; the table is an embedded
//! DynamoDB behind the SDK's HTTP client, where faults can be injected. Stream and queues are read as
//! Lambda reads them.
//!
//! Beside it is what the programs around the bundle are made of: a client, a receiver of webhooks,
//! settings, the terminal.

mod bundle;
pub mod client;
mod clock;
mod conflicts;
mod error;
mod faults;
mod files;
mod gateway;
mod pollers;
mod put_tokens;
mod queue;
pub mod receiver;
mod registration;
mod roles;
mod router;
pub mod seed;
pub mod settings;
mod signals;
mod stream;
mod terminal;

pub use bundle::{Bundle, BundleOptions, PepperText};
pub use clock::{LocalClock, WallClock};
pub use error::BoxError;
pub use faults::{Fault, Faults, Sent};
pub use files::LocalFiles;
pub use gateway::{GatewayAnswer, GatewayRequest};
pub use queue::{Disturbance, LocalQueues};
pub use registration::Registration;
pub use roles::{domains, functions};
pub use router::{all_operations, tables};
pub use signals::Signals;
pub use terminal::Terminal;
