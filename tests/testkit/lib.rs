//! The test kit: a bundle for each test on a clock that stands still, callers with verbs, and answers
//! that check themselves.

pub mod busy_account;
mod caller;
mod collection;
mod crash;
mod crowd;
mod entropy;
pub mod fairness;
mod kyc;
pub mod many_accounts;
pub mod queue_contract;
mod rail;
mod receivers;
mod requests;
mod response;
mod stored;
mod tenant;
pub mod units;
mod virtual_time;
mod world;

pub use caller::{Human, RequestBuilder, code_at, insist};
pub use collection::{hidden_field, link_path, new_collection, submission};
pub use crash::killed_after;
pub use crowd::together;
pub use entropy::RepeatedEntropy;
pub use kyc::{PAGE, new_kyc_document};
pub use rail::{NetworkBehavior, ScriptedNetwork};
pub use receivers::{NoTimer, ReceivedWebhook, ReceiverBehavior, Receivers};
pub use requests::{in_event, new_beneficiary, new_boleto, new_charge, new_payout, new_refund};
pub use response::{TestResponse, check_times, text};
pub use tenant::Tenant;
pub use virtual_time::VirtualTime;
pub use world::{World, contended_books, pepper};
