//! How a request becomes what a handler takes: through the gate, or, where the table says
//! `Public`, past it.

use domain::access::{AttemptKind, Login, LoginKey, LoginThrottle, User};
use domain::kernel::{Code, Error, Moment, UserId};
use gate::{
    AccessRequest, Credential, Moderation, Needs, Peppers, PresentedKey, Token, TokenKind,
    accepted_step, decide, is_last_code, totp_context,
};
use lambda_http::http::header;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use store::{Committed, Item, Key, Row, Store, Writes};

use crate::call::{Call, StepUp, code_missing};
use crate::idempotency::Retry;
use crate::incoming::Incoming;
use crate::operation::Route;
use crate::principal::Principal;
use crate::target::{Target, TargetScope};
use crate::usage::CredentialUse;
use crate::{App, HttpReply, Input, Secrets, cookie, cross_site, input};

const CODE_HEADER: &str = "two-factor-code";

/// What came of an arrival.
pub enum Extracted<A> {
    /// The handler's turn.
    New(Box<A>, Option<CredentialUse>),
    /// An earlier request with the same `Idempotency-Key` was answered already.
    Replay(HttpReply),
}

/// What a handler can take as its argument.
pub trait FromRequest: Sized + Send {
    /// Reads, authorizes, loads.
    fn from_request(
        route: Route<'_>,
    ) -> impl Future<Output = Result<Extracted<Self>, Error>> + Send;

    /// The input, in place and by name, for the reference.
    fn schema(generator: &mut SchemaGenerator) -> (Schema, Schema);

    /// Where the answer of the same request would be, if it was sent more than once.
    fn idempotency_lookup(&self) -> Option<IdempotencyLookup> {
        None
    }
}

/// The same request, which may have been decided between two rows that this one read: rows that are
/// read together are not of one instant.
pub struct IdempotencyLookup {
    key: Key,
    retry: Retry,
    peppers: Arc<Peppers>,
    moment: Moment,
}

impl IdempotencyLookup {
    /// What it was answered.
    pub(crate) async fn answer(&self, store: &Store) -> Result<Option<HttpReply>, Error> {
        match store.read(std::slice::from_ref(&self.key)).await?.pop().flatten() {
            Some(row) => self.retry.answer(row.read()?, &self.peppers, &self.moment),
            None => Ok(None),
        }
    }
}

fn schemas<I: JsonSchema>(generator: &mut SchemaGenerator) -> (Schema, Schema) {
    (I::json_schema(generator), generator.subschema_for::<I>())
}

/// A request by anybody. Only operations with `needs Public` take one.
pub struct PublicRequest<I> {
    /// The body or query.
    pub input: I,
    /// The instant.
    pub moment: Moment,
    secrets: Arc<Secrets>,
    /// Where the API is reached: `https://` and a host.
    pub origin: String,
    /// The address the gateway saw.
    pub ip: String,
    /// Id of the request.
    pub request_id: String,
    /// Whether the session cookie goes without `Secure` (http loopback only).
    pub plain_cookie: bool,
    pub(crate) path: crate::incoming::Path,
}

impl<I> PublicRequest<I> {
    /// The value of `{name}` in the path.
    pub fn path(&self, name: &str) -> &str {
        self.path.value(name)
    }

    /// The pepper. Asked for by those who open what is sealed; others need no secret at all.
    pub async fn peppers(&self) -> Result<Arc<Peppers>, Error> {
        self.secrets.peppers(self.moment.now).await
    }
}

impl<I: Input> FromRequest for PublicRequest<I> {
    async fn from_request(route: Route<'_>) -> Result<Extracted<Self>, Error> {
        let Route { app, operation, incoming, moment } = route;
        assert!(operation.needs == Needs::Public, "{} takes a PublicRequest", operation.name);
        cross_site::check_site(&incoming.method, &incoming.headers, &incoming.host)?;
        let request = Self {
            input: input::read(incoming)?,
            secrets: Arc::clone(&app.secrets),
            origin: origin(app, incoming),
            ip: incoming.ip.to_canonical().to_string(),
            request_id: incoming.request_id.clone(),
            plain_cookie: cookie::is_plain(app.config.plain_cookie, &incoming.host),
            path: incoming.path.clone(),
            moment,
        };
        Ok(Extracted::New(Box::new(request), None))
    }

    fn schema(generator: &mut SchemaGenerator) -> (Schema, Schema) {
        schemas::<I>(generator)
    }
}

pub(crate) fn origin(app: &App, incoming: &Incoming) -> String {
    app.config.public_url.clone().unwrap_or_else(|| format!("https://{}", incoming.host))
}

/// A credential of the right form.
enum PresentedCredential {
    Key(PresentedKey),
    Session(Token),
}

