//! How a request becomes a [`Call`]: authenticate, load, authorize, step up.

use std::sync::Arc;

use domain::access::{AuditAction, AuditEvent, Login};
use domain::kernel::{AuditId, Code, Error, Id};
use gate::{CodeDemand, Needs, Peppers};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::authorize::authorize;
use crate::call::Call;
use crate::cookie;
use crate::credential::PresentedCredential;
use crate::form::{CallInput, InputContext};
use crate::from_request::{Extracted, FromRequest};
use crate::idempotency::{IdempotencyContext, IdempotencyLookup};
use crate::incoming::Incoming;
use crate::operation::Route;
use crate::principal::Principal;
use crate::rows::Rows;
use crate::step_up::{CODE_HEADER, StepUp, check_code};
use crate::target::Target;

impl<I: CallInput, T: Target> FromRequest for Call<I, T> {
    async fn from_request(route: Route<'_>) -> Result<Extracted<Self>, Error> {
        let Route { app, operation, incoming, .. } = route;
        let presented = PresentedCredential::read(incoming, app.config.plain_cookie)?;
        let retry = IdempotencyContext::read(operation, incoming, presented.user_id());
        let scope = presented.target_scope(operation.name, incoming);
        // A malformed id names no row, but only a caller that the gate allows gets this error.
        let target_keys = T::keys(&scope);
        let retry_key = retry.as_ref().ok().and_then(|retry| retry.key(scope.account_id));
        let needs_code = needs_code(operation.needs, &presented, incoming);
        let mut keys = presented.keys(needs_code);
        keys.extend(retry_key.clone());
        keys.extend(target_keys.iter().flatten().cloned());

        let peppers = app.secrets.peppers(route.moment.now).await?;
        let lists = T::lists(&scope, &peppers);
        let rows = Rows::load_with_lists(route.store, keys, lists).await?;
        let (principal, used) = authorize(&route, &presented, &peppers, &rows)?;
        // The form comes before the code, so that a mistake in a body does not use up a code, and
        // before the stored reply, so that a replay is refused for what a first request is.
        let retry = retry?;
        let destination_scope = app.config.destination_scope();
        let input = I::of(incoming, &InputContext { now: route.moment.now, destination_scope })?;
        let code = if needs_code && takes_code(operation.needs, &principal) {
            Some(step_up(&route, &presented, &principal, &peppers, &rows).await?)
        } else {
            None
        };
        let retry = retry.with_code(code.is_some());
        let stored = retry_key.and_then(|key| rows.row(&key));
        if let Some(stored) = stored
            && let Some(reply) = retry.reply(stored.read()?, &peppers, &route.moment)?
        {
            return Ok(Extracted::Replay(reply));
        }
        target_keys?;
        let call = Self {
            target: T::read(&scope, &rows)?,
            input,
            principal,
            moment: route.moment,
            peppers,
            stage: app.config.stage,
            destination_scope,
            signing: Arc::clone(&app.signing),
            receipt_signing: Arc::clone(&app.receipt_signing),
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
        I::schemas(generator)
    }

    fn idempotency_lookup(&self) -> Option<IdempotencyLookup> {
        IdempotencyLookup::of(&self.retry, self.account_id(), &self.peppers, &self.moment)
    }
}

/// Returns true if the request's two-factor code must be checked. Where only some changes need a
/// code, a code is checked if the caller sent one. A program has no codes.
fn needs_code(needs: Needs, presented: &PresentedCredential, incoming: &Incoming) -> bool {
    let is_person = presented.step_up_keys().is_some();
    is_person
        && match needs.code_demand() {
            CodeDemand::Always | CodeDemand::IfEnrolled => true,
            CodeDemand::Sometimes => incoming.headers.contains_key(CODE_HEADER),
            CodeDemand::Never => false,
        }
}

/// Returns false if the caller has no second factor and the operation does not demand one.
fn takes_code(needs: Needs, principal: &Principal) -> bool {
    needs.code_demand() != CodeDemand::IfEnrolled || principal.user().two_factor
}

/// Checks the two-factor code and keeps it with the request, so that it is used up in any case.
async fn step_up(
    route: &Route<'_>,
    presented: &PresentedCredential,
    principal: &Principal,
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
    let store = route.store;
    let refused = AuditEvent {
        id: AuditId::mint(&route.moment),
        account_id: principal.account_id(),
        action: AuditAction::StepUpRefused,
        author: principal.author(),
        target: principal.user_id().to_string(),
        before: Value::Null,
        after: json!({ "operation": route.operation.name, "wrong": "totp" }),
        request_id: route.incoming.request_id.clone(),
        created_at: route.moment.now,
    };
    let code =
        check_code(store, code.as_deref(), &login, throttle, peppers, &refused, &route.moment)
            .await?;
    let code = Arc::new(code);
    route.incoming.note_code(&code);
    Ok(code)
}
