//! HTTP on Lambda: a gateway event becomes a [`Call`], and the result of a handler a response.
//!
//! The only crate that knows status codes, headers and the JSON of errors.
#![warn(missing_docs)]

mod accept;
mod authorize;
mod call;
mod cookie;
mod credential;
mod cross_site;
mod cursor;
mod describe;
mod email_login;
mod extract;
pub mod fields;
mod form;
mod from_request;
mod idempotency;
mod incoming;
mod input;
mod instant;
mod listable;
pub mod openapi;
mod operation;
mod own_credentials;
mod page;
mod pipeline;
mod principal;
mod problem;
mod public_request;
mod reply;
mod request_line;
mod rows;
mod run;
mod serve;
mod step_up;
mod strict;
mod target;
mod type_check;
mod usage;
mod violation;

pub use call::Call;
pub use cookie::session_cookie;
pub use email_login::EmailLogin;
pub use files::{FileKey, Link, SignedUrl};
pub use form::{CallInput, CheckedInput, InputContext, InputRules};
pub use from_request::FromRequest;
pub use gate::{CodeDemand, Moderation, Needs};
pub use idempotency::{MONEY_RETENTION, OTHER_RETENTION};
pub use input::{Input, NoInput, read_json};
pub use instant::{NotAnInstant, SpanEnd, SpanStart};
pub use lambda_http::http::Method;
pub use listable::{Listable, ReferenceTarget};
pub use operation::{
    BATCH_BYTES_MAX, BODY_BYTES_MAX, IdempotencyPolicy, Operation, OperationFuture, Route,
};
pub use own_credentials::{OwnLogin, OwnPassword, OwnSession, OwnStepUpThrottle};
pub use page::PageInput;
pub use page::limit;
#[doc(hidden)]
pub use pipeline::{describe as __describe, response as __answer, row as __row};
pub use principal::Principal;
pub use problem::{Problem, status_of};
pub use public_request::PublicRequest;
pub use reply::{
    Accepted, Created, HtmlFile, HttpReply, Image, JsonFile, ListPage, NoContent, OkJson, Outcome,
    Reply, SessionCreated, SessionRenewed,
};
pub use rows::Rows;
pub use run::run;
pub use serve::{RESPONSE_TIMEOUT, serve};
pub use target::{BatchInFull, FundedPayout, LastReplay, PayoutRules, Target, TargetScope};
pub use usage::UsageCounter;
