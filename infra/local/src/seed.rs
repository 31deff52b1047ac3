//! Fills an empty table with an account, its users and a key.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{
    ApiKey, Login, LoginSalt, Permission, Role, TwoFactor, User, UserKind, UserStatus,
};
use domain::account::{
    Account, AnticipationFee, DisputeFees, FeeSchedule, Fees, Merchant, NewAccount,
};
use domain::kernel::{AccountId, Error, Id, Moment, UserId};
use gate::{login_key, mint_api_key, new_secret, parse_range, secret_base32, totp_context};
use runtime::App;
use serde::{Deserialize, Serialize};
use store::{Key, Writes};

/// A person who can log in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// E-mail address of the login.
    pub email: String,
    /// Password.
    pub password: String,
    /// Secret of the authenticator, in base32.
    pub totp_secret: String,
}

/// A program that calls the API.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Program {
    /// Id of the user.
    pub id: String,
    /// API key.
    pub api_key: String,
}

/// An account with the credentials to use it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Demo {
    /// URL of the bundle.
    pub base_url: String,
    /// The account.
    pub account_id: String,
    /// Moderators of the account.
    pub moderators: Vec<Person>,
    /// API user of the account.
    pub api_user: Program,
}

/// Opens an account.
pub async fn account(app: &App, name: &str) -> Result<Account, Error> {
    let moment = app.moment();
    let new = NewAccount {
        name: name.to_owned(),
        merchant: Merchant {
            name: name.to_owned(),
            city: "Sao Paulo".to_owned(),
            // An example of a random key that the Central Bank publishes.
            pix_key: "123e4567-e12b-12d1-a456-426655440000".to_owned(),
            // The CNPJ of public examples.
            cnpj: Some("11222333000181".to_owned()),
        },
        fees: Some(Fees {
            pix: FeeSchedule { fixed_cents: 0, basis_points: 99 },
            boleto: None,
            // About what a sale in instalments costs.
            card: Some(FeeSchedule { fixed_cents: 0, basis_points: 399 }),
            payout: FeeSchedule { fixed_cents: 50, basis_points: 0 },
            dispute: DisputeFees::default(),
            anticipation: Some(AnticipationFee { monthly_basis_points: 150 }),
        }),
    };
    let account = new.open(&moment)?;
    app.store.commit(Writes::default().open_account(&account), &moment).await?;
    Ok(account)
}

fn user(account_id: AccountId, kind: UserKind, name: &str, moment: &Moment) -> User {
    User {
        id: UserId::mint(moment),
        account_id,
        kind,
        name: name.to_owned(),
        email: None,
        roles: BTreeSet::new(),
        permissions: BTreeSet::new(),
        status: UserStatus::Active,
        two_factor: false,
        session_epoch: 0,
        api_keys: BTreeMap::new(),
        created_at: moment.now,
        version: 0,
    }
}

/// Adds a person with a password and, if `enrolled`, an authenticator.
pub async fn person(
    app: &App,
    account_id: AccountId,
    (name, email): (&str, &str),
    roles: &[Role],
    enrolled: bool,
) -> Result<(UserId, Person), Error> {
    let moment = app.moment();
    let mut user = user(account_id, UserKind::Human, name, &moment);
    user.email = Some(email.to_owned());
    user.roles = roles.iter().copied().collect();
    user.two_factor = enrolled;
    let password = format!("{}-{}-{}", moment.base62(6), moment.base62(6), moment.base62(6));
    let key = login_key(email);
    let salt = app.store.find::<LoginSalt>(&Key::LoginSalt(key.clone())).await?;
    let salt = salt.unwrap_or_else(|| LoginSalt::mint(key.clone(), &moment));
    let hash = identity::hash_random_password(&password, &salt)?;
    let secret = new_secret(&moment);
    let peppers = app.secrets.peppers(moment.now).await?;
    let context = totp_context(user.id);
    let sealed_secret = peppers.seal(&context, &secret, &moment);
    let two_factor = TwoFactor { sealed_secret, last_step: 0, recovery_hashes: Vec::new() };
    let login = Login {
        key,
        account_id,
        user_id: user.id,
        user_name: user.name.clone(),
        password_hash: Some(hash),
        two_factor: enrolled.then_some(two_factor),
        session_epoch: 0,
        is_compared: false,
        pending_secret: None,
        invitation: None,
        version: 0,
    };
    let mut writes = Writes::default().create(&user).create(&login).ensure_salt(&salt);
    if user.is_acting_moderator() {
        writes = writes.add_moderator(account_id);
    }
    app.store.commit(writes, &moment).await?;
    let totp_secret = if enrolled { secret_base32(&secret) } else { String::new() };
    Ok((user.id, Person { email: email.to_owned(), password, totp_secret }))
}

/// Adds a program with a key that works from these addresses.
pub async fn program(
    app: &App,
    account_id: AccountId,
    name: &str,
    permissions: &[Permission],
    addresses: &[&str],
) -> Result<Program, Error> {
    let moment = app.moment();
    let mut user = user(account_id, UserKind::Api, name, &moment);
    user.permissions = permissions.iter().copied().collect();
    let minted = mint_api_key(app.config.stage, account_id, user.id, &moment);
    let peppers = app.secrets.peppers(moment.now).await?;
    let ranges = addresses.iter().map(|text| parse_range(text).map_err(Error::internal));
    let key = ApiKey {
        id: minted.id.clone(),
        account_id,
        user_id: user.id,
        name: name.to_owned(),
        hash: peppers.hash_key(&minted),
        pepper_version: peppers.current(),
        previous: None,
        ip_allowlist: ranges.collect::<Result<_, _>>()?,
        expires_at: None,
        last_used_at: None,
        created_at: moment.now,
        version: 0,
    };
    user.api_keys.insert(key.id.clone(), key.created_at);
    app.store.commit(Writes::default().create(&user).create(&key), &moment).await?;
    Ok(Program { id: user.id.to_string(), api_key: minted.text.to_string() })
}

/// Creates the demo account.
pub async fn demo(app: &App, base_url: &str) -> Result<Demo, Error> {
    let account = account(app, "Loja Demonstracao").await?;
    let mut moderators = Vec::new();
    for named in [("Ana", "ana@demo.example"), ("Bruno", "bruno@demo.example")] {
        moderators.push(person(app, account.id, named, &[Role::Moderator], true).await?.1);
    }
    let addresses = ["127.0.0.1", "::1"];
    let permissions = [
        Permission::ChargesWrite,
        Permission::PayoutsWrite,
        Permission::BeneficiariesWrite,
        Permission::CollectionsWrite,
        Permission::KycWrite,
        Permission::RefundsWrite,
        Permission::DisputesWrite,
        Permission::PixKeysRead,
        Permission::StatementsWrite,
        Permission::WebhooksWrite,
    ];
    let api_user = program(app, account.id, "Demo back end", &permissions, &addresses).await?;
    Ok(Demo {
        base_url: base_url.to_owned(),
        account_id: account.id.to_string(),
        moderators,
        api_user,
    })
}
