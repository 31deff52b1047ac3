//! What `POST /v1/charges` takes: every field at its limits, and every body that is none.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_charge};

const MAX: u64 = 99_999_999_999;

/// Sends a create under a fresh key.
async fn send(world: &World, tenant: &Tenant, body: &[u8]) -> TestResponse {
    let name = format!("order-{}", world.logged().len());
    let ask = world.post("/v1/charges").key(&tenant.program.api_key);
    ask.idempotency_key(&name).raw(body).send().await
}

/// Returns the usual body with `value` at `path`, or without that field if there is no value.
fn with(path: &str, value: Option<Value>) -> Value {
    let mut body = new_charge();
    let (parent, name) = path.rsplit_once('/').expect("a path begins with a slash");
    let parent = body.pointer_mut(parent).expect("the parent is there");
    let parent = parent.as_object_mut().expect("an object");
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    body
}

/// Fault row 25. An amount that is not a whole number of cents from 1 to the limit of the network is
/// refused by name, and never rounded, cut or wrapped.
#[tokio::test]
async fn an_amount_that_is_not_a_number_of_cents_in_range_is_refused() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let cases = [
        ("0", "out_of_range"),
        ("-1", "out_of_range"),
        ("100000000000", "out_of_range"),
        ("9223372036854775808", "out_of_range"),
        ("18446744073709551615", "out_of_range"),
        ("18446744073709551616", "wrong_type"),
        ("-9223372036854775809", "wrong_type"),
        ("1e400", ""),
        ("19.99", "wrong_type"),
        ("1998.9999999999998", "wrong_type"),
        ("-0", "out_of_range"),
        ("\"1000\"", "wrong_type"),
        ("null", "wrong_type"),
        ("true", "wrong_type"),
        ("[1000]", "wrong_type"),
    ];
    world.bundle.faults().record();
    for (amount, flaw) in cases {
        let body = new_charge().to_string();
        let written = format!("\"amount_cents\":{amount}");
        let body = body.replace("\"amount_cents\":1000", &written);
        let response = send(&world, &tenant, body.as_bytes()).await;
        if flaw.is_empty() {
            response.problem(400, "malformed_json");
        } else {
            response.violation("amount_cents", flaw);
        }
    }
    let missing = with("/amount_cents", None).to_string();
    let missing = send(&world, &tenant, missing.as_bytes()).await;
    missing.violation("amount_cents", "required");
    assert_eq!(world.transactions(), Vec::<String>::new());
}

/// Fault row 25. The ends of the range are in it, and the largest amount goes through the books.
#[tokio::test]
async fn the_smallest_and_the_largest_amount_are_charged_and_credited() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for amount in [1, MAX] {
        let body = with("/amount_cents", Some(json!(amount))).to_string();
        let charge = send(&world, &tenant, body.as_bytes()).await.created();
        assert_eq!(charge["amount_cents"], amount);
        let id = charge["id"].as_str().expect("an id");
        world.pay(&tenant.program.api_key, id).await.ok();
    }
    let (books, _) = world.ledger(tenant.account_id).await;
    assert_eq!(books.balances.clearing_cents, MAX + 1);
    assert_eq!(books.balances.available_cents + books.balances.fees_cents, MAX + 1);
    assert_eq!(books.balances.fees_cents, 990_000_000);
}

fn notes(count: usize, name_length: usize, value_length: usize) -> Value {
    let note = |number: usize| (format!("{number:0name_length$}"), "v".repeat(value_length));
    json!((0..count).map(note).collect::<BTreeMap<_, _>>())
}

#[tokio::test]
async fn every_wrong_field_is_named_with_its_flaw() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let long = |length: usize| json!("é".repeat(length));
    let number = |number: &str| json!(number);
    let cases = [
        ("/method", json!("cash"), "unknown_value"),
        ("/method", json!(7), "wrong_type"),
        ("/payer/name", json!(""), "wrong_length"),
        ("/payer/name", json!(" \u{a0}"), "blank"),
        ("/payer/name", long(201), "wrong_length"),
        ("/payer/name", json!("a\u{0}b"), "forbidden_character"),
        ("/payer/email", json!("maria"), "invalid_format"),
        ("/payer/email", json!("@".repeat(255)), "invalid_format"),
        ("/payer/document/type", json!("rg"), "unknown_value"),
        ("/payer/document/number", number("52998224726"), "wrong_check_digits"),
        ("/payer/document/number", number("11111111111"), "wrong_check_digits"),
        ("/payer/document/number", number("5299822472"), "wrong_length"),
        ("/payer/document/number", number("5299822472O"), "invalid_format"),
        ("/payer/document/number", number("529.982.247/25"), "invalid_format"),
        ("/payer/document/number", json!(52_998_224_725_u64), "wrong_type"),
        ("/payer/document/issuer", json!("SSP"), "unknown_field"),
        ("/payer/phone", json!("+55"), "unknown_field"),
        ("/description", long(141), "wrong_length"),
        ("/description", json!(""), "wrong_length"),
        ("/reference", long(65), "wrong_length"),
        ("/reference", json!("a\nb"), "forbidden_character"),
        ("/metadata", notes(21, 2, 1), "wrong_length"),
        ("/metadata", notes(1, 41, 1), "wrong_length"),
        ("/metadata", json!({ "": "x" }), "wrong_length"),
        ("/metadata", json!(["x"]), "wrong_type"),
        ("/expires_at", json!("2026-11-23T12:00:00Z"), "out_of_range"),
        ("/expires_at", json!("2027-11-24T12:00:00.001Z"), "out_of_range"),
        ("/expires_at", json!("tomorrow"), "invalid_format"),
        ("/account_id", json!("acc_1"), "unknown_field"),
        ("/status", json!("paid"), "unknown_field"),
    ];
    world.bundle.faults().record();
    for (path, value, flaw) in cases {
        let body = with(path, Some(value)).to_string();
        let response = send(&world, &tenant, body.as_bytes()).await;
        response.violation(&path[1..].replace('/', "."), flaw);
    }
    assert_eq!(world.transactions(), Vec::<String>::new());
}

