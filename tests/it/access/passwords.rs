//! Passwords that are changed, lost and set again.

use std::time::Duration;

use local::Fault;
use serde_json::{Value, json};
use tests::{Human, TestResponse, World, text};

use crate::access::people::{accept, at_work, log_in_with, session_of};

const NEW: &str = "another long password";

fn change(current: &str, new: &str) -> Value {
    json!({ "current_password": current, "new_password": new })
}

#[tokio::test]
async fn a_new_password_replaces_the_old_one_and_ends_the_other_sessions() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let mut ana = at_work(&world, "loja").await.ana;
    let elsewhere = ana.clone();
    ana.log_in(&world).await.created();
    let before = ana.session.clone();
    let old = ana.person.password.clone();
    let ask = ana.ask_with_code(&world, "PUT", "/v1/me/password").json(&change(&old, NEW));
    let changed = ask.send().await;
    changed.expect(204);
    // The caller goes on with another token; a copy of the old one is worth nothing.
    ana.session = session_of(&changed);
    assert_ne!(ana.session, before);
    for world in [&world, &second] {
        ana.request(world, "GET", "/v1/me").send().await.ok();
        elsewhere.request(world, "GET", "/v1/me").send().await.problem(401, "session_invalid");
        world.get("/v1/me").session(&before).send().await.problem(401, "session_invalid");
    }
    let sessions = ana.request(&world, "GET", "/v1/me/sessions").send().await.ok();
    assert_eq!(sessions["data"].as_array().map(Vec::len), Some(1));
    // It still writes: the second factor was given with the change.
    let program = json!({ "name": "back end", "kind": "api" });
    ana.request(&world, "POST", "/v1/users").json(&program).send().await.created();

    let code = ana.fresh_code(&world);
    log_in_with(&world, &ana, &old, &code).await.problem(401, "login_invalid");
    let code = ana.fresh_code(&world);
    log_in_with(&world, &ana, NEW, &code).await.created();
    let trail = ana.request(&world, "GET", "/v1/audit-events").send().await.ok();
    let mut lines = trail["data"].as_array().expect("a list").iter();
    let line = lines.find(|line| line["action"] == "password.changed").expect("a line");
    assert_eq!((&line["target"], &line["before"]), (&json!(ana.user_id), &Value::Null));
    assert!(!trail.to_string().contains(NEW) && !json!(world.logged()).to_string().contains(NEW));
}

#[tokio::test]
async fn a_password_is_changed_only_with_the_current_one_and_a_code_of_who_has_two_factor() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let right = change(&ana.person.password, NEW);
    let bare = ana.request(&world, "PUT", "/v1/me/password").json(&right).send().await;
    bare.problem(403, "two_factor_code_missing");
    let wrong = ana.request(&world, "PUT", "/v1/me/password").code(&ana.wrong_code(&world));
    wrong.json(&right).send().await.problem(403, "two_factor_code_invalid");
    for weak in ["eleven char", &"x".repeat(129)] {
        let ask = ana.ask_with_code(&world, "PUT", "/v1/me/password");
        let refused = ask.json(&change(&ana.person.password, weak)).send().await;
        refused.violation("new_password", "wrong_length");
    }
    // A program has no password.
    let program = world.request("PUT", "/v1/me/password").key(&tenant.program.api_key);
    program.json(&right).send().await.problem(403, "permission_denied");
    let ask = ana.ask_with_code(&world, "PUT", "/v1/me/password").json(&right);
    ask.send().await.expect(204);

    // A person without two-factor needs the password alone.
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    let ask = carla.request(&world, "PUT", "/v1/me/password");
    ask.json(&change(&carla.person.password, NEW)).send().await.expect(204);
}

/// A stolen session cannot guess the password behind it, one guess after the other or many at once.
#[tokio::test]
async fn a_wrong_current_password_counts_toward_the_wait() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, account_id) = (&tenant.ana, tenant.account_id);
    let guess = change("not the password", NEW);
    let mut carla = world.human(account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    for _ in 0..3 {
        let ask = carla.request(&world, "PUT", "/v1/me/password").json(&guess);
        ask.send().await.problem(403, "password_invalid");
    }
    let right = change(&carla.person.password, NEW);
    let too_soon = carla.request(&world, "PUT", "/v1/me/password").json(&right).send().await;
    too_soon.problem(429, "too_many_attempts");
    world.wait(1);
    let (one, other) = tokio::join!(
        carla.request(&world, "PUT", "/v1/me/password").json(&guess).send(),
        carla.request(&world, "PUT", "/v1/me/password").json(&guess).send(),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [403, 429], "of two guesses at once, one is answered");
    world.wait(2);
    carla.request(&world, "PUT", "/v1/me/password").json(&right).send().await.expect(204);
    // Of who has two-factor, each guess also uses up a code.
    let code = ana.fresh_code(&world);
    let ask = ana.request(&world, "PUT", "/v1/me/password").code(&code).json(&guess);
    ask.send().await.problem(403, "password_invalid");
    let again = ana.request(&world, "PUT", "/v1/me/password").code(&code);
    let again = again.json(&change(&ana.person.password, NEW)).send().await;
    again.problem(403, "two_factor_code_invalid");
}

