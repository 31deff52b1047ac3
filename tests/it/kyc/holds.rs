//! A payout stops until compliance decides, and nothing else lets it go.

use serde_json::{Value, json};
use tests::{Tenant, World, new_payout, text};

pub(super) async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant_with_kyc("loja").await;
    (world, tenant)
}

pub(super) async fn money(world: &World, tenant: &Tenant) -> (u64, u64) {
    let (books, _) = world.ledger(tenant.account_id).await;
    (books.balances.available_cents, books.balances.held_cents)
}

/// Returns the words of the events of an object, oldest first.
pub(super) async fn events(world: &World, tenant: &Tenant, id: &Value) -> Vec<Value> {
    let list = world.get("/v1/events?limit=100").key(&tenant.program.api_key).send().await.ok();
    let all = list["data"].as_array().expect("events").iter().rev();
    all.filter(|event| event["data"]["object"]["id"] == *id).cloned().collect()
}

fn words(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| text(&event["type"])).collect()
}

#[tokio::test]
async fn a_payout_of_the_amount_waits_for_compliance_with_its_money_held() {
    let (world, tenant) = world().await;
    let mut small = new_payout();
    small["amount_cents"] = json!(999);
    let small = world.payout(&tenant.program.api_key, "small", &small).await.created();
    assert_eq!((&small["status"], &small["kyc_request"]), (&json!("processing"), &Value::Null));
    world.deliver().await;
    let before = money(&world, &tenant).await;
    let payout = world.held_payout(&tenant, "1").await;
    let (available, held) = money(&world, &tenant).await;
    assert_eq!((before.0 - available, held), (2_550, 2_550));
    let id = &payout["kyc_request"]["id"];
    assert_eq!(text(id).replace("kyc_", "pay_"), text(&payout["id"]));
    let request = world.find_kyc(&tenant, id).await;
    assert_eq!(request["status"], "awaiting_documents");
    assert_eq!(request["payout_id"], payout["id"]);
    assert_eq!(request["requirements"][0]["kind"], "payout_purpose");
    assert_eq!(request["deadline"], payout["kyc_request"]["deadline"]);
    assert!(request["deadline"].is_string());
    // The event that the payout waits has the id and the deadline.
    let of_payout = events(&world, &tenant, &payout["id"]).await;
    assert_eq!(words(&of_payout), ["payout.created", "payout.in_review"]);
    assert_eq!(of_payout[1]["data"]["object"]["kyc_request"], payout["kyc_request"]);
    assert_eq!(words(&events(&world, &tenant, id).await), ["kyc.document_requested"]);
    world.wait_and_deliver(8 * 60 * 60).await;
    assert_eq!(world.network.payout_submissions(), 1, "only the small one");
}

/// Fault row 220.
#[tokio::test]
async fn no_moderator_and_no_approver_lets_a_payout_go_that_waits_for_compliance() {
    let (world, tenant) = world().await;
    let rules =
        json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }], "review_from_cents": 1 });
    let settings = world.protect(&tenant, &rules).await;
    assert_eq!(settings["kyc_from_cents"], 1_000, "no protection replaces the rule");
    let payout = world.held_payout(&tenant, "1").await;
    let path = |verb: &str| format!("/v1/payouts/{}/{verb}", text(&payout["id"]));
    for decision in ["release", "reject"] {
        world.wait(31);
        let review = tenant.ana.ask_with_code(&world, "POST", &path("review"));
        let answer = review.json(&json!({ "decision": decision })).send().await;
        let problem = answer.problem(409, "payout_state");
        assert!(text(&problem["detail"]).contains("compliance"), "{problem}");
    }
    world.wait(31);
    let approve = tenant.ana.ask_with_code(&world, "POST", &path("approve"));
    approve.send().await.problem(409, "payout_state");
    // Compliance first: then approval, then the review of a moderator.
    let id = &payout["kyc_request"]["id"];
    world.explain(&tenant, id).await;
    world.judge(&tenant, id, &json!({ "decision": "approve" })).await.expect("approved");
    let decided = world.rule_on(&tenant, id, "approve").await.expect("approved");
    assert_eq!(decided["payout_status"], "awaiting_approval");
    world.deliver().await;
    world.wait(31);
    let approve = tenant.ana.ask_with_code(&world, "POST", &path("approve"));
    assert_eq!(approve.send().await.ok()["status"], "in_review");
    world.wait(31);
    let review = tenant.bruno.ask_with_code(&world, "POST", &path("review"));
    let released = review.json(&json!({ "decision": "release" })).send().await.ok();
    assert_eq!(released["status"], "processing");
    assert!(released["kyc_request"]["approved_at"].is_string());
}

