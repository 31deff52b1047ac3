//! What a stolen session, a stolen key or a dishonest user gains: the answers of SECURITY.md.

use domain::access::{Permission, Role};
use serde_json::{Value, json};
use tests::{World, new_charge, new_payout, text};

use crate::access::people::{at_work, me, new_key, new_program};

/// A stolen session of a moderator, and any key of the account, must not be two eyes more.
#[tokio::test]
async fn a_session_alone_gives_no_program_a_right_to_write() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let reader = world.program(
        tenant.account_id,
        &[Permission::ChargesRead, Permission::PayoutsRead],
        &["203.0.113.7"],
    );
    let reader = reader.await;
    let path = format!("/v1/users/{}", reader.id);
    let gains = [
        json!({ "permissions": ["payouts:read", "payouts:write"] }),
        json!({ "permissions": ["payouts:approve"] }),
        json!({ "permissions": ["statements:write"] }),
        // It spends the budget of look-ups.
        json!({ "permissions": ["pix_keys:read"] }),
        json!({ "roles": ["write"] }),
    ];
    for gain in gains {
        let bare = ana.request(&world, "PATCH", &path).json(&gain).send().await;
        bare.problem(403, "two_factor_code_missing");
        let wrong = ana.request(&world, "PATCH", &path).code(&ana.wrong_code(&world)).json(&gain);
        wrong.send().await.problem(403, "two_factor_code_invalid");
        let held = me(&world, &reader.api_key).await.ok();
        assert_eq!(held["permissions"], json!(["charges:read", "payouts:read"]), "{gain}");
        world.wait(900);
        ana.request(&world, "GET", "/v1/me").send().await.ok();
    }
    // So does a program without a key, because a key may come. What shows something costs none.
    let without_key = new_program(&world, ana, &[]).await;
    let path = format!("/v1/users/{without_key}");
    let gain = json!({ "permissions": ["charges:write"] });
    let bare = ana.request(&world, "PATCH", &path).json(&gain).send().await;
    bare.problem(403, "two_factor_code_missing");
    let shows = json!({ "permissions": ["charges:read", "kyc:read"] });
    ana.request(&world, "PATCH", &path).json(&shows).send().await.ok();
    ana.ask_with_code(&world, "PATCH", &path).json(&gain).send().await.ok();
    // Taking a right away must be quick.
    let none = json!({ "permissions": [] });
    ana.request(&world, "PATCH", &path).json(&none).send().await.ok();
}

/// The stored answer of an invitation has its token: a caller with the session, the `Idempotency-Key` and
/// the body gets it only with a code.
#[tokio::test]
async fn a_replay_takes_the_code_that_the_first_request_took() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let gil = json!({
        "name": "Gil", "kind": "human", "email": "gil@loja.example", "roles": ["moderator"],
    });
    let invite =
        || ana.request(&world, "POST", "/v1/users").idempotency_key("invite-gil").json(&gil);
    let first = invite().code(&ana.fresh_code(&world)).send().await;
    let token = text(&first.created()["invitation"]["token"]);
    let bare = invite().send().await;
    bare.problem(403, "two_factor_code_missing");
    assert!(!bare.is_replay() && !bare.text().contains(&token));
    let wrong = invite().code(&ana.wrong_code(&world)).send().await;
    wrong.problem(403, "two_factor_code_invalid");
    let used = invite().code(&ana.code(&world)).send().await;
    used.problem(403, "two_factor_code_invalid");
    let again = invite().code(&ana.fresh_code(&world)).send().await;
    assert!(again.is_replay());
    assert_eq!(again.created(), first.created());
    // The code of the replay is used up too.
    let used = invite().code(&ana.code(&world)).send().await;
    used.problem(403, "two_factor_code_invalid");

    // What took no code is replayed without one.
    let viewer = json!({
        "name": "Vera", "kind": "human", "email": "vera@loja.example", "roles": ["view"],
    });
    let invite = || {
        ana.request(&world, "POST", "/v1/users").idempotency_key("invite-vera").json(&viewer).send()
    };
    let first = invite().await.created();
    let again = invite().await;
    assert!(again.is_replay());
    assert_eq!(again.created(), first);
}

