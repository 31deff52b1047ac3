//! Authorize: asks the gate, with the rows of the credential and its user.

use domain::access::{ApiKey, Session, User};
use domain::account::Account;
use domain::kernel::{Code, Error};
use gate::{AccessRequest, Credential, Needs, Peppers, decide};
use store::Key;

use crate::credential::PresentedCredential;
use crate::operation::Route;
use crate::principal::Principal;
use crate::rows::Rows;
use crate::usage::CredentialUse;

/// Returns the caller if the gate allows the operation, with the use of the credential to record.
pub(crate) fn authorize(
    route: &Route<'_>,
    presented: &PresentedCredential,
    peppers: &Peppers,
    rows: &Rows,
) -> Result<(Principal, CredentialUse), Error> {
    let Route { app, operation, incoming, moment, .. } = route;
    assert!(operation.needs != Needs::Public, "a public operation takes a PublicRequest");
    let row = presented.row_key();
    let (key, session): (Option<ApiKey>, Option<Session>);
    let (credential, last_used_at) = match presented {
        PresentedCredential::Key(presented) => {
            key = rows.find(&row)?;
            if key.as_ref().is_some_and(|key| peppers.is_outdated_by(key.pepper_version)) {
                return Err(Error::Outdated);
            }
            let last_used_at = key.as_ref().and_then(|key| key.last_used_at);
            (Credential::Key(presented, key.as_ref()), last_used_at)
        }
        PresentedCredential::Session(presented) => {
            session = rows.find(&row)?;
            let last_used_at = session.as_ref().map(|session| session.last_used_at);
            (Credential::Session(presented, session.as_ref()), last_used_at)
        }
    };
    let account: Option<Account> = rows.find(&Key::Account(presented.account_id()))?;
    let user: Option<User> = rows.find(&presented.user_key())?;
    let request = AccessRequest {
        credential,
        account: account.as_ref(),
        user: user.as_ref(),
        ip: incoming.ip,
        needs: operation.needs,
        now: moment.now,
        stage: app.config.stage,
        peppers,
    };
    let grant = decide(&request).inspect_err(|denial| incoming.note_denial(*denial))?;
    let user = user.ok_or(Error::Unauthenticated(Code::SessionInvalid))?;
    incoming.note_caller(&grant);
    let used = CredentialUse {
        account_id: grant.account_id,
        row,
        key_id: grant.key_id.clone(),
        last_used_at,
        now: moment.now,
    };
    Ok((Principal::new(grant, user, incoming.ip), used))
}