#[tokio::test]
async fn a_payout_without_funds_waits_for_compliance_once_it_has_them() {
    let (world, tenant) = world().await;
    let mut large = new_payout();
    large["amount_cents"] = json!(150_000);
    large["wait_for_funds"] = json!(true);
    let payout = world.payout(&tenant.program.api_key, "1", &large).await.created();
    assert_eq!(
        (&payout["status"], &payout["kyc_request"]),
        (&json!("awaiting_funds"), &Value::Null)
    );
    world.pay_in(&tenant.program.api_key, 200_000).await;
    world.wait_and_deliver(61).await;
    let funded = world.find_payout(&tenant.program.api_key, &payout["id"]).await;
    assert_eq!(funded["status"], "in_review", "{funded}");
    let request = world.find_kyc(&tenant, &funded["kyc_request"]["id"]).await;
    assert_eq!(request["status"], "awaiting_documents");
}

#[tokio::test]
async fn a_line_of_a_batch_waits_for_compliance_like_any_payout() {
    let (world, tenant) = world().await;
    let mut small = new_payout();
    small["amount_cents"] = json!(500);
    let batch = json!({ "payouts": [new_payout(), small, new_payout()] });
    let ask = world.post("/v1/payout-batches").key(&tenant.program.api_key).idempotency_key("b");
    ask.json(&batch).send().await.expect(202);
    world.wait_and_deliver(61).await;
    let list = "/v1/payouts?status=in_review";
    let held = world.get(list).key(&tenant.program.api_key).send().await.ok();
    let held = held["data"].as_array().expect("payouts").clone();
    assert_eq!(held.len(), 2);
    for payout in held {
        let request = world.find_kyc(&tenant, &payout["kyc_request"]["id"]).await;
        assert_eq!(request["payout_id"], payout["id"]);
    }
    let requests = "/v1/kyc-requests?status=awaiting_documents";
    let requests = world.get(requests).key(&tenant.program.api_key).send().await.ok();
    assert_eq!(requests["data"].as_array().map(Vec::len), Some(2));
}

/// Fault row 221.
#[tokio::test]
async fn cancelling_the_payout_cancels_the_request_and_gives_the_money_back() {
    let (world, tenant) = world().await;
    let before = money(&world, &tenant).await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    world.explain(&tenant, id).await;
    let path = format!("/v1/payouts/{}/cancel", text(&payout["id"]));
    let key = &tenant.program.api_key;
    let cancelled = world.post(&path).key(key).json(&json!({})).send().await.ok();
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(money(&world, &tenant).await, before);
    assert_eq!(world.find_kyc(&tenant, id).await["status"], "cancelled");
    assert_eq!(world.rule_on(&tenant, id, "approve").await, Err("payout_state".to_owned()));
    let waiting = world.bundle.operate("list_waiting_kyc_requests", json!({})).await;
    assert_eq!(waiting.expect("a list")["kyc_requests"], json!([]));
}

