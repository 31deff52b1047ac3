//! The audit trail: who changed what, from where, what it was before and after, and no secret.

use serde_json::{Value, json};
use tests::{Human, Tenant, World, text};

use crate::access::people::{at_work, new_key, new_program};

const PASSWORD: &str = "correct horse battery";

/// Returns the whole audit trail, oldest first.
async fn trail(world: &World, by: &Human) -> Vec<Value> {
    let (mut all, mut path) = (Vec::new(), "/v1/audit-events?limit=5".to_owned());
    loop {
        let page = by.request(world, "GET", &path).send().await.ok();
        all.extend(page["data"].as_array().expect("a list").clone());
        let Value::String(cursor) = &page["next_cursor"] else {
            break;
        };
        path = format!("/v1/audit-events?limit=5&cursor={cursor}");
    }
    all.reverse();
    all
}

/// What came of a life of changes: the secrets that were seen on the way.
struct AuditStory {
    tenant: Tenant,
    user_id: String,
    carla_id: String,
    key_id: String,
    secrets: Vec<String>,
}

/// Makes every change that the audit trail records, a second apart.
async fn story(world: &World) -> AuditStory {
    let tenant = at_work(world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    let mut secrets = vec![ana.session.clone(), bruno.session.clone()];
    for person in [&ana.person, &bruno.person] {
        secrets.extend([person.password.clone(), person.totp_secret.clone()]);
    }
    world.wait(1);
    let user_id = new_program(world, ana, &["charges:read"]).await;
    let made = new_key(world, ana, &user_id, &["203.0.113.7"]).await;
    let key_id = text(&made["id"]);
    let key = format!("/v1/api-keys/{key_id}");
    let change = async |method: &str, path: &str, body: Value| {
        let ask = ana.ask_with_code(world, method, path).json(&body);
        let response = ask.from("2001:db8::7").send().await;
        assert!((200..300).contains(&response.status), "{}", response.text());
        serde_json::from_slice(&response.body).unwrap_or(Value::Null)
    };
    let listed = json!({ "ip_allowlist": ["10.0.0.0/8"] });
    change("PUT", &format!("{key}/ip-allowlist"), listed).await;
    let overlap = json!({ "overlap_seconds": 60 });
    let rotated: Value = change("POST", &format!("{key}/rotate"), overlap).await;
    secrets.extend([text(&made["api_key"]), text(&rotated["api_key"])]);
    let program = format!("/v1/users/{user_id}");
    change("PATCH", &program, json!({ "name": "Back end", "permissions": [] })).await;
    let reset = format!("/v1/users/{}/two-factor/reset", bruno.user_id);
    change("POST", &reset, json!({})).await;

    let body = json!({
        "name": "Carla", "kind": "human", "email": "carla@loja.example", "roles": ["view"],
    });
    let invited: Value = change("POST", "/v1/users", body).await;
    let (carla_id, token) = (text(&invited["id"]), text(&invited["invitation"]["token"]));
    world.wait(1);
    let path = format!("/v1/invitations/{token}/accept");
    let accept = world.post(&path).json(&json!({ "password": PASSWORD }));
    accept.from("198.51.100.9").send().await.ok();
    secrets.extend([token, PASSWORD.to_owned()]);
    secrets.extend(carlas_day(world, ana, &carla_id).await);

    ana.ask_with_code(world, "DELETE", &key).send().await.expect(204);
    ana.ask_with_code(world, "DELETE", &program).send().await.expect(204);
    AuditStory { tenant, user_id, carla_id, key_id, secrets }
}

/// Logs Carla in, enrols her second factor and logs her out. Returns her secrets.
async fn carlas_day(world: &World, like: &Human, user_id: &str) -> Vec<String> {
    let mut carla = like.clone();
    carla.user_id = user_id.to_owned();
    carla.person.email = "carla@loja.example".to_owned();
    carla.person.password = PASSWORD.to_owned();
    carla.person.totp_secret.clear();
    world.wait(1);
    carla.log_in(world).await.created();
    world.wait(1);
    let started = carla.start_two_factor(world).send().await;
    carla.person.totp_secret = text(&started.created()["secret"]);
    let confirm = carla.request(world, "POST", "/v1/me/two-factor/confirm");
    let code = json!({ "code": carla.code(world) });
    let confirmed = confirm.json(&code).send().await.created();
    world.wait(1);
    let out = carla.request(world, "DELETE", "/v1/sessions/current");
    out.send().await.expect(204);
    let codes = confirmed["recovery_codes"].as_array().expect("a list");
    let mut secrets: Vec<_> = codes.iter().map(text).collect();
    secrets.extend([carla.session, carla.person.totp_secret]);
    secrets
}

#[tokio::test]
async fn every_change_of_access_is_in_the_trail_with_author_and_address() {
    let world = World::new().await;
    let story = story(&world).await;
    let ana = &story.tenant.ana;
    let trail = trail(&world, ana).await;
    let seen: Vec<_> = trail
        .iter()
        .skip(2)
        .map(|event| {
            let author = &event["author"];
            let of = |name: &str| text(&author[name]);
            let by_ana = of("user_id") == ana.user_id;
            (text(&event["action"]), by_ana, of("ip"), text(&event["target"]))
        })
        .collect();
    let row = |action: &str, by_ana, ip: &str, target: &str| {
        (action.to_owned(), by_ana, ip.to_owned(), target.to_owned())
    };
    let (home, away, carlas) = ("203.0.113.7", "2001:db8::7", "198.51.100.9");
    let (user, key, carla) = (&story.user_id, &story.key_id, &story.carla_id);
    let expected = [
        row("user.created", true, home, user),
        row("api_key.created", true, home, key),
        row("api_key.ip_allowlist_replaced", true, away, key),
        row("api_key.rotated", true, away, key),
        row("user.updated", true, away, user),
        row("two_factor.reset", true, away, &story.tenant.bruno.user_id),
        row("user.created", true, away, carla),
        row("invitation.accepted", false, carlas, carla),
        row("session.opened", false, home, carla),
        row("two_factor.enrolled", false, home, carla),
        row("session.closed", false, home, carla),
        row("api_key.deleted", true, home, key),
        row("user.deleted", true, home, user),
    ];
    assert_eq!(seen, expected);
    for event in &trail {
        let id = event["request_id"].clone();
        assert!(id.as_str().is_some_and(|id| id.starts_with("req-")), "{event}");
        let logged = world.logged();
        assert!(logged.iter().any(|line| line["request_id"] == id), "{id}");
    }
}

#[tokio::test]
async fn the_trail_shows_what_it_was_before_and_after() {
    let world = World::new().await;
    let story = story(&world).await;
    let trail = trail(&world, &story.tenant.ana).await;
    let of = |action: &str| {
        let found = trail.iter().find(|event| event["action"] == action);
        let event = found.expect("in the trail");
        (event["before"].clone(), event["after"].clone())
    };
    let (before, after) = of("api_key.ip_allowlist_replaced");
    assert_eq!(before["ip_allowlist"], json!(["203.0.113.7"]));
    assert_eq!(after["ip_allowlist"], json!(["10.0.0.0/8"]));
    let (before, after) = of("user.updated");
    assert_eq!((&before["name"], &after["name"]), (&json!("back end"), &json!("Back end")));
    assert_eq!(before["permissions"], json!(["charges:read"]));
    assert_eq!(after["permissions"], json!([]));
    let (before, after) = of("two_factor.reset");
    assert_eq!((&before["two_factor"], &after["two_factor"]), (&json!(true), &json!(false)));
    let (before, after) = of("two_factor.enrolled");
    assert_eq!((&before["two_factor"], &after["two_factor"]), (&json!(false), &json!(true)));
    let (before, after) = of("invitation.accepted");
    assert_eq!((&before["status"], &after["status"]), (&json!("invited"), &json!("active")));
    let (before, after) = of("api_key.rotated");
    assert_eq!(before["previous_secret_expires_at"], Value::Null);
    assert!(after["previous_secret_expires_at"].is_string());
    for made in ["user.created", "api_key.created"] {
        let (before, after) = of(made);
        assert!(before.is_null() && after.is_object(), "{made}");
    }
    for gone in ["user.deleted", "api_key.deleted"] {
        let (before, after) = of(gone);
        assert!(before.is_object() && after.is_null(), "{gone}");
    }
}

#[tokio::test]
async fn no_secret_is_in_the_trail_or_in_the_log() {
    let world = World::new().await;
    let story = story(&world).await;
    let ana = &story.tenant.ana;
    let trail = json!(trail(&world, ana).await).to_string();
    let log = json!(world.logged()).to_string();
    for secret in &story.secrets {
        assert!(secret.len() > 12, "{secret}");
        // The secret part of a key or token, without what names its row.
        let tail = &secret[secret.len().saturating_sub(30)..];
        assert!(!trail.contains(tail), "in the trail: {secret}");
        assert!(!log.contains(tail), "in the log: {secret}");
    }
    assert!(!trail.contains("hash") && !trail.contains("sealed"));
    // The log has no personal data.
    for personal in ["carla@loja.example", "Carla", "198.51.100.9"] {
        assert!(!log.contains(personal), "in the log: {personal}");
    }
}

/// What was refused changed nothing, so it is not in the trail.
#[tokio::test]
async fn a_refused_change_leaves_no_line() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let before = trail(&world, &ana).await.len();
    let own = format!("/v1/users/{}", ana.user_id);
    let refused = ana.request(&world, "DELETE", &own).send().await;
    refused.problem(403, "own_access");
    let body = json!({
        "name": "A", "kind": "human", "email": ana.person.email, "roles": ["view"],
    });
    let taken = ana.request(&world, "POST", "/v1/users").json(&body).send().await;
    taken.problem(409, "email_taken");
    assert_eq!(trail(&world, &ana).await.len(), before);
}

/// A change asked for twice under one name happened once.
#[tokio::test]
async fn a_retried_change_is_in_the_trail_once() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let before = trail(&world, &ana).await.len();
    let body = json!({ "name": "back end", "kind": "api" });
    let make = async || {
        let ask = ana.request(&world, "POST", "/v1/users").json(&body);
        ask.idempotency_key("add-1").send().await
    };
    let (first, again) = (make().await, make().await);
    assert_eq!(first.created(), again.created());
    assert_eq!(trail(&world, &ana).await.len(), before + 1);
}
