//! Users: what a body may say, and what a person without a second factor may do.

use serde_json::{Value, json};
use tests::{Human, Tenant, World, text};

use crate::access::people::{at_work, new_program};

/// Fields of a stored user, key or account that no body may set.
const FOREIGN: [&str; 15] = [
    "account_id",
    "tenant_id",
    "api_keys",
    "created_at",
    "email_verified",
    "hash",
    "id",
    "last_used_at",
    "password",
    "password_hash",
    "role",
    "session_epoch",
    "status",
    "two_factor",
    "version",
];

/// Sends the body with each foreign field in turn: each is named, and nothing is written.
async fn refuses_foreign_fields(
    world: &World,
    by: &Human,
    (method, path): (&str, &str),
    body: &Value,
    more: &[&str],
) {
    for field in FOREIGN.iter().chain(more) {
        for value in [json!("active"), json!(true), Value::Null] {
            let mut body = body.clone();
            body[*field] = value;
            let keys = path.ends_with("/api-keys");
            let ask = if keys {
                by.ask_with_code(world, method, path)
            } else {
                by.request(world, method, path)
            };
            let ask = ask.json(&body);
            world.bundle.faults().record();
            ask.send().await.violation(field, "unknown_field");
            // At most the code is used up.
            let put = world.bundle.faults().sent().iter().any(|sent| sent.body.contains("\"Put\""));
            assert!(!put, "{method} {path} {field}");
            by.request(world, "GET", "/v1/me").send().await.ok();
        }
    }
}

/// Fault row 86.
#[tokio::test]
async fn a_field_that_is_not_the_callers_to_set_is_refused_and_nothing_written() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let user_id = new_program(&world, &ana, &[]).await;
    let user = json!({ "name": "x", "kind": "api" });
    let at = ("POST", "/v1/users");
    refuses_foreign_fields(&world, &ana, at, &user, &["invitation"]).await;

    let path = format!("/v1/users/{user_id}");
    let change = json!({ "name": "x" });
    let more = ["kind", "email"];
    refuses_foreign_fields(&world, &ana, ("PATCH", &path), &change, &more).await;

    let path = format!("/v1/users/{user_id}/api-keys");
    let key = json!({ "name": "x", "ip_allowlist": ["203.0.113.7"] });
    let more = ["user_id", "pepper_version", "permissions", "api_key"];
    refuses_foreign_fields(&world, &ana, ("POST", &path), &key, &more).await;

    let listed = ana.request(&world, "GET", "/v1/users").send().await.ok();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(4));
    let keys = ana.request(&world, "GET", "/v1/api-keys").send().await.ok();
    assert_eq!(keys["data"].as_array().map(Vec::len), Some(1));
}

/// Fault row 86. What is not in a body is not in a query either.
#[tokio::test]
async fn a_query_cannot_name_another_account() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let other = world.tenant("outra").await.account_id;
    for path in ["/v1/users", "/v1/api-keys", "/v1/audit-events", "/v1/usage"] {
        let path = format!("{path}?account_id={other}");
        let response = ana.request(&world, "GET", &path).send().await;
        response.violation("account_id", "unknown_field");
    }
    let path = format!("/v1/users?account_id={other}");
    let response = ana.request(&world, "POST", &path).send().await;
    response.violation("account_id", "unknown_field");
}

#[tokio::test]
async fn a_person_without_two_factor_only_reads_until_they_enrol() {
    let world = World::new().await;
    let Tenant { account_id, bruno, program, .. } = world.tenant("loja").await;
    let moderator = [domain::access::Role::Moderator];
    let mut carla = world.human(account_id, "carla@loja.example", &moderator, false).await;
    carla.log_in(&world).await.created();
    for path in ["/v1/users", "/v1/api-keys", "/v1/audit-events", "/v1/charges"] {
        carla.request(&world, "GET", path).send().await.ok();
    }
    let seen = carla.request(&world, "GET", "/v1/me").send().await.ok();
    assert_eq!(seen["moderator"], true);
    let held = seen["permissions"].as_array().expect("a list");
    let reads = |word: &Value| text(word).ends_with(":read") && *word != "pix_keys:read";
    assert!(held.iter().all(reads), "{seen}");

    let bruno_at = format!("/v1/users/{}", bruno.user_id);
    let key_at = format!("/v1/api-keys/{}", crate::access::people::key_id(&program.api_key));
    let writes = [
        ("POST", "/v1/users".to_owned()),
        ("PATCH", bruno_at.clone()),
        ("DELETE", bruno_at.clone()),
        ("POST", format!("{bruno_at}/two-factor/reset")),
        ("DELETE", key_at),
        ("POST", "/v1/charges".to_owned()),
        ("POST", "/v1/statement-exports".to_owned()),
        ("POST", "/v1/statement-schedules".to_owned()),
        ("POST", "/v1/pix-keys/validate".to_owned()),
    ];
    for (method, path) in &writes {
        let ask = carla.request(&world, method, path).code("123456");
        let response = ask.idempotency_key("k").send().await;
        response.problem(403, "two_factor_not_enrolled");
    }
    let started = carla.start_two_factor(&world).send().await;
    carla.person.totp_secret = text(&started.created()["secret"]);
    let confirm = carla.request(&world, "POST", "/v1/me/two-factor/confirm");
    let code = json!({ "code": carla.code(&world) });
    confirm.json(&code).send().await.created();
    // The session that enrolled may write from now on.
    let rename = carla.request(&world, "PATCH", &bruno_at);
    let renamed = rename.json(&json!({ "name": "Bruno B" })).send().await;
    assert_eq!(renamed.ok()["name"], "Bruno B");
    let out = carla.request(&world, "DELETE", "/v1/sessions/current");
    out.send().await.expect(204);
}

