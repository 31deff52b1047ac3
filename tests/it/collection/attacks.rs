//! What strangers try: forms again, proofs of other links, other sites, and huge or odd bodies.

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{hidden_field, link_path, new_collection, submission, text};

use super::tenant_link::TenantLink;

#[tokio::test]
async fn code_and_proof_of_one_link_open_no_other() {
    let link = TenantLink::new().await;
    let other = link_path(&link.world.collect(link.key(), &new_collection()).await.created());
    let code = link.world.collection_code(&other).await;
    link.world.collection_code(&link.path).await;
    let answer = link.world.enter_code(&link.path, &code).await;
    assert!(!answer.text().contains("Maria"), "{}", answer.text());
    let proof = hidden_field(&link.world.enter_code(&other, &code).await, "proof");
    link.world.collection_proof(&link.path).await;
    let answer = link.world.send_key(&link.path, &proof, "maria@example.com").await;
    assert_eq!((answer.status, &*link.status().await), (303, "opened"));
    for proof in ["", "x", &"A".repeat(43), &"A".repeat(10_000)] {
        link.world.send_key(&link.path, proof, "maria@example.com").await;
    }
    assert_eq!(link.status().await, "opened");
}

#[tokio::test]
async fn a_form_counts_once_however_often_it_is_posted() {
    let link = TenantLink::new().await;
    let proof = link.world.collection_proof(&link.path).await;
    let keys = ["maria@example.com", "nobody@sandbox.example"].repeat(4);
    let answers =
        join_all(keys.iter().map(|key| link.world.send_key(&link.path, &proof, key))).await;
    assert!(answers.iter().all(|answer| answer.status == 303));
    assert_eq!(link.events().await, ["collection.opened", "collection.submitted"]);
    let sealed = link.stored().await.sealed;
    link.world.send_key(&link.path, &proof, "nobody@sandbox.example").await;
    assert_eq!(link.stored().await.sealed, sealed);
}

#[tokio::test]
async fn an_old_form_is_worth_nothing_after_half_an_hour_a_new_code_or_a_refusal() {
    let link = TenantLink::new().await;
    let old = link.world.collection_proof(&link.path).await;
    let new = link.world.collection_proof(&link.path).await;
    link.world.send_key(&link.path, &old, "maria@example.com").await;
    assert_eq!(link.status().await, "opened", "a new code ends the old form");
    link.world.wait(1_800);
    link.world.send_key(&link.path, &new, "maria@example.com").await;
    assert_eq!(link.status().await, "opened", "half an hour is over");
    let proof = link.world.collection_proof(&link.path).await;
    link.world.send_key(&link.path, &proof, "nobody@sandbox.example").await;
    link.world.wait_and_tick(1).await;
    assert_eq!(link.status().await, "needs_correction");
    link.world.send_key(&link.path, &proof, "maria@example.com").await;
    assert_eq!(link.status().await, "needs_correction", "a correction takes a new code");
}

#[tokio::test]
async fn other_sites_types_and_fields_are_refused() {
    let link = TenantLink::new().await;
    let proof = link.world.collection_proof(&link.path).await;
    let form = submission(&proof, "maria@example.com");
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        for path in ["", "/code", "/form"] {
            let post = link.world.post(&format!("{}{path}", link.path)).header(name, value);
            post.form(&form).send().await.problem(403, "cross_site_request");
        }
    }
    let json_body = link.world.post(&link.path).json(&form).send().await;
    json_body.problem(415, "unsupported_media_type");
    let mut unknown = form.clone();
    unknown["status"] = json!("verified");
    link.world.post(&link.path).form(&unknown).send().await.violation("status", "unknown_field");
    let twice = format!("proof={proof}&proof=x&notice_version=a&pix_key=b");
    assert_eq!(link.world.post(&link.path).raw_form(twice.as_bytes()).send().await.status, 400);
    let huge = format!("pix_key={}", "a".repeat(70_000));
    link.world
        .post(&link.path)
        .raw_form(huge.as_bytes())
        .send()
        .await
        .problem(413, "body_too_large");
    let none = link.world.post(&format!("{}/form", link.path)).form(&json!({})).send().await;
    none.violation("code", "required");
    assert_eq!(link.status().await, "opened");
}

#[tokio::test]
async fn an_unknown_token_shows_the_same_page_and_reads_no_collection() {
    let link = TenantLink::new().await;
    let id = text(&link.collection["id"]);
    let digest = link.stored().await.link_digest;
    let mut pages = Vec::new();
    for token in [&*"A".repeat(43), "short", &id, &digest, &"A".repeat(2_000)] {
        let page = link.world.get(&format!("/collect/{token}")).send().await;
        assert_eq!(page.status, 404);
        assert!(page.text().contains("Link não encontrado"));
        pages.push(page.text().to_owned());
        for path in ["", "/code"] {
            let form = submission("x", "maria@example.com");
            let form = if path.is_empty() { form } else { json!({}) };
            let post = link.world.post(&format!("/collect/{token}{path}")).form(&form).send().await;
            assert_eq!(post.status, 404);
        }
    }
    pages.dedup();
    assert_eq!(pages.len(), 1);
    assert_eq!(link.status().await, "open");
}

#[tokio::test]
async fn a_closed_account_collects_nothing() {
    let link = TenantLink::new().await;
    let account = json!({ "account_id": link.tenant.account_id });
    link.world.bundle.operate("close_account", account).await.expect("it closes");
    assert_eq!(link.world.get(&link.path).send().await.status, 404);
}

#[tokio::test]
async fn an_account_that_closes_before_the_check_saves_no_beneficiary() {
    let link = TenantLink::new().await;
    link.world.submit_key(&link.path, "maria@example.com").await;
    let account = json!({ "account_id": link.tenant.account_id });
    link.world.bundle.operate("close_account", account).await.expect("it closes");
    link.world.wait_and_tick(1).await;
    assert!(link.world.network.looked_up().is_empty());
    let row = link.stored().await;
    assert_eq!((row.status.as_str(), row.sealed, row.due), ("cancelled", None, None));
    assert_eq!(row.beneficiary_id, None);
}

#[tokio::test]
async fn no_row_log_line_or_event_has_the_token_the_code_or_what_was_entered() {
    let link = TenantLink::new().await;
    link.world.bundle.faults().record();
    let code = link.world.collection_code(&link.path).await;
    let proof = hidden_field(&link.world.enter_code(&link.path, &code).await, "proof");
    link.world.send_key(&link.path, &proof, "nobody@sandbox.example").await;
    link.world.wait_and_tick(1).await;
    let token = link.path.replace("/collect/", "");
    let written: Vec<String> = link.world.transactions();
    let logged: Vec<String> = link.world.logged().iter().map(Value::to_string).collect();
    let secrets =
        [&*token, &proof, "maria.silva@correio", "98765", "nobody@sandbox", "Maria Silva"];
    for text in written.iter().chain(&logged) {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    let about = |text: &&String| text.contains("COLLECTION#");
    assert!(written.iter().filter(about).count() >= 4, "the search looks at the rows");
    for text in written.iter().filter(about).chain(&logged) {
        assert!(!text.contains("52998224725") && !text.contains(&format!("\"{code}\"")), "{text}");
    }
}
