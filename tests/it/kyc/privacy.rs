//! Who sees what: other accounts, roles, rows, events, links.

use domain::access::{Permission, Role};
use domain::kernel::{Id, KycRequestId};
use domain::kyc::KycRequest;
use serde_json::{Value, json};
use store::Key;
use tests::{PAGE, new_kyc_document, text};

use super::holds::{events, world};

const SECRET: &str = "Maria repaired the roof.";

/// Fault row 226.
#[tokio::test]
async fn texts_are_in_no_row_no_event_no_list_and_no_log() {
    let (world, tenant) = world().await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    let message = json!({ "text": SECRET });
    world.kyc_post(&tenant, id, "messages", &message).await.created();
    world.explain(&tenant, id).await;
    world.judge(&tenant, id, &json!({ "decision": "approve" })).await.expect("approved");
    let shown = world.find_kyc(&tenant, id).await;
    assert_eq!(
        (&shown["documents"][0]["text"], &shown["messages"][0]["text"]),
        (&json!(SECRET), &json!(SECRET))
    );
    let key = Key::KycRequest(tenant.account_id, KycRequestId::parse(&text(id)).expect("an id"));
    let row: Option<KycRequest> = world.bundle.app().store.find(&key).await.expect("readable");
    let row = json!(row.expect("there")).to_string();
    let listed = world.get("/v1/kyc-requests").key(&tenant.program.api_key).send().await.ok();
    assert_eq!(listed["data"][0]["messages"], Value::Null);
    let events = json!(events(&world, &tenant, id).await).to_string();
    let logged = json!(world.logged()).to_string();
    for (place, text) in
        [("row", &row), ("list", &listed.to_string()), ("events", &events), ("log", &logged)]
    {
        assert!(text.contains("payout_purpose") || place == "log");
        assert!(!text.contains("roof"), "{place}: {text}");
    }
}

/// Fault row 227.
#[tokio::test]
async fn a_request_of_another_account_does_not_exist() {
    let (world, tenant) = world().await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    let other = world.tenant_with_kyc("outra").await;
    let path = format!("/v1/kyc-requests/{}", text(id));
    world.get(&path).key(&other.program.api_key).send().await.problem(404, "not_found");
    for (action, body) in [
        ("documents", new_kyc_document("payout_purpose", PAGE)),
        ("answer", json!({ "kind": "payout_purpose", "text": "a" })),
        ("messages", json!({ "text": "a" })),
        ("submit", json!({})),
    ] {
        world.kyc_post(&other, id, action, &body).await.problem(404, "not_found");
    }
    for command in ["show_kyc_request", "decide_kyc_request"] {
        let fields = match command {
            "show_kyc_request" => json!({}),
            _ => json!({ "decision": "reject" }),
        };
        assert_eq!(world.comply(&other, command, id, &fields).await, Err("not_found".to_owned()));
    }
    assert_eq!(world.find_kyc(&tenant, id).await["status"], "awaiting_documents");
}

/// Fault row 227.
#[tokio::test]
async fn readers_of_everything_else_do_not_read_kyc() {
    let (world, mut tenant) = world().await;
    let payout = world.held_payout(&tenant, "1").await;
    let path = format!("/v1/kyc-requests/{}", text(&payout["kyc_request"]["id"]));
    let mut viewer = world.human(tenant.account_id, "vera@loja.example", &[Role::View], true).await;
    viewer.log_in(&world).await.created();
    viewer.request(&world, "GET", &path).send().await.problem(403, "permission_denied");
    tenant.ana.log_in(&world).await.created();
    tenant.ana.request(&world, "GET", &path).send().await.ok();
    let permissions = [Permission::KycRead];
    let reader = world.program(tenant.account_id, &permissions, &["203.0.113.7"]).await.api_key;
    world.get(&path).key(&reader).send().await.ok();
    let message = json!({ "text": "a" });
    let write = world.post(&format!("{path}/messages")).key(&reader).json(&message);
    write.send().await.problem(403, "permission_denied");
}

/// Fault row 228. A link for compliance lives five minutes, comes as an attachment, and is audited.
#[tokio::test]
async fn a_link_to_a_document_lives_five_minutes_and_is_audited() {
    let (world, tenant) = world().await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    let body = new_kyc_document("payout_purpose", PAGE);
    let document = world.upload_kyc(&tenant, id, &body, PAGE).await;
    let fields = json!({ "document_id": document["id"] });
    let early = world.comply(&tenant, "show_kyc_document", id, &fields).await;
    assert_eq!(early, Err("kyc_request_state".to_owned()));
    world.deliver().await;
    let link = world.comply(&tenant, "show_kyc_document", id, &fields).await.expect("a link");
    let url = text(&link["url"]);
    assert!(url.contains("/kyc_accepted/") && url.contains("X-Amz-Expires=300&"), "{url}");
    assert!(url.contains("response-content-disposition=attachment"), "{url}");
    assert!(url.contains("response-content-type=application%2Foctet-stream"), "{url}");
    let file = world.bundle.follow(&url).await;
    assert_eq!((file.status, file.body.as_slice()), (200, PAGE));
    world.wait(301);
    assert_eq!(world.bundle.follow(&url).await.status, 403);
    let trail = tenant.ana.request(&world, "GET", "/v1/audit-events?limit=5").send().await.ok();
    let lines = trail["data"].as_array().expect("lines");
    let line = lines.iter().find(|line| line["action"] == "kyc_document.viewed");
    assert_eq!(line.expect("a line")["target"], document["id"]);
}
