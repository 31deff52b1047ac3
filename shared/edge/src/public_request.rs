//! A request without a caller. Only operations with `needs Public` take one.

use std::net::IpAddr;
use std::sync::Arc;

use domain::kernel::{Error, Moment};
use gate::{Needs, Peppers};
use runtime::Secrets;
use schemars::{Schema, SchemaGenerator};

use crate::from_request::{Extracted, FromRequest};
use crate::incoming::Path;
use crate::input::{self, Input};
use crate::operation::Route;
use crate::{cookie, cross_site};

/// A request that needs no credential.
pub struct PublicRequest<I> {
    /// The body or query.
    pub input: I,
    /// The moment of the decision.
    pub moment: Moment,
    secrets: Arc<Secrets>,
    /// Origin of the API: `https://` and a host.
    pub origin: String,
    /// Source address that the gateway saw.
    pub ip: IpAddr,
    /// Id of the request.
    pub request_id: String,
    /// Whether the session cookie has no `Secure` (http loopback only).
    pub plain_cookie: bool,
    path: Path,
}

impl<I> PublicRequest<I> {
    /// Returns the value of `{name}` in the path.
    pub fn path(&self, name: &str) -> &str {
        self.path.value(name)
    }

    /// Returns the pepper. Operations that open or hash nothing do not fetch it.
    pub async fn peppers(&self) -> Result<Arc<Peppers>, Error> {
        self.secrets.peppers(self.moment.now).await
    }
}

impl<I: Input> FromRequest for PublicRequest<I> {
    async fn from_request(route: Route<'_>) -> Result<Extracted<Self>, Error> {
        let Route { app, operation, incoming, moment, .. } = route;
        assert!(operation.needs == Needs::Public, "{} takes a PublicRequest", operation.name);
        cross_site::check_site(&incoming.method, &incoming.headers, &incoming.host)?;
        let request = Self {
            input: input::read(incoming)?,
            secrets: Arc::clone(&app.secrets),
            origin: incoming.origin(app.config.public_url.as_deref()),
            ip: incoming.ip.to_canonical(),
            request_id: incoming.request_id.clone(),
            plain_cookie: cookie::is_plain(app.config.plain_cookie, &incoming.host),
            path: incoming.path.clone(),
            moment,
        };
        Ok(Extracted::New(Box::new(request), None))
    }

    fn schema(generator: &mut SchemaGenerator) -> (Schema, Schema) {
        input::schemas::<I>(generator)
    }
}
