//! The bundle in one process.
//!
//! It runs the real functions, and calls them with API Gateway events. The table is an embedded
//! DynamoDB in this process behind the SDK's HTTP client, where tests inject faults. The bundle reads stream and
//! queues as Lambda does.
//!
//! The crate also has the parts of the programs around the bundle: a client, a receiver of
//! webhooks, settings, the terminal.

mod bundle;
pub mod client;
mod clock;
mod conflicts;
mod error;
mod faults;
mod files;
mod gateway;
mod link_secret;
mod names;
mod operate;
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
mod table;
mod terminal;
mod uploads;

pub use bundle::{Bundle, BundleOptions, PepperText};
pub use clock::{LATEST, LocalClock, WallClock, clock_line};
pub use error::BoxError;
pub use faults::{Fault, Faults, RecordedRequest};
pub use files::{KeptFiles, LocalFiles};
pub use gateway::{GatewayRequest, GatewayResponse};
pub use link_secret::LinkSecret;
pub use queue::{Disturbance, LocalQueues};
pub use registration::Registration;
pub use signals::Signals;
pub use terminal::{Terminal, visible};
