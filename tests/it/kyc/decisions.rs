//! What compliance decides, once.

use serde_json::{Value, json};
use tests::{PAGE, Tenant, World, new_kyc_document, text};

use super::holds::{events, money, world};

/// Returns a payout that waits for compliance, with an answer that waits for the decision.
async fn explained() -> (World, Tenant, Value) {
    let (world, tenant) = world().await;
    let payout = world.held_payout(&tenant, "1").await;
    world.explain(&tenant, &payout["kyc_request"]["id"]).await;
    (world, tenant, payout)
}

#[tokio::test]
async fn an_approval_releases_the_payout_which_is_paid_once() {
    let (world, tenant, payout) = explained().await;
    let id = &payout["kyc_request"]["id"];
    let waiting =
        world.bundle.operate("list_waiting_kyc_requests", json!({})).await.expect("a list");
    assert_eq!(waiting["kyc_requests"][0]["kyc_request_id"], *id);
    let early = world.rule_on(&tenant, id, "approve").await;
    assert_eq!(early, Err("kyc_incomplete".to_owned()), "its document was not approved");
    world.judge(&tenant, id, &json!({ "decision": "approve" })).await.expect("approved");
    let again = world.judge(&tenant, id, &json!({ "decision": "approve" })).await;
    assert_eq!(again, Err("kyc_request_state".to_owned()));
    let decided = world.rule_on(&tenant, id, "approve").await.expect("approved");
    assert_eq!(
        (&decided["status"], &decided["payout_status"]),
        (&json!("approved"), &json!("processing"))
    );
    assert_eq!(world.rule_on(&tenant, id, "approve").await, Err("payout_state".to_owned()));
    world.deliver().await;
    let paid = world.find_payout(&tenant.program.api_key, &payout["id"]).await;
    assert_eq!(paid["status"], "paid");
    assert_eq!(world.network.payout_submissions(), 1);
    assert_eq!(paid["kyc_request"]["deadline"], Value::Null);
    let words: Vec<_> =
        events(&world, &tenant, id).await.iter().map(|event| text(&event["type"])).collect();
    assert_eq!(words, ["kyc.document_requested", "kyc.document_approved"]);
    let trail = tenant.ana.request(&world, "GET", "/v1/audit-events?limit=10").send().await.ok();
    let actions = trail["data"].as_array().expect("lines").iter();
    let actions: Vec<_> = actions.map(|line| text(&line["action"])).collect();
    assert!(actions.contains(&"kyc_request.decided".to_owned()), "{actions:?}");
    assert!(actions.contains(&"kyc_document.decided".to_owned()), "{actions:?}");
}

/// Fault row 221.
#[tokio::test]
async fn a_rejection_rejects_the_payout_and_gives_its_money_back() {
    let (world, tenant) = world().await;
    let before = money(&world, &tenant).await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    let decided = world.rule_on(&tenant, id, "reject").await.expect("rejected");
    assert_eq!(decided["payout_status"], "rejected");
    assert_eq!(money(&world, &tenant).await, before);
    let rejected = world.find_payout(&tenant.program.api_key, &payout["id"]).await;
    assert_eq!(rejected["failure"]["code"], "kyc_rejected");
    world.wait_and_deliver(61).await;
    assert_eq!(world.network.payout_submissions(), 0);
    let answer = json!({ "kind": "payout_purpose", "text": "late" });
    world.kyc_post(&tenant, id, "answer", &answer).await.problem(409, "kyc_request_state");
}

