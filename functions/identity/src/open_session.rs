//! `POST /v1/sessions`: log a person in.
//!
//! An unknown e-mail and a wrong password get the same response after the same work: one round trip of
//! reads, one hash and one transaction, whether the e-mail has a login in no account, in one or in
//! several. Only the size of the transaction differs: it has a line for each account, five at most.
//! Failures delay the next attempt, whether the e-mail exists or not. If many guesses arrive at once,
//! only the first to commit is answered; the others learn nothing.

use domain::access::{Login, User, UserStatus};
use domain::account::Account;
use domain::kernel::{AccountChoice, AccountId, Code, Error, Flaw, UserId, check_email_length};
use edge::{PublicRequest, Rows, SessionCreated};
use gate::login_key;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Listing, Page, Store, Writes};

use crate::log_in_attempt::LogInAttempt;
use crate::log_in_check::{LogInCheck, PresentedSecrets, ProvenLogin, check_credentials};
use crate::log_in_limits::LogInLimits;
use crate::tokened_session::TokenedSession;

/// Maximum number of accounts among which an e-mail can choose.
const LOGINS_MAX: u16 = 50;

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
    /// Account to open, if the e-mail logs in to several accounts and password and code do not decide;
    /// the answer `account_choice_needed` lists the accounts.
    account_id: Option<AccountId>,
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
    /// the log-in.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    expires_at: Timestamp,
}

/// Checks the credentials, then opens the session or counts the failure.
pub async fn handle(
    store: &Store,
    request: PublicRequest<NewSession>,
) -> Result<SessionCreated<SessionView>, Error> {
    check_input(&request.input)?;
    let now = request.moment.now;
    let (mut logins, mut limits) = Box::pin(load(store, &request)).await?;
    let several = logins.iter().filter(|login| login.password_hash.is_some()).count() > 1;
    if let Some(account_id) = request.input.account_id {
        logins.retain(|login| login.account_id == account_id);
    }
    let logins = limits.admit(logins, now)?;
    let NewSession { email, password, totp_code, recovery_code, .. } = &request.input;
    let presented = PresentedSecrets {
        password,
        totp_code: totp_code.as_deref(),
        recovery_code: recovery_code.as_deref(),
    };
    let outcome = check_credentials(&request, &presented, logins).await?;
    let first_comparison = outcome.first_comparison.as_ref();
    let attempt = LogInAttempt::of(&request, email);
    let ProvenLogin { login, proof } = match outcome.check {
        LogInCheck::Correct(proven) => *proven,
        LogInCheck::Several(logins) => {
            let writes = attempt.undecided(limits, first_comparison);
            let answered = async {
                store.commit(writes, &request.moment).await.map(drop).map_err(hide_lost_race)
            };
            let (choices, ()) = tokio::try_join!(account_choices(store, &logins), answered)?;
            return Err(choices);
        }
        LogInCheck::Wrong(flaw, logins) => {
            let writes = attempt.refused(limits, &logins, flaw, first_comparison);
            store.commit(writes, &request.moment).await.map_err(hide_lost_race)?;
            return Err(Error::Unauthenticated(flaw.code()));
        }
    };
    let account_id = login.account_id;
    let writes = match (first_comparison, several) {
        (Some(_), _) => limits.succeed_with_guess(account_id, now),
        // A success in one account must not clear the failed guesses at another one.
        (None, true) => limits.succeed_in_one_of_several(account_id, now),
        (None, false) => limits.succeed(account_id, now),
    };
    let writes = attempt.compared(writes, first_comparison, Some(&login));
    let writes = writes.replace(&login).create(&attempt.opened(&login, proof));
    open(store, &request, &login, writes).await
}

/// Opens the session, unless the account is closed or the person suspended.
async fn open(
    store: &Store,
    request: &PublicRequest<NewSession>,
    login: &Login,
    writes: Writes,
) -> Result<SessionCreated<SessionView>, Error> {
    let moment = &request.moment;
    let (account_id, user_id) = (login.account_id, login.user_id);
    let TokenedSession { session, cookie } =
        TokenedSession::open(login, request.ip, request.plain_cookie, moment);
    let writes = writes
        .create(&session)
        .require_open_account(account_id, Account::closed())
        .require_active_user(account_id, user_id);
    store.commit(writes, moment).await.map_err(hide_lost_race)?;
    let (two_factor, expires_at) = (session.two_factor, session.expires_at());
    let body = SessionView { account_id, user_id, two_factor, expires_at };
    Ok(SessionCreated { cookie, body })
}

fn check_input(input: &NewSession) -> Result<(), Error> {
    check_email_length(&input.email)?;
    if input.totp_code.is_some() && input.recovery_code.is_some() {
        let detail = "two codes; send either totp_code or recovery_code";
        return Err(Error::invalid("recovery_code", Flaw::InvalidFormat, detail));
    }
    Ok(())
}

/// Reads every login of the e-mail and the limits of the attempt, in one round trip.
async fn load(
    store: &Store,
    request: &PublicRequest<NewSession>,
) -> Result<(Vec<Login>, LogInLimits), Error> {
    let key = login_key(&request.input.email);
    let address = request.peppers().await?.address_digest(request.ip)?;
    let listing = Listing::Logins(key.clone());
    let page = Page { limit: LOGINS_MAX, after: None };
    let logins = store.list::<Login>(&listing, page);
    let rows = Rows::load(store, LogInLimits::keys(&key, address).to_vec());
    let ((logins, _), rows) = tokio::try_join!(logins, rows)?;
    Ok((logins, LogInLimits::read(&rows, &key, address, request.moment.now)?))
}

/// Returns the answer that lists the open accounts of these logins.
async fn account_choices(store: &Store, logins: &[Login]) -> Result<Error, Error> {
    let account = |login: &Login| Key::Account(login.account_id);
    let user = |login: &Login| Key::User(login.account_id, login.user_id);
    let keys = logins.iter().flat_map(|login| [account(login), user(login)]);
    let rows = Rows::load(store, keys.collect()).await?;
    let mut choices = Vec::new();
    for login in logins {
        let found: Option<Account> = rows.find(&account(login))?;
        let person: Option<User> = rows.find(&user(login))?;
        let is_active = person.is_some_and(|person| person.status == UserStatus::Active);
        if let Some(account) = found.filter(|account| is_active && !account.is_closed()) {
            let account_id = account.id.to_string();
            choices.push(AccountChoice { account_id, name: account.name });
        }
    }
    Ok(if choices.is_empty() { Account::closed() } else { Error::ChooseAccount(choices) })
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
