//! Lambda glue: a gateway event becomes a [`Call`], what a handler returns becomes an answer.
//!
//! The only crate that knows status codes, the JSON of errors, headers and the environment.
#![warn(missing_docs)]

mod app;
mod call;
mod cookie;
mod cross_site;
mod cursor;
pub mod fields;
mod from_request;
mod idempotency;
mod incoming;
mod input;
mod listable;
mod log;
pub mod openapi;
mod operation;
mod page;
mod principal;
mod problem;
mod reply;
mod run;
mod secrets;
mod serve;
mod strict;
mod target;
mod usage;

pub use app::{App, Clock, Config, ConfigError, Log, StdoutLog, SystemClock, SystemEntropy};
pub use call::Call;
pub use cookie::session_cookie;
pub use files::{FileKey, Link, SignedUrl};
pub use from_request::{FromRequest, PublicRequest};
pub use gate::{Moderation, Needs};
pub use idempotency::{MONEY_RETENTION, OTHER_RETENTION};
pub use input::{Input, NoInput, read_json};
pub use lambda_http::http::Method;
pub use listable::{Listable, Referenced};
pub use log::{Level, Metric, Unit, causes};
pub use operation::{Idempotence, Operation, Pending, Route};
#[doc(hidden)]
pub use operation::{answer as __answer, describe as __describe, row as __row};
pub use page::PageInput;
pub use page::limit;
pub use principal::Principal;
pub use problem::{Problem, status_of};
pub use reply::{
    Accepted, Created, Done, Found, HttpReply, Image, JsonFile, Listed, Opened, Outcome, Reply,
    TextFile,
};
pub use run::{aws_settings, chosen, run};
pub use secrets::{PEPPER_CACHE, Secrets};
pub use serve::{ANSWERED_WITHIN, BATCH_BYTES_MAX, BODY_BYTES_MAX, serve};
pub use target::{
    BatchInFull, FundedPayout, LastReplay, OwnLogin, OwnSession, PayoutRules, Target, TargetScope,
};
