//! API keys: what opens nothing, and what a guess at one costs.

use domain::access::{ApiKey, KeyId, Permission};
use gate::{PresentedKey, Token, TokenKind, login_key, mint_secret, parse_range};
use serde_json::{Value, json};
use store::Writes;
use tests::{Human, Tenant, World, text};

use crate::access::people::{
    at_work, key_id, key_with_another_secret, me, new_key, new_program, sent,
};

/// Where the tests' programs call from.
const CALLER_ADDRESS: &str = "203.0.113.7";

/// Fault row 71. Most of what scanners send ends before anything is asked for.
#[tokio::test]
async fn a_malformed_key_is_refused_without_a_request_to_anything() {
    let world = World::new().await;
    let key = world.tenant("loja").await.program.api_key;
    // A sandbox that has not even fetched the pepper yet.
    let cold = world.second_instance(|_| {});
    let last = if key.ends_with('0') { '1' } else { '0' };
    let (_, tail) = key.split_at("trl_sandbox".len());
    let malformed = [
        "random".to_owned(),
        "a".repeat(5_000),
        "trl_sandbox".to_owned(),
        key[..key.len() - 1].to_owned(),
        key[..40].to_owned(),
        format!("{key}0"),
        format!("{}{last}", &key[..key.len() - 1]),
        key.to_uppercase(),
        format!("trl_test{tail}"),
        // The right form and the wrong checksum: the stage is covered by it.
        format!("trl_live{tail}"),
        format!("{key} {key}"),
    ];
    world.bundle.faults().record();
    for key in &malformed {
        let response = me(&cold, key).await;
        response.problem(401, "api_key_invalid");
        assert_eq!(response.header("www-authenticate"), Some("Bearer"));
        let line = world.last_logged();
        assert_eq!(line["storage_requests"], 0, "{key}: {line}");
        assert_eq!(line["code"], "api_key_invalid");
    }
    for header in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", &key, "Token abc"] {
        let response = cold.get("/v1/me").header("authorization", header).send();
        let problem = response.await.problem(401, "credential_missing");
        let detail =
            "the request has no credential; send Authorization: Bearer <api key>, or log in";
        assert_eq!(problem["detail"], detail, "{header}");
    }
    assert_eq!(sent(&world), [""; 0]);
    me(&cold, &key).await.ok();
    assert!(sent(&world).contains(&"GetSecretValue".to_owned()));
}

/// Fault row 72. The secret has 196 random bits, so there is nothing to slow down, and nothing that
/// a guesser could lock.
#[tokio::test]
async fn wrong_secrets_of_a_real_key_never_lock_the_real_one_out() {
    let world = World::new().await;
    let key = world.tenant("loja").await.program.api_key;
    me(&world, &key).await.ok();
    for attempt in 0..300 {
        let wrong = key_with_another_secret(&world, &key);
        world.bundle.faults().record();
        me(&world, &wrong).await.problem(401, "api_key_invalid");
        // One read, no write: a guess costs little and leaves nothing behind.
        assert_eq!(sent(&world), ["BatchGetItem"]);
        assert_eq!(world.last_logged()["denial"], "wrong secret");
        if attempt % 50 == 49 {
            me(&world, &key).await.ok();
        }
    }
}

#[tokio::test]
async fn a_key_that_expires_is_refused_from_that_instant_on() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let user_id = new_program(&world, &ana, &[]).await;
    let path = format!("/v1/users/{user_id}/api-keys");
    let make = async |expires_at: String| {
        let mut body = json!({ "name": "short", "ip_allowlist": [CALLER_ADDRESS] });
        body["expires_at"] = json!(expires_at);
        let ask = ana.ask_with_code(&world, "POST", &path);
        ask.json(&body).send().await
    };
    let past = world.now().to_string();
    make(past).await.violation("expires_at", "out_of_range");
    let at = world.now() + jiff::SignedDuration::from_secs(100);
    let key = text(&make(at.to_string()).await.created()["api_key"]);
    world.wait(69);
    me(&world, &key).await.ok();
    world.wait(1);
    assert_eq!(world.now(), at);
    me(&world, &key).await.problem(401, "api_key_invalid");
}

