//! What an account demands of its payouts before they go: a second user, a moderator, limits.

use domain::access::Permission;
use local::seed::Program;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_payout};

/// Makes a world with 99,010 cents, and a second program that may pay out.
async fn funded() -> (World, Tenant, Program) {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 100_000).await;
    tenant.ana.log_in(&world).await.created();
    tenant.bruno.log_in(&world).await.created();
    world.wait(31);
    let permissions = [Permission::PayoutsWrite, Permission::PayoutsApprove];
    let second = world.program(tenant.account_id, &permissions, &["203.0.113.7"]).await;
    (world, tenant, second)
}

async fn demand(world: &World, tenant: &Tenant, settings: Value) -> Value {
    world.protect(tenant, &settings).await
}

async fn create(world: &World, tenant: &Tenant, name: &str, amount_cents: u64) -> TestResponse {
    let mut payout = new_payout();
    payout["amount_cents"] = json!(amount_cents);
    world.payout(&tenant.program.api_key, name, &payout).await
}

async fn post(world: &World, key: &str, payout: &Value, verb: &str) -> TestResponse {
    // The worker asks the directory for the owner of the key first.
    world.deliver().await;
    let path = format!("/v1/payouts/{}/{verb}", payout["id"].as_str().expect("an id"));
    world.post(&path).key(key).json(&json!({})).send().await
}

async fn review(world: &World, tenant: &Tenant, payout: &Value, decision: &str) -> TestResponse {
    world.wait(31);
    let path = format!("/v1/payouts/{}/review", payout["id"].as_str().expect("an id"));
    let ask = tenant.ana.ask_with_code(world, "POST", &path);
    ask.json(&json!({ "decision": decision })).send().await
}

async fn balances(world: &World, tenant: &Tenant) -> (u64, u64) {
    let (books, _) = world.ledger(tenant.account_id).await;
    (books.balances.available_cents, books.balances.held_cents)
}

#[tokio::test]
async fn a_payout_that_needs_approval_waits_with_its_money_held() {
    let (world, tenant, second) = funded().await;
    demand(&world, &tenant, json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }] }))
        .await;
    let own = &tenant.program.api_key;
    let payout = create(&world, &tenant, "1", 1_000).await.created();
    assert_eq!(payout["status"], "awaiting_approval");
    assert_eq!(balances(&world, &tenant).await, (99_010 - 1_050, 1_050));
    world.deliver().await;
    assert_eq!(world.network.payout_submissions(), 0);
    post(&world, own, &payout, "approve").await.problem(403, "second_user_needed");
    let approved = post(&world, &second.api_key, &payout, "approve").await.ok();
    assert_eq!(approved["status"], "processing");
    assert_ne!(approved["approvals"][0]["user_id"], approved["created_by"]);
    post(&world, &second.api_key, &payout, "approve").await.problem(409, "payout_state");
    world.deliver().await;
    assert_eq!(world.find_payout(own, &payout["id"]).await["status"], "paid");
    // Another key of the same user is the same two eyes.
    let user = format!("/v1/users/{}/api-keys", payout["created_by"].as_str().expect("an id"));
    world.wait(31);
    let key = json!({ "name": "other", "ip_allowlist": ["203.0.113.7"] });
    let key = tenant.ana.ask_with_code(&world, "POST", &user).json(&key).send().await.created();
    let other = create(&world, &tenant, "2", 1_000).await.created();
    let same_user = key["api_key"].as_str().expect("a key");
    post(&world, same_user, &other, "approve").await.problem(403, "second_user_needed");
    // The second user can also say no, which withdraws it.
    let cancelled = post(&world, &second.api_key, &other, "cancel").await.ok();
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(balances(&world, &tenant).await, (99_010 - 1_050, 0));
}

