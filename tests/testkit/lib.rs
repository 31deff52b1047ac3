//! The test kit: a bundle for each test on a clock that stands still, callers with verbs, and answers
//! that check themselves.

mod caller;
mod crash;
mod crowd;
pub mod fairness;
pub mod queue_contract;
mod rail;
mod receivers;
mod requests;
mod response;
mod stored;
mod tenant;
mod virtual_time;
mod world;

pub use caller::{Human, RequestBuilder, code_at, insist};
pub use crash::killed_after;
pub use crowd::together;
pub use rail::{NetworkBehavior, ScriptedNetwork};
pub use receivers::{NoTimer, ReceivedWebhook, ReceiverBehavior, Receivers};
pub use requests::{new_charge, new_payout, new_refund};
pub use response::{TestResponse, check_times, text};
pub use tenant::Tenant;
pub use virtual_time::VirtualTime;
pub use world::{World, pepper};
