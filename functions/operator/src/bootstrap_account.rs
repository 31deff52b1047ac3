//! `operator.bootstrap_account`: open an account and invite its first moderator.

use std::collections::BTreeSet;

use domain::access::{AuditAction, AuditEvent, Author, NewUser, Role, User, UserKind};
use domain::account::{FeeSchedule, Fees, Merchant, NewAccount};
use domain::kernel::{AccountId, AuditId, Code, Error, Id, Moment, UserId};
use gate::{NewInvitation, invite};
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Writes;

use crate::{CommandFailure, Invocation};

/// A new account with its first moderator.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountInput {
    /// Name of the company.
    name: String,
    merchant: MerchantInput,
    /// Fees of the account; none if absent.
    fees: Option<FeesInput>,
    moderator: ModeratorInput,
}

/// The recipient that payers see.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MerchantInput {
    name: String,
    city: String,
    pix_key: String,
}

/// The fees, by method.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeesInput {
    pix: FeeInput,
    payout: Option<FeeInput>,
}

/// One fee.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeeInput {
    fixed_cents: u64,
    basis_points: u64,
}

/// The first moderator, who can invite all other users.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModeratorInput {
    name: String,
    email: String,
}

/// The new account, and the invitation of the moderator, which is shown once.
#[derive(Serialize)]
pub struct OpenedAccount {
    account_id: AccountId,
    user_id: UserId,
    /// E-mail as it is stored, in lower case.
    email: String,
    /// Secret token of `POST /v1/invitations/{token}/accept`.
    invitation_token: String,
    /// Time from which the invitation is refused.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    invitation_expires_at: Timestamp,
}

/// Opens the account with its books, the moderator and the invitation in one transaction. If a user
/// already has the e-mail, nothing is written, so a second call with the same input changes nothing.
pub async fn handle(
    app: &App,
    invocation: Invocation<AccountInput>,
) -> Result<OpenedAccount, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let (new_account, new_user) = parts(input);
    let mut flaws = new_account.flaws();
    flaws.extend(new_user.flaws("moderator."));
    if !flaws.is_empty() {
        return Err(Error::Invalid(flaws).into());
    }
    let account = new_account.open(&moment)?;
    let user = new_user.open(account.id, &moment)?;
    let email = user.email.clone().unwrap_or_default();
    let NewInvitation { login, token, expires_at } = invite(&user, &email, &moment);
    let taken = Error::conflict(
        Code::EmailTaken,
        "moderator.email: another user already has this e-mail; nothing was created; use another e-mail",
    );
    let writes = Writes::default()
        .create_or(&login, taken)
        .open_account(&account)
        .create(&user)
        .create(&audit(&user, request_id, &moment));
    app.store.commit(writes, &moment).await?;
    Ok(OpenedAccount {
        account_id: account.id,
        user_id: user.id,
        email,
        invitation_token: token.reveal().to_owned(),
        invitation_expires_at: expires_at,
    })
}

fn parts(input: AccountInput) -> (NewAccount, NewUser) {
    let AccountInput { name, merchant, fees, moderator } = input;
    let MerchantInput { name: shown, city, pix_key } = merchant;
    let schedule =
        |FeeInput { fixed_cents, basis_points }| FeeSchedule { fixed_cents, basis_points };
    let fees = fees.map(|FeesInput { pix, payout }| Fees {
        pix: schedule(pix),
        payout: payout.map(schedule).unwrap_or_default(),
    });
    let account = NewAccount { name, merchant: Merchant { name: shown, city, pix_key }, fees };
    let user = NewUser {
        kind: UserKind::Human,
        name: moderator.name,
        email: Some(moderator.email),
        roles: BTreeSet::from([Role::Moderator]),
        permissions: BTreeSet::new(),
    };
    (account, user)
}

/// Makes the first line of the account's audit trail.
fn audit(user: &User, request_id: String, moment: &Moment) -> AuditEvent {
    AuditEvent {
        id: AuditId::mint(moment),
        account_id: user.account_id,
        action: AuditAction::UserCreated,
        author: Author::operator(),
        target: user.id.to_string(),
        before: Value::Null,
        after: user.audited(),
        request_id,
        created_at: moment.now,
    }
}