/// Makes a key of a program under an id of the test's choosing.
async fn key_named(world: &World, tenant: &Tenant, bare: &str) -> String {
    let app = world.bundle.app();
    let real = PresentedKey::parse(&tenant.program.api_key).expect("a key");
    let moment = app.moment();
    let id = KeyId::from_bare(bare).expect("twelve letters and digits");
    let minted = mint_secret(real.stage, id.clone(), real.account_id, real.user_id, &moment);
    let peppers = app.secrets.peppers(moment.now).await.expect("a pepper");
    let key = ApiKey {
        id,
        account_id: real.account_id,
        user_id: real.user_id,
        name: bare.to_owned(),
        hash: peppers.hash_key(&minted),
        pepper_version: peppers.current(),
        previous: None,
        ip_allowlist: vec![parse_range(CALLER_ADDRESS).expect("an address")],
        expires_at: None,
        last_used_at: None,
        created_at: moment.now,
        version: 0,
    };
    let written = app.store.commit(Writes::default().create(&key), &moment);
    written.await.expect("written");
    minted.text.to_string()
}

/// Fault row 74. Ids that begin alike, that differ in case alone, and that are the same on two
/// accounts: each opens its own account and nothing else.
#[tokio::test]
async fn keys_whose_ids_are_alike_never_open_for_each_other() {
    let world = World::new().await;
    let (loja, outra) = (world.tenant("loja").await, world.tenant("outra").await);
    let mut keys = Vec::new();
    for (tenant, bare) in [
        (&loja, "0abcdefghijA"),
        (&loja, "0abcdefghijB"),
        (&loja, "0abcdefghija"),
        (&outra, "0abcdefghijA"),
        (&outra, "0abcdefghijC"),
    ] {
        keys.push((key_named(&world, tenant, bare).await, tenant.account_id));
    }
    for _ in 0..2 {
        for (key, account_id) in &keys {
            let seen = me(&world, key).await.ok();
            assert_eq!(seen["account"]["id"], account_id.to_string());
            assert_eq!(seen["api_key_id"], key_id(key));
        }
    }
}

/// Fault row 74. The checksum is no secret: anybody can compute it for a key put together.
#[tokio::test]
async fn the_secret_of_one_key_does_not_open_under_the_id_of_another() {
    let world = World::new().await;
    let (loja, outra) = (world.tenant("loja").await, world.tenant("outra").await);
    let keys = [
        key_named(&world, &loja, "0abcdefghijA").await,
        key_named(&world, &loja, "0abcdefghijB").await,
        key_named(&world, &outra, "0abcdefghijA").await,
    ];
    for one in &keys {
        for other in keys.iter().filter(|other| *other != one) {
            me(&world, other).await.ok();
            let mixed = put_together(one, other);
            assert!(PresentedKey::parse(&mixed).is_some(), "well formed");
            me(&world, &mixed).await.problem(401, "api_key_invalid");
        }
    }
}

/// Joins stage, id, account and user of one key with the secret of another, under the right
/// checksum.
fn put_together(one: &str, other: &str) -> String {
    const HINTS: usize = 44;
    const SECRET: usize = 33;
    let secret_at = "trl_sandbox_0abcdefghijA_".len() + HINTS;
    let covered = format!("{}{}", &one[..secret_at], &other[secret_at..secret_at + SECRET]);
    let checksum = crc32(covered.as_bytes());
    let mut digits = [b'0'; 6];
    let mut left = checksum;
    for digit in digits.iter_mut().rev() {
        let place = usize::try_from(left % 62).expect("below 62");
        *digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[place];
        left /= 62;
    }
    format!("{covered}{}", String::from_utf8_lossy(&digits))
}

/// Returns the CRC-32 (ISO HDLC), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            let carry = if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
            (crc >> 1) ^ carry
        })
    });
    !crc
}

