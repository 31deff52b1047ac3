//! Evidence: an account uploads files straight to the bucket, and an answer counts only with files that are there.

use domain::dispute::DisputeInstruction;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{Tenant, TestResponse, World, text};

use super::disputes::{dispute, find, list, world};

pub(super) const PDF: &[u8] =
    include_bytes!("../../../shared/inspection/tests/files/reportlab.pdf");

pub(super) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn announced(name: &str, content: &[u8]) -> Value {
    announced_as(name, "application/pdf", content)
}

pub(super) fn announced_as(name: &str, content_type: &str, content: &[u8]) -> Value {
    json!({ "kind": "delivery_proof", "file_name": name, "content_type": content_type,
        "size_bytes": content.len(), "sha256": hex(content) })
}

pub(super) async fn disputed() -> (World, Tenant, Value) {
    let (world, tenant) = world().await;
    let charge = world.paid_charge(&tenant.program.api_key, 1_000).await;
    let opened = dispute(&world, &tenant, &charge).await;
    (world, tenant, opened["id"].clone())
}

pub(super) async fn announce(
    world: &World,
    tenant: &Tenant,
    id: &Value,
    body: &Value,
) -> TestResponse {
    let path = format!("/v1/disputes/{}/evidence", text(id));
    world.post(&path).key(&tenant.program.api_key).json(body).send().await
}

pub(super) async fn upload(world: &World, evidence: &Value, content: &[u8]) -> u16 {
    let headers = evidence["upload"]["headers"].as_array().expect("headers").iter();
    let headers: Vec<_> = headers.map(|it| (text(&it["name"]), text(&it["value"]))).collect();
    let url = text(&evidence["upload"]["url"]);
    world.bundle.upload(&url, &headers, content).await.status
}

/// Announces and uploads a file, and waits for its inspection.
pub(super) async fn uploaded(
    world: &World,
    tenant: &Tenant,
    id: &Value,
    body: &Value,
    content: &[u8],
) -> Value {
    let evidence = announce(world, tenant, id, body).await.created();
    assert_eq!(upload(world, &evidence, content).await, 200);
    world.deliver().await;
    evidence
}

pub(super) async fn submit(
    world: &World,
    tenant: &Tenant,
    id: &Value,
    evidence_ids: Value,
) -> TestResponse {
    let path = format!("/v1/disputes/{}/submit", text(id));
    let body = json!({ "text": "Maria has the goods.", "evidence_ids": evidence_ids });
    world.post(&path).key(&tenant.program.api_key).json(&body).send().await
}

#[tokio::test]
async fn an_answer_has_the_files_that_were_uploaded() {
    let (world, tenant, id) = disputed().await;
    let evidence =
        announce(&world, &tenant, &id, &announced("assinatura.pdf", PDF)).await.created();
    assert_eq!(evidence["upload"]["method"], "PUT");
    assert_eq!(evidence["inspection"]["status"], "requested");
    let ids = || json!([evidence["id"]]);
    submit(&world, &tenant, &id, ids()).await.problem(409, "evidence_not_accepted");
    assert_eq!(find(&world, &tenant, &id).await["status"], "needs_response");
    assert_eq!(upload(&world, &evidence, PDF).await, 200);
    submit(&world, &tenant, &id, ids()).await.problem(409, "evidence_not_accepted");
    world.deliver().await;
    let answered = submit(&world, &tenant, &id, ids()).await.ok();
    assert_eq!(answered["answer"]["evidence_ids"], json!([evidence["id"]]));
    assert_eq!(answered["evidence"][0]["file_name"], "assinatura.pdf");
    world.deliver().await;
    let orders = world.network.dispute_orders();
    let DisputeInstruction::Contest { evidence: sent, .. } = &orders[0].instruction else {
        panic!("{orders:?}");
    };
    assert_eq!((sent.len(), &sent[0].sha256), (1, &hex(PDF)));
    // Nothing can be added to an answer.
    announce(&world, &tenant, &id, &announced("b.pdf", b"b")).await.problem(409, "dispute_state");
}

