//! What must never be written down: a long day at the API, then every line that was logged and every
//! byte that was sent to the table is searched.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use local::Fault;
use regex::Regex;
use serde_json::{Value, json};
use tests::{Human, RequestBuilder, Tenant, World, new_charge};

const CPF: &str = "52998224725";
const CPF_PRINTED: &str = "529.982.247-25";
const PASSWORD: &str = "uma senha longa 7391";

/// What was used during the day.
#[derive(Default)]
struct KnownSecrets {
    /// Of which nothing is ever written down.
    texts: Vec<String>,
    /// Six digits each.
    codes: Vec<String>,
}

impl KnownSecrets {
    fn keep(&mut self, body: &Value, name: &str) -> String {
        let text = body[name].as_str().expect("a secret").to_owned();
        self.texts.push(text.clone());
        text
    }

    /// Demands that none of them is in `text`.
    #[track_caller]
    fn assert_absent(&self, text: &str) {
        for secret in &self.texts {
            assert!(secret.len() >= 8, "{secret:?} would be found anywhere");
            assert!(!text.contains(secret.as_str()), "{secret} in {text}");
        }
        for code in &self.codes {
            let alone = Regex::new(&format!(r"\b{code}\b")).expect("a pattern");
            assert!(!alone.is_match(text), "{code} in {text}");
        }
    }
}

/// Begins a person's request with a fresh code, and keeps the code as a secret.
fn with_code<'w>(
    (world, human): (&'w World, &Human),
    secrets: &mut KnownSecrets,
    (method, path): (&str, &str),
) -> RequestBuilder<'w> {
    let code = human.fresh_code(world);
    secrets.codes.push(code.clone());
    human.request(world, method, path).code(&code)
}

/// Logs Ana in and out, after attempts with a wrong password and a wrong code.
async fn log_in(world: &World, tenant: &mut Tenant, secrets: &mut KnownSecrets) {
    let person = tenant.ana.person.clone();
    secrets.texts.push(person.password.clone());
    secrets.texts.push(person.totp_secret.clone());
    for (password, code) in [
        ("quase a senha dela", None),
        (person.password.as_str(), None),
        (person.password.as_str(), Some("000000")),
    ] {
        let body = json!({ "email": person.email, "password": password, "totp_code": code });
        let refused = world.post("/v1/sessions").json(&body).send().await;
        assert!(matches!(refused.status, 401 | 429), "{}", refused.text());
        world.wait(60);
    }
    secrets.texts.push("quase a senha dela".to_owned());
    tenant.ana.log_in(world).await.created();
    secrets.codes.push(tenant.ana.code(world));
    secrets.texts.push(tenant.ana.session.clone());
}

/// Invites Carla, who chooses a password, enrols a second factor and loses it.
async fn invite(world: &World, tenant: &Tenant, secrets: &mut KnownSecrets) {
    let ask = tenant.ana.request(world, "POST", "/v1/users");
    let carla = json!({ "name": "Carla", "email": "carla@loja.example", "kind": "human",
        "roles": ["view"] });
    let ask = ask.idempotency_key("carla").json(&carla);
    let carla = ask.send().await.created();
    let token = secrets.keep(&carla["invitation"], "token");
    let accept = format!("/v1/invitations/{token}/accept");
    for password in ["kurz pwd", PASSWORD] {
        secrets.texts.push(password.to_owned());
        let body = json!({ "password": password });
        world.post(&accept).json(&body).send().await;
    }
    let mut human = Human {
        user_id: carla["id"].as_str().expect("an id").to_owned(),
        person: local::seed::Person {
            email: "carla@loja.example".to_owned(),
            password: PASSWORD.to_owned(),
            totp_secret: String::new(),
        },
        session: String::new(),
    };
    human.log_in(world).await.created();
    secrets.texts.push(human.session.clone());
    let start = human.start_two_factor(world);
    let started = start.idempotency_key("enrol").send().await.created();
    human.person.totp_secret = secrets.keep(&started, "secret");
    secrets.keep(&started, "otpauth_url");
    let code = human.code(world);
    secrets.codes.push(code.clone());
    let confirm = human.request(world, "POST", "/v1/me/two-factor/confirm");
    let confirm = confirm.idempotency_key("confirm");
    let confirmed = confirm.json(&json!({ "code": code })).send().await;
    let confirmed = confirmed.created();
    for recovery in confirmed["recovery_codes"].as_array().expect("a list") {
        secrets.texts.push(recovery.as_str().expect("text").to_owned());
    }
    let path = format!("/v1/users/{}/two-factor/reset", human.user_id);
    let reset = with_code((world, &tenant.ana), secrets, ("POST", &path));
    reset.send().await.ok();
}

/// Makes a key, changes its addresses, gives it a new secret and deletes it.
async fn turn_keys(world: &World, tenant: &Tenant, secrets: &mut KnownSecrets) {
    secrets.texts.push(tenant.program.api_key.clone());
    let path = format!("/v1/users/{}/api-keys", tenant.program.id);
    let body = json!({ "name": "night", "ip_allowlist": ["203.0.113.7"] });
    let make = with_code((world, &tenant.ana), secrets, ("POST", &path));
    let make = make.idempotency_key("key").json(&body);
    let made = make.send().await.created();
    let key = secrets.keep(&made, "api_key");
    world.charge(&key, "with-new-key").await.created();
    world.get("/v1/me").key(&key).from("198.51.100.9").send().await;
    let mut wrong = key.clone();
    wrong.pop();
    for broken in [wrong.clone(), format!("{wrong}x"), "Bearer".to_owned()] {
        world.get("/v1/me").key(&broken).send().await;
    }
    let own = format!("/v1/api-keys/{}", made["id"].as_str().expect("an id"));
    let rotate = format!("{own}/rotate");
    let ask = with_code((world, &tenant.ana), secrets, ("POST", &rotate));
    let rotated = ask.json(&json!({ "overlap_seconds": 60 })).send().await;
    secrets.keep(&rotated.created(), "api_key");
    let remove = with_code((world, &tenant.ana), secrets, ("DELETE", &own));
    remove.send().await.expect(204);
}

