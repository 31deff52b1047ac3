//! From a row of the table to its handler and back, and the macro that declares the rows.

use domain::kernel::Error;

use crate::describe::{OperationSchema, Schemas};
use crate::from_request::{Extracted, FromRequest};
use crate::operation::Route;
use crate::reply::{HttpReply, Reply};
use crate::usage;

/// Authorizes the caller, runs the handler, and at the same time records the use of the credential.
#[doc(hidden)]
pub async fn response<'a, A, R, F, Fut>(route: Route<'a>, handle: F) -> Result<HttpReply, Error>
where
    A: FromRequest,
    R: Reply,
    F: FnOnce(&'a store::Store, A) -> Fut + Send,
    Fut: Future<Output = Result<R, Error>> + Send,
{
    let (store, usage, log) = (route.store, route.usage, &route.app.log);
    let (argument, used) = match A::from_request(route).await? {
        Extracted::New(argument, used) => (argument, used),
        Extracted::Replay(reply) => return Ok(reply),
    };
    let lookup = argument.idempotency_lookup();
    let work = handle(store, *argument);
    let record = async {
        if let Some((usage, used)) = usage.zip(used) {
            usage::record(store, usage, log.as_ref(), used).await;
        }
    };
    let (reply, ()) = tokio::join!(work, record);
    match (reply, lookup) {
        // The same request may have been decided before, and its own change may cause the refusal.
        (Err(refusal @ (Error::Refused { .. } | Error::Conflict { .. })), Some(lookup)) => {
            lookup.reply(store).await?.ok_or(refusal)
        }
        (reply, _) => Ok(reply?.into_reply()),
    }
}

/// Returns the input and reply types of a handler, inferred from its signature.
#[doc(hidden)]
pub fn describe<'a, A, R, F, Fut>(schemas: &mut Schemas, _: F) -> OperationSchema
where
    A: FromRequest,
    R: Reply,
    F: FnOnce(&'a store::Store, A) -> Fut,
    Fut: Future<Output = Result<R, Error>>,
{
    let (input, named_input) = A::schema(&mut schemas.inputs);
    OperationSchema {
        input,
        named_input,
        body_type: A::BODY_TYPE,
        status: R::STATUS,
        reply: R::schema(&mut schemas.replies),
        sets_cookie: R::SETS_COOKIE,
        is_cacheable: R::IS_CACHEABLE,
        is_page: R::IS_PAGE,
        may_redirect: R::MAY_REDIRECT,
    }
}

#[doc(hidden)]
pub mod row {
    pub use domain::access::Permission::*;
    pub use gate::Moderation::{Reads, WithCode, Writes};
    pub use gate::Needs::*;
}

/// Declares the operations of a domain, one per line. `money` marks those that move or request
/// money, and `batch` after it those that take many objects at once. `repeatable` marks a POST of
/// which the response must not be kept: it is a live secret, or true for minutes only.
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
    (@body repeatable batch) => { $crate::BATCH_BYTES_MAX };
    (@body $($other:ident)?) => { $crate::BODY_BYTES_MAX };
    (@idempotence POST money $(batch)?) => { $crate::IdempotencyPolicy::Money };
    (@idempotence POST) => { $crate::IdempotencyPolicy::Accepted };
    (@idempotence POST repeatable $(batch)?) => { $crate::IdempotencyPolicy::Natural };
    (@idempotence $other:ident) => { $crate::IdempotencyPolicy::Natural };
}