impl PresentedCredential {
    /// Reads the credential without any I/O: most nonsense ends here.
    fn read(app: &App, incoming: &Incoming) -> Result<Self, Error> {
        if let Some(authorization) = incoming.headers.get(header::AUTHORIZATION) {
            let text = authorization.to_str().ok();
            let key = text.and_then(|text| {
                let (scheme, key) = text.split_once(' ')?;
                scheme.eq_ignore_ascii_case("bearer").then(|| PresentedKey::parse(key.trim()))?
            });
            return key.map(Self::Key).ok_or(Error::Unauthenticated(Code::ApiKeyInvalid));
        }
        let plain = cookie::is_plain(app.config.plain_cookie, &incoming.host);
        let token = cookie::session_token(&incoming.headers, plain)
            .ok_or(Error::Unauthenticated(Code::CredentialMissing))?;
        let token = Token::parse(TokenKind::Session, token)
            .ok_or(Error::Unauthenticated(Code::SessionInvalid))?;
        cross_site::check_write(&incoming.method, &incoming.headers, &incoming.host)?;
        Ok(Self::Session(token))
    }

    /// The user it claims.
    fn user_id(&self) -> UserId {
        match self {
            Self::Key(key) => key.user_id,
            Self::Session(token) => token.user_id,
        }
    }

    fn scope<'a>(&'a self, incoming: &'a Incoming) -> TargetScope<'a> {
        let path = &incoming.path;
        match self {
            Self::Key(key) => TargetScope {
                account_id: key.account_id,
                login_key: None,
                session_hash: None,
                path,
                query: &incoming.query,
                body: incoming.json().unwrap_or_default(),
            },
            Self::Session(token) => TargetScope {
                account_id: token.account_id,
                login_key: Some(&token.login_key),
                session_hash: Some(token.hash()),
                path,
                query: &incoming.query,
                body: incoming.json().unwrap_or_default(),
            },
        }
    }

    /// The credential's row, the user's, and for a two-factor code the login's.
    fn keys(&self, with_code: bool) -> Vec<Key> {
        match self {
            Self::Key(key) => vec![
                Key::ApiKey(key.account_id, key.id.clone()),
                Key::User(key.account_id, key.user_id),
            ],
            Self::Session(token) => {
                let mut keys = vec![
                    Key::Session(token.account_id, token.hash()),
                    Key::User(token.account_id, token.user_id),
                ];
                if with_code {
                    keys.push(Key::Login(token.login_key.clone()));
                    keys.push(Key::LoginThrottle(token.login_key.clone(), AttemptKind::StepUp));
                }
                keys
            }
        }
    }
}