async fn new_invitation(world: &World, by: &Human, user_id: &str) -> TestResponse {
    let path = format!("/v1/users/{user_id}/invitation");
    by.ask_with_code(world, "POST", &path).send().await
}

#[tokio::test]
async fn a_person_who_lost_the_password_sets_another_with_a_new_invitation() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, mut bruno) = (&tenant.ana, tenant.bruno);
    let old = bruno.person.password.clone();
    let first = new_invitation(&world, ana, &bruno.user_id).await.created();
    let made = new_invitation(&world, ana, &bruno.user_id).await.created();
    let token = text(&made["token"]);
    assert!(text(&made["accept_endpoint"]).ends_with(&format!("/v1/invitations/{token}/accept")));
    let ends = world.now() + jiff::SignedDuration::from_hours(7 * 24);
    assert_eq!(made["expires_at"], format!("{ends:.3}"));
    accept(&world, &text(&first["token"]), NEW).await.problem(404, "not_found");
    // Until then, nothing has changed.
    bruno.request(&world, "GET", "/v1/me").send().await.ok();

    accept(&world, &token, NEW).await.ok();
    bruno.request(&world, "GET", "/v1/me").send().await.problem(401, "session_invalid");
    accept(&world, &token, NEW).await.problem(404, "not_found");
    // The second factor stays.
    bruno.person.password = NEW.to_owned();
    let body = json!({ "email": bruno.person.email, "password": NEW });
    let bare = world.post("/v1/sessions").json(&body).send().await;
    bare.problem(401, "login_needs_code");
    bruno.log_in(&world).await.created();
    let code = bruno.fresh_code(&world);
    log_in_with(&world, &bruno, &old, &code).await.problem(401, "login_invalid");
    let trail = ana.request(&world, "GET", "/v1/audit-events").send().await.ok();
    let actions: Vec<_> = trail["data"].as_array().expect("a list").iter().collect();
    let by = |action: &str| actions.iter().filter(|line| line["action"] == action).count();
    assert_eq!((by("invitation.created"), by("password.reset")), (2, 1));
    assert_eq!(by("invitation.accepted"), 0);
    // Bruno counted as a moderator before, and still counts once.
    let key = store::Key::ModeratorCount(tenant.account_id);
    let count = world.bundle.app().store.find::<domain::access::ModeratorCount>(&key).await;
    assert_eq!(count.expect("readable").expect("there").moderators, 2);
}

#[tokio::test]
async fn a_person_who_never_accepted_gets_another_invitation() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let carla = json!({ "name": "Carla", "kind": "human", "email": "carla@loja.example",
        "roles": ["view"] });
    let carla = ana.request(&world, "POST", "/v1/users").json(&carla).send().await.created();
    world.wait(8 * 24 * 60 * 60);
    let old = text(&carla["invitation"]["token"]);
    accept(&world, &old, NEW).await.problem(404, "not_found");
    let mut ana = ana;
    ana.log_in(&world).await.created();
    let made = new_invitation(&world, &ana, &text(&carla["id"])).await.created();
    let accepted = accept(&world, &text(&made["token"]), NEW).await.ok();
    assert_eq!((&accepted["id"], &accepted["status"]), (&carla["id"], &json!("active")));
    let body = json!({ "email": "carla@loja.example", "password": NEW });
    world.post("/v1/sessions").json(&body).send().await.created();
}