/// The link uploads the announced file only: another file, size, type or key is refused, and stores nothing.
#[tokio::test]
async fn a_link_uploads_only_the_announced_file() {
    let (world, tenant, id) = disputed().await;
    let evidence = announce(&world, &tenant, &id, &announced("a.pdf", PDF)).await.created();
    let mut other = PDF.to_vec();
    other[100] ^= 1;
    assert_eq!(upload(&world, &evidence, &other).await, 400);
    assert!(upload(&world, &evidence, &PDF[1..]).await >= 400);
    let mut html = evidence.clone();
    html["upload"]["headers"][1]["value"] = json!("text/html");
    assert_eq!(upload(&world, &html, PDF).await, 403);
    let more = announce(&world, &tenant, &id, &announced("b.pdf", b"b")).await.created();
    let mut moved = evidence.clone();
    let url = text(&evidence["upload"]["url"]).replace(&text(&evidence["id"]), &text(&more["id"]));
    moved["upload"]["url"] = json!(url);
    assert_eq!(upload(&world, &moved, PDF).await, 403);
    world.deliver().await;
    let answer = submit(&world, &tenant, &id, json!([evidence["id"]])).await;
    answer.problem(409, "evidence_not_accepted");
    world.wait(16 * 60);
    assert_eq!(upload(&world, &evidence, PDF).await, 403, "the link has expired");
    let again = announce(&world, &tenant, &id, &announced("a.pdf", PDF)).await.created();
    assert_eq!(again["id"], evidence["id"], "the same file has the same id");
    assert_eq!(upload(&world, &again, PDF).await, 200);
    world.deliver().await;
    submit(&world, &tenant, &id, json!([evidence["id"]])).await.ok();
}

#[tokio::test]
async fn a_dispute_has_twenty_files_and_an_answer_names_each_once() {
    let (world, tenant, id) = disputed().await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let body = announced(&format!("{number}.pdf"), PDF);
        let evidence = uploaded(&world, &tenant, &id, &body, PDF).await;
        ids.push(evidence["id"].clone());
    }
    announce(&world, &tenant, &id, &announced("one more.pdf", b"x"))
        .await
        .problem(409, "evidence_limit");
    let unknown = "evd_01J00000000000000000000000";
    for (wrong, field) in [
        (json!([unknown]), "evidence_ids[0]"),
        (json!([ids[0], ids[0]]), "evidence_ids[1]"),
        (json!(["x"]), "evidence_ids[0]"),
        (json!(vec![ids[0].clone(); 21]), "evidence_ids"),
    ] {
        let problem = submit(&world, &tenant, &id, wrong).await.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], field, "{problem}");
    }
    submit(&world, &tenant, &id, json!(ids)).await.ok();
}

#[tokio::test]
async fn a_file_that_must_not_be_uploaded_names_the_wrong_field() {
    let (world, tenant, id) = disputed().await;
    for (field, value) in [
        ("size_bytes", json!(0)),
        ("size_bytes", json!(10_485_761)),
        ("content_type", json!("image/svg+xml")),
        ("content_type", json!("text/html")),
        ("sha256", json!("0F".repeat(32))),
        ("sha256", json!("0f")),
        ("kind", json!("picture")),
        ("file_name", json!("")),
        ("file_name", json!("a\nb.pdf")),
        ("path", json!("../statements/x")),
    ] {
        let mut body = announced("a.pdf", PDF);
        body[field] = value;
        let wrong = announce(&world, &tenant, &id, &body).await.problem(400, "invalid_request");
        assert_eq!(wrong["violations"][0]["field"], field, "{wrong}");
    }
}

/// The files of another account, and of another dispute of the same account, are unknown.
#[tokio::test]
async fn a_file_belongs_to_one_dispute_of_one_account() {
    let (world, tenant, id) = disputed().await;
    let other = world.tenant("other").await;
    announce(&world, &other, &id, &announced("a.pdf", PDF)).await.problem(404, "not_found");
    let evidence = announce(&world, &tenant, &id, &announced("a.pdf", PDF)).await.created();
    upload(&world, &evidence, PDF).await;
    world.wait(1);
    let charge = world.paid_charge(&tenant.program.api_key, 2_000).await;
    let second = dispute(&world, &tenant, &charge).await["id"].clone();
    let ids = json!([evidence["id"]]);
    let problem = submit(&world, &tenant, &second, ids).await.problem(400, "invalid_request");
    assert_eq!(problem["violations"][0]["field"], "evidence_ids[0]");
}

/// Lists and events do not have the names of files, and no log has the address of an upload.
#[tokio::test]
async fn the_names_of_files_are_in_no_list_event_or_log() {
    let (world, tenant, id) = disputed().await;
    let evidence = uploaded(&world, &tenant, &id, &announced("maria.pdf", PDF), PDF).await;
    submit(&world, &tenant, &id, json!([evidence["id"]])).await.ok();
    let listed = list(&world, &tenant, "limit=1").await;
    assert_eq!(listed["data"][0]["evidence"][0]["id"], evidence["id"]);
    let events = world.events(tenant.account_id, &text(&id)).await;
    let events: Vec<_> = events.iter().map(|event| event.object.to_string()).collect();
    for shown in [listed.to_string(), events.concat(), format!("{:?}", world.logged())] {
        assert!(!shown.contains("maria.pdf") && !shown.contains("X-Amz-Signature"), "{shown}");
    }
}