/// Fault rows 23 and 24. At the instant the hold expires an approval comes too late, whether the
/// scheduler has run or not; a second before it is in time.
#[tokio::test]
async fn an_approval_expires_after_a_week_and_the_money_is_free_again() {
    const WEEK: i64 = 7 * 86_400;
    let (world, tenant, second) = funded().await;
    demand(&world, &tenant, json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }] }))
        .await;
    let own = &tenant.program.api_key;
    let late = create(&world, &tenant, "late", 1_000).await.created();
    let in_time = create(&world, &tenant, "in-time", 1_000).await.created();
    world.wait(WEEK - 1);
    post(&world, &second.api_key, &in_time, "approve").await.ok();
    world.wait(1);
    let shown = world.find_payout(own, &late["id"]).await;
    assert_eq!(shown["status"], "rejected", "it is over before the scheduler says so");
    for verb in ["approve", "cancel"] {
        let problem = post(&world, &second.api_key, &late, verb).await.problem(409, "payout_state");
        assert!(problem["detail"].as_str().expect("text").contains("is rejected"), "{problem}");
    }
    assert_eq!(balances(&world, &tenant).await.1, 1_050, "the other one is paid");
    world.bundle.tick().await.expect("the schedule runs");
    world.bundle.tick().await.expect("the schedule runs");
    world.deliver().await;
    let ended = world.find_payout(own, &late["id"]).await;
    assert_eq!(ended["status_history"], shown["status_history"]);
    assert_eq!(ended["status_history"][1]["reason"], "not_approved_in_time");
    assert_eq!(world.find_payout(own, &in_time["id"]).await["status"], "paid");
    let (books, entries) = world.ledger(tenant.account_id).await;
    let expired =
        entries.iter().filter(|entry| entry.kind == domain::ledger::EntryKind::Expired).count();
    assert_eq!((expired, books.balances.held_cents), (1, 0));
}

#[tokio::test]
async fn a_large_payout_waits_for_a_review_that_the_audit_trail_shows() {
    let (world, tenant, _) = funded().await;
    demand(&world, &tenant, json!({ "approval_rules": [], "review_from_cents": 5_000 })).await;
    assert_eq!(create(&world, &tenant, "small", 4_999).await.created()["status"], "processing");
    let passes = create(&world, &tenant, "passes", 5_000).await.created();
    let fails = create(&world, &tenant, "fails", 5_000).await.created();
    assert_eq!(passes["status"], "in_review");
    let released = review(&world, &tenant, &passes, "release").await.ok();
    assert_eq!(
        (&released["status"], released["reviewed_by"].is_null()),
        (&json!("processing"), false)
    );
    let rejected = review(&world, &tenant, &fails, "reject").await.ok();
    assert_eq!(rejected["status_history"][1]["reason"], "review_rejected");
    review(&world, &tenant, &fails, "release").await.problem(409, "payout_state");
    world.deliver().await;
    assert_eq!(world.network.orders().len(), 2);
    let trail = tenant.ana.request(&world, "GET", "/v1/audit-events").send().await.ok();
    let actions: Vec<_> = trail["data"].as_array().expect("a list").iter().collect();
    let reviewed = actions.iter().filter(|line| line["action"] == "payout.reviewed").count();
    assert_eq!(reviewed, 2);
}

#[tokio::test]
async fn a_moderator_cannot_release_their_own_payout() {
    let (world, tenant, _) = funded().await;
    let settings = json!({ "approval_rules": [], "review_from_cents": 1 });
    demand(&world, &tenant, settings).await;
    let own = tenant.ana.request(&world, "POST", "/v1/payouts").idempotency_key("own");
    let own = own.json(&new_payout()).send().await.created();
    review(&world, &tenant, &own, "release").await.problem(403, "second_user_needed");
    assert_eq!(review(&world, &tenant, &own, "reject").await.ok()["status"], "rejected");
}