/// A request with a used `Idempotency-Key` gets the stored answer only if it is one that a first request
/// could be.
#[tokio::test]
async fn a_replay_is_refused_for_what_a_first_request_is_refused_for() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    world.charge(key, "used").await.created();
    let body = new_charge().to_string();
    let amount = "\"amount_cents\":1000";
    assert!(body.contains(amount), "{body}");
    let odd = [
        ("?x=1", body.clone()),
        ("", body.replace(amount, "\"amount_cents\":1000,\"amount_cents\":1000")),
        ("", body.replace(amount, "\"amount_cents\":1000.0")),
        ("", format!("{body} {{}}")),
    ];
    for (number, (query, body)) in odd.iter().enumerate() {
        let send = async |name: &str| {
            let ask = world.post(&format!("/v1/charges{query}")).key(key).idempotency_key(name);
            ask.raw(body.as_bytes()).send().await
        };
        let first = send(&format!("new-{number}")).await;
        let again = send("used").await;
        assert_eq!(first.status, again.status, "{query} {body}: {}", again.text());
        assert_eq!(first.json()["code"], again.json()["code"]);
        assert_eq!(first.json()["violations"], again.json()["violations"]);
        assert_eq!(again.is_replay(), first.status == 201);
    }
    let query = world.post("/v1/charges?x=1").key(key).idempotency_key("used").json(&new_charge());
    query.send().await.violation("x", "unknown_field");
    let doubled = world.post("/v1/charges").key(key).idempotency_key("used");
    let refused = doubled.raw(odd[1].1.as_bytes()).send().await;
    refused.problem(400, "invalid_request");
}

/// A role or a session that only reads changes nothing and spends nothing.
#[tokio::test]
async fn readers_make_no_files_and_look_no_key_up() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let daily = json!({ "frequency": "daily", "at": "06:00", "format": "csv" });
    let schedule = world.post("/v1/statement-schedules").key(key).json(&daily).send().await;
    let schedule = format!("/v1/statement-schedules/{}", text(&schedule.created()["id"]));
    let export = json!({ "from": "2026-11-01", "until": "2026-11-22", "format": "csv" });
    let look_up = json!({ "type": "email", "key": "maria@example.com" });
    let people = [
        ("viewer", Role::View, true, "permission_denied"),
        ("newcomer", Role::Moderator, false, "two_factor_not_enrolled"),
    ];
    for (name, role, enrolled, code) in people {
        let email = format!("{name}@loja.example");
        let mut person = world.human(tenant.account_id, &email, &[role], enrolled).await;
        person.log_in(&world).await.created();
        let requests = [
            ("POST", "/v1/statement-exports", export.clone()),
            ("POST", "/v1/statement-schedules", daily.clone()),
            ("PATCH", &schedule, json!({ "status": "paused" })),
            ("DELETE", &schedule, Value::Null),
            ("POST", "/v1/pix-keys/validate", look_up.clone()),
        ];
        for (method, path, body) in requests {
            let ask = person.request(&world, method, path);
            let ask = if body.is_null() { ask } else { ask.json(&body) };
            ask.send().await.problem(403, code);
        }
        assert_eq!(person.request(&world, "GET", &schedule).send().await.ok()["status"], "active");
    }
}

