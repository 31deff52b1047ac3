//! How a request becomes a [`Call`]: authenticate, load, authorize, step up.

use std::sync::Arc;

use domain::access::Login;
use domain::kernel::{Code, Error};
use gate::{Moderation, Needs, Peppers};
use schemars::{Schema, SchemaGenerator};

use crate::authorize::authorize;
use crate::call::Call;
use crate::cookie;
use crate::credential::PresentedCredential;
use crate::from_request::{Extracted, FromRequest};
use crate::idempotency::{IdempotencyContext, IdempotencyLookup};
use crate::incoming::Incoming;
use crate::input::{self, Input};
use crate::operation::Route;
use crate::rows::Rows;
use crate::step_up::{CODE_HEADER, StepUp, check_code};
use crate::target::Target;

impl<I: Input, T: Target> FromRequest for Call<I, T> {
    async fn from_request(route: Route<'_>) -> Result<Extracted<Self>, Error> {
        let Route { app, operation, incoming, .. } = route;
        let presented = PresentedCredential::read(incoming, app.config.plain_cookie)?;
        let retry = IdempotencyContext::read(operation, incoming, presented.user_id());
        let scope = presented.target_scope(incoming);
        // A malformed id names no row, but only a caller that the gate allows gets this error.
        let target_keys = T::keys(&scope);
        let retry_key = retry.as_ref().ok().and_then(|retry| retry.key(scope.account_id));
        let needs_code = needs_code(operation.needs, incoming);
        let mut keys = presented.keys(needs_code);
        keys.extend(retry_key.clone());
        keys.extend(target_keys.iter().flatten().cloned());

        let peppers = app.secrets.peppers(route.moment.now).await?;
        let rows = Rows::load(&app.store, keys).await?;
        let (principal, used) = authorize(&route, &presented, &peppers, &rows)?;
        let code = if needs_code {
            Some(step_up(&route, &presented, &peppers, &rows).await?)
        } else {
            None
        };
        let retry = retry?;
        let stored = retry_key.and_then(|key| rows.row(&key));
        if let Some(stored) = stored
            && let Some(reply) = retry.reply(stored.read()?, &peppers, &route.moment)?
        {
            return Ok(Extracted::Replay(reply));
        }
        target_keys?;
        let call = Self {
            target: T::read(&scope, &rows)?,
            input: input::read(incoming)?,
            principal,
            moment: route.moment,
            peppers,
            stage: app.config.stage,
            destination_scope: app.config.destination_scope(),
            signing: Arc::clone(&app.signing),
            rails: app.rails.clone(),
            links: app.links.clone(),
            origin: incoming.origin(app.config.public_url.as_deref()),
            path: incoming.path.clone(),
            request_id: incoming.request_id.clone(),
            accept: incoming.header("accept").unwrap_or_default().to_owned(),
            plain_cookie: cookie::is_plain(app.config.plain_cookie, &incoming.host),
            operation,
            retry,
            code,
        };
        Ok(Extracted::New(Box::new(call), Some(used)))
    }

    fn schema(generator: &mut SchemaGenerator) -> (Schema, Schema) {
        input::schemas::<I>(generator)
    }

    fn idempotency_lookup(&self) -> Option<IdempotencyLookup> {
        IdempotencyLookup::of(&self.retry, self.account_id(), &self.peppers, &self.moment)
    }
}

/// Returns true if the request's two-factor code must be checked. Where only some changes need a
/// code, a code is checked if the caller sent one.
fn needs_code(needs: Needs, incoming: &Incoming) -> bool {
    match needs {
        Needs::Moderator(Moderation::WithCode) => true,
        Needs::Moderator(Moderation::Writes) => incoming.headers.contains_key(CODE_HEADER),
        _ => false,
    }
}

/// Checks the two-factor code and keeps it with the request, so that it is used up in any case.
async fn step_up(
    route: &Route<'_>,
    presented: &PresentedCredential,
    peppers: &Peppers,
    rows: &Rows,
) -> Result<Arc<StepUp>, Error> {
    let no_login = || Error::Unauthenticated(Code::SessionInvalid);
    let (login, throttle) = presented.step_up_keys().ok_or_else(no_login)?;
    let login: Login = rows.find(&login)?.ok_or_else(no_login)?;
    let throttle = rows.find(&throttle)?;
    // A separator outside of ASCII makes the value no text for HTTP.
    let code = route.incoming.headers.get(CODE_HEADER);
    let code = code.map(|code| String::from_utf8_lossy(code.as_bytes()));
    let store = &route.app.store;
    let code = check_code(store, code.as_deref(), &login, throttle, peppers, &route.moment).await?;
    let code = Arc::new(code);
    route.incoming.note_code(&code);
    Ok(code)
}
