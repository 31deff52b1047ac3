//! `operator.bootstrap_account`: open an account and invite its first moderator.

use std::collections::BTreeSet;

use domain::access::{AuditAction, NewUser, Role, UserKind};
use domain::account::{AnticipationFee, DisputeFees, FeeSchedule, Fees, NewAccount};
use domain::kernel::{AccountId, Code, Error, UserId};
use gate::{NewInvitation, invite};
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Writes;

use crate::account::{FeeInput, MerchantInput, OperatorTrail};
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
    /// True if the moderator may have a login in another account already.
    another_account: Option<bool>,
}

/// The fees, by method.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeesInput {
    pix: FeeInput,
    boleto: Option<FeeInput>,
    card: Option<FeeInput>,
    payout: Option<FeeInput>,
    dispute: Option<DisputeFees>,
    /// Price of early payments of instalments.
    anticipation: Option<AnticipationFee>,
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

/// Opens the account with its books, the moderator and the invitation in one transaction. If the e-mail
/// was invited to any account before, nothing is written, so a second call with the same input changes
/// nothing. The operator can say that one more account is meant.
pub async fn handle(
    app: &App,
    invocation: Invocation<AccountInput>,
) -> Result<OpenedAccount, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let another_account = input.another_account.unwrap_or(false);
    let (new_account, new_user) = parts(input);
    let mut flaws = new_account.flaws();
    flaws.extend(new_user.flaws("moderator."));
    if !flaws.is_empty() {
        return Err(Error::Invalid(flaws).into());
    }
    let account = new_account.open(&moment)?;
    let user = new_user.open(account.id, &moment)?;
    let email = user.email.clone().unwrap_or_default();
    let NewInvitation { login, salt, token, expires_at } = invite(&user, &email, &moment);
    let taken = Error::conflict(
        Code::EmailTaken,
        "moderator.email: this e-mail was invited to an account before; nothing was created; for one \
         more account, add \"another_account\": true",
    );
    let writes = match another_account {
        true => Writes::default().ensure_salt(&salt),
        false => Writes::default().create_or(&salt, taken),
    };
    let trail = OperatorTrail { account_id: account.id, request_id: &request_id, moment: &moment };
    let line = trail.line(AuditAction::UserCreated, user.id, Value::Null, user.audited());
    let writes = writes.create(&login).open_account(&account).create(&user).create(&line);
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
    let AccountInput { name, merchant, fees, moderator, another_account: _ } = input;
    let fees = fees.map(|FeesInput { pix, boleto, card, anticipation, payout, dispute }| Fees {
        anticipation,
        pix: pix.into(),
        boleto: boleto.map(FeeSchedule::from),
        card: card.map(FeeSchedule::from),
        payout: payout.map(FeeSchedule::from).unwrap_or_default(),
        dispute: dispute.unwrap_or_default(),
    });
    let account = NewAccount { name, merchant: merchant.into(), fees };
    let user = NewUser {
        kind: UserKind::Human,
        name: moderator.name,
        email: Some(moderator.email),
        roles: BTreeSet::from([Role::Moderator]),
        permissions: BTreeSet::new(),
    };
    (account, user)
}