/// What makes work for the account, or asks who owns a key, is on the record.
#[tokio::test]
async fn files_schedules_and_look_ups_are_in_the_trail() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let key = &tenant.program.api_key;
    let daily = json!({ "frequency": "daily", "at": "06:00", "format": "csv" });
    let schedule = world.post("/v1/statement-schedules").key(key).json(&daily).send().await;
    let schedule_id = text(&schedule.created()["id"]);
    let path = format!("/v1/statement-schedules/{schedule_id}");
    world.wait(1);
    let paused = json!({ "status": "paused" });
    world.request("PATCH", &path).key(key).json(&paused).send().await.ok();
    world.wait(1);
    world.request("DELETE", &path).key(key).send().await.expect(204);
    let export = json!({ "from": "2026-11-01", "until": "2026-11-22", "format": "csv" });
    world.wait(1);
    let export = world.post("/v1/statement-exports").key(key).json(&export).send().await;
    let export_id = text(&export.expect(202)["id"]);
    let look_up = json!({ "type": "email", "key": "maria@example.com" });
    for _ in 0..2 {
        world.wait(1);
        world.post("/v1/pix-keys/validate").key(key).json(&look_up).send().await.ok();
    }
    let path = format!("/v1/audit-events?user_id={}", tenant.program.id);
    let trail = tenant.ana.request(&world, "GET", &path).send().await.ok();
    let lines = trail["data"].as_array().expect("a list");
    let seen: Vec<_> =
        lines.iter().map(|line| (text(&line["action"]), text(&line["target"]))).collect();
    // The second look-up was answered from memory, which costs nothing.
    let expected = [
        ("pix_key.looked_up", "m***@example.com"),
        ("statement_export.created", &export_id),
        ("statement_schedule.deleted", &schedule_id),
        ("statement_schedule.updated", &schedule_id),
        ("statement_schedule.created", &schedule_id),
    ];
    assert_eq!(seen, expected.map(|(action, target)| (action.to_owned(), target.to_owned())));
    let states = |line: &Value| (line["before"]["status"].clone(), line["after"]["status"].clone());
    assert_eq!(states(&lines[3]), (json!("active"), json!("paused")));
    assert_eq!(states(&lines[2]), (json!("paused"), Value::Null));
    assert_eq!(lines[0]["after"], json!({ "type": "email" }));
    let own = me(&world, key).await.ok();
    for line in lines {
        assert_eq!(line["author"]["api_key_id"], own["api_key_id"]);
    }
}

/// An endpoint, a new address of it and its secret outlive the session, so they take a code.
#[tokio::test]
async fn a_session_alone_makes_no_webhook_endpoint_and_learns_no_signing_secret() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let url = "https://hooks.example.com/trilho";
    let new = json!({ "url": url, "events": ["*"] });
    let create = || ana.request(&world, "POST", "/v1/webhook-endpoints").json(&new);
    create().send().await.problem(403, "two_factor_code_missing");
    let made = create().code(&ana.fresh_code(&world)).send().await.created();
    let path = format!("/v1/webhook-endpoints/{}", text(&made["id"]));
    let moved = json!({ "url": "https://elsewhere.example.com/trilho" });
    let update = ana.request(&world, "PATCH", &path).json(&moved).send().await;
    update.problem(403, "two_factor_code_missing");
    let rotate = ana.request(&world, "POST", &format!("{path}/rotate"));
    let rotated = rotate.json(&json!({ "overlap_seconds": 0 })).send().await;
    rotated.problem(403, "two_factor_code_missing");
    let shown = ana.request(&world, "GET", &path).send().await.ok();
    assert_eq!(shown["url"], url);
    // A stop must be quick.
    ana.request(&world, "DELETE", &path).send().await.expect(204);
}

/// The reply with the recovery codes is not stored, because no code would guard a replay of it.
#[tokio::test]
async fn recovery_codes_are_shown_once_whatever_the_idempotency_key() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    let started = carla.start_two_factor(&world).send().await.created();
    carla.person.totp_secret = text(&started["secret"]);
    let body = json!({ "code": carla.code(&world) });
    let confirm = || {
        let ask = carla.request(&world, "POST", "/v1/me/two-factor/confirm");
        ask.header("idempotency-key", "confirm-1").json(&body)
    };
    confirm().send().await.created();
    confirm().send().await.problem(409, "two_factor_not_started");
}

