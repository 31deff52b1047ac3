//! The payment page: who can open it, and what stands behind its address (docs/adr/0041).

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_charge, text};

/// Seconds for which a function keeps a secret.
const KEPT_SECONDS: i64 = 301;
const ORIGIN: &str = "http://127.0.0.1:4000";

async fn opened() -> (World, Tenant, Value) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.charge(&tenant.program.api_key, "order-1").await.created();
    (world, tenant, charge)
}

/// Returns the path of a charge's page.
fn path(charge: &Value) -> String {
    let url = text(&charge["payment_url"]);
    url.strip_prefix(ORIGIN).expect("our host").to_owned()
}

/// Returns the part of the path that is the secret.
fn token(charge: &Value) -> String {
    path(charge).strip_prefix("/pay/").expect("a page").to_owned()
}

#[track_caller]
fn assert_not_found(response: &TestResponse) {
    assert_eq!(response.status, 404, "{}", response.text());
    assert_eq!(response.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(response.text().contains("Cobrança não encontrada"), "{}", response.text());
}

#[tokio::test]
async fn the_address_of_a_charge_opens_its_page_without_a_credential() {
    let (world, tenant, charge) = opened().await;
    let key = &tenant.program.api_key;
    let page = world.get(&path(&charge)).send().await;
    assert_eq!(page.status, 200);
    for part in ["R$\u{a0}10,00", "Aguardando pagamento", "Maria Silva", "Copia e Cola"] {
        assert!(page.text().contains(part), "{part}");
    }
    assert!(page.text().contains(&text(&charge["pix"]["br_code"])));
    let id = text(&charge["id"]);
    assert_eq!(world.find_charge(key, &id).await["payment_url"], charge["payment_url"]);
    assert_eq!(world.charges(key).await[0]["payment_url"], charge["payment_url"]);
    let replay = world.charge(key, "order-1").await;
    assert!(replay.is_replay());
    assert_eq!(replay.created()["payment_url"], charge["payment_url"]);
    let paid = world.pay(key, &id).await.ok();
    assert_eq!(paid["payment_url"], charge["payment_url"]);
}

#[tokio::test]
async fn a_page_is_kept_by_no_cache_and_named_to_no_other_site() {
    let (world, _, charge) = opened().await;
    let (path, wrong) = (path(&charge), "/pay/x".to_owned());
    for path in [&path, &wrong] {
        let page = world.get(path).send().await;
        for (name, expected) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("x-robots-tag", "noindex, nofollow, noarchive"),
            ("content-language", "pt-BR"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), Some(expected), "{name}");
        }
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        for rule in ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !page.text().contains("<script"));
        assert_eq!(page.header("set-cookie"), None);
        let head = world.request("HEAD", path).send().await;
        assert_eq!((head.status, head.body.len()), (page.status, 0));
        for name in ["content-type", "content-security-policy", "cache-control"] {
            assert_eq!(head.header(name), page.header(name), "{name}");
        }
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let refused = world.request(method, path).send().await;
            refused.problem(405, "method_not_allowed");
        }
    }
}

/// Fault row 170. A wrong token and one of no charge take the same work: none of them reads the table.
#[tokio::test]
async fn a_wrong_token_and_an_unknown_charge_are_the_same_page_and_read_nothing() {
    let (world, tenant, charge) = opened().await;
    let other = World::new().await;
    other.bundle.operate("rotate_secret", json!({ "secret": "pepper" })).await.expect("a version");
    other.wait(KEPT_SECONDS);
    let elsewhere = other.tenant("loja").await;
    let foreign = other.charge(&elsewhere.program.api_key, "order-1").await.created();
    let genuine = token(&charge);
    let id = text(&charge["id"]);
    let changed = |index: usize| {
        let mut bytes = genuine.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).expect("ASCII")
    };
    let mut wrong: Vec<_> = [0, 10, 21, 26, 27, 40, 47].map(changed).into();
    wrong.extend([
        id.clone(),
        id.trim_start_matches("chg_").to_owned(),
        text(&charge["pix"]["txid"]),
        token(&foreign),
        genuine[..47].to_owned(),
        format!("{genuine}A"),
        format!("{genuine}="),
        genuine.to_lowercase(),
        "A".repeat(48),
        "A".repeat(5_000),
        "%00".to_owned(),
        "..%2F..%2Fv1".to_owned(),
        "é".repeat(24),
    ]);
    let first = world.get("/pay/x").send().await;
    for wrong in wrong {
        for path in [format!("/pay/{wrong}"), format!("/pay/{wrong}/receipt")] {
            let response = world.get(&path).send().await;
            assert_not_found(&response);
            assert_eq!(response.body, first.body, "{wrong}");
            assert_eq!(world.last_logged()["storage_round_trips"], 0, "{wrong}");
        }
    }
    // A genuine token of a charge that does not exist, as after a restore of the table.
    let restored = World::new().await;
    let missing = restored.get(&path(&charge)).send().await;
    assert_not_found(&missing);
    assert_eq!(missing.body, first.body);
    let english = world.get("/pay/x?lang=en").send().await;
    assert!(english.text().contains("Charge not found"));
    drop(tenant);
}

