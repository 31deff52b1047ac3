//! What the functions of KYC do, for the rights of their roles.

use serde_json::{Value, json};
use tests::{PAGE, Tenant, World, new_kyc_document, new_payout, text};

/// Payouts that wait for compliance: paid, rejected, cancelled and expired, alone, in a batch and after funds.
pub(super) async fn kyc(world: &World, tenant: &Tenant) {
    let mut tenant = tenant.clone();
    let key = tenant.program.api_key.clone();
    world.pay_in(&key, 100_000).await;
    tenant.ana.log_in(world).await.created();
    tenant.bruno.log_in(world).await.created();
    stopped_by_hand(world, &tenant).await;
    world.demand_kyc(&tenant, 1_000).await;
    paid(world, &tenant).await;
    for end in ["reject", "cancel", "expire"] {
        let payout = world.held_payout(&tenant, end).await;
        let id = &payout["kyc_request"]["id"];
        match end {
            "reject" => {
                // Later than a fetched pepper is used.
                world.wait(301);
                let fields = json!({ "decision": "reject", "message": "We cannot accept it." });
                world.comply(&tenant, "decide_kyc_request", id, &fields).await.expect("rejected");
            }
            "cancel" => {
                let path = format!("/v1/payouts/{}/cancel", text(&payout["id"]));
                world.post(&path).key(&key).json(&json!({})).send().await.ok();
            }
            _ => {
                for days in [7, 2] {
                    world.wait_and_deliver(days * 86_400).await;
                }
            }
        }
    }
    in_a_batch_and_after_funds(world, &key).await;
}

/// Stops a payout that waits for approval, whose hold then has no end.
async fn stopped_by_hand(world: &World, tenant: &Tenant) {
    let rules = json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }] });
    world.protect(tenant, &rules).await;
    let payout = world.payout(&tenant.program.api_key, "hand", &new_payout()).await.created();
    world.protect(tenant, &json!({ "approval_rules": [] })).await;
    let input = json!({ "account_id": tenant.account_id, "payout_id": payout["id"],
        "cases": ["payout_purpose"] });
    world.bundle.operate("open_kyc_request", input).await.expect("it stops");
}

/// Explains a payout by a file, after a correction, and lets it be paid.
async fn paid(world: &World, tenant: &Tenant) {
    let payout = world.held_payout(tenant, "paid").await;
    let id = &payout["kyc_request"]["id"];
    let message = json!({ "text": "It comes today." });
    world.kyc_post(tenant, id, "messages", &message).await.created();
    world.explain(tenant, id).await;
    let reject = json!({ "decision": "reject", "reason": "unconvincing" });
    world.judge(tenant, id, &reject).await.expect("rejected");
    world.rule_on(tenant, id, "correct").await.expect("corrected");
    let script: &[u8] = include_bytes!("../../../shared/inspection/tests/files/open_script.pdf");
    for content in [script, PAGE] {
        let body = new_kyc_document("payout_purpose", content);
        world.upload_kyc(tenant, id, &body, content).await;
        world.deliver().await;
    }
    world.kyc_post(tenant, id, "submit", &json!({})).await.ok();
    world.bundle.operate("list_waiting_kyc_requests", json!({})).await.expect("a list");
    // Later than a fetched pepper is used.
    world.wait(301);
    world.comply(tenant, "show_kyc_request", id, &json!({})).await.expect("a request");
    let request = world.find_kyc(tenant, id).await;
    let documents = request["documents"].as_array().expect("documents");
    let last = json!({ "document_id": documents.last().expect("a document")["id"] });
    let link = world.comply(tenant, "show_kyc_document", id, &last).await.expect("a link");
    assert_eq!(world.bundle.follow(&text(&link["url"])).await.status, 200);
    world.judge(tenant, id, &json!({ "decision": "approve" })).await.expect("approved");
    world.rule_on(tenant, id, "approve").await.expect("approved");
    world.deliver().await;
    for list in ["/v1/kyc-requests", "/v1/kyc-requests?status=approved"] {
        world.get(list).key(&tenant.program.api_key).send().await.ok();
    }
}

async fn in_a_batch_and_after_funds(world: &World, key: &str) {
    let batch = json!({ "payouts": [new_payout()] });
    let ask = world.post("/v1/payout-batches").key(key).idempotency_key("kyc-batch");
    ask.json(&batch).send().await.expect(202);
    let mut large: Value = new_payout();
    large["amount_cents"] = json!(300_000);
    large["wait_for_funds"] = json!(true);
    world.payout(key, "kyc-funds", &large).await.created();
    world.pay_in(key, 400_000).await;
    world.wait_and_deliver(61).await;
}
