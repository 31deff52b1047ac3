//! Codes of receipts: the public page, forged codes, rotations, and a check without Trilho.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{Tenant, World, new_payout, text};

/// Seconds for which a function keeps a secret.
const KEPT_SECONDS: i64 = 301;

async fn paid() -> (World, Tenant, Value) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.paid_charge(&tenant.program.api_key, 10_000).await;
    let receipt = receipt(&world, &tenant, &format!("charges/{charge}")).await;
    (world, tenant, receipt)
}

async fn receipt(world: &World, tenant: &Tenant, path: &str) -> Value {
    let path = format!("/v1/{path}/receipt");
    world.get(&path).key(&tenant.program.api_key).send().await.ok()
}

fn code_of(receipt: &Value) -> String {
    text(&receipt["proof"]["code"])
}

async fn confirm(world: &World, code: &str) -> Value {
    world.get(&format!("/receipts/{code}?format=json")).send().await.ok()
}

async fn rotate(world: &World) {
    let order = json!({ "secret": "receipt_signing" });
    world.bundle.operate("rotate_secret", order).await.expect("a version");
}

/// Checks a receipt as docs/receipts.md says, with nothing of Trilho but its published keys.
fn is_genuine(receipt: &Value, keys: &Value) -> bool {
    let proof = &receipt["proof"];
    let bytes = URL_SAFE_NO_PAD.decode(text(&proof["code"])).expect("base64url");
    let (signed, signature) = bytes.split_at(bytes.len() - 64);
    let claims = Sha256::digest(text(&proof["claims"]).as_bytes());
    let keys = keys["keys"].as_array().expect("a list");
    let key = keys.iter().find(|key| key["kid"] == proof["key_id"]).expect("a key");
    let public = URL_SAFE_NO_PAD.decode(text(&key["x"])).expect("base64url");
    signed.ends_with(&claims)
        && UnparsedPublicKey::new(&ED25519, public).verify(signed, signature).is_ok()
}

#[tokio::test]
async fn anyone_can_check_a_receipt_without_trilho() {
    let (world, _, mut receipt) = paid().await;
    let keys = world.get("/receipt-keys").send().await.ok();
    assert!(is_genuine(&receipt, &keys));
    let claims = text(&receipt["proof"]["claims"]);
    let said: Value = serde_json::from_str(&claims).expect("JSON");
    assert_eq!((&said["amount_cents"], &said["state"]), (&json!(10_000), &json!("paid")));
    assert_eq!(said["payer"], json!({ "name": "Maria Silva", "document": "***.982.247-**" }));
    assert_eq!(said["end_to_end_id"], receipt["end_to_end_id"]);
    receipt["proof"]["claims"] = json!(claims.replace("10000", "99999"));
    assert!(!is_genuine(&receipt, &keys));
}