#[tokio::test]
async fn an_invitation_is_for_another_person_who_is_not_suspended() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    new_invitation(&world, ana, &ana.user_id).await.problem(403, "own_access");
    new_invitation(&world, ana, &tenant.program.id).await.problem(422, "user_kind");
    let made = new_invitation(&world, ana, &bruno.user_id).await.created();
    let suspend = format!("/v1/users/{}/suspend", bruno.user_id);
    ana.ask_with_code(&world, "POST", &suspend).send().await.ok();
    new_invitation(&world, ana, &bruno.user_id).await.problem(409, "user_state");
    accept(&world, &text(&made["token"]), NEW).await.problem(404, "not_found");
    // A suspension voids the invitation for good.
    let reinstate = format!("/v1/users/{}/reinstate", bruno.user_id);
    ana.ask_with_code(&world, "POST", &reinstate).send().await.ok();
    accept(&world, &text(&made["token"]), NEW).await.problem(404, "not_found");
}

/// A password of a log-in that began before the change opens no session after it.
#[tokio::test]
async fn a_log_in_with_the_old_password_fails_while_it_is_replaced() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    let made = new_invitation(&world, &tenant.ana, &carla.user_id).await.created();
    let (token, old) = (text(&made["token"]), carla.person.password.clone());
    let later = async {
        world.wait(1);
        accept(&world, &token, NEW).await
    };
    let (logged_in, accepted) = tokio::join!(log_in_with(&world, &carla, &old, ""), later);
    accepted.ok();
    if logged_in.status == 201 {
        let session = session_of(&logged_in);
        world.get("/v1/me").session(&session).send().await.problem(401, "session_invalid");
    }
    log_in_with(&world, &carla, &old, "").await.problem(401, "login_invalid");
}

/// The log-in commits after the change has read the login, and with the same time. Times alone would
/// let its session live.
#[tokio::test]
async fn a_log_in_that_commits_during_a_change_opens_no_session_that_lasts() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let tenant = at_work(&world, "loja").await;
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    let old = carla.person.password.clone();
    let end_sessions = format!("/v1/users/{}/sessions", carla.user_id);
    let suspend = format!("/v1/users/{}/suspend", carla.user_id);
    for (method, path) in
        [("PUT", "/v1/me/password"), ("DELETE", &end_sessions), ("POST", &suspend)]
    {
        let slow = Fault::Slow(Duration::from_millis(400));
        second.bundle.faults().next("TransactWriteItems", slow);
        let ask = match method {
            "PUT" => carla.request(&second, method, path).json(&change(&old, &old)),
            _ => tenant.ana.ask_with_code(&second, method, path),
        };
        let (changed, opened) = tokio::join!(ask.send(), log_in_with(&world, &carla, &old, ""));
        assert!(changed.status < 300, "{method} {path}: {}", changed.text());
        if opened.status == 201 {
            let session = session_of(&opened);
            let seen = world.get("/v1/me").session(&session).send().await;
            seen.problem(401, "session_invalid");
        }
        if method == "PUT" {
            carla.session = session_of(&changed);
        }
    }
}

/// A person who knew the old password can have started an enrolment and kept its secret.
#[tokio::test]
async fn another_password_ends_an_enrolment_that_is_not_confirmed() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &[], false).await;
    for by_invitation in [false, true] {
        carla.log_in(&world).await.created();
        let started = carla.start_two_factor(&world).send().await.created();
        let secret = text(&started["secret"]);
        let new = format!("{NEW} {by_invitation}");
        if by_invitation {
            let made = new_invitation(&world, &tenant.ana, &carla.user_id).await.created();
            accept(&world, &text(&made["token"]), &new).await.ok();
        } else {
            let body = change(&carla.person.password, &new);
            let ask = carla.request(&world, "PUT", "/v1/me/password").json(&body);
            ask.send().await.expect(204);
        }
        carla.person.password = new;
        carla.log_in(&world).await.created();
        let code = json!({ "code": tests::code_at(&secret, world.now().as_second()) });
        let confirm = carla.request(&world, "POST", "/v1/me/two-factor/confirm").json(&code);
        confirm.send().await.problem(409, "two_factor_not_started");
    }
}

#[tokio::test]
async fn two_codes_in_one_log_in_are_a_violation() {
    let world = World::new().await;
    let ana = world.tenant("loja").await.ana;
    let mut body = json!({ "email": ana.person.email, "password": ana.person.password });
    body["totp_code"] = json!(ana.code(&world));
    body["recovery_code"] = json!("4-7KQ2M-9XJ3P-T8WNA");
    let refused = world.post("/v1/sessions").json(&body).send().await;
    refused.violation("recovery_code", "invalid_format");
    // It was no attempt: the code is not used up.
    body.as_object_mut().expect("an object").remove("recovery_code");
    world.post("/v1/sessions").json(&body).send().await.created();
}