#[tokio::test]
async fn compliance_stops_by_hand_a_payout_that_has_not_left() {
    let (world, tenant) = world().await;
    let mut later = new_payout();
    later["amount_cents"] = json!(500);
    later["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    let payout = world.payout(&tenant.program.api_key, "1", &later).await.created();
    let input = |payout: &Value, cases: Value| json!({ "account_id": tenant.account_id, "payout_id": payout["id"], "cases": cases });
    let none = world.bundle.operate("open_kyc_request", input(&payout, json!([]))).await;
    assert_eq!(none.expect_err("no case").code(), "invalid_request");
    let cases = json!(["payout_purpose", "beneficiary_identity"]);
    let stopped = world.bundle.operate("open_kyc_request", input(&payout, cases)).await;
    let stopped = stopped.expect("it stops");
    assert_eq!(stopped["status"], "in_review");
    let kinds = stopped["kyc_request"]["requirements"].as_array().expect("a list").iter();
    let kinds: Vec<_> = kinds.map(|it| text(&it["kind"])).collect();
    assert_eq!(kinds, ["payout_purpose", "identity_front", "identity_back"]);
    world.wait_and_deliver(40 * 86_400).await;
    assert_eq!(world.network.payout_submissions(), 0);
    // A payout that was sent cannot stop, and one that stopped does not stop again.
    let sent = json!({ "amount_cents": 500, "to": later["to"] });
    let sent = world.payout(&tenant.program.api_key, "2", &sent).await.created();
    for payout in [&sent, &payout] {
        let again =
            world.bundle.operate("open_kyc_request", input(payout, json!(["payout_purpose"])));
        assert_eq!(again.await.expect_err("not again").code(), "payout_state");
    }
}

/// Fault row 229. Compliance and a user decided about Maria. When the time comes, the key is Bruno's.
#[tokio::test]
async fn another_owner_after_the_decision_of_compliance_gets_no_money() {
    let (world, tenant) = world().await;
    let rules = json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }] });
    world.protect(&tenant, &rules).await;
    let before = money(&world, &tenant).await;
    let mut later = new_payout();
    later["scheduled_for"] = json!("2026-11-24T12:00:00Z");
    let payout = world.payout(&tenant.program.api_key, "1", &later).await.created();
    let id = &payout["kyc_request"]["id"];
    world.explain(&tenant, id).await;
    world.judge(&tenant, id, &json!({ "decision": "approve" })).await.expect("approved");
    world.rule_on(&tenant, id, "approve").await.expect("approved");
    world.deliver().await;
    world.wait(31);
    let path = format!("/v1/payouts/{}/approve", text(&payout["id"]));
    let approve = tenant.ana.ask_with_code(&world, "POST", &path);
    assert_eq!(approve.send().await.ok()["status"], "scheduled");
    world.network.give_key("maria@example.com", "Bruno Souza");
    world.wait_and_deliver(2 * 86_400).await;
    let ended = world.find_payout(&tenant.program.api_key, &payout["id"]).await;
    assert_eq!(
        (&ended["status"], &ended["failure"]["code"]),
        (&json!("rejected"), &json!("recipient_changed"))
    );
    assert_eq!(money(&world, &tenant).await, before);
    assert_eq!(world.network.payout_submissions(), 0);
}

#[tokio::test]
async fn compliance_sees_the_amount_and_who_receives_it() {
    let (world, tenant) = world().await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    let shown = world.comply(&tenant, "show_kyc_request", id, &json!({})).await.expect("shown");
    let found = world.find_payout(&tenant.program.api_key, &payout["id"]).await;
    assert_eq!(shown["payout"], found);
    assert_eq!(shown["payout"]["to"]["pix_key"]["key"], "maria@example.com");
}

#[tokio::test]
async fn the_rule_of_compliance_does_not_end_by_a_field_that_was_left_out() {
    let (world, tenant) = world().await;
    let without = json!({ "account_id": tenant.account_id });
    let refused = world.bundle.operate("change_kyc_rule", without).await;
    assert!(refused.is_err());
    world.held_payout(&tenant, "1").await;
    let none = json!({ "account_id": tenant.account_id, "kyc_from_cents": null });
    world.bundle.operate("change_kyc_rule", none).await.expect("no rule");
    let free = world.payout(&tenant.program.api_key, "2", &new_payout()).await.created();
    assert_eq!(free["status"], "processing");
}
