//! A row of the table of operations: name, method, path, need and handler.

use std::iter;
use std::pin::Pin;

use domain::kernel::{Error, Moment};
use gate::Needs;
use lambda_http::http::Method;
use runtime::App;
use store::Store;

use crate::describe::{OperationSchema, Schemas};
use crate::incoming::Incoming;
use crate::reply::HttpReply;
use crate::usage::UsageCounter;

/// The largest body that an operation reads. Inputs have a few kilobytes; the gateway would pass
/// 10 MB.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The largest body of an operation that takes many objects at once: a kilobyte for each of 500
/// lines.
pub const BATCH_BYTES_MAX: usize = 512 * 1024;

/// A running operation.
pub type OperationFuture<'a> = Pin<Box<dyn Future<Output = Result<HttpReply, Error>> + Send + 'a>>;

/// What an `Idempotency-Key` means to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdempotencyPolicy {
    /// The operation moves or requests money: the key is required, the response is kept 31 days.
    Money,
    /// Every other POST: the key is optional, the response is kept 24 hours.
    Accepted,
    /// GET, PUT, PATCH and DELETE can be repeated without a key, and so can a POST marked
    /// `repeatable`.
    Natural,
}

/// A row of the table.
pub struct Operation {
    /// Name, such as `create_charge`: also the file, the Lambda handler and the OpenAPI operation id.
    pub name: &'static str,
    /// One line for the reference.
    pub summary: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path, such as `/v1/charges/{id}`.
    pub path: &'static str,
    /// What the caller needs.
    pub needs: Needs,
    /// What an `Idempotency-Key` means.
    pub idempotence: IdempotencyPolicy,
    /// Size of the largest body that it reads, in bytes.
    pub body_bytes_max: usize,
    /// Reads the input, calls the handler and turns the typed result into a reply.
    pub run: for<'a> fn(Route<'a>) -> OperationFuture<'a>,
    /// Input and reply, for the OpenAPI document.
    pub describe: fn(&mut Schemas) -> OperationSchema,
}

impl Operation {
    /// Returns the methods to which it answers. A GET without a credential also answers HEAD, for
    /// monitors and checkers of links.
    pub fn methods(&self) -> impl Iterator<Item = Method> {
        let head = self.method == Method::GET && self.needs == Needs::Public;
        iter::once(self.method.clone()).chain(head.then_some(Method::HEAD))
    }

    /// Returns the keys of its routes at the gateway, such as `GET /health`.
    pub fn route_keys(&self) -> impl Iterator<Item = String> {
        self.methods().map(|method| format!("{method} {}", self.path))
    }
}

/// What [`Operation::run`] works on.
pub struct Route<'a> {
    /// State of the function.
    pub app: &'a App,
    /// The table as this request sees it.
    pub(crate) store: &'a Store,
    /// Counter of calls per key. Absent if this decision was counted before.
    pub(crate) usage: Option<&'a UsageCounter>,
    /// Row of the operation.
    pub operation: &'static Operation,
    /// The request.
    pub incoming: &'a Incoming,
    /// The moment of the decision.
    pub moment: Moment,
}