/// Fault row 223. The decision and the cancellation meet: one of them counts, and the money moves once.
#[tokio::test]
async fn an_approval_and_a_cancellation_at_once_end_in_one_of_them() {
    let mut outcomes = [0, 0];
    for _ in 0..6 {
        let (world, tenant, payout) = explained().await;
        let before = money(&world, &tenant).await;
        let id = &payout["kyc_request"]["id"];
        world.judge(&tenant, id, &json!({ "decision": "approve" })).await.expect("approved");
        let path = format!("/v1/payouts/{}/cancel", text(&payout["id"]));
        let key = &tenant.program.api_key;
        let cancel = world.post(&path).key(key).json(&json!({})).send();
        let (decided, cancelled) = tokio::join!(world.rule_on(&tenant, id, "approve"), cancel);
        world.deliver().await;
        let request = world.find_kyc(&tenant, id).await;
        match (decided.is_ok(), cancelled.status) {
            (true, 409) => {
                assert_eq!(request["status"], "approved");
                assert_eq!(world.network.payout_submissions(), 1);
                assert_eq!(money(&world, &tenant).await, (before.0, 0));
                outcomes[0] += 1;
            }
            (false, 200) => {
                assert_eq!(request["status"], "cancelled");
                assert_eq!(world.network.payout_submissions(), 0);
                assert_eq!(money(&world, &tenant).await, (before.0 + 2_550, 0));
                outcomes[1] += 1;
            }
            other => panic!("{other:?}: {request}"),
        }
    }
    assert_eq!(outcomes.iter().sum::<u32>(), 6);
}

/// Fault row 223. Two people of compliance decide at the same time.
#[tokio::test]
async fn two_decisions_at_once_release_the_payout_once() {
    let (world, tenant, payout) = explained().await;
    let id = &payout["kyc_request"]["id"];
    world.judge(&tenant, id, &json!({ "decision": "approve" })).await.expect("approved");
    let (approve, reject) =
        tokio::join!(world.rule_on(&tenant, id, "approve"), world.rule_on(&tenant, id, "reject"));
    assert_ne!(approve.is_ok(), reject.is_ok(), "{approve:?} {reject:?}");
    world.deliver().await;
    let submitted = usize::from(approve.is_ok());
    assert_eq!(world.network.payout_submissions(), submitted);
}

#[tokio::test]
async fn a_rejected_document_stays_and_another_one_takes_its_place() {
    let (world, tenant) = world().await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    let first = new_kyc_document("payout_purpose", PAGE);
    world.upload_kyc(&tenant, id, &first, PAGE).await;
    world.deliver().await;
    world.kyc_post(&tenant, id, "submit", &json!({})).await.ok();
    let no_reason = world.judge(&tenant, id, &json!({ "decision": "reject" })).await;
    assert_eq!(no_reason, Err("invalid_request".to_owned()));
    let reject = json!({ "decision": "reject", "reason": "illegible" });
    world.judge(&tenant, id, &reject).await.expect("rejected");
    let corrected = world.rule_on(&tenant, id, "correct").await.expect("corrected");
    assert_eq!(
        (&corrected["status"], &corrected["payout_status"]),
        (&json!("needs_correction"), &json!("in_review"))
    );
    world.kyc_post(&tenant, id, "submit", &json!({})).await.problem(409, "kyc_incomplete");
    // The same file again is another document.
    let second = world.upload_kyc(&tenant, id, &first, PAGE).await;
    world.deliver().await;
    let submitted = world.kyc_post(&tenant, id, "submit", &json!({})).await.ok();
    let documents = submitted["documents"].as_array().expect("documents");
    assert_eq!(documents.len(), 2);
    assert_eq!(
        (&documents[0]["status"], &documents[0]["rejection"]),
        (&json!("rejected"), &json!("illegible"))
    );
    assert_eq!(documents[1]["id"], second["id"]);
    assert_ne!(documents[0]["id"], documents[1]["id"]);
    let words: Vec<_> =
        events(&world, &tenant, id).await.iter().map(|event| text(&event["type"])).collect();
    assert_eq!(
        words,
        ["kyc.document_requested", "kyc.document_rejected", "kyc.document_requested"]
    );
}

#[tokio::test]
async fn a_limit_keeps_the_payout_and_the_request_as_they_are() {
    let (world, tenant, payout) = explained().await;
    let limits = json!({ "approval_rules": [], "limits": { "per_day_cents": 1 } });
    world.protect(&tenant, &limits).await;
    let id = &payout["kyc_request"]["id"];
    world.judge(&tenant, id, &json!({ "decision": "approve" })).await.expect("approved");
    assert_eq!(world.rule_on(&tenant, id, "approve").await, Err("payout_limit".to_owned()));
    assert_eq!(world.find_kyc(&tenant, id).await["status"], "in_review");
}
