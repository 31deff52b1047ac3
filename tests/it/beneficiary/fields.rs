//! What `POST` and `PATCH` of beneficiaries take: every field at its limits, and every body that is none.

use serde_json::{Value, json};
use tests::{World, new_beneficiary, text};

/// Returns the usual body with `value` at `path`, or without that field if the value is null.
fn with(path: &str, value: Value) -> Value {
    let mut body = new_beneficiary();
    let (parent, name) = path.rsplit_once('/').expect("a path begins with a slash");
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    match value {
        Value::Null => parent.remove(name),
        value => parent.insert(name.to_owned(), value),
    };
    body
}

fn email(number: usize) -> Value {
    json!({ "pix_key": { "type": "email", "key": format!("p{number}@example.com") } })
}

fn bank_account(number: &str) -> Value {
    json!({ "bank_account": {
        "ispb": "60701190", "branch": "2545", "number": number, "type": "checking",
    } })
}

/// A body, the field that is wrong in it, and how.
type WrongBeneficiary = (Value, &'static str, &'static str);

fn wrong() -> Vec<WrongBeneficiary> {
    let many: Vec<_> = (0..11).map(email).collect();
    vec![
        (with("/name", Value::Null), "name", "required"),
        (with("/name", json!("")), "name", "wrong_length"),
        (with("/name", json!("a".repeat(201))), "name", "wrong_length"),
        (with("/name", json!("\u{200b}\u{2800}")), "name", "blank"),
        (with("/name", json!("Ana\u{202e}amiL")), "name", "forbidden_character"),
        (with("/name", json!("Ana\nLima")), "name", "forbidden_character"),
        (with("/document", Value::Null), "document", "required"),
        (
            with("/document/number", json!("529.982.247-24")),
            "document.number",
            "wrong_check_digits",
        ),
        (with("/document/type", json!("rg")), "document.type", "unknown_value"),
        (with("/destinations", json!([])), "destinations", "wrong_length"),
        (with("/destinations", json!(many)), "destinations", "wrong_length"),
        (with("/destinations", json!([email(1), {}])), "destinations[1]", "required"),
        (
            with("/destinations", json!([email(1), email(2), email(1)])),
            "destinations[2]",
            "unknown_value",
        ),
        (
            with("/destinations", json!([bank_account("02366-2")])),
            "destinations[0].bank_account.number",
            "wrong_check_digits",
        ),
        (with("/reference", json!(" supplier")), "reference", "forbidden_character"),
        (with("/reference", json!("\u{200d}")), "reference", "blank"),
        (with("/reference", json!("a".repeat(65))), "reference", "wrong_length"),
        (
            with("/metadata", json!({ "note": "a\u{2066}b" })),
            "metadata.note",
            "forbidden_character",
        ),
        (with("/status", json!("archived")), "status", "unknown_field"),
    ]
}

#[tokio::test]
async fn each_wrong_field_is_named_and_nothing_is_saved() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    for (body, field, code) in wrong() {
        let problem = world.save_beneficiary(key, &body).await.problem(400, "invalid_request");
        let first = &problem["violations"][0];
        assert_eq!((&first["field"], &first["code"]), (&json!(field), &json!(code)), "{body}");
    }
    let list = world.get("/v1/beneficiaries").key(key).send().await.ok();
    assert_eq!(list["data"], json!([]));
}

#[tokio::test]
async fn every_field_at_its_limit_is_saved_and_shown_as_it_was_sent() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let mut destinations: Vec<_> = (0..9).map(email).collect();
    destinations.push(bank_account("02366-1"));
    let notes: Value =
        (0..20).map(|note| (format!("note-{note}"), json!("a".repeat(500)))).collect();
    let body = json!({
        "name": "\u{5d0}".repeat(200),
        "document": { "type": "cnpj", "number": "11.222.333/0001-81" },
        "destinations": destinations,
        "reference": "r".repeat(64),
        "metadata": notes,
    });
    let saved = world.save_beneficiary(key, &body).await.created();
    let path = format!("/v1/beneficiaries/{}", text(&saved["id"]));
    let shown = world.get(&path).key(key).send().await.ok();
    assert_eq!(shown, saved);
    assert_eq!((&shown["name"], &shown["metadata"]), (&body["name"], &body["metadata"]));
    assert_eq!(shown["document"], json!({ "type": "cnpj", "number": "11222333000181" }));
    assert_eq!(shown["destinations"].as_array().map(Vec::len), Some(10));
    assert_eq!(shown["destinations"][9]["to"]["bank_account"]["number"], "023661");
    assert_eq!((&shown["status"], &shown["archived_at"]), (&json!("active"), &Value::Null));
    let full = json!({ "to": email(11) });
    let full = world.post(&format!("{path}/destinations")).key(key).json(&full).send().await;
    assert!(text(&full.problem(409, "beneficiary_state")["detail"]).contains("limit"));
}

#[tokio::test]
async fn a_change_takes_the_rules_of_a_new_one_and_keeps_what_it_does_not_name() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let mut body = new_beneficiary();
    body["reference"] = json!("supplier-7");
    body["metadata"] = json!({ "team": "a" });
    let saved = world.save_beneficiary(key, &body).await.created();
    let path = format!("/v1/beneficiaries/{}", text(&saved["id"]));
    let change =
        async |change: Value| world.request("PATCH", &path).key(key).json(&change).send().await;
    for (wrong, field) in [
        (json!({ "name": "\u{feff}" }), "name"),
        (json!({ "reference": "a " }), "reference"),
        (json!({ "metadata": { "a": "b\u{2028}" } }), "metadata.a"),
        (json!({ "document": body["document"] }), "document"),
        (json!({ "destinations": body["destinations"] }), "destinations"),
    ] {
        let problem = change(wrong).await.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], field);
    }
    assert_eq!(change(json!({})).await.ok(), saved);
    assert_eq!(change(json!({ "name": saved["name"] })).await.ok(), saved);
    let unchanged = world.get("/v1/events?type=beneficiary.changed").key(key).send().await.ok();
    assert_eq!(unchanged["data"], json!([]));
    let renamed = change(json!({ "name": "Maria S. Lima" })).await.ok();
    let mut expected = saved.clone();
    expected["name"] = json!("Maria S. Lima");
    assert_eq!(renamed, expected);
    let bare = change(json!({ "reference": "", "metadata": {} })).await.ok();
    assert_eq!((&bare["reference"], &bare["metadata"]), (&Value::Null, &json!({})));
    // The reference is free again.
    world.save_beneficiary(key, &body).await.created();
    let taken = change(json!({ "reference": "supplier-7" })).await;
    taken.problem(409, "reference_taken");
}
