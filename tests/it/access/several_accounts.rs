//! One e-mail in several accounts: separate credentials, and one log-in that finds its account.

use serde_json::{Value, json};
use tests::{Human, TestResponse, World, text};

use crate::access::people::{accept, at_work, sent, session_of};

const EMAIL: &str = "carla@contador.example";
const ONE: &str = "the first long password";
const OTHER: &str = "the other long password";

/// Invites Carla to the account of a moderator; the new user with the invitation.
async fn invite(world: &World, by: &Human) -> Value {
    let body = json!({ "name": "Carla", "kind": "human", "email": EMAIL, "roles": ["view"] });
    by.request(world, "POST", "/v1/users").json(&body).send().await.created()
}

async fn log_in(world: &World, fields: Value) -> TestResponse {
    let mut body = json!({ "email": EMAIL });
    body.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
    world.post("/v1/sessions").json(&body).send().await
}

/// Enrols Carla's authenticator in the account of this session; the secret.
async fn enrol(world: &World, opened: &TestResponse) -> Human {
    let session = session_of(opened);
    let person = local::seed::Person {
        email: EMAIL.to_owned(),
        password: ONE.to_owned(),
        totp_secret: String::new(),
    };
    let user_id = text(&opened.json()["user_id"]);
    let mut carla = Human { user_id, person, session };
    let started = carla.start_two_factor(world).send().await.created();
    carla.person.totp_secret = text(&started["secret"]);
    let code = json!({ "code": carla.code(world) });
    let confirm = carla.request(world, "POST", "/v1/me/two-factor/confirm");
    confirm.json(&code).send().await.created();
    carla
}

