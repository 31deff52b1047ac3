//! The table of operations: the only place that pairs name, method, path, need and handler.

use std::pin::Pin;

use domain::kernel::{Error, Moment};
use gate::Needs;
use lambda_http::http::Method;

use crate::from_request::Extracted;
use crate::incoming::Incoming;
use crate::openapi::{Described, Schemas};
use crate::{App, FromRequest, HttpReply, Reply};

/// A running operation.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<HttpReply, Error>> + Send + 'a>>;

/// What an `Idempotency-Key` means to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotence {
    /// Moves or asks for money: the key is required, the answer kept 31 days.
    Money,
    /// Every other POST: accepted, the answer kept 24 hours.
    Accepted,
    /// GET, PUT, PATCH and DELETE are repeatable by themselves, and so is a POST marked `repeatable`.
    Natural,
}

/// One row.
pub struct Operation {
    /// `create_charge`: also the file, the Lambda handler and the OpenAPI operation id.
    pub name: &'static str,
    /// One line for the reference.
    pub summary: &'static str,
    /// The method.
    pub method: Method,
    /// The path, as `/v1/charges/{id}`.
    pub path: &'static str,
    /// What the caller needs.
    pub needs: Needs,
    /// What an `Idempotency-Key` means.
    pub idempotence: Idempotence,
    /// The largest body it reads.
    pub body_bytes_max: usize,
    /// Parses, calls, and turns the typed result into an answer.
    pub run: for<'a> fn(Route<'a>) -> Pending<'a>,
    /// Input and reply, for the OpenAPI document.
    pub describe: fn(&mut Schemas) -> Described,
}

/// What [`Operation::run`] is given.
pub struct Route<'a> {
    /// The function's life.
    pub app: &'a App,
    /// The row itself.
    pub operation: &'static Operation,
    /// The request.
    pub incoming: &'a Incoming,
    /// The instant.
    pub moment: Moment,
}

/// Admits the caller, runs the handler, and beside it notes the use of the credential.
#[doc(hidden)]
pub async fn answer<'a, A, R, F, Fut>(route: Route<'a>, handle: F) -> Result<HttpReply, Error>
where
    A: FromRequest,
    R: Reply,
    F: FnOnce(&'a store::Store, A) -> Fut + Send,
    Fut: Future<Output = Result<R, Error>> + Send,
{
    let app = route.app;
    let (arrival, used) = match A::from_request(route).await? {
        Extracted::New(arrival, used) => (arrival, used),
        Extracted::Replay(answer) => return Ok(answer),
    };
    let idempotency_lookup = arrival.idempotency_lookup();
    let work = handle(&app.store, *arrival);
    let (reply, ()) = tokio::join!(work, crate::usage::note(app, used));
    match (reply, idempotency_lookup) {
        // Perhaps what stands in the way is what this request itself has done.
        (
            Err(refusal @ (Error::Refused { .. } | Error::Conflict { .. })),
            Some(idempotency_lookup),
        ) => idempotency_lookup.answer(&app.store).await?.ok_or(refusal),
        (reply, _) => Ok(reply?.into_answer()),
    }
}

/// Input and reply types of a handler, inferred from its signature.
#[doc(hidden)]
pub fn describe<'a, A, R, F, Fut>(schemas: &mut Schemas, _: F) -> Described
where
    A: FromRequest,
    R: Reply,
    F: FnOnce(&'a store::Store, A) -> Fut,
    Fut: Future<Output = Result<R, Error>>,
{
    let (input, named_input) = A::schema(&mut schemas.inputs);
    Described {
        input,
        named_input,
        status: R::STATUS,
        reply: R::schema(&mut schemas.replies),
        sets_cookie: R::SETS_COOKIE,
    }
}

#[doc(hidden)]
pub mod row {
    pub use domain::access::Permission::*;
    pub use gate::Moderation::{Reads, WithCode, Writes};
    pub use gate::Needs::*;
}

/// Declares the operations of a domain, one a line. `money` marks those that move or ask for money,
/// `batch` after it one that takes many at once, and `repeatable` a POST whose answer must not be kept:
/// it is a live secret, or true for minutes only.
///
/// `/// What it does.`
/// `create_charge: POST "/v1/charges" needs Holds(ChargesWrite), money;`
#[macro_export]
macro_rules! operations {
    ($(#[doc = $summary:literal] $name:ident: $method:ident $path:literal needs $needs:expr $(, $marker:ident)*;)*) => {
        /// Every operation of this domain.
        pub const OPERATIONS: &[$crate::Operation] = &[$($crate::Operation {
            name: stringify!($name),
            summary: $summary.trim_ascii(),
            method: $crate::Method::$method,
            path: $path,
            needs: {
                use $crate::__row::*;
                $needs
            },
            idempotence: $crate::operations!(@idempotence $method $($marker)*),
            body_bytes_max: $crate::operations!(@body $($marker)*),
            run: |route| Box::pin($crate::__answer(route, $name::handle)),
            describe: |generator| $crate::__describe(generator, $name::handle),
        },)*];
    };
    (@body money batch) => { $crate::BATCH_BYTES_MAX };
    (@body $($other:ident)?) => { $crate::BODY_BYTES_MAX };
    (@idempotence POST money $(batch)?) => { $crate::Idempotence::Money };
    (@idempotence POST) => { $crate::Idempotence::Accepted };
    (@idempotence POST repeatable) => { $crate::Idempotence::Natural };
    (@idempotence $other:ident) => { $crate::Idempotence::Natural };
}
