//! Validations and payouts share the budget of look-ups: neither a user nor several of them delay a
//! payout, and a user leaves look-ups to the others.

use domain::access::Permission;
use domain::network::{KeyBucket, LookupBudgetRow};
use local::seed::Program;
use serde_json::{Value, json};
use store::Key;
use tests::{Tenant, TestResponse, World, new_payout};

async fn funded() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 1_000_000).await;
    (world, tenant)
}

/// A program that may validate keys and nothing else.
async fn reader(world: &World, tenant: &Tenant) -> Program {
    world.program(tenant.account_id, &[Permission::PixKeysRead], &["203.0.113.7"]).await
}

async fn validate(world: &World, program: &Program, key: &str) -> TestResponse {
    let body = json!({ "type": "email", "key": key });
    world.post("/v1/pix-keys/validate").key(&program.api_key).json(&body).send().await
}

/// Validates keys that do not exist until the answer is 429. Returns how many were looked up, and that
/// answer.
async fn spend(world: &World, program: &Program, name: &str) -> (usize, TestResponse) {
    for number in 0.. {
        let response = validate(world, program, &format!("{name}-{number}@missing.example")).await;
        if response.status != 200 {
            return (number, response);
        }
    }
    unreachable!("the budget is finite")
}

fn to(key: &str) -> Value {
    let mut payout = new_payout();
    payout["to"] = json!({ "pix_key": { "type": "email", "key": key } });
    payout.as_object_mut().expect("an object").remove("beneficiary");
    payout
}

async fn status(world: &World, tenant: &Tenant, id: &Value) -> Value {
    world.find_payout(&tenant.program.api_key, id).await["status"].clone()
}

/// Leaves no token in the account's budget for e-mails.
pub(crate) async fn spend_everything(world: &World, tenant: &Tenant) {
    let store = &world.bundle.app().store;
    let (account_id, bucket) = (tenant.account_id, KeyBucket::Contacts);
    let found = store.find::<LookupBudgetRow>(&Key::LookupBudget(account_id, bucket)).await;
    let untouched = || LookupBudgetRow::untouched(account_id, bucket, world.now());
    let mut lookups = found.expect("readable").unwrap_or_else(untouched);
    while lookups.budget.tokens(world.now()) > 0 {
        lookups.budget.charge(false, world.now());
    }
    store.replace(&lookups).await.expect("written");
}

/// Fault row 112. Each second the readers come first and take every token that they can, and then a
/// payout needs one.
#[tokio::test]
async fn users_who_validate_as_fast_as_tokens_come_delay_no_payout() {
    let (world, tenant) = funded().await;
    let mut readers = Vec::new();
    for _ in 0..3 {
        readers.push(reader(&world, &tenant).await);
    }
    let mut looked_up = 0;
    for second in 0..45 {
        for (number, reader) in readers.iter().enumerate() {
            looked_up += spend(&world, reader, &format!("{second}-{number}")).await.0;
        }
        let payout = to(&format!("payee-{second}@example.com"));
        let name = format!("payout-{second}");
        let made = world.payout(&tenant.program.api_key, &name, &payout).await.created();
        world.deliver().await;
        assert_eq!(status(&world, &tenant, &made["id"]).await, "paid", "second {second}");
        world.wait(1);
    }
    assert!(looked_up >= 25, "they spent all that validations may use: {looked_up}");
}

/// Fault row 112.
#[tokio::test]
async fn a_user_whose_share_is_spent_waits_and_another_user_does_not() {
    let (world, tenant) = funded().await;
    let (one, other) = (reader(&world, &tenant).await, reader(&world, &tenant).await);
    let (made, refused) = spend(&world, &one, "one").await;
    assert_eq!(made, 20, "a share of 400, 20 each");
    refused.problem(429, "lookup_share_spent");
    assert_eq!(refused.header("retry-after"), Some("120"));
    assert_eq!(validate(&world, &other, "maria@example.com").await.ok()["valid"], true);
    // The rest of what validations may use is 99 of the other user.
    let (made, refused) = spend(&world, &other, "other").await;
    assert_eq!(made, 4);
    refused.problem(429, "lookup_budget_spent");
    assert_eq!(refused.header("retry-after"), Some("3"));
    // A share gains half of the refill, so a minute is for one half of a look-up.
    world.wait(119);
    validate(&world, &one, "late@missing.example").await.problem(429, "lookup_share_spent");
    world.wait(1);
    assert_eq!(validate(&world, &one, "late@missing.example").await.ok()["reason"], "not_found");
}

/// Fault row 112. The line that raises the alarm names the account and what to do, and no key.
#[tokio::test]
async fn a_payout_without_a_look_up_is_reported_with_what_to_do() {
    let (world, tenant) = funded().await;
    spend_everything(&world, &tenant).await;
    let payout = to("maria@example.com");
    let made = world.payout(&tenant.program.api_key, "payout", &payout).await.created();
    world.deliver().await;
    assert_eq!(status(&world, &tenant, &made["id"]).await, "processing");
    let lines = world.logged();
    let line = lines.iter().find(|line| line["payouts_without_lookup"] == 1).expect("a line");
    assert_eq!((&line["level"], &line["consumer"]), (&json!("error"), &json!("submit_orders")));
    assert_eq!(line["account_id"], json!(tenant.account_id));
    assert_eq!(line["rejected_at"], "2026-11-24T01:00:00Z");
    let message = line["message"].as_str().expect("text");
    assert!(message.contains("docs/runbook.md#lookups-spent"), "{message}");
    assert!(!line.to_string().contains("maria@"), "{line}");
    world.wait_and_deliver(91).await;
    assert_eq!(status(&world, &tenant, &made["id"]).await, "paid");
}