#[tokio::test]
async fn every_missing_field_is_named() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for path in ["/method", "/amount_cents", "/payer/name", "/payer/document/type"] {
        let body = with(path, None).to_string();
        let response = send(&world, &tenant, body.as_bytes()).await;
        response.violation(&path[1..].replace('/', "."), "required");
    }
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut body = with("/amount_cents", Some(json!(0)));
    body["description"] = json!("");
    body["payer"]["document"]["number"] = json!("52998224726");
    let response = send(&world, &tenant, body.to_string().as_bytes()).await;
    response.violation("amount_cents", "out_of_range");
    response.violation("description", "wrong_length");
    response.violation("payer.document.number", "wrong_check_digits");
}

#[tokio::test]
async fn every_field_is_taken_at_its_limit_and_shown_as_it_is() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut body = new_charge();
    body["payer"]["name"] = json!("é".repeat(200));
    body["payer"]["document"] = json!({ "type": "cnpj", "number": "12.abc.345/01de-35" });
    body["description"] = json!("ç".repeat(140));
    body["reference"] = json!("ü".repeat(64));
    body["metadata"] = notes(20, 40, 500);
    body["expires_at"] = json!("2027-11-24T12:00:00.000Z");
    let charge = send(&world, &tenant, body.to_string().as_bytes()).await;
    let charge = charge.created();
    for name in ["description", "reference", "metadata", "expires_at"] {
        assert_eq!(charge[name], body[name], "{name}");
    }
    assert_eq!(charge["payer"]["name"], body["payer"]["name"]);
    let document = &charge["payer"]["document"];
    assert_eq!(*document, json!({ "type": "cnpj", "number": "12ABC34501DE35" }));
}

#[tokio::test]
async fn a_body_that_is_no_json_object_of_the_right_size_is_refused() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let body = new_charge().to_string();
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let deep_note = body.replacen('{', &format!("{{\"metadata\":{deep},"), 1);
    let doubled = body.replacen('{', "{\"amount_cents\":1,", 1);
    let binary = [body.as_bytes(), b"\xff"].concat();
    let large = format!("{body}{}", " ".repeat(65 * 1024));
    let two = format!("{body}{body}");
    let payer = new_charge()["payer"].clone();
    let in_order = json!(["pix", 1_000, payer, null, null, null, null]).to_string();
    world.bundle.faults().record();
    for (text, code) in [
        (b"{".as_slice(), "malformed_json"),
        (b"\xef\xbb\xbf{}", "malformed_json"),
        (deep.as_bytes(), "malformed_json"),
        (deep_note.as_bytes(), "malformed_json"),
        (two.as_bytes(), "malformed_json"),
        (&binary, "malformed_json"),
        (b"[]", "invalid_request"),
        (in_order.as_bytes(), "invalid_request"),
        (b"null", "invalid_request"),
        (b"", "invalid_request"),
        (doubled.as_bytes(), "invalid_request"),
    ] {
        send(&world, &tenant, text).await.problem(400, code);
    }
    let response = send(&world, &tenant, large.as_bytes()).await;
    response.problem(413, "body_too_large");
    let ask = world.post("/v1/charges").key(&tenant.program.api_key);
    let ask = ask.idempotency_key("plain");
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let mut ask = ask.clone().raw(body.as_bytes());
        ask = ask.replace_header("content-type", kind);
        ask.send().await.problem(415, "unsupported_media_type");
    }
    assert_eq!(world.transactions(), Vec::<String>::new());
    let charset = "Application/JSON; charset=utf-8";
    let ask = ask.raw(body.as_bytes());
    let ask = ask.replace_header("content-type", charset);
    ask.send().await.created();
}
