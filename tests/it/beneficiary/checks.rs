//! Checks of saved destinations: what they answer, what they cost, and what they never tell.

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_beneficiary, text};

/// A CPF that owns no key of the sandbox.
const OTHER: &str = "390.533.447-05";

async fn account() -> (World, Tenant) {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    tenant.ana.log_in(&world).await.created();
    (world, tenant)
}

async fn save(world: &World, tenant: &Tenant, document: &str, to: &Value) -> Value {
    let mut body = new_beneficiary();
    body["document"]["number"] = json!(document);
    body["destinations"] = json!([to]);
    world.save_beneficiary(&tenant.program.api_key, &body).await.created()
}

fn to(key: &str) -> Value {
    json!({ "pix_key": { "type": "email", "key": key } })
}

fn path_of(saved: &Value) -> String {
    let destination = text(&saved["destinations"][0]["id"]);
    format!("/v1/beneficiaries/{}/destinations/{destination}/check", text(&saved["id"]))
}

async fn check(world: &World, tenant: &Tenant, saved: &Value) -> TestResponse {
    let key = &tenant.program.api_key;
    world.post(&path_of(saved)).key(key).json(&json!({})).send().await
}

/// Returns the only destination as the API shows it.
async fn destination(world: &World, tenant: &Tenant, saved: &Value) -> Value {
    let path = format!("/v1/beneficiaries/{}", text(&saved["id"]));
    let shown = world.get(&path).key(&tenant.program.api_key).send().await.ok();
    shown["destinations"][0].clone()
}

/// Returns the look-ups that are left for e-mail addresses.
async fn tokens(world: &World, tenant: &Tenant) -> u64 {
    let body = json!({ "type": "email", "key": "ana@example.com" });
    let ask = world.post("/v1/pix-keys/validate").key(&tenant.program.api_key).json(&body);
    ask.send().await.ok()["lookups_left"].as_u64().expect("a number")
}

#[tokio::test]
async fn a_match_verifies_the_destination_and_names_the_way() {
    let (world, tenant) = account().await;
    let saved = save(&world, &tenant, "529.982.247-25", &to("maria@example.com")).await;
    let new = destination(&world, &tenant, &saved).await;
    assert_eq!((&new["verified_at"], &new["last_check"]), (&Value::Null, &Value::Null));
    world.wait(1);
    let checked = check(&world, &tenant, &saved).await.ok();
    assert!(text(&checked["id"]).starts_with("chk_"));
    assert_eq!(
        (&checked["status"], &checked["checked_by"]),
        (&json!("matched"), &json!(tenant.program.id))
    );
    let shown = destination(&world, &tenant, &saved).await;
    assert_eq!(shown["verified_by"], "pix_directory");
    assert_eq!((&shown["verified_at"], &shown["last_check"]), (&checked["checked_at"], &checked));
    let events = world.get("/v1/events?type=beneficiary.verified").key(&tenant.program.api_key);
    let events = events.send().await.ok();
    assert_eq!(events["data"].as_array().map(Vec::len), Some(1));
    let lines = tenant.ana.request(&world, "GET", "/v1/audit-events").send().await.ok();
    assert_eq!(lines["data"][0]["action"], "beneficiary.destination_checked");
    for page in [events.to_string(), lines.to_string()] {
        assert!(!page.contains("52998224725") && !page.contains("maria@example.com"), "{page}");
    }
}

/// Fault row 204.
#[tokio::test]
async fn a_check_never_shows_another_owner_and_costs_as_much_as_a_missing_key() {
    let (world, tenant) = account().await;
    let left = tokens(&world, &tenant).await;
    let saved = save(&world, &tenant, OTHER, &to("maria@example.com")).await;
    let checked = check(&world, &tenant, &saved).await.ok();
    assert_eq!(checked["status"], "mismatch");
    let shown = destination(&world, &tenant, &saved).await;
    assert_eq!(
        (&shown["owner_mismatch_at"], &shown["verified_at"]),
        (&checked["checked_at"], &Value::Null)
    );
    for answer in [checked.to_string(), shown.to_string()] {
        assert!(!answer.contains("982.247") && !answer.contains("Silva"), "{answer}");
    }
    // The answer about the other key is remembered, so it costs nothing more.
    assert_eq!(tokens(&world, &tenant).await, left - 20);
    let missing = save(&world, &tenant, OTHER, &to("nobody@sandbox.example")).await;
    assert_eq!(check(&world, &tenant, &missing).await.ok()["status"], "impossible");
    assert_eq!(tokens(&world, &tenant).await, left - 40);
    let matched = save(&world, &tenant, "529.982.247-25", &to("maria@example.com")).await;
    assert_eq!(check(&world, &tenant, &matched).await.ok()["status"], "matched");
    assert_eq!(tokens(&world, &tenant).await, left - 41);
    // A user has a share of the budget, and guesses spend it soon.
    let mut refused = 0;
    for number in 0..30 {
        let guess = world.post(&path_of(&saved)).key(&tenant.program.api_key);
        let guess = guess.json(&json!({})).idempotency_key(&format!("guess-{number}")).send().await;
        refused += u32::from(guess.status == 429);
    }
    assert!(refused > 10, "{refused} of 30 guesses were refused");
}

#[tokio::test]
async fn an_answer_is_never_remembered_and_a_silent_directory_changes_nothing() {
    let (world, tenant) = account().await;
    let saved = save(&world, &tenant, "529.982.247-25", &to("maria@example.com")).await;
    for times in 1..=2 {
        check(&world, &tenant, &saved).await.ok();
        assert_eq!(world.network.looked_up().len(), times);
        assert_eq!(world.last_logged()["storage_round_trips"], 3);
    }
    world.network.silence_directory(true);
    check(&world, &tenant, &saved).await.problem(503, "unavailable");
    world.network.silence_directory(false);
    assert_eq!(destination(&world, &tenant, &saved).await["verified_by"], "pix_directory");
}

#[tokio::test]
async fn only_a_destination_of_an_active_beneficiary_is_checked() {
    let (world, tenant) = account().await;
    let saved = save(&world, &tenant, "529.982.247-25", &to("maria@example.com")).await;
    let archive = format!("/v1/beneficiaries/{}/archive", text(&saved["id"]));
    world.post(&archive).key(&tenant.program.api_key).json(&json!({})).send().await.ok();
    check(&world, &tenant, &saved).await.problem(409, "beneficiary_state");
    let (id, none) = (text(&saved["id"]), "dst_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9");
    let unknown = format!("/v1/beneficiaries/{id}/destinations/{none}/check");
    let ask = world.post(&unknown).key(&tenant.program.api_key).json(&json!({}));
    ask.send().await.problem(404, "not_found");
    assert!(world.network.looked_up().is_empty());
    let other = world.tenant("outra").await;
    let foreign = world.post(&path_of(&saved)).key(&other.program.api_key).json(&json!({}));
    foreign.send().await.problem(404, "not_found");
}
