//! A request without a caller. Only operations with `needs Public` take one.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use domain::account::Stage;
use domain::kernel::{Error, Moment};
use gate::{Needs, Peppers};
use rails::Rails;
use runtime::Secrets;
use schemars::{Schema, SchemaGenerator};

use crate::cacheable::Cacheable;
use crate::from_request::{Extracted, FromRequest};
use crate::incoming::{FORM, Incoming, Path};
use crate::input::{self, Input};
use crate::operation::Route;
use crate::{accept, accept_language, cookie, cross_site};

/// A request that needs no credential.
pub struct PublicRequest<I> {
    /// The body or query.
    pub input: I,
    /// The moment of the decision.
    pub moment: Moment,
    secrets: Arc<Secrets>,
    receipt_signing: Arc<Secrets>,
    accept: String,
    accept_language: String,
    if_none_match: String,
    /// Stage of this deployment.
    pub stage: Stage,
    /// Payment rails, without the power to submit orders.
    pub rails: Rails,
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

    /// Returns the media type that `Accept` prefers, or the first one.
    pub fn preferred<'a>(&self, media_types: &[&'a str]) -> &'a str {
        accept::preferred(&self.accept, media_types)
    }

    /// Returns true if `Accept` prefers this media type to the default one.
    pub fn prefers(&self, media_type: &str, default: &str) -> bool {
        accept::prefers(&self.accept, media_type, default)
    }

    /// Returns the language that `Accept-Language` prefers, or the first one.
    pub fn preferred_language<'a>(&self, languages: &[&'a str]) -> &'a str {
        accept_language::preferred(&self.accept_language, languages)
    }

    /// Returns a reply that caches may keep for some seconds. `version` is text that differs if the object
    /// has another meaning.
    pub fn cacheable<T>(&self, object: T, version: &str, max_age_seconds: u32) -> Cacheable<T> {
        Cacheable::new(object, version, max_age_seconds, &self.if_none_match)
    }

    /// Returns the secret that signs receipts, with the version that the caller names if it exists.
    pub async fn receipt_signing(&self, version: u32) -> Result<Arc<Peppers>, Error> {
        self.receipt_signing.peppers_with(version, self.moment.now).await
    }

    /// Returns the pepper, with the version that the caller names if it exists.
    pub(crate) async fn peppers_with(&self, version: u32) -> Result<Arc<Peppers>, Error> {
        self.secrets.peppers_with(version, self.moment.now).await
    }

    /// Returns the pepper. Operations that open or hash nothing do not fetch it.
    pub async fn peppers(&self) -> Result<Arc<Peppers>, Error> {
        self.secrets.peppers(self.moment.now).await
    }
}

impl<I> PublicRequest<I> {
    fn read(
        route: Route<'_>,
        input: impl FnOnce(&Incoming) -> Result<I, Error>,
    ) -> Result<Self, Error> {
        let Route { app, operation, incoming, moment, .. } = route;
        assert!(operation.needs == Needs::Public, "{} takes a PublicRequest", operation.name);
        cross_site::check_site(&incoming.method, &incoming.headers, &incoming.host)?;
        Ok(Self {
            input: input(incoming)?,
            secrets: Arc::clone(&app.secrets),
            receipt_signing: Arc::clone(&app.receipt_signing),
            accept: incoming.header("accept").unwrap_or_default().to_owned(),
            accept_language: incoming.header("accept-language").unwrap_or_default().to_owned(),
            if_none_match: incoming.header("if-none-match").unwrap_or_default().to_owned(),
            stage: app.config.stage,
            rails: app.rails.clone(),
            origin: incoming.origin(app.config.public_url.as_deref()),
            ip: incoming.ip.to_canonical(),
            request_id: incoming.request_id.clone(),
            plain_cookie: cookie::is_plain(app.config.plain_cookie, &incoming.host),
            path: incoming.path.clone(),
            moment,
        })
    }
}

impl<I: Input> FromRequest for PublicRequest<I> {
    async fn from_request(route: Route<'_>) -> Result<Extracted<Self>, Error> {
        let request = Self::read(route, input::read)?;
        Ok(Extracted::New(Box::new(request), None))
    }

    fn schema(generator: &mut SchemaGenerator) -> (Schema, Schema) {
        input::schemas::<I>(generator)
    }
}

/// A form that a page of the API posted: a [`PublicRequest`] whose body is `application/x-www-form-urlencoded`.
pub struct PublicForm<I>(PublicRequest<I>);

impl<I> Deref for PublicForm<I> {
    type Target = PublicRequest<I>;

    fn deref(&self) -> &PublicRequest<I> {
        &self.0
    }
}

impl<I: Input> FromRequest for PublicForm<I> {
    const BODY_TYPE: &'static str = FORM;

    async fn from_request(route: Route<'_>) -> Result<Extracted<Self>, Error> {
        let request = PublicRequest::read(route, input::read_form)?;
        Ok(Extracted::New(Box::new(Self(request)), None))
    }

    fn schema(generator: &mut SchemaGenerator) -> (Schema, Schema) {
        input::schemas::<I>(generator)
    }
}
