//! `POST /v1/sessions`: log a person in.
//!
//! An unknown e-mail and a wrong password get the same response after the same work: one read, one
//! hash, one write. Failures delay the next attempt, whether the e-mail exists or not. If many guesses
//! arrive at once, only the first to commit is answered; the others learn nothing.

use domain::access::{EMAIL_LENGTH_MAX, Login, Session};
use domain::kernel::{AccountId, Code, Error, Flaw, UserId};
use edge::{PublicRequest, Rows, SessionCreated};
use gate::{Token, TokenKind, accepted_step, is_last_code, login_key, totp_context};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Store, Writes};

use crate::log_in_attempt::{LogInAttempt, LogInFlaw, LogInProof};
use crate::log_in_limits::LogInLimits;
use crate::{password, recovery};

/// Credentials of a person.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewSession")]
pub struct NewSession {
    /// E-mail of the person; upper and lower case are equal.
    email: String,
    /// Password of the person.
    password: String,
    /// Code of the person's authenticator; spaces and hyphens in it are ignored.
    totp_code: Option<String>,
    /// A recovery code, instead of `totp_code`.
    recovery_code: Option<String>,
}

/// An open session. Only the cookie holds the token.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Session")]
pub struct SessionView {
    /// Account of the person.
    account_id: AccountId,
    /// Person who logged in.
    user_id: UserId,
    /// Whether the person has two-factor; without two-factor a person can only read.
    two_factor: bool,
    /// End of the session without further use: 30 minutes after the last use, at most 12 hours after
    /// the login.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    expires_at: Timestamp,
}

/// The outcome of checking password and code.
enum LoginCheck {
    /// What was wrong.
    Wrong(LogInFlaw),
    /// The login, how the person proved who they are, and the writes that use the code up.
    Correct(Box<Login>, LogInProof, Writes),
}

/// Checks the credentials, then opens the session or counts the failure.
pub async fn handle(
    store: &Store,
    request: PublicRequest<NewSession>,
) -> Result<SessionCreated<SessionView>, Error> {
    if request.input.email.len() > EMAIL_LENGTH_MAX {
        let detail = "an e-mail has at most 254 characters";
        return Err(Error::invalid("email", Flaw::WrongLength, detail));
    }
    let key = login_key(&request.input.email);
    let login = Key::Login(key.clone());
    let now = request.moment.now;
    let ip = request.ip.parse().map_err(Error::internal)?;
    let address = request.peppers().await?.address_digest(ip)?;
    let limits = LogInLimits::keys(&key, address).into_iter();
    let rows = Rows::load(store, limits.chain([login.clone()]).collect()).await?;
    let limits = LogInLimits::read(&rows, &key, address, now)?;
    if let Some(retry_after_seconds) = limits.seconds_left(now) {
        return Err(Error::too_many_attempts(retry_after_seconds));
    }
    let found: Option<Login> = rows.find(&login)?;
    let (login, proof, writes) = match check_credentials(&request, found.clone()).await? {
        LoginCheck::Correct(login, proof, writes) => (login, proof, writes),
        LoginCheck::Wrong(flaw) => {
            let attempt = LogInAttempt::of(&request, &request.input.email);
            let writes = attempt.refused(limits, found.as_ref(), flaw);
            store.commit(writes, &request.moment).await.map_err(hide_lost_race)?;
            return Err(Error::Unauthenticated(flaw.code()));
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
    let line = LogInAttempt::of(&request, &request.input.email).opened(&login, proof);
    let writes = limits.succeed(writes, now).create(&session).create(&line);
    store.commit(writes, moment).await.map_err(hide_lost_race)?;
    let expires_at = session.expires_at();
    let two_factor = login.two_factor.is_some();
    Ok(SessionCreated {
        cookie: edge::session_cookie(
            request.plain_cookie,
            token.reveal(),
            moment.now,
            moment.now + domain::access::SESSION_ABSOLUTE,
        ),
        body: SessionView { account_id, user_id, two_factor, expires_at },
    })
}

async fn check_credentials(
    request: &PublicRequest<NewSession>,
    login: Option<Login>,
) -> Result<LoginCheck, Error> {
    let input = &request.input;
    let hash = login.as_ref().and_then(|login| login.password_hash.as_deref());
    if !password::verify(hash, &input.password).await? {
        return Ok(LoginCheck::Wrong(LogInFlaw::Password));
    }
    let Some(mut login) = login else {
        return Ok(LoginCheck::Wrong(LogInFlaw::Password));
    };
    let Some(two_factor) = &mut login.two_factor else {
        let login = Box::new(login);
        return Ok(LoginCheck::Correct(login, LogInProof::Password, Writes::default()));
    };
    if let Some(code) = &input.totp_code {
        let context = totp_context(login.user_id);
        let secret = request.peppers().await?.open(&context, &two_factor.sealed_secret)?;
        let (code, last_step) = (code.trim(), two_factor.last_step);
        return Ok(
            match accepted_step(&secret, code, last_step, request.moment.authenticator_now) {
                Some(step) => {
                    let writes = Writes::default().use_code(&login.key, step);
                    LoginCheck::Correct(Box::new(login), LogInProof::Totp, writes)
                }
                None if is_last_code(&secret, code, last_step) => {
                    LoginCheck::Wrong(LogInFlaw::TotpUsed)
                }
                None => LoginCheck::Wrong(LogInFlaw::Totp),
            },
        );
    }
    let Some(code) = &input.recovery_code else {
        return Ok(LoginCheck::Wrong(LogInFlaw::CodeMissing));
    };
    let Some((index, code)) = recovery::read(code) else {
        return Ok(LoginCheck::Wrong(LogInFlaw::RecoveryCode));
    };
    let hash = two_factor.recovery_hashes.get(index).filter(|hash| !hash.is_empty());
    if !password::verify(hash.map(String::as_str), &code).await? {
        return Ok(LoginCheck::Wrong(LogInFlaw::RecoveryCode));
    }
    two_factor.recovery_hashes[index].clear();
    // A second use of the code at the same moment fails, because the version of the login changed.
    let writes = Writes::default().replace(&login);
    Ok(LoginCheck::Correct(Box::new(login), LogInProof::RecoveryCode, writes))
}

/// Hides the result of an attempt that was not the first to commit.
fn hide_lost_race(error: Error) -> Error {
    match error {
        Error::Stale => Error::too_many_attempts(1),
        Error::Forbidden { code: Code::TwoFactorCodeInvalid, .. } => {
            Error::Unauthenticated(Code::LoginInvalid)
        }
        other => other,
    }
}
