//! What an account does with links: create, list, find and cancel.

use domain::account::Stage;
use serde_json::{Value, json};
use tests::{World, new_collection, text};

use super::tenant_link::TenantLink;

#[tokio::test]
async fn a_link_is_shown_once_and_its_person_only_to_who_asks_for_it() {
    let link = TenantLink::new().await;
    let made = &link.collection;
    assert!(text(&made["id"]).starts_with("col_"));
    assert_eq!((&made["status"], &made["ask"]), (&json!("open"), &json!("pix_key")));
    assert_eq!((&made["locale"], &made["amount_cents"]), (&json!("pt"), &json!(25_000)));
    assert_eq!(made["beneficiary"]["document"]["number"], "52998224725");
    assert_eq!(made["contact"]["phone"], "+5511987654321");
    assert_eq!(made["expires_at"], "2026-12-23T12:00:30.000Z");
    let shown = link.shown().await;
    assert_eq!((&shown["url"], &shown["contact"]), (&Value::Null, &made["contact"]));
    assert_eq!(shown["beneficiary"], made["beneficiary"]);
    for query in ["", "?status=open"] {
        let list = format!("/v1/collections{query}");
        let list = link.world.get(&list).key(link.key()).send().await.ok();
        let row = &list["data"][0];
        assert_eq!((&row["id"], &row["contact"]), (&made["id"], &Value::Null));
        let person = &row["beneficiary"];
        assert_eq!(
            (&person["name"], &person["document"]["number"]),
            (&Value::Null, &json!("***.982.247-**"))
        );
    }
    let none = link.world.get("/v1/collections?status=verified").key(link.key()).send().await.ok();
    assert_eq!(none["data"], json!([]));
}

#[tokio::test]
async fn a_retry_of_a_creation_returns_the_same_link() {
    let link = TenantLink::new().await;
    let ask = || link.world.post("/v1/collections").key(link.key()).idempotency_key("once");
    let first = ask().json(&new_collection()).send().await.created();
    let second = ask().json(&new_collection()).send().await.created();
    assert_eq!(first, second);
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let link = TenantLink::new().await;
    let cases = [
        ("/beneficiary/name", json!(" \u{200b}"), "beneficiary.name", "blank"),
        ("/beneficiary/name", json!("a".repeat(201)), "beneficiary.name", "wrong_length"),
        ("/beneficiary/name", json!("Ana\u{202e}amiL"), "beneficiary.name", "forbidden_character"),
        (
            "/beneficiary/document/number",
            json!("529.982.247-26"),
            "beneficiary.document.number",
            "wrong_check_digits",
        ),
        ("/contact/email", json!("maria@exam\u{200b}ple.com"), "contact.email", "invalid_format"),
        ("/contact/phone", json!("(11) 2345-6789"), "contact.phone", "invalid_format"),
        ("/amount_cents", json!(0), "amount_cents", "out_of_range"),
        ("/expires_in_days", json!(0), "expires_in_days", "out_of_range"),
        ("/expires_in_days", json!(31), "expires_in_days", "out_of_range"),
        ("/message", json!("a".repeat(141)), "message", "wrong_length"),
        ("/message", json!("a\nb"), "message", "forbidden_character"),
        ("/reference", json!(" a"), "reference", "forbidden_character"),
        ("/ask", json!("bank_account"), "ask", "unknown_value"),
        ("/locale", json!("de"), "locale", "unknown_value"),
        ("/link", json!("x"), "link", "unknown_field"),
    ];
    for (pointer, value, field, flaw) in cases {
        let mut body = new_collection();
        if body.pointer(pointer).is_none() {
            body[&pointer[1..]] = value;
        } else {
            *body.pointer_mut(pointer).expect("a field") = value;
        }
        let refused = link.world.collect(link.key(), &body).await;
        refused.violation(field, flaw);
    }
}

#[tokio::test]
async fn a_stage_without_email_makes_no_link() {
    let world = World::on(Stage::Live).await;
    let tenant = world.tenant("loja").await;
    let refused = world.collect(&tenant.program.api_key, &new_collection()).await;
    refused.problem(409, "collection_channel");
}

#[tokio::test]
async fn a_cancelled_link_is_worth_nothing_and_keeps_no_personal_data() {
    let link = TenantLink::new().await;
    let proof = link.world.collection_proof(&link.path).await;
    let cancel = format!("/v1/collections/{}/cancel", text(&link.collection["id"]));
    let ask = || link.world.post(&cancel).key(link.key()).json(&json!({})).send();
    let cancelled = ask().await.ok();
    assert_eq!(
        (&cancelled["status"], &cancelled["cancel_reason"]),
        (&json!("cancelled"), &json!("requested"))
    );
    assert_eq!((&cancelled["beneficiary"], &cancelled["contact"]), (&Value::Null, &Value::Null));
    let row = link.stored().await;
    assert_eq!((row.sealed, row.document, row.due), (None, None, None));
    ask().await.problem(409, "collection_state");
    let page = link.world.get(&link.path).send().await;
    assert!(page.text().contains("Este link não vale mais"), "{}", page.text());
    assert!(!page.text().contains("<form"), "{}", page.text());
    for answer in [
        link.world.send_key(&link.path, &proof, "maria@example.com").await,
        link.world.enter_code(&link.path, "000000").await,
        link.world.post(&format!("{}/code", link.path)).form(&json!({})).send().await,
    ] {
        assert_eq!(answer.status, 303);
    }
    assert_eq!(link.status().await, "cancelled");
    assert_eq!(link.events().await, ["collection.opened", "collection.cancelled"]);
    let lines = link.tenant.ana.request(&link.world, "GET", "/v1/audit-events").send().await.ok();
    for action in ["collection.created", "collection.cancelled"] {
        assert!(lines.to_string().contains(action), "{action}: {lines}");
    }
    assert!(!lines.to_string().contains("52998224725") && !lines.to_string().contains("correio"));
}

/// Fault row 208.
#[tokio::test]
async fn an_expired_link_is_erased_by_the_clock_and_works_no_second_longer() {
    let link = TenantLink::new().await;
    link.world.wait(30 * 86_400 - 60);
    let proof = link.world.collection_proof(&link.path).await;
    link.world.wait(60);
    // The schedule has not come yet.
    let answer = link.world.send_key(&link.path, &proof, "maria@example.com").await;
    assert_eq!((answer.status, &*link.status().await), (303, "opened"));
    let page = link.world.get(&link.path).send().await;
    assert!(page.text().contains("Este link não vale mais"), "{}", page.text());
    link.world.wait_and_tick(0).await;
    let shown = link.shown().await;
    assert_eq!((&shown["status"], &shown["beneficiary"]), (&json!("expired"), &Value::Null));
    let row = link.stored().await;
    assert_eq!((row.sealed, row.document, row.code, row.due), (None, None, None, None));
    assert_eq!(link.events().await, ["collection.opened", "collection.expired"]);
    assert_eq!(link.world.wait_and_tick(60).await, 0, "it is done once");
}

#[tokio::test]
async fn another_account_finds_and_cancels_no_link() {
    let link = TenantLink::new().await;
    let other = link.world.tenant("outra").await;
    let path = format!("/v1/collections/{}", text(&link.collection["id"]));
    let key = &other.program.api_key;
    link.world.get(&path).key(key).send().await.problem(404, "not_found");
    let cancel = link.world.post(&format!("{path}/cancel")).key(key).json(&json!({}));
    cancel.send().await.problem(404, "not_found");
    let list = link.world.get("/v1/collections").key(key).send().await.ok();
    assert_eq!((&list["data"], &*link.status().await), (&json!([]), "open"));
}