#[tokio::test]
async fn a_person_without_two_factor_can_log_out() {
    let world = World::new().await;
    let account_id = world.tenant("loja").await.account_id;
    let mut carla = world.human(account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    let out = carla.request(&world, "DELETE", "/v1/sessions/current");
    out.send().await.expect(204);
}

/// What another sees of the account depends on the role alone.
#[tokio::test]
async fn only_a_moderator_sees_and_changes_users_and_keys() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let write = [domain::access::Role::Write];
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &write, true).await;
    carla.log_in(&world).await.created();
    let of_moderators = catalogue::all_operations()
        .filter(|operation| matches!(operation.needs, edge::Needs::Moderator(_)));
    let mut count = 0;
    for operation in of_moderators {
        let path = operation.path.replace("{id}", &tenant.bruno.user_id);
        let method = operation.method.as_str();
        let person = carla.ask_with_code(&world, method, &path).send().await;
        person.problem(403, "permission_denied");
        let program = world.request(method, &path).key(&tenant.program.api_key);
        program.send().await.problem(403, "permission_denied");
        world.request(method, &path).send().await.problem(401, "credential_missing");
        count += 1;
    }
    assert_eq!(count, 23);
}

#[tokio::test]
async fn a_program_cannot_be_a_moderator_nor_have_a_second_factor() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let body = json!({ "name": "back end", "kind": "api", "roles": ["moderator"] });
    let made = ana.request(&world, "POST", "/v1/users").json(&body).send().await;
    made.problem(422, "user_kind");
    let user_id = new_program(&world, &ana, &[]).await;
    let path = format!("/v1/users/{user_id}");
    let promote = ana.request(&world, "PATCH", &path);
    let promote = promote.json(&json!({ "roles": ["view", "moderator"] }));
    promote.send().await.problem(422, "user_kind");
    let path = format!("{path}/two-factor/reset");
    let reset = ana.ask_with_code(&world, "POST", &path).send().await;
    reset.problem(422, "user_kind");
}

#[tokio::test]
async fn names_emails_and_words_are_checked() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let make = async |body: Value| {
        let ask = ana.request(&world, "POST", "/v1/users").json(&body);
        ask.send().await
    };
    for (name, flaw) in [
        ("", "wrong_length"),
        (&*"x".repeat(101), "wrong_length"),
        ("   ", "blank"),
        ("\u{200b}\u{3164}", "blank"),
        ("a\u{0}b", "forbidden_character"),
        ("a\nb", "forbidden_character"),
        ("Ana\u{202e}amiL", "forbidden_character"),
    ] {
        let response = make(json!({ "name": name, "kind": "api" })).await;
        response.violation("name", flaw);
    }
    let longest = format!("{}@example.com", "x".repeat(243));
    for email in [
        "",
        "maria",
        "@example.com",
        "maria@",
        "maria@example",
        "a@b@c.example",
        "a b@c.example",
        "maria@example.",
        "maría@example.com",
        "maria@example..com",
        ".maria@example.com",
        "a:b@example.com",
        &longest,
    ] {
        let response = make(json!({ "name": "x", "kind": "human", "email": email })).await;
        response.violation("email", "invalid_format");
        // A person who could do nothing is not invited.
        response.violation("roles", "required");
    }
    let response = make(json!({ "name": "x", "kind": "human" })).await;
    response.violation("email", "required");
    let response = make(json!({ "name": "x", "kind": "robot" })).await;
    response.violation("kind", "unknown_value");
    let response = make(json!({ "name": "x", "kind": "api", "roles": ["admin"] })).await;
    response.violation("roles[0]", "unknown_value");
    let response = make(json!({ "name": "x", "kind": "api", "permissions": ["all"] })).await;
    response.violation("permissions[0]", "unknown_value");
}