/// Made at 09:00 on Monday for 16:00, agreed to at 20:00.
#[tokio::test]
async fn a_ted_that_is_agreed_to_in_the_evening_goes_in_the_morning() {
    let (world, tenant, second) = funded().await;
    demand(&world, &tenant, json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }] }))
        .await;
    let mut ted = new_payout();
    ted["scheduled_for"] = json!("2026-11-23T19:00:00Z");
    ted["to"] = json!({ "bank_account": {
        "bank_code": "007", "branch": "1", "number": "12345-6", "type": "checking",
    } });
    let ted = world.payout(&tenant.program.api_key, "ted", &ted).await.created();
    world.wait(11 * 3_600);
    let approved = post(&world, &second.api_key, &ted, "approve").await.ok();
    assert_eq!(approved["status"], "scheduled");
    assert_eq!(approved["scheduled_for"], "2026-11-24T09:30:00.000Z");
}

/// Four eyes are two people, each with their code: neither the maker nor the approver reviews, and a
/// session alone lets no money go.
#[tokio::test]
async fn maker_approver_and_reviewer_are_three_and_each_decision_is_on_the_record() {
    let (world, tenant, _) = funded().await;
    let both =
        json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }], "review_from_cents": 1 });
    demand(&world, &tenant, both).await;
    let payout = create(&world, &tenant, "1", 1_000).await.created();
    let approve = format!("/v1/payouts/{}/approve", payout["id"].as_str().expect("an id"));
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    let session_alone = ana.request(&world, "POST", &approve).json(&json!({})).send().await;
    session_alone.problem(403, "two_factor_code_missing");
    let wrong = ana.request(&world, "POST", &approve).code(&ana.wrong_code(&world));
    wrong.send().await.problem(403, "two_factor_code_invalid");
    assert_eq!(balances(&world, &tenant).await, (99_010 - 1_050, 1_050));
    world.deliver().await;
    let approved = ana.ask_with_code(&world, "POST", &approve).send().await.ok();
    assert_eq!(approved["status"], "in_review");
    assert_eq!(approved["approvals"][0]["user_id"], ana.user_id.as_str());
    let refused = review(&world, &tenant, &payout, "release").await;
    let problem = refused.problem(403, "second_user_needed");
    let sentence = "the user who approved a payout cannot release it; ask another moderator";
    assert_eq!(problem["detail"], sentence);
    let path = approve.replace("approve", "review");
    let release = bruno.ask_with_code(&world, "POST", &path);
    let released = release.json(&json!({ "decision": "release" })).send().await.ok();
    assert_eq!(released["reviewed_by"], bruno.user_id.as_str());
    world.deliver().await;
    assert_eq!(world.network.payout_submissions(), 1);

    let target = format!("/v1/audit-events?target={}", payout["id"].as_str().expect("an id"));
    let trail = ana.request(&world, "GET", &target).send().await.ok();
    let lines = trail["data"].as_array().expect("a list");
    let seen: Vec<_> =
        lines.iter().map(|line| (&line["action"], &line["author"]["user_id"])).collect();
    let expected = [
        (json!("payout.reviewed"), json!(bruno.user_id)),
        (json!("payout.approved"), json!(ana.user_id)),
    ];
    assert_eq!(seen, [(&expected[0].0, &expected[0].1), (&expected[1].0, &expected[1].1)]);
    assert_eq!(lines[1]["before"], json!({ "status": "awaiting_approval" }));
    let after = json!({
        "status": "in_review", "amount_cents": 1_000, "approvals": 1, "approvals_needed": 1,
        "owner_document_masked": "***.982.247-**", "owner_ispb": "60701190", "destination_id": null,
    });
    assert_eq!(lines[1]["after"], after);
}

