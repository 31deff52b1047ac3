//! What the account answers, and what counts.

use serde_json::{Value, json};
use tests::{PAGE, Tenant, World, new_kyc_document, new_payout, text};

use super::holds::{events, world};

async fn held() -> (World, Tenant, Value) {
    let (world, tenant) = world().await;
    let payout = world.held_payout(&tenant, "1").await;
    (world, tenant, payout["kyc_request"]["id"].clone())
}

/// Fault row 222.
#[tokio::test]
async fn a_file_counts_only_once_it_was_uploaded_and_inspected() {
    let (world, tenant, id) = held().await;
    let submit = async || world.kyc_post(&tenant, &id, "submit", &json!({})).await;
    let problem = submit().await.problem(409, "kyc_incomplete");
    assert!(text(&problem["detail"]).contains("payout_purpose"), "{problem}");
    let body = new_kyc_document("payout_purpose", PAGE);
    let announced = world.kyc_post(&tenant, &id, "documents", &body).await.created();
    assert_eq!(announced["status"], "requested");
    submit().await.problem(409, "kyc_incomplete");
    let document = world.upload_kyc(&tenant, &id, &body, PAGE).await;
    assert_eq!(document["id"], announced["id"], "the same file is the same document");
    submit().await.problem(409, "kyc_incomplete");
    world.deliver().await;
    let shown = &world.find_kyc(&tenant, &id).await["documents"][0];
    assert_eq!(
        (&shown["status"], &shown["file"]["inspection"]["status"]),
        (&json!("in_review"), &json!("accepted"))
    );
    let submitted = submit().await.ok();
    assert_eq!((&submitted["status"], &submitted["deadline"]), (&json!("in_review"), &Value::Null));
    // While compliance examines it, nothing is added or handed over again.
    submit().await.problem(409, "kyc_request_state");
    world.kyc_post(&tenant, &id, "documents", &body).await.problem(409, "kyc_request_state");
}

/// Fault row 222.
#[tokio::test]
async fn a_file_with_a_script_is_rejected_and_does_not_count() {
    let (world, tenant, id) = held().await;
    let script = include_bytes!("../../../shared/inspection/tests/files/open_script.pdf");
    let body = new_kyc_document("payout_purpose", script);
    world.upload_kyc(&tenant, &id, &body, script).await;
    world.deliver().await;
    let shown = world.find_kyc(&tenant, &id).await["documents"][0].clone();
    assert_eq!((&shown["status"], &shown["rejection"]), (&json!("rejected"), &Value::Null));
    assert_eq!(shown["file"]["inspection"]["rejection"], "active_content");
    world.kyc_post(&tenant, &id, "submit", &json!({})).await.problem(409, "kyc_incomplete");
    let events = events(&world, &tenant, &id).await;
    assert_eq!(events.last().expect("events")["type"], "kyc.document_rejected");
    let fields = json!({ "document_id": shown["id"] });
    let viewed = world.comply(&tenant, "show_kyc_document", &id, &fields).await;
    assert_eq!(
        viewed,
        Err("kyc_request_state".to_owned()),
        "compliance opens inspected files only"
    );
}

#[tokio::test]
async fn bad_input_is_named_by_its_field() {
    let (world, tenant, id) = held().await;
    let mut wrong = new_kyc_document("payout_purpose", PAGE);
    wrong["size_bytes"] = json!(10_485_761);
    wrong["sha256"] = json!("x");
    let problem = world.kyc_post(&tenant, &id, "documents", &wrong).await;
    let problem = problem.problem(400, "invalid_request");
    let fields: Vec<_> = problem["violations"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|it| text(&it["field"]))
        .collect();
    assert_eq!(fields, ["size_bytes", "sha256"]);
    for (action, body, field) in [
        ("documents", new_kyc_document("identity_front", PAGE), "kind"),
        ("answer", json!({ "kind": "payout_purpose", "text": "" }), "text"),
        ("answer", json!({ "kind": "payout_purpose", "text": "a".repeat(1_001) }), "text"),
        ("answer", json!({ "kind": "identity_back", "text": "a" }), "kind"),
        ("messages", json!({ "text": "a".repeat(501) }), "text"),
    ] {
        let problem = world.kyc_post(&tenant, &id, action, &body).await;
        let problem = problem.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], json!(field), "{action}: {problem}");
    }
}

#[tokio::test]
async fn a_proof_of_address_must_be_new_enough() {
    let (world, tenant) = world().await;
    let mut body = new_payout();
    body["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    body["amount_cents"] = json!(500);
    body["beneficiary"] = json!({
        "name": "Telhados", "document": { "type": "cnpj", "number": "11.222.333/0001-81" },
    });
    let payout = world.payout(&tenant.program.api_key, "1", &body).await.created();
    let input = json!({ "account_id": tenant.account_id, "payout_id": payout["id"],
        "cases": ["beneficiary_identity"] });
    let stopped = world.bundle.operate("open_kyc_request", input).await.expect("it stops");
    let id = &stopped["kyc_request"]["id"];
    let mut proof = new_kyc_document("proof_of_address", PAGE);
    for (date, flaw) in [
        (Value::Null, "required"),
        (json!("2026-08-24"), "out_of_range"),
        (json!("2026-11-24"), "out_of_range"),
    ] {
        proof["issued_on"] = date;
        let answer = world.kyc_post(&tenant, id, "documents", &proof).await;
        let problem = answer.problem(400, "invalid_request");
        let error = &problem["violations"][0];
        assert_eq!(
            (&error["field"], &error["code"]),
            (&json!("issued_on"), &json!(flaw)),
            "{problem}"
        );
    }
    proof["issued_on"] = json!("2026-08-25");
    world.kyc_post(&tenant, id, "documents", &proof).await.created();
}

#[tokio::test]
async fn each_side_writes_messages_and_the_thread_is_bounded() {
    let (world, tenant, id) = held().await;
    for number in 0..20 {
        let message = json!({ "text": format!("Message {number}") });
        world.kyc_post(&tenant, &id, "messages", &message).await.created();
    }
    let more = json!({ "text": "one too many" });
    world.kyc_post(&tenant, &id, "messages", &more).await.problem(409, "kyc_limit");
    world.explain(&tenant, &id).await;
    let reject = json!({ "decision": "reject", "reason": "unconvincing" });
    world.judge(&tenant, &id, &reject).await.expect("rejected");
    let fields = json!({ "decision": "correct", "message": "Send the invoice." });
    world.comply(&tenant, "decide_kyc_request", &id, &fields).await.expect("corrected");
    let shown = world.find_kyc(&tenant, &id).await;
    let messages = shown["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 21);
    assert_eq!(messages[20]["author"], "compliance");
    assert_eq!(
        (&messages[20]["text"], &messages[20]["user_id"]),
        (&json!("Send the invoice."), &Value::Null)
    );
    assert_eq!(messages[0]["author"], "account");
}