#[tokio::test]
async fn a_genuine_code_is_confirmed_to_anyone_with_masked_data() {
    let (world, _, receipt) = paid().await;
    let code = code_of(&receipt);
    assert_eq!(text(&receipt["proof"]["url"]), format!("http://127.0.0.1:4000/receipts/{code}"));
    let answer = confirm(&world, &code).await;
    assert_eq!(answer["verdict"], "confirmed");
    let shown = &answer["receipt"];
    assert_eq!((&shown["amount_cents"], &shown["same_claims"]), (&json!(10_000), &json!(true)));
    assert_eq!(
        (&shown["payer"]["name"], &shown["payer"]["document"]),
        (&json!("Maria Silva"), &json!("***.982.247-**"))
    );
    let page = world.get(&format!("/receipts/{code}")).send().await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let head = world.request("HEAD", &format!("/receipts/{code}")).send().await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in ["content-type", "content-security-policy", "vary"] {
        assert_eq!(head.header(name), page.header(name), "{name}");
    }
    for text in [page.text(), &answer.to_string()] {
        assert!(text.contains("***.982.247-**"));
        for secret in ["52998224725", "maria@example.com", "email", "reference", "metadata"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
    let accept = world.get(&format!("/receipts/{code}")).header("accept", "application/json");
    assert_eq!(accept.send().await.ok(), answer);
}

#[tokio::test]
async fn a_false_code_is_answered_and_reads_no_table() {
    let (world, tenant, receipt) = paid().await;
    let genuine = code_of(&receipt);
    let bytes = URL_SAFE_NO_PAD.decode(&genuine).expect("base64url");
    let changed = |index: usize| {
        let mut bytes = bytes.clone();
        bytes[index] ^= 1;
        URL_SAFE_NO_PAD.encode(bytes)
    };
    // The key version, the state, the account, the transaction, the digest and the signature.
    let mut false_codes: Vec<_> = [4, 6, 20, 36, 80, 150].map(changed).into();
    let longer = format!("{genuine}A");
    false_codes.extend(["x", "keys2", &genuine[1..], &genuine[..201], &longer].map(str::to_owned));
    for code in false_codes {
        let path = format!("/receipts/{code}?format=json");
        let response = world.get(&path).send().await;
        let answer = response.ok();
        assert_eq!(answer["verdict"], "not_confirmed", "{code}");
        assert_eq!((&answer["receipt"], &answer["current"]), (&Value::Null, &Value::Null));
        assert_eq!(world.last_logged()["storage_round_trips"], 0, "{}", world.last_logged());
    }
    let page = world.get("/receipts/x").send().await;
    assert!(page.text().contains("Comprovante não confirmado"));
    // A code of another deployment has another key.
    let elsewhere = World::new().await;
    rotate(&elsewhere).await;
    let other = elsewhere.tenant("loja").await;
    let charge = elsewhere.paid_charge(&other.program.api_key, 10_000).await;
    elsewhere.wait(KEPT_SECONDS);
    let foreign = self::receipt(&elsewhere, &other, &format!("charges/{charge}")).await;
    assert_eq!(confirm(&world, &code_of(&foreign)).await["verdict"], "not_confirmed");
    drop(tenant);
}

#[tokio::test]
async fn a_code_says_that_the_state_changed_after_the_receipt() {
    let (world, tenant, _) = paid().await;
    let key = &tenant.program.api_key;
    let mut payout = new_payout();
    payout["amount_cents"] = json!(2_005);
    let payout = world.payout(key, "1", &payout).await.created();
    let path = format!("payouts/{}", text(&payout["id"]));
    let processing = code_of(&receipt(&world, &tenant, &path).await);
    assert_eq!(confirm(&world, &processing).await["verdict"], "confirmed");
    world.deliver().await;
    let paid = code_of(&receipt(&world, &tenant, &path).await);
    let answer = confirm(&world, &processing).await;
    assert_eq!(
        (&answer["verdict"], &answer["current"]["state"]),
        (&json!("changed"), &json!("paid"))
    );
    assert_eq!(confirm(&world, &paid).await["verdict"], "confirmed");
    for _ in 0..7 {
        world.wait_and_tick(60).await;
    }
    let answer = confirm(&world, &paid).await;
    assert_eq!(answer["verdict"], "changed");
    assert_eq!(
        (&answer["receipt"]["state"], &answer["receipt"]["same_claims"]),
        (&json!("paid"), &json!(true))
    );
    let current = &answer["current"];
    assert_eq!(
        (&current["state"], &current["returned_amount_cents"]),
        (&json!("returned"), &json!(2_005))
    );
    let page = world.get(&format!("/receipts/{paid}")).send().await;
    assert!(page.text().contains("O valor inteiro foi devolvido depois"));
}

#[tokio::test]
async fn a_scheduled_payout_that_was_cancelled_is_not_confirmed_as_money() {
    let (world, tenant, _) = paid().await;
    let key = &tenant.program.api_key;
    let mut later = new_payout();
    later["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    let payout = world.payout(key, "later", &later).await.created();
    let path = format!("payouts/{}", text(&payout["id"]));
    let code = code_of(&receipt(&world, &tenant, &path).await);
    assert_eq!(confirm(&world, &code).await["verdict"], "confirmed");
    world.post(&format!("/v1/{path}/cancel")).key(key).json(&json!({})).send().await.ok();
    let answer = confirm(&world, &code).await;
    assert_eq!(
        (&answer["verdict"], &answer["current"]["state"]),
        (&json!("changed"), &json!("not_made"))
    );
}

#[tokio::test]
async fn old_codes_stay_genuine_after_a_rotation_and_new_ones_work_at_once() {
    let (world, tenant, old) = paid().await;
    let behind = world.second_instance(|_| {});
    assert_eq!(confirm(&behind, &code_of(&old)).await["verdict"], "confirmed");
    world.wait(20);
    rotate(&world).await;
    let fresh = world.second_instance(|_| {});
    let path = format!("charges/{}", text(&old["id"]));
    let new = receipt(&fresh, &tenant, &path).await;
    assert_ne!(old["proof"]["key_id"], new["proof"]["key_id"]);
    // This instance still has the old versions, and the code names a newer one.
    for receipt in [&new, &old] {
        assert_eq!(confirm(&behind, &code_of(receipt)).await["verdict"], "confirmed");
    }
    let keys = fresh.get("/receipt-keys").send().await.ok();
    assert!(is_genuine(&old, &keys) && is_genuine(&new, &keys));
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(2));
}

/// Anyone can invent the version of a key, so such codes must not make a function fetch its secret.
#[tokio::test]
async fn invented_key_versions_fetch_the_secret_once_in_ten_seconds() {
    let (world, _, receipt) = paid().await;
    let instance = world.second_instance(|_| {});
    confirm(&instance, &code_of(&receipt)).await;
    world.wait(20);
    let mut bytes = URL_SAFE_NO_PAD.decode(code_of(&receipt)).expect("base64url");
    bytes[1] = 0x7f;
    let invented = URL_SAFE_NO_PAD.encode(bytes);
    instance.bundle.faults().record();
    for _ in 0..20 {
        assert_eq!(confirm(&instance, &invented).await["verdict"], "not_confirmed");
    }
    let sent = instance.bundle.faults().sent();
    let fetches = sent.iter().filter(|sent| sent.operation == "GetSecretValue").count();
    assert_eq!(fetches, 1);
}

#[tokio::test]
async fn a_new_name_of_the_account_is_told_and_the_code_stays_genuine() {
    let (world, tenant, receipt) = paid().await;
    let change = json!({ "account_id": tenant.account_id, "name": "Loja Nova Ltda" });
    world.bundle.operate("change_merchant", change).await.expect("another name");
    let answer = confirm(&world, &code_of(&receipt)).await;
    assert_eq!(answer["verdict"], "confirmed");
    assert_eq!(answer["receipt"]["same_claims"], false);
    assert_eq!(answer["receipt"]["payee"]["name"], "Loja Nova Ltda");
}
