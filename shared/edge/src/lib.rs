//! HTTP on Lambda: a gateway event becomes a [`Call`], and the result of a handler a response.
//!
//! The only crate that knows status codes, headers and the JSON of errors.
#![warn(missing_docs)]

mod accept;
mod accept_language;
mod authorize;
mod cacheable;
mod call;
mod candidates;
mod card_guard;
mod cookie;
mod credential;
mod cross_site;
mod cursor;
mod decision;
mod describe;
mod destination;
mod email_login;
mod extract;
pub mod fields;
mod file_upload;
mod form;
mod from_request;
mod idempotency;
mod incoming;
mod input;
mod instant;
mod list_query;
pub mod openapi;
mod operation;
mod own_credentials;
mod page;
mod page_reply;
mod payment_page;
mod pipeline;
mod principal;
mod problem;
mod public_request;
mod reply;
mod representation;
mod request_line;
mod rows;
mod run;
mod search;
mod search_path;
mod searchable;
mod serve;
mod step_up;
mod strict;
mod target;
mod turns;
mod type_check;
mod usage;
mod violation;

pub use cacheable::Cacheable;
pub use call::Call;
pub use cookie::session_cookie;
pub use destination::{BankAccountInput, DestinationInput, PixKeyInput};
pub use email_login::EmailLogin;
pub use file_upload::{FileUpload, UploadHeader, sha256_bytes, upload_flaws};
pub use files::{FileKey, Link, SignedUrl, UPLOAD_BYTES_MAX, UploadLink, UploadTerms};
pub use form::{CallInput, CheckedInput, InputContext, InputRules};
pub use from_request::FromRequest;
pub use gate::{CodeDemand, Moderation, Needs};
pub use idempotency::{MONEY_RETENTION, OTHER_RETENTION};
pub use input::{Input, NoInput, read_json};
pub use instant::{InstantOrDay, NotAnInstant, SpanEnd, SpanStart};
pub use lambda_http::http::Method;
pub use list_query::{FilterReader, ListFields, ListQuery, Words};
pub use operation::{
    BATCH_BYTES_MAX, BODY_BYTES_MAX, IdempotencyPolicy, Operation, OperationFuture, Route,
};
pub use own_credentials::{OwnLogin, OwnPassword, OwnSession, OwnStepUpThrottle};
pub use page::PageInput;
pub use page::limit;
pub use page_reply::{FormReply, NextPage, PageOrFile, PageReply, PublicImage};
pub use payment_page::{books_of_token, charge_of_token};
#[doc(hidden)]
pub use pipeline::{describe as __describe, response as __answer, row as __row};
pub use principal::Principal;
pub use problem::{Problem, status_of};
pub use public_request::{PublicForm, PublicRequest};
pub use reply::{
    Accepted, Created, HtmlFile, HttpReply, Image, JsonFile, ListPage, NoContent, OkJson, Outcome,
    Reply, SessionCreated, SessionRenewed,
};
pub use representation::{CsvFile, DocumentReply, PageOrJson, PageOrPdf};
pub use rows::Rows;
pub use run::run;
pub use search::SearchTarget;
pub use searchable::Searchable;
pub use serve::{RESPONSE_TIMEOUT, serve};
pub use target::{
    BatchInFull, FundedPayout, KycOfPayout, KycWithPayout, LastReplay, PaymentTerms, PayoutRules,
    Target, TargetScope,
};
pub use usage::UsageCounter;