/// The right to create payouts does not include the right to approve them, and the role `write` does not
/// give it to a program.
#[tokio::test]
async fn a_program_approves_only_if_it_was_named_for_it() {
    let (world, tenant, named) = funded().await;
    demand(&world, &tenant, json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }] }))
        .await;
    let payout = create(&world, &tenant, "1", 1_000).await.created();
    let writes = [Permission::PayoutsWrite];
    let writer = world.program(tenant.account_id, &writes, &["203.0.113.7"]).await;
    post(&world, &writer.api_key, &payout, "approve").await.problem(403, "permission_denied");
    let by_role = world.program(tenant.account_id, &[], &["203.0.113.7"]).await;
    let path = format!("/v1/users/{}", by_role.id);
    let change = tenant.ana.ask_with_code(&world, "PATCH", &path);
    change.json(&json!({ "roles": ["write"] })).send().await.ok();
    post(&world, &by_role.api_key, &payout, "approve").await.problem(403, "permission_denied");
    let approved = post(&world, &named.api_key, &payout, "approve").await.ok();
    assert_eq!(approved["approvals"][0]["user_id"], named.id.as_str());
    // The line names the key.
    let path = "/v1/audit-events?action=payout.approved";
    let trail = tenant.ana.request(&world, "GET", path).send().await.ok();
    let author = &trail["data"][0]["author"];
    let me = world.get("/v1/me").key(&named.api_key).send().await.ok();
    assert_eq!((&author["user_id"], &author["api_key_id"]), (&json!(named.id), &me["api_key_id"]));
}

#[tokio::test]
async fn approval_comes_before_review() {
    let (world, tenant, second) = funded().await;
    let both =
        json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }], "review_from_cents": 1 });
    demand(&world, &tenant, both).await;
    let payout = create(&world, &tenant, "1", 1_000).await.created();
    review(&world, &tenant, &payout, "release").await.problem(409, "payout_state");
    let approved = post(&world, &second.api_key, &payout, "approve").await.ok();
    assert_eq!(approved["status"], "in_review");
    let released = review(&world, &tenant, &payout, "release").await.ok();
    assert_eq!(released["status"], "processing");
}

#[tokio::test]
async fn limits_are_of_one_payout_of_a_day_and_of_a_night_and_say_what_is_left() {
    let (world, tenant, _) = funded().await;
    let own = &tenant.program.api_key;
    let limits =
        json!({ "per_payout_cents": 3_000, "per_day_cents": 5_000, "per_night_cents": 1_000 });
    let settings = json!({ "approval_rules": [], "limits": limits });
    let shown = demand(&world, &tenant, settings).await;
    assert_eq!(shown["limits"], limits);
    let read = world.get("/v1/payout-settings").key(own).send().await.ok();
    assert_eq!(read, shown);
    create(&world, &tenant, "1", 3_001).await.problem(422, "payout_limit");
    create(&world, &tenant, "2", 3_000).await.created();
    let before = balances(&world, &tenant).await;
    let refused = create(&world, &tenant, "3", 2_001).await.problem(422, "payout_limit");
    let detail = refused["detail"].as_str().expect("text");
    assert!(detail.contains("2000 of 5000 cents are left"), "{detail}");
    assert_eq!(balances(&world, &tenant).await, before);
    let last = create(&world, &tenant, "4", 2_000).await.created();
    // What did not go out after all is free again.
    let mut rejected = new_payout();
    rejected["amount_cents"] = json!(1_000);
    rejected["to"]["pix_key"]["key"] = json!("closed@sandbox.example");
    world.payout(own, "5", &rejected).await.problem(422, "payout_limit");
    world.deliver().await;
    assert_eq!(world.find_payout(own, &last["id"]).await["status"], "paid");
    // 23:00 in São Paulo, in UTC the next day already.
    world.wait(14 * 3_600);
    create(&world, &tenant, "6", 1).await.problem(422, "payout_limit");
    // 00:30: a new day, the same night.
    world.wait(5_400);
    create(&world, &tenant, "7", 600).await.created();
    world.payout(own, "8", &rejected).await.problem(422, "payout_limit");
    rejected["amount_cents"] = json!(400);
    world.payout(own, "9", &rejected).await.created();
    create(&world, &tenant, "10", 1).await.problem(422, "payout_limit");
    world.deliver().await;
    create(&world, &tenant, "11", 400).await.created();
}

