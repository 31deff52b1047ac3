//! How a request becomes the argument of a handler.

use domain::kernel::Error;
use schemars::{Schema, SchemaGenerator};

use crate::idempotency::IdempotencyLookup;
use crate::operation::Route;
use crate::reply::{HttpReply, JSON};
use crate::usage::CredentialUse;

/// The outcome of reading a request.
pub enum Extracted<A> {
    /// A new request for the handler, with the use of the credential to record.
    New(Box<A>, Option<CredentialUse>),
    /// The stored reply to an earlier request with the same `Idempotency-Key`.
    Replay(HttpReply),
}

/// An argument that a handler can take.
pub trait FromRequest: Sized + Send {
    /// Media type of the body, if it takes one.
    const BODY_TYPE: &'static str = JSON;

    /// Reads the request, authorizes the caller and loads the rows.
    fn from_request(
        route: Route<'_>,
    ) -> impl Future<Output = Result<Extracted<Self>, Error>> + Send;

    /// Returns the schema of the input, in place and by name, for the reference.
    fn schema(generator: &mut SchemaGenerator) -> (Schema, Schema);

    /// Returns where the reply to the same request is stored, if it was sent more than once.
    fn idempotency_lookup(&self) -> Option<IdempotencyLookup> {
        None
    }
}