/// What a body says of itself is looked at before the code, so that a typing mistake does not cost half
/// a minute.
#[tokio::test]
async fn a_mistake_in_the_form_does_not_use_up_a_code() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let user_id = new_program(&world, ana, &[]).await;
    let key = new_key(&world, ana, &user_id, &["203.0.113.7"]).await;
    let own = format!("/v1/api-keys/{}", text(&key["id"]));
    let code = ana.fresh_code(&world);
    let mistakes = [
        ("POST", format!("/v1/users/{user_id}/api-keys"), json!({ "name": "k" }), "ip_allowlist"),
        (
            "POST",
            format!("/v1/users/{user_id}/api-keys"),
            json!({ "name": " ", "ip_allowlist": ["203.0.113.7"] }),
            "name",
        ),
        (
            "PUT",
            format!("{own}/ip-allowlist"),
            json!({ "ip_allowlist": ["203.0.113.7", "203.0.113.7/24"] }),
            "ip_allowlist[1]",
        ),
        ("POST", format!("{own}/rotate"), json!({ "overlap_seconds": 604_801 }), "overlap_seconds"),
        (
            "PUT",
            "/v1/payout-settings".to_owned(),
            json!({ "approval_rules": [], "review_from_cents": 100_000_000_000_u64 }),
            "review_from_cents",
        ),
        (
            "POST",
            "/v1/users".to_owned(),
            json!({ "name": "G", "kind": "human", "email": "g", "roles": ["write"] }),
            "email",
        ),
        ("PATCH", format!("/v1/users/{user_id}"), json!({ "name": "" }), "name"),
        (
            "PUT",
            "/v1/me/password".to_owned(),
            json!({ "current_password": "x", "new_password": "eleven char" }),
            "new_password",
        ),
        (
            "POST",
            "/v1/webhook-endpoints".to_owned(),
            json!({ "url": "http://example.com", "events": ["*"] }),
            "url",
        ),
    ];
    for (method, path, body, field) in mistakes {
        let response = ana.request(&world, method, &path).code(&code).json(&body).send().await;
        let problem = response.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], field, "{problem}");
        // Nor does it tell whether the code is right.
        let wrong = ana.request(&world, method, &path).code(&ana.wrong_code(&world)).json(&body);
        let wrong = wrong.send().await.problem(400, "invalid_request");
        assert_eq!(wrong["violations"], problem["violations"]);
    }
    let right = json!({ "ip_allowlist": ["203.0.113.0/24"] });
    let put = ana.request(&world, "PUT", &format!("{own}/ip-allowlist")).code(&code).json(&right);
    put.send().await.ok();
}

/// A stolen key does what its user may, from its addresses, and nothing of people: it gives no right,
/// makes no key, changes no setting, and approves nothing that it made.
#[tokio::test]
async fn a_stolen_key_gains_no_further_right() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let key = &tenant.program.api_key;
    let own = format!("/v1/users/{}", tenant.program.id);
    let requests = [
        ("PATCH", own.clone(), json!({ "permissions": ["payouts:approve"] })),
        ("POST", format!("{own}/api-keys"), json!({ "name": "k", "ip_allowlist": ["0.0.0.0/0"] })),
        ("POST", "/v1/users".to_owned(), json!({ "name": "k", "kind": "api" })),
        ("PUT", "/v1/payout-settings".to_owned(), json!({ "approval_rules": [] })),
        ("GET", "/v1/audit-events".to_owned(), Value::Null),
    ];
    for (method, path, body) in requests {
        let ask = world.request(method, &path).key(key);
        let ask = if body.is_null() { ask } else { ask.json(&body) };
        ask.send().await.problem(403, "permission_denied");
    }
    let elsewhere = world.post("/v1/payouts").key(key).from("198.51.100.7").idempotency_key("1");
    elsewhere.json(&new_payout()).send().await.problem(403, "ip_not_allowed");
}

/// Without a second user a writer lets money go alone; with one, the money stays.
#[tokio::test]
async fn a_dishonest_writer_pays_alone_only_without_a_second_user() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 100_000).await;
    tenant.ana.log_in(&world).await.created();
    let settings = json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }] });
    let put = tenant.ana.ask_with_code(&world, "PUT", "/v1/payout-settings").json(&settings);
    put.send().await.ok();
    let email = "dora@loja.example";
    let mut dora = world.human(tenant.account_id, email, &[Role::Write], true).await;
    dora.log_in(&world).await.created();
    let pay = dora.request(&world, "POST", "/v1/payouts").idempotency_key("1").json(&new_payout());
    let payout = pay.send().await.created();
    assert_eq!(payout["status"], "awaiting_approval");
    let approve = format!("/v1/payouts/{}/approve", text(&payout["id"]));
    let own = dora.ask_with_code(&world, "POST", &approve).send().await;
    own.problem(403, "second_user_needed");
    for (method, path) in [
        ("PUT", "/v1/payout-settings".to_owned()),
        ("PATCH", format!("/v1/users/{}", dora.user_id)),
        ("POST", format!("/v1/users/{}/api-keys", tenant.program.id)),
    ] {
        let refused = dora.ask_with_code(&world, method, &path).json(&json!({})).send().await;
        refused.problem(403, "permission_denied");
    }
    world.deliver().await;
    assert_eq!(world.network.payout_submissions(), 0);
}