fn next<I: Item>(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Option<I>, Error> {
    rows.next().flatten().map(Row::read).transpose()
}

impl<I: Input, T: Target> FromRequest for Call<I, T> {
    async fn from_request(route: Route<'_>) -> Result<Extracted<Self>, Error> {
        let Route { app, operation, incoming, moment } = route;
        let presented = PresentedCredential::read(app, incoming)?;
        let retry = Retry::read(operation, incoming, presented.user_id());
        // Where a change may turn out to need a code, one that was sent is looked at.
        let with_code = match operation.needs {
            Needs::Moderator(Moderation::WithCode) => true,
            Needs::Moderator(Moderation::Writes) => incoming.header(CODE_HEADER).is_some(),
            _ => false,
        };
        let scope = presented.scope(incoming);
        // A malformed id names nothing, but only a caller who passes the gate is told.
        let targets = T::keys(&scope);
        let mut keys = presented.keys(with_code);
        keys.extend(retry.as_ref().ok().and_then(|retry| retry.key(scope.account_id)));
        let own = keys.len();
        keys.extend(targets.as_ref().map(Clone::clone).unwrap_or_default());

        let peppers = app.secrets.peppers(moment.now).await?;
        let rows = app.store.read(&keys).await?;
        let (own_rows, target_rows) = rows.split_at(own);
        let mut rows = own_rows.iter().cloned();
        let (principal, used) = admit(
            app,
            route_needs(operation.needs),
            incoming,
            &moment,
            &presented,
            &peppers,
            &mut rows,
        )?;
        let code = if with_code {
            let login =
                next::<Login>(&mut rows)?.ok_or(Error::Unauthenticated(Code::SessionInvalid))?;
            let throttle = next::<LoginThrottle>(&mut rows)?;
            let code = Arc::new(step_up(app, incoming, &moment, &peppers, &login, throttle).await?);
            incoming.note_code(&code);
            Some(code)
        } else {
            None
        };
        let retry = retry?;
        if let Some(answered) = rows.next().flatten()
            && let Some(answer) = retry.answer(answered.read()?, &peppers, &moment)?
        {
            return Ok(Extracted::Replay(answer));
        }
        targets?;
        let target = T::read(&mut target_rows.iter().cloned())?;
        let call = Self {
            input: input::read(incoming)?,
            target,
            principal,
            moment,
            peppers,
            stage: app.config.stage,
            destination_scope: app.config.destination_scope(),
            signing: Arc::clone(&app.signing),
            rails: app.rails.clone(),
            links: app.links.clone(),
            origin: origin(app, incoming),
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
        schemas::<I>(generator)
    }

    fn idempotency_lookup(&self) -> Option<IdempotencyLookup> {
        let (retry, peppers) = (self.retry.clone(), Arc::clone(&self.peppers));
        let key = retry.key(self.account_id())?;
        Some(IdempotencyLookup { key, retry, peppers, moment: self.moment.clone() })
    }
}

fn route_needs(needs: Needs) -> Needs {
    assert!(needs != Needs::Public, "a public operation takes a PublicRequest");
    needs
}

/// Asks the gate.
fn admit(
    app: &App,
    needs: Needs,
    incoming: &Incoming,
    moment: &Moment,
    presented: &PresentedCredential,
    peppers: &Peppers,
    rows: &mut (dyn Iterator<Item = Option<Row>> + Send),
) -> Result<(Principal, CredentialUse), Error> {
    let now = moment.now;
    let (key, session);
    let (credential, last_used_at, row) = match presented {
        PresentedCredential::Key(presented) => {
            key = rows.next().flatten().map(Row::read::<domain::access::ApiKey>).transpose()?;
            if key.as_ref().is_some_and(|key| peppers.is_outdated_by(key.pepper_version)) {
                return Err(Error::Outdated);
            }
            let row = Key::ApiKey(presented.account_id, presented.id.clone());
            let last = key.as_ref().and_then(|key| key.last_used_at);
            (Credential::Key(presented, key.as_ref()), last, row)
        }
        PresentedCredential::Session(presented) => {
            session =
                rows.next().flatten().map(Row::read::<domain::access::Session>).transpose()?;
            let row = Key::Session(presented.account_id, presented.hash());
            let last = session.as_ref().map(|session| session.last_used_at);
            (Credential::Session(presented, session.as_ref()), last, row)
        }
    };
    let user = rows.next().flatten().map(Row::read::<User>).transpose()?;
    let claim = AccessRequest {
        credential,
        user: user.as_ref(),
        ip: incoming.ip,
        needs,
        now,
        stage: app.config.stage,
        peppers,
    };
    let grant = decide(&claim).inspect_err(|denial| incoming.note_denial(*denial))?;
    let user = user.ok_or(Error::Unauthenticated(Code::SessionInvalid))?;
    incoming.note_caller(&grant);
    let used = CredentialUse {
        account_id: grant.account_id,
        row,
        key_id: grant.key_id.clone(),
        last_used_at,
        now,
    };
    Ok((Principal::new(grant, user, incoming.ip), used))
}

/// Checks the two-factor code of this very request. A wrong one counts like a wrong password.
async fn step_up(
    app: &App,
    incoming: &Incoming,
    moment: &Moment,
    peppers: &Peppers,
    login: &Login,
    throttle: Option<LoginThrottle>,
) -> Result<StepUp, Error> {
    let code = incoming.header(CODE_HEADER).ok_or_else(code_missing)?;
    let key: LoginKey = login.key.clone();
    let throttle = throttle
        .unwrap_or_else(|| LoginThrottle::none(key.clone(), AttemptKind::StepUp, moment.now));
    if let Some(retry_after_seconds) = throttle.seconds_left(moment.now) {
        return Err(Error::too_many_attempts(retry_after_seconds));
    }
    let two_factor =
        login.two_factor.as_ref().ok_or(Error::Unauthenticated(Code::SessionInvalid))?;
    let secret = peppers.open(&totp_context(login.user_id), &two_factor.sealed_secret)?;
    const WRONG: &str = "the two-factor code is wrong or was used already";
    let wrong = || Error::forbidden(Code::TwoFactorCodeInvalid, WRONG);
    if let Some(step) = accepted_step(&secret, code, two_factor.last_step, moment.now) {
        return Ok(StepUp { key, step, throttle, spent: AtomicBool::new(false) });
    }
    if is_last_code(&secret, code, two_factor.last_step) {
        return Err(wrong());
    }
    let writes = Writes::default().replace(&throttle.after_failure(moment.now));
    match app.store.commit(writes, moment).await {
        Ok(Committed::Applied | Committed::Replayed(_)) => Err(wrong()),
        Err(Error::Stale) => Err(Error::too_many_attempts(1)),
        Err(error) => Err(error),
    }
}
