//! `PUT /v1/me/password`: replace the caller's password and end the other sessions.

use domain::access::AuditAction;
use domain::kernel::Error;
use edge::{
    Call, CheckedInput, InputContext, InputRules, Outcome, OwnPassword, OwnSession,
    OwnStepUpThrottle, SessionRenewed,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use store::{Item, Store, Writes};

use crate::attempt::{self, GivenPassword};
use crate::tokened_session::TokenedSession;
use crate::{password, password_set};

/// The caller's old and new password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// Password with which the caller logs in now.
    current_password: String,
    /// New password of 12 to 128 characters, counted after normalisation to NFC.
    #[schemars(length(min = 12))]
    new_password: String,
}

impl InputRules for PasswordChange {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        password::check("new_password", &self.new_password)
    }
}

/// Sets the password in the account of the session. All sessions of the person in this account end, and
/// the caller goes on with a new token in the cookie of the reply. A wrong current password counts like a
/// wrong two-factor code, so that a stolen session cannot guess it.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<PasswordChange>, (OwnPassword, OwnSession, OwnStepUpThrottle)>,
) -> Result<Outcome<SessionRenewed>, Error> {
    let (OwnPassword { login, salt }, OwnSession(session), throttle) = &call.target;
    let moment = &call.moment;
    let given = GivenPassword { field: "current_password", password: &call.input.current_password };
    let throttle = attempt::check_password(store, &call, login, throttle, &given).await?;
    let mut login = login.clone();
    let hash = password_set::hash(&call.input.new_password, salt.as_ref(), moment).await?;
    let mut user = call.principal.user().clone();
    user.end_sessions();
    login.set_password(hash);
    login.session_epoch = user.session_epoch;
    let mut renewed = TokenedSession::renew(session, &user, &login.key, call.plain_cookie, moment);
    // A second factor was given in this request if the person has one.
    renewed.session.two_factor = login.two_factor.is_some();
    let mut writes = Writes::default()
        .replace(&user)
        .remove(&session.key())
        .create(&renewed.session)
        .create(&call.audit(AuditAction::PasswordChanged, user.id, Value::Null, Value::Null));
    if login.two_factor.is_none() {
        // Of many guesses at the same moment, one is answered. With a code, the code does this.
        writes = writes.clear_failures(&throttle);
    }
    let reply = SessionRenewed { cookie: renewed.cookie };
    call.commit_own_login(store, writes, login, reply).await
}