/// Makes charges of every outcome, and requests that put personal data where it does not belong.
async fn charge(world: &World, tenant: &Tenant) {
    let key = &tenant.program.api_key;
    let mut body = new_charge();
    body["payer"]["document"]["number"] = json!(CPF_PRINTED);
    let ask = |name: &str| world.post("/v1/charges").key(key).idempotency_key(name);
    let opened = ask("order-1").json(&body).send().await.created();
    ask("order-1").json(&body).send().await;
    let id = opened["id"].as_str().expect("an id");
    world.pay(key, id).await.ok();
    // The second payment becomes a credit.
    world.pay(key, id).await.ok();
    let mut wrong = body.clone();
    wrong["payer"]["document"]["number"] = json!("52998224725x");
    wrong["payer"]["email"] = json!(CPF);
    ask("order-2").json(&wrong).send().await;
    ask(CPF).json(&json!({ CPF: "maria@example.com" })).send().await;
    ask("order-3").raw(b"{\"payer\": \"maria@example.com").send().await;
    for path in [
        format!("/v1/charges/{CPF}"),
        format!("/v1/charges?reference={CPF}"),
        "/v1/charges?status=maria@example.com".to_owned(),
        format!("/pix/{CPF}"),
        format!("/v1/{CPF}"),
    ] {
        world.get(&path).key(key).send().await;
    }
    let faults = world.bundle.faults();
    for fault in [Fault::BeforeSend, Fault::Cancelled(&["None", "ValidationError", "None", "None"])]
    {
        faults.next_times("TransactWriteItems", &fault, 30);
        let failed = ask("order-4").json(&body).send().await;
        assert!(failed.status >= 500, "{}", failed.text());
        assert!(!failed.text().contains(CPF) && !failed.text().contains("maria@"));
        faults.clear();
    }
    faults.next_times("BatchGetItem", &Fault::BeforeSend, 3);
    ask("order-5").json(&body).send().await.problem(503, "unavailable");
    faults.clear();
}

/// Fault row 89. Personal data is in the table, where it belongs, and never in the log; secrets are
/// in neither.
#[tokio::test]
async fn the_log_has_no_personal_data_and_neither_log_nor_table_has_a_secret() {
    let world = World::new().await;
    world.bundle.faults().record();
    let mut secrets = KnownSecrets::default();
    let mut tenant = world.tenant("loja").await;
    log_in(&world, &mut tenant, &mut secrets).await;
    invite(&world, &tenant, &mut secrets).await;
    turn_keys(&world, &tenant, &mut secrets).await;
    charge(&world, &tenant).await;
    world.wait_and_tick(25 * 60 * 60).await;

    let mut log = String::new();
    for line in world.logged() {
        log.push_str(&line.to_string());
        log.push('\n');
    }
    assert!(log.lines().count() > 30, "the day was not that long");
    secrets.assert_absent(&log);
    for private in [CPF, CPF_PRINTED, "@", "Maria", "Carla", "203.0.113", "198.51"] {
        assert!(!log.contains(private), "{private} in {log}");
    }

    let sent = world.bundle.faults().sent();
    let written: String = sent.iter().map(|sent| sent.body.as_str()).collect();
    let table = written.clone() + &unpacked(&written);
    assert!(table.len() > written.len() + 1_000, "the packed fields are looked at too");
    assert!(table.contains(CPF) && table.contains("two_factor"));
    assert!(table.contains("api_key.rotated") && table.contains("charge.credited"));
    secrets.assert_absent(&table);
}

/// Returns the packed fields of the rows in these requests, as text.
fn unpacked(requests: &str) -> String {
    let packed = Regex::new(r#""packed":\{"B":"([^"]+)"\}"#).expect("a pattern");
    let fields = packed.captures_iter(requests).map(|found| {
        let bytes = STANDARD.decode(&found[1]).expect("base64");
        String::from_utf8(store::decompress(&bytes).expect("packed")).expect("JSON")
    });
    fields.collect()
}

/// Fault row 89. The answer to an internal error has only the request id.
#[tokio::test]
async fn an_internal_error_tells_the_caller_nothing_and_the_log_no_values() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let wrong = Fault::Cancelled(&["None", "ValidationError", "None", "None"]);
    world.bundle.faults().next("TransactWriteItems", wrong);
    let response = world.charge(&tenant.program.api_key, "order-1").await;
    let body = response.problem(500, "internal");
    assert!(!response.text().contains("Validation"));
    let line = world.last_logged();
    assert_eq!((&line["level"], &line["errors"]), (&json!("error"), &json!(1)));
    assert_eq!(line["request_id"], body["request_id"]);
    assert!(line["cause"].as_str().is_some_and(|cause| cause.contains(": ")), "{line}");
    assert!(!line.to_string().contains('@'));
}
