//! Log-ins in the audit trail: who, how, and what failed.

use serde_json::{Value, json};
use tests::{Human, World, text};

const WRONG: &str = "wrong password wrong";

async fn log_in(world: &World, who: &Human, more: (&str, &str)) -> u16 {
    let mut body = json!({ "email": who.person.email, "password": who.person.password });
    body[more.0] = json!(more.1);
    world.post("/v1/sessions").json(&body).send().await.status
}

async fn trail(world: &World, by: &Human, query: &str) -> Vec<Value> {
    let path = format!("/v1/audit-events?{query}");
    let page = by.request(world, "GET", &path).send().await.ok();
    page["data"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_log_in_says_who_and_how() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut ana = tenant.ana;
    ana.log_in(&world).await.created();
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    let started = carla.start_two_factor(&world).send().await.created();
    carla.person.totp_secret = text(&started["secret"]);
    let confirm = carla.request(&world, "POST", "/v1/me/two-factor/confirm");
    let confirmed = confirm.json(&json!({ "code": carla.code(&world) })).send().await.created();
    world.wait(1);
    let code = text(&confirmed["recovery_codes"][4]);
    assert_eq!(log_in(&world, &carla, ("recovery_code", &code)).await, 201);
    // The name is the one of now, as in every other line.
    let path = format!("/v1/users/{}", carla.user_id);
    let rename = ana.request(&world, "PATCH", &path).json(&json!({ "name": "Carla C" }));
    rename.send().await.ok();
    carla.log_in(&world).await.created();

    let query = format!("action=session.opened&user_id={}", carla.user_id);
    let lines = trail(&world, &ana, &query).await;
    let seen: Vec<_> =
        lines.iter().map(|line| (text(&line["author"]["name"]), line["after"].clone())).collect();
    let expected = [("Carla C", "totp"), ("carla", "recovery_code"), ("carla", "password")];
    assert_eq!(seen, expected.map(|(name, proof)| (name.to_owned(), json!({ "proof": proof }))));
    // A rename of oneself with a code, which writes the same row, is one change.
    let own = format!("/v1/users/{}", ana.user_id);
    let rename = ana.ask_with_code(&world, "PATCH", &own).json(&json!({ "name": "Ana A" }));
    rename.send().await.ok();
    ana.log_in(&world).await.created();
    let query = format!("action=session.opened&user_id={}&limit=1", ana.user_id);
    assert_eq!(trail(&world, &ana, &query).await[0]["author"]["name"], "Ana A");
}

#[tokio::test]
async fn a_failed_log_in_leaves_a_line_with_a_masked_email() {
    let world = World::new().await;
    let mut ana = world.tenant("loja").await.ana;
    let mut stranger = ana.clone();
    stranger.person.password = WRONG.to_owned();
    assert_eq!(log_in(&world, &stranger, ("totp_code", "123456")).await, 401);
    world.wait(60);
    assert_eq!(log_in(&world, &ana, ("totp_code", &ana.wrong_code(&world))).await, 401);
    world.wait(60);
    assert_eq!(log_in(&world, &ana, ("recovery_code", "3-AAAAA-AAAAA-AAAAA")).await, 401);
    world.wait(60);
    // What is no guess leaves none, nor does an unknown e-mail.
    let body = json!({ "email": ana.person.email, "password": ana.person.password });
    world.post("/v1/sessions").json(&body).send().await.problem(401, "login_needs_code");
    stranger.person.email = "nobody@loja.example".to_owned();
    assert_eq!(log_in(&world, &stranger, ("totp_code", "123456")).await, 401);
    ana.log_in(&world).await.created();

    let lines = trail(&world, &ana, "action=session.refused").await;
    let wrong: Vec<_> = lines.iter().map(|line| line["after"]["wrong"].clone()).collect();
    assert_eq!(wrong, ["recovery_code", "totp", "password"]);
    for line in &lines {
        assert_eq!(line["target"], ana.user_id.as_str());
        let author = json!({
            "user_id": null, "api_key_id": null, "name": "a***@loja.example", "ip": "203.0.113.7",
        });
        assert_eq!(line["author"], author);
        assert!(!line.to_string().contains(&ana.person.email));
    }
    let all = trail(&world, &ana, "").await;
    assert_eq!(all.len(), 4);
    assert!(!json!(all).to_string().contains("n***@"));
}

/// The lines of failed log-ins with an unknown e-mail cost what others cost, and are gone after a day.
#[tokio::test]
async fn an_unknown_email_costs_as_many_writes_as_a_known_one() {
    let world = World::new().await;
    let ana = world.tenant("loja").await.ana;
    let mut writes = Vec::new();
    for email in [ana.person.email.as_str(), "nobody@loja.example"] {
        world.bundle.faults().record();
        let body = json!({ "email": email, "password": WRONG });
        world.post("/v1/sessions").json(&body).send().await.problem(401, "login_invalid");
        let transactions = world.transactions();
        assert_eq!(transactions.len(), 1);
        let sent: Value = serde_json::from_str(&transactions[0]).expect("JSON");
        let items = sent["TransactItems"].as_array().expect("a list").clone();
        let ends = items.iter().filter(|item| item["Put"]["Item"]["ttl"].is_object()).count();
        writes.push((items.len(), ends));
    }
    assert_eq!(writes[0].0, writes[1].0);
    assert_eq!(writes[1].1, writes[1].0);
}

/// Wrong codes and passwords inside a session are the sign of a stolen one.
#[tokio::test]
async fn a_wrong_code_or_password_inside_a_session_leaves_a_line() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut ana = tenant.ana;
    ana.log_in(&world).await.created();
    let settings = json!({ "approval_rules": [] });
    let put = ana.request(&world, "PUT", "/v1/payout-settings").code(&ana.wrong_code(&world));
    put.json(&settings).send().await.problem(403, "two_factor_code_invalid");
    // The last code again is no guess.
    let again = ana.request(&world, "PUT", "/v1/payout-settings").code(&ana.code(&world));
    again.json(&settings).send().await.problem(403, "two_factor_code_invalid");
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    world.wait(1);
    let wrong = json!({ "password": WRONG });
    let wrong = carla.request(&world, "POST", "/v1/me/two-factor").json(&wrong).send().await;
    wrong.problem(403, "password_invalid");
    let started = carla.start_two_factor(&world).send().await.created();
    carla.person.totp_secret = text(&started["secret"]);
    world.wait(1);
    let confirm = carla.request(&world, "POST", "/v1/me/two-factor/confirm");
    let code = json!({ "code": carla.wrong_code(&world) });
    confirm.json(&code).send().await.problem(403, "two_factor_code_invalid");

    let lines = trail(&world, &ana, "action=step_up.refused").await;
    let seen: Vec<_> = lines
        .iter()
        .map(|line| (line["author"]["user_id"].clone(), line["after"].clone()))
        .collect();
    let line = |who: &Human, operation: &str, wrong: &str| {
        (json!(who.user_id), json!({ "operation": operation, "wrong": wrong }))
    };
    let expected = [
        line(&carla, "confirm_two_factor", "totp"),
        line(&carla, "start_two_factor", "password"),
        line(&ana, "replace_payout_settings", "totp"),
    ];
    assert_eq!(seen, expected);
}