#[tokio::test]
async fn a_payout_whose_time_comes_when_the_day_is_used_up_is_rejected_and_costs_nothing() {
    let (world, tenant, _) = funded().await;
    let own = &tenant.program.api_key;
    let settings = json!({ "approval_rules": [], "limits": { "per_day_cents": 1_000 } });
    demand(&world, &tenant, settings).await;
    let mut later = new_payout();
    later["amount_cents"] = json!(600);
    later["scheduled_for"] = json!("2026-11-23T14:00:00Z");
    let later = world.payout(own, "later", &later).await.created();
    create(&world, &tenant, "now", 600).await.created();
    world.wait_and_tick(2 * 3_600).await;
    world.deliver().await;
    let ended = world.find_payout(own, &later["id"]).await;
    assert_eq!(ended["status"], "rejected");
    assert_eq!(ended["status_history"][1]["reason"], "payout_limit");
    assert_eq!(balances(&world, &tenant).await, (99_010 - 650, 0));
}

/// Returns settings with these approval rules, each an amount and a number of approvals.
fn rules(rules: &[(u64, u8)]) -> Value {
    let rule =
        |(from, approvals): &(u64, u8)| json!({ "from_cents": from, "approvals": approvals });
    json!({ "approval_rules": rules.iter().map(rule).collect::<Vec<_>>() })
}

#[tokio::test]
async fn settings_are_taken_whole_and_each_change_is_on_the_record() {
    let (world, tenant, _) = funded().await;
    let own = &tenant.program.api_key;
    let default = world.get("/v1/payout-settings").key(own).send().await.ok();
    let unlimited =
        json!({ "per_payout_cents": null, "per_day_cents": null, "per_night_cents": null });
    assert_eq!(
        default,
        json!({
            "approval_rules": [], "review_from_cents": null, "limits": unlimited,
            "destination_cooling_hours": 24, "kyc_from_cents": null,
            "pending_change": null, "updated_at": null, "updated_by": null,
        })
    );
    for (body, field, flaw) in [
        (json!({}), "approval_rules", "required"),
        (json!({ "approval_rules": "third_user" }), "approval_rules", "wrong_type"),
        (rules(&[(0, 4)]), "approval_rules[0].approvals", "out_of_range"),
        (rules(&[(100_000_000_000, 1)]), "approval_rules[0].from_cents", "out_of_range"),
        (rules(&[(5, 1), (5, 2)]), "approval_rules[1].from_cents", "out_of_range"),
        (rules(&[(5, 2), (6, 1)]), "approval_rules[1].approvals", "out_of_range"),
        (
            json!({ "approval_rules": [], "review_from_cents": -1 }),
            "review_from_cents",
            "out_of_range",
        ),
        (
            json!({ "approval_rules": [], "limits": { "per_day_cents": 100_000_000_000_u64 } }),
            "limits.per_day_cents",
            "out_of_range",
        ),
        (
            json!({ "approval_rules": [], "limits": { "per_week": 1 } }),
            "limits.per_week",
            "unknown_field",
        ),
    ] {
        world.wait(31);
        let ask = tenant.ana.ask_with_code(&world, "PUT", "/v1/payout-settings");
        ask.json(&body).send().await.violation(field, flaw);
    }
    demand(
        &world,
        &tenant,
        json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }], "review_from_cents": 7 }),
    )
    .await;
    let changed = demand(&world, &tenant, json!({ "approval_rules": [] })).await;
    assert_eq!((&changed["review_from_cents"], &changed["limits"]), (&Value::Null, &unlimited));
    let trail = tenant.ana.request(&world, "GET", "/v1/audit-events").send().await.ok();
    let line = trail["data"].as_array().expect("a list").iter();
    let line = line.clone().find(|line| line["action"] == "payout_settings_change.applied");
    assert_eq!(line.expect("a line")["before"]["review_from_cents"], 7);
}
