//! `POST /v1/sessions`: log a person in.
//!
//! Unknown e-mail and wrong password get the same answer after the same work: one read, one hash,
//! one write. Failures of an e-mail, known or not, are delayed alike. Of many guesses sent at once
//! only the first to commit is answered; the others learn nothing.

use domain::access::{
    AttemptKind, AuditAction, AuditEvent, Author, EMAIL_LENGTH_MAX, Login, LoginThrottle, Session,
};
use domain::kernel::{AccountId, AuditId, Code, Error, Flaw, Id, UserId};
use edge::{Opened, PublicRequest};
use gate::{Token, TokenKind, accepted_step, login_key, totp_context};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Key, Row, Store, Writes};

use crate::{password, recovery};

/// What a person logs in with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewSession")]
pub struct NewSession {
    /// Compared without regard to case.
    email: String,
    /// The password.
    password: String,
    /// A code of the authenticator.
    totp_code: Option<String>,
    /// One of the recovery codes, in place of `totp_code`.
    recovery_code: Option<String>,
}

/// An open session. The token is in the cookie alone.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Session")]
pub struct SessionView {
    /// The account.
    account_id: AccountId,
    /// The person.
    user_id: UserId,
    /// Whether two-factor is enrolled; without it a person only reads.
    two_factor: bool,
    /// When it ends if it is not used: 30 minutes after the last use, 12 hours after this.
    expires_at: Timestamp,
}

/// What came of the password and the code.
enum LoginCheck {
    No,
    NeedsCode,
    /// The writes that use the second factor up.
    Yes(Box<Login>, Writes),
}

/// Verifies, then opens the session or counts the failure.
pub async fn handle(
    store: &Store,
    request: PublicRequest<NewSession>,
) -> Result<Opened<SessionView>, Error> {
    if request.input.email.len() > EMAIL_LENGTH_MAX {
        let detail = "an e-mail has 254 characters at most";
        return Err(Error::invalid("email", Flaw::WrongLength, detail));
    }
    let key = login_key(&request.input.email);
    let [login, throttle] =
        rows(store, [Key::Login(key.clone()), Key::LoginThrottle(key.clone(), AttemptKind::LogIn)])
            .await?;
    let throttle = throttle.map(Row::read).transpose()?;
    let throttle: LoginThrottle = throttle
        .unwrap_or_else(|| LoginThrottle::none(key, AttemptKind::LogIn, request.moment.now));
    if let Some(retry_after_seconds) = throttle.seconds_left(request.moment.now) {
        return Err(Error::too_many_attempts(retry_after_seconds));
    }
    let (login, writes) = match verdict(&request, login.map(Row::read).transpose()?).await? {
        LoginCheck::Yes(login, writes) => (login, writes),
        LoginCheck::No => return Err(count(store, &request, throttle, Code::LoginInvalid).await?),
        LoginCheck::NeedsCode => {
            return Err(count(store, &request, throttle, Code::LoginNeedsCode).await?);
        }
    };
    let moment = &request.moment;
    let (account_id, user_id) = (login.account_id, login.user_id);
    let token = Token::mint(TokenKind::Session, account_id, user_id, &login.key, moment);
    let session = Session {
        token_hash: token.hash(),
        account_id,
        user_id,
        two_factor: login.two_factor.is_some(),
        created_at: moment.now,
        last_used_at: moment.now,
    };
    let writes =
        writes.clear_failures(&throttle).create(&session).create(&opened(&request, &login));
    store.commit(writes, moment).await.map_err(overtaken)?;
    let expires_at = session.expires_at();
    let two_factor = login.two_factor.is_some();
    Ok(Opened {
        cookie: edge::session_cookie(
            request.plain_cookie,
            token.reveal(),
            moment.now,
            moment.now + domain::access::SESSION_ABSOLUTE,
        ),
        body: SessionView { account_id, user_id, two_factor, expires_at },
    })
}

async fn rows<const N: usize>(store: &Store, keys: [Key; N]) -> Result<[Option<Row>; N], Error> {
    let rows = store.read(&keys).await?;
    rows.try_into().map_err(|_| Error::internal("the table gave more rows than were asked for"))
}

async fn verdict(
    request: &PublicRequest<NewSession>,
    login: Option<Login>,
) -> Result<LoginCheck, Error> {
    let input = &request.input;
    let hash = login.as_ref().and_then(|login| login.password_hash.as_deref());
    if !password::verify(hash, &input.password).await? {
        return Ok(LoginCheck::No);
    }
    let Some(mut login) = login else {
        return Ok(LoginCheck::No);
    };
    let Some(two_factor) = &mut login.two_factor else {
        return Ok(LoginCheck::Yes(Box::new(login), Writes::default()));
    };
    if let Some(code) = &input.totp_code {
        let context = totp_context(login.user_id);
        let secret = request.peppers().await?.open(&context, &two_factor.sealed_secret)?;
        let step = accepted_step(&secret, code.trim(), two_factor.last_step, request.moment.now);
        return Ok(match step {
            Some(step) => {
                let writes = Writes::default().use_code(&login.key, step);
                LoginCheck::Yes(Box::new(login), writes)
            }
            None => LoginCheck::No,
        });
    }
    let Some(code) = &input.recovery_code else {
        return Ok(LoginCheck::NeedsCode);
    };
    let Some((place, code)) = recovery::read(code) else {
        return Ok(LoginCheck::No);
    };
    let hash = two_factor.recovery_hashes.get(place).filter(|hash| !hash.is_empty());
    if !password::verify(hash.map(String::as_str), &code).await? {
        return Ok(LoginCheck::No);
    }
    two_factor.recovery_hashes[place].clear();
    // The login's version makes a second use of the code, at the same moment, stale.
    let writes = Writes::default().replace(&login);
    Ok(LoginCheck::Yes(Box::new(login), writes))
}

/// Writes the failure down; says what to answer.
async fn count(
    store: &Store,
    request: &PublicRequest<NewSession>,
    throttle: LoginThrottle,
    code: Code,
) -> Result<Error, Error> {
    let writes = Writes::default().replace(&throttle.after_failure(request.moment.now));
    store.commit(writes, &request.moment).await.map_err(overtaken)?;
    Ok(Error::Unauthenticated(code))
}

/// Another attempt was faster: this one learns nothing.
fn overtaken(error: Error) -> Error {
    match error {
        Error::Stale => Error::too_many_attempts(1),
        Error::Forbidden { code: Code::TwoFactorCodeInvalid, .. } => {
            Error::Unauthenticated(Code::LoginInvalid)
        }
        other => other,
    }
}

fn opened(request: &PublicRequest<NewSession>, login: &Login) -> AuditEvent {
    AuditEvent {
        id: AuditId::mint(&request.moment),
        account_id: login.account_id,
        action: AuditAction::SessionOpened,
        author: Author::user(
            login.user_id,
            request.input.email.trim().to_owned(),
            request.ip.clone(),
        ),
        target: login.user_id.to_string(),
        before: Value::Null,
        after: Value::Null,
        request_id: request.request_id.clone(),
        created_at: request.moment.now,
    }
}