async fn refused_lines(world: &World, by: &Human) -> Vec<Value> {
    let trail = by.request(world, "GET", "/v1/audit-events?action=session.refused&limit=100");
    let trail = trail.send().await.ok();
    trail["data"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn the_password_of_each_account_opens_that_account() {
    let world = World::new().await;
    let (loja, padaria) = (at_work(&world, "loja").await, at_work(&world, "padaria").await);
    let (one, other) = (invite(&world, &loja.ana).await, invite(&world, &padaria.ana).await);
    accept(&world, &text(&one["invitation"]["token"]), ONE).await.ok();
    accept(&world, &text(&other["invitation"]["token"]), OTHER).await.ok();
    for (password, tenant, user) in [(ONE, &loja, &one), (OTHER, &padaria, &other)] {
        let opened = log_in(&world, json!({ "password": password })).await.created();
        assert_eq!(opened["account_id"], json!(tenant.account_id));
        assert_eq!(opened["user_id"], user["id"]);
    }
    // The account of the other password is not opened by this one.
    let wrong = json!({ "password": ONE, "account_id": padaria.account_id });
    log_in(&world, wrong).await.problem(401, "login_invalid");
    // Nor does one account see or change what belongs to the other.
    let path = format!("/v1/users/{}", text(&other["id"]));
    loja.ana.request(&world, "GET", &path).send().await.problem(404, "not_found");
    let invitation = loja.ana.ask_with_code(&world, "POST", &format!("{path}/invitation"));
    invitation.send().await.problem(404, "not_found");
    world.wait(60);
    loja.ana
        .request(&world, "DELETE", &format!("/v1/users/{}", text(&one["id"])))
        .send()
        .await
        .expect(204);
    log_in(&world, json!({ "password": ONE })).await.problem(401, "login_invalid");
    world.wait(60);
    log_in(&world, json!({ "password": OTHER })).await.created();
}

#[tokio::test]
async fn where_the_password_does_not_decide_the_person_chooses() {
    let world = World::new().await;
    let (loja, padaria) = (at_work(&world, "loja").await, at_work(&world, "padaria").await);
    for tenant in [&loja, &padaria] {
        let invited = invite(&world, &tenant.ana).await;
        accept(&world, &text(&invited["invitation"]["token"]), ONE).await.ok();
    }
    // A wrong password shows nothing of the accounts.
    let wrong = log_in(&world, json!({ "password": OTHER })).await;
    assert_eq!(wrong.problem(401, "login_invalid").get("accounts"), None);
    let choice = log_in(&world, json!({ "password": ONE })).await;
    let choice = choice.problem(409, "account_choice_needed");
    let mut names: Vec<_> = choice["accounts"].as_array().expect("a list").iter().collect();
    names.sort_by_key(|account| text(&account["name"]));
    let expected = [
        json!({ "account_id": loja.account_id, "name": "loja" }),
        json!({ "account_id": padaria.account_id, "name": "padaria" }),
    ];
    assert_eq!(names, expected.iter().collect::<Vec<_>>());
    for tenant in [&loja, &padaria] {
        let chosen = json!({ "password": ONE, "account_id": tenant.account_id });
        let opened = log_in(&world, chosen).await;
        assert_eq!(opened.created()["account_id"], json!(tenant.account_id));
    }
    let malformed = json!({ "password": ONE, "account_id": "acc_1" });
    let refused = log_in(&world, malformed).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    // An account that is closed, or in which the person is suspended, is no choice.
    let closed = json!({ "account_id": padaria.account_id });
    world.bundle.operate("close_account", closed).await.expect("closed");
    let choice = log_in(&world, json!({ "password": ONE })).await;
    let choice = choice.problem(409, "account_choice_needed");
    assert_eq!(choice["accounts"], json!([expected[0]]));
}

#[tokio::test]
async fn the_code_decides_between_accounts_with_the_same_password() {
    let world = World::new().await;
    let (loja, padaria) = (at_work(&world, "loja").await, at_work(&world, "padaria").await);
    let mut people = Vec::new();
    for tenant in [&loja, &padaria] {
        let invited = invite(&world, &tenant.ana).await;
        accept(&world, &text(&invited["invitation"]["token"]), ONE).await.ok();
        let chosen = json!({ "password": ONE, "account_id": tenant.account_id });
        let opened = log_in(&world, chosen).await;
        opened.created();
        people.push(enrol(&world, &opened).await);
        world.wait(60);
    }
    log_in(&world, json!({ "password": ONE })).await.problem(401, "login_needs_code");
    for (carla, tenant) in people.iter().zip([&loja, &padaria]) {
        let code = carla.fresh_code(&world);
        let opened = log_in(&world, json!({ "password": ONE, "totp_code": code })).await.created();
        assert_eq!(opened["account_id"], json!(tenant.account_id));
        assert_eq!(opened["two_factor"], true);
    }
    // Codes of one account are worth nothing in the other.
    // A code that one account takes as its last one is a guess at the other alone.
    let code = people[0].fresh_code(&world);
    let used = json!({ "password": ONE, "totp_code": code });
    log_in(&world, used.clone()).await.created();
    log_in(&world, used).await.problem(401, "login_invalid");
    for (tenant, expected) in [(&loja, 0), (&padaria, 1)] {
        let mut ana = tenant.ana.clone();
        ana.log_in(&world).await.created();
        assert_eq!(refused_lines(&world, &ana).await.len(), expected);
    }
    world.wait(60);
    let code = people[0].fresh_code(&world);
    let other = json!({ "password": ONE, "totp_code": code, "account_id": padaria.account_id });
    log_in(&world, other).await.problem(401, "login_invalid");
    // A reset in one account leaves the other as it was.
    let path = format!("/v1/users/{}/two-factor/reset", people[0].user_id);
    loja.ana.ask_with_code(&world, "POST", &path).send().await.ok();
    let code = people[1].fresh_code(&world);
    let opened = log_in(&world, json!({ "password": ONE, "totp_code": code })).await.created();
    assert_eq!(opened["account_id"], json!(padaria.account_id));
    // A wrong code is a guess, although the first account no longer needs one.
    let wrong = people[1].wrong_code(&world);
    let guess = log_in(&world, json!({ "password": ONE, "totp_code": wrong })).await;
    guess.problem(401, "login_invalid");
}

/// A moderator of one account can invite any e-mail and accept the invitation. Log-ins there must not
/// give back the guesses at another account.
#[tokio::test]
async fn a_success_in_one_account_does_not_clear_the_failures_of_another() {
    let world = World::new().await;
    let (loja, padaria) = (at_work(&world, "loja").await, at_work(&world, "padaria").await);
    let (one, other) = (invite(&world, &loja.ana).await, invite(&world, &padaria.ana).await);
    accept(&world, &text(&one["invitation"]["token"]), ONE).await.ok();
    accept(&world, &text(&other["invitation"]["token"]), OTHER).await.ok();
    for _ in 0..2 {
        let guess = json!({ "password": "a guess", "account_id": loja.account_id });
        log_in(&world, guess).await.problem(401, "login_invalid");
        let own = json!({ "password": OTHER, "account_id": padaria.account_id });
        log_in(&world, own).await.created();
    }
    log_in(&world, json!({ "password": "a guess" })).await.problem(401, "login_invalid");
    log_in(&world, json!({ "password": ONE })).await.problem(429, "too_many_attempts");
}

/// A moderator of one account can invite any e-mail, accept the invitation, and set one password after the
/// other. A log-in that names no account must not say, without a limit, whether another account has it.
#[tokio::test]
async fn passwords_set_in_one_account_are_guesses_at_another() {
    let world = World::new().await;
    let (loja, padaria) = (at_work(&world, "loja").await, at_work(&world, "padaria").await);
    let (one, other) = (invite(&world, &loja.ana).await, invite(&world, &padaria.ana).await);
    accept(&world, &text(&one["invitation"]["token"]), ONE).await.ok();
    accept(&world, &text(&other["invitation"]["token"]), OTHER).await.ok();
    let chosen = json!({ "password": OTHER, "account_id": padaria.account_id });
    let mut thief = loja.ana.clone();
    thief.session = session_of(&log_in(&world, chosen).await);
    let mut last = OTHER.to_owned();
    let mut set = async |new: String| {
        let body = json!({ "current_password": last, "new_password": new });
        let set = thief.request(&world, "PUT", "/v1/me/password").json(&body).send().await;
        set.expect(204);
        thief.session = session_of(&set);
        last = new;
    };
    let from = async |ip: &str, password: &str| {
        let body = json!({ "email": EMAIL, "password": password });
        world.post("/v1/sessions").json(&body).from(ip).send().await
    };
    // At one address the third guess delays the next.
    for number in 0..4 {
        let guess = format!("guess number {number}");
        set(guess.clone()).await;
        let status = if number < 3 { 201 } else { 429 };
        assert_eq!(from("198.51.100.66", &guess).await.status, status, "{number}");
    }
    // The same password once more is no new guess.
    for seconds in [1, 2, 0] {
        world.wait(seconds);
        from("198.51.100.66", "guess number 3").await.created();
    }
    // From many addresses the limit of the e-mail holds; then even the right one is not compared.
    for number in 4..20 {
        let guess = format!("guess number {number}");
        set(guess.clone()).await;
        from(&format!("198.51.100.{number}"), &guess).await.created();
    }
    set(ONE.to_owned()).await;
    from("198.51.100.4", ONE).await.created();
    from("198.51.100.250", ONE).await.problem(429, "too_many_attempts");
    // The account whose password was tried sees it, without the whole address.
    let mut ana = loja.ana.clone();
    ana.log_in(&world).await.created();
    let lines = refused_lines(&world, &ana).await;
    assert_eq!(lines.len(), 20);
    assert!(lines.iter().all(|line| line["author"]["ip"] == "198.51.100.***"), "{lines:?}");
}

/// Each account sees the failed attempts at its own login.
#[tokio::test]
async fn a_failed_log_in_is_in_the_trail_of_each_account_that_was_attempted() {
    let world = World::new().await;
    let (loja, padaria) = (at_work(&world, "loja").await, at_work(&world, "padaria").await);
    for (tenant, password) in [(&loja, ONE), (&padaria, OTHER)] {
        let invited = invite(&world, &tenant.ana).await;
        accept(&world, &text(&invited["invitation"]["token"]), password).await.ok();
    }
    // An account that only invited the person learns nothing.
    let curious = at_work(&world, "curious").await;
    invite(&world, &curious.ana).await;
    log_in(&world, json!({ "password": "a guess" })).await.problem(401, "login_invalid");
    let at_loja = json!({ "password": OTHER, "account_id": loja.account_id });
    log_in(&world, at_loja).await.problem(401, "login_invalid");
    for (tenant, expected) in [(&loja, 2), (&padaria, 1), (&curious, 0)] {
        let lines = refused_lines(&world, &tenant.ana).await;
        assert_eq!(lines.len(), expected);
        assert!(lines.iter().all(|line| line["author"]["name"] == "c***@contador.example"));
    }
}

/// Without this, of many passwords sent at once the right one would be told apart by its answer.
#[tokio::test]
async fn of_guesses_at_the_same_moment_a_choice_of_accounts_is_one() {
    let world = World::new().await;
    let (loja, padaria) = (at_work(&world, "loja").await, at_work(&world, "padaria").await);
    for tenant in [&loja, &padaria] {
        let invited = invite(&world, &tenant.ana).await;
        accept(&world, &text(&invited["invitation"]["token"]), ONE).await.ok();
    }
    let guess = |password: &str| log_in(&world, json!({ "password": password }));
    let (one, two, three) = tokio::join!(guess("a guess"), guess(ONE), guess("another guess"));
    let statuses = [one.status, two.status, three.status];
    let answered = statuses.iter().filter(|status| **status != 429).count();
    assert_eq!(answered, 1, "{statuses:?}");
}

/// The answer for an e-mail costs the same requests and the same slow hash, whether it has a login in no
/// account, in one or in two.
#[tokio::test]
async fn a_log_in_costs_the_same_for_every_number_of_accounts() {
    let world = World::new().await;
    let (loja, padaria) = (at_work(&world, "loja").await, at_work(&world, "padaria").await);
    let wrong = async || {
        world.wait(900);
        world.bundle.faults().record();
        let refused = log_in(&world, json!({ "password": "a guess" })).await;
        let detail = text(&refused.problem(401, "login_invalid")["detail"]);
        let line = world.last_logged();
        let mut sent = sent(&world);
        sent.sort_unstable();
        (detail, sent, line["storage_round_trips"].clone())
    };
    let unknown = wrong().await;
    assert_eq!(unknown.2, 2);
    for tenant in [&loja, &padaria] {
        let mut ana = tenant.ana.clone();
        ana.log_in(&world).await.created();
        let invited = invite(&world, &ana).await;
        assert_eq!(wrong().await, unknown, "invited");
        accept(&world, &text(&invited["invitation"]["token"]), ONE).await.ok();
        assert_eq!(wrong().await, unknown, "accepted");
    }
    // The hashes of the e-mail share their salt, so one slow hash is compared with all.
    let mut salts = Vec::new();
    for tenant in [&loja, &padaria] {
        let key = store::Key::Login(gate::login_key(EMAIL), tenant.account_id);
        let login = world.bundle.app().store.find::<domain::access::Login>(&key).await;
        let hash = login.expect("readable").expect("there").password_hash.expect("a password");
        salts.push(hash.split('$').nth(4).expect("a salt").to_owned());
    }
    assert_eq!(salts[0], salts[1]);
    let key = store::Key::Login(gate::login_key(&loja.ana.person.email), loja.account_id);
    let login = world.bundle.app().store.find::<domain::access::Login>(&key).await;
    let hash = login.expect("readable").expect("there").password_hash.expect("a password");
    assert_ne!(hash.split('$').nth(4), Some(salts[0].as_str()), "another e-mail, another salt");
}

#[tokio::test]
async fn a_moderator_finds_the_person_with_an_email() {
    let world = World::new().await;
    let (loja, padaria) = (at_work(&world, "loja").await, at_work(&world, "padaria").await);
    let invited = invite(&world, &loja.ana).await;
    let find = async |by: &Human, query: &str| {
        by.request(&world, "GET", &format!("/v1/users?{query}")).send().await
    };
    let found = find(&loja.ana, "email=CARLA%40contador.example").await.ok();
    assert_eq!(found["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["data"][0]["id"], invited["id"]);
    assert_eq!(found["next_cursor"], Value::Null);
    let none = find(&padaria.ana, "email=carla%40contador.example").await.ok();
    assert_eq!(none["data"], json!([]));
    let long = format!("email={}", "x".repeat(255));
    find(&loja.ana, &long).await.violation("email", "wrong_length");
}