/// Fault row 75. There is no cache of keys to bound: what a sandbox keeps is the pepper and counts
/// by key id. What is presented is not shown even if code prints it by mistake.
#[tokio::test]
async fn nothing_of_a_key_is_logged_or_shown() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let key = &tenant.program.api_key;
    let user_id = new_program(&world, &tenant.ana, &[]).await;
    let made = text(&new_key(&world, &tenant.ana, &user_id, &[CALLER_ADDRESS]).await["api_key"]);
    let wrong = key_with_another_secret(&world, key);
    for key in [key, &made, &wrong] {
        me(&world, key).await;
        let presented = PresentedKey::parse(key).expect("a key");
        let shown = format!("{presented:?}");
        assert_eq!(shown, format!("PresentedKey({})", key_id(key)));
        let kept = json!(world.logged()).to_string();
        let secret_at = key.len() - 39;
        assert!(!kept.contains(&key[secret_at..]));
        assert!(!kept.contains(&key[secret_at..key.len() - 6]));
        let shown = tenant.ana.request(&world, "GET", "/v1/api-keys").send().await;
        assert!(!shown.text().contains(&key[secret_at..]));
        assert!(!shown.text().contains("hash"), "{}", shown.text());
    }
}

/// Fault row 75. The same of what a person brings, and of the row it is compared with.
#[tokio::test]
async fn tokens_logins_and_the_pepper_do_not_show_their_secrets() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, account_id) = (tenant.ana, tenant.account_id);
    let app = world.bundle.app();
    let token = Token::parse(TokenKind::Session, &ana.session).expect("a token");
    assert_eq!(format!("{token:?}"), format!("Token({})", ana.user_id));
    let key = store::Key::Login(login_key(&ana.person.email), account_id);
    let login = app.store.find::<domain::access::Login>(&key).await;
    let login = login.expect("readable").expect("there");
    let shown = format!("Login {{ user_id: {}, .. }}", ana.user_id);
    assert_eq!(format!("{login:?}"), shown);
    let peppers = app.secrets.peppers(world.now()).await.expect("a pepper");
    assert_eq!(format!("{peppers:?}"), "Peppers(current 1, 1 versions)");
}

#[tokio::test]
async fn a_key_is_for_a_program_and_one_program_has_twenty_at_most() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let refused =
        crate::access::people::ask_for_key(&world, ana, &tenant.bruno.user_id, &[CALLER_ADDRESS])
            .await;
    refused.problem(422, "user_kind");
    let user_id = new_program(&world, ana, &[]).await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(text(&new_key(&world, ana, &user_id, &[CALLER_ADDRESS]).await["id"]));
    }
    let refused =
        crate::access::people::ask_for_key(&world, ana, &user_id, &[CALLER_ADDRESS]).await;
    refused.problem(409, "api_key_limit");
    let path = format!("/v1/api-keys/{}", ids[0]);
    let delete = ana.ask_with_code(&world, "DELETE", &path);
    delete.send().await.expect(204);
    new_key(&world, ana, &user_id, &[CALLER_ADDRESS]).await;
    // All of them go with the user, in one transaction.
    let path = format!("/v1/users/{user_id}");
    ana.ask_with_code(&world, "DELETE", &path).send().await.expect(204);
    let left = keys_of(&world, ana).await;
    assert_eq!(left.len(), 1, "{left:?}");
}

async fn keys_of(world: &World, by: &Human) -> Vec<Value> {
    let listed = by.request(world, "GET", "/v1/api-keys?limit=100").send().await;
    listed.ok()["data"].as_array().expect("a list").clone()
}

/// A key of one stage is refused by the other.
#[tokio::test]
async fn a_key_of_another_stage_is_refused() {
    let world = World::new().await;
    let live = world.second_instance(|config| config.stage = domain::account::Stage::Live);
    let tenant = world.tenant("loja").await;
    me(&world, &tenant.program.api_key).await.ok();
    let refused = me(&live, &tenant.program.api_key).await;
    refused.problem(401, "api_key_invalid");
    assert_eq!(world.last_logged()["denial"], "key of another stage");
    let held = [Permission::ChargesRead];
    let program = live.program(tenant.account_id, &held, &[CALLER_ADDRESS]).await;
    me(&live, &program.api_key).await.ok();
    me(&world, &program.api_key).await.problem(401, "api_key_invalid");
}
