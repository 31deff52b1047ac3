//! `operator.bootstrap_account`: open an account and invite its first moderator.

use std::collections::BTreeSet;

use domain::access::{AuditAction, AuditEvent, Author, NewUser, Role, User, UserKind};
use domain::account::{FeeSchedule, Fees, Merchant, NewAccount};
use domain::kernel::{AccountId, AuditId, Code, Error, Id, Moment, UserId};
use gate::{Invited, invite};
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Writes;

use crate::{CommandFailure, Invocation};

/// What is opened, and for whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountInput {
    /// Name of the company.
    name: String,
    merchant: MerchantInput,
    /// What each charge costs; nothing when absent.
    fees: Option<FeesInput>,
    moderator: ModeratorInput,
}

/// Who payers see as the recipient.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MerchantInput {
    name: String,
    city: String,
    pix_key: String,
}

/// The prices, by method.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeesInput {
    pix: FeeInput,
    payout: Option<FeeInput>,
}

/// One price.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeeInput {
    fixed_cents: u64,
    basis_points: u64,
}

/// The person who lets all others in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModeratorInput {
    name: String,
    email: String,
}

/// What was opened, and the moderator's invitation, shown once.
#[derive(Serialize)]
pub struct OpenedAccount {
    account_id: AccountId,
    user_id: UserId,
    /// As it is stored: in small letters.
    email: String,
    /// The secret part of `POST /v1/invitations/{token}/accept`.
    invitation_token: String,
    /// From then on it is refused.
    invitation_expires_at: Timestamp,
}

/// Opens the account with its books, the moderator and the invitation in one transaction. The e-mail
/// decides: a second time nothing is written.
pub async fn handle(
    app: &App,
    order: Invocation<AccountInput>,
) -> Result<OpenedAccount, CommandFailure> {
    let Invocation { input, moment, request_id } = order;
    let (new_account, new_user) = parts(input);
    let mut flaws = new_account.flaws();
    flaws.extend(new_user.flaws("moderator."));
    if !flaws.is_empty() {
        return Err(Error::Invalid(flaws).into());
    }
    let account = new_account.open(&moment)?;
    let user = new_user.open(account.id, &moment)?;
    let email = user.email.clone().unwrap_or_default();
    let Invited { login, token, expires_at } = invite(&user, &email, &moment);
    let taken = Error::conflict(
        Code::EmailTaken,
        "moderator.email: somebody logs in with this e-mail already; nothing was created",
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

/// The first line of the account's trail.
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