/// Fault row 170.
#[tokio::test]
async fn the_token_stands_in_no_qr_code_no_event_and_no_log_line() {
    let (world, tenant, charge) = opened().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, "https://hooks.example.com/", &["*"]).await;
    let id = text(&charge["id"]);
    world.pay(key, &id).await.ok();
    world.deliver().await;
    let token = token(&charge);
    world.get(&path(&charge)).send().await;
    world.get(&format!("{}/receipt", path(&charge))).send().await;
    for event in world.events(tenant.account_id, &id).await {
        assert_eq!(event.object["payment_url"], Value::Null);
        assert!(!event.object.to_string().contains(&token));
    }
    for webhook in world.receivers.all() {
        assert!(!webhook.json().to_string().contains(&token));
    }
    assert!(!text(&charge["pix"]["br_code"]).contains(&token));
    assert!(!text(&charge["pix"]["qr_code_url"]).contains(&token));
    let lines = world.logged();
    let page = lines.iter().find(|line| line["operation"] == "show_payment_page");
    assert_eq!(page.expect("a line")["route"], "/pay/{token}");
    assert!(lines.iter().all(|line| !line.to_string().contains(&token)));
}

#[tokio::test]
async fn a_page_opens_also_after_the_pepper_was_rotated() {
    let (world, tenant, charge) = opened().await;
    world.bundle.operate("rotate_secret", json!({ "secret": "pepper" })).await.expect("a version");
    world.wait(KEPT_SECONDS);
    let shown = world.find_charge(&tenant.program.api_key, &text(&charge["id"])).await;
    assert_ne!(shown["payment_url"], charge["payment_url"], "new tokens have the new version");
    for charge in [&charge, &shown] {
        let page = world.get(&path(charge)).send().await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("Aguardando pagamento"));
    }
    // Another instance has not fetched the new version yet, and fetches it for this token.
    let instance = world.second_instance(|_| ());
    assert_eq!(instance.get(&path(&shown)).send().await.status, 200);
}

#[tokio::test]
async fn a_page_shows_nothing_that_only_the_account_may_know() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let mut body = new_charge();
    body["payer"]["email"] = json!("maria@example.com");
    body["reference"] = json!("internal-reference");
    body["metadata"] = json!({ "margin": "internal-note" });
    let ask = world.post("/v1/charges").key(key).idempotency_key("order-1").json(&body);
    let charge = ask.send().await.created();
    let id = text(&charge["id"]);
    let check = async |shows_name: bool| {
        let page = world.get(&path(&charge)).send().await;
        for secret in [
            "52998224725",
            "529.982.247-25",
            "982.247",
            "maria@example.com",
            "internal-reference",
            "internal-note",
            &tenant.account_id.to_string(),
            "user_",
            "fees",
        ] {
            assert!(!page.text().contains(secret), "{secret}");
        }
        assert_eq!(page.text().contains("Maria Silva"), shows_name);
    };
    check(true).await;
    world.pay(key, &id).await.ok();
    // Who paid stands on the receipt, not on the page.
    check(false).await;
}

/// Fault row 171.
#[tokio::test]
async fn reading_a_page_changes_nothing() {
    let (world, tenant, charge) = opened().await;
    let before = world.stored_charge(tenant.account_id, &text(&charge["id"])).await;
    let receipt = format!("{}/receipt", path(&charge));
    for path in [path(&charge), receipt, format!("{}?lang=en", path(&charge))] {
        for method in ["GET", "HEAD"] {
            world.request(method, &path).send().await;
            assert!(world.last_logged()["storage_round_trips"].as_u64() <= Some(2));
        }
    }
    let after = world.stored_charge(tenant.account_id, &text(&charge["id"])).await;
    assert_eq!(before, after);
    assert_eq!(world.events(tenant.account_id, &text(&charge["id"])).await.len(), 1);
}

#[tokio::test]
async fn the_picture_of_the_code_needs_no_credential_and_leads_to_no_page() {
    let (world, _, charge) = opened().await;
    let url = text(&charge["pix"]["qr_code_url"]);
    let path = url.strip_prefix(ORIGIN).expect("our host");
    let ask = |accept: &str| world.get(path).header("accept", accept);
    let browser = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
    for (accept, media_type) in
        [("", "image/svg+xml"), (browser, "image/svg+xml"), ("image/png", "image/png")]
    {
        let picture = ask(accept).send().await;
        assert_eq!((picture.status, picture.header("content-type")), (200, Some(media_type)));
        assert_eq!(picture.header("cross-origin-resource-policy"), Some("cross-origin"));
        let kept = picture.header("cache-control").expect("a policy");
        assert!(kept.contains("max-age=86400"), "{kept}");
    }
    let png = world.get(&format!("{path}?format=png")).send().await;
    assert_eq!(png.header("content-type"), Some("image/png"));
    let head = world.request("HEAD", path).send().await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    world.get(&format!("{path}?format=gif")).send().await.violation("format", "unknown_value");
    for unknown in ["01M844DZG02RQ2P2MQM9YK0HPY", "x"] {
        let missing = world.get(&format!("/pix/{unknown}/qr-code")).send().await;
        missing.problem(404, "not_found");
        assert_eq!(missing.header("cache-control"), Some("no-store"));
    }
    assert_not_found(&world.get(&format!("/pay/{}", text(&charge["pix"]["txid"]))).send().await);
}
