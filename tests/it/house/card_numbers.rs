//! No card number reaches a log, a row or an answer, whatever part of a request has it.

use catalogue::all_operations;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_charge};

const CARD: &str = "4111111111111111";
const PRINTED: &str = "4111 1111 1111 1111";
/// An Elo of the acquirers' test numbers.
const ELO: &str = "6362970000457013";

fn refused(world: &World, response: &TestResponse, part: &str) {
    let problem = response.problem(400, "card_number_refused");
    let detail = problem["detail"].as_str().expect("a text");
    assert!(detail.starts_with(&format!("the {part} of the request")), "{detail}");
    let line = world.last_logged();
    assert_eq!(
        (&line["code"], &line["card_numbers_refused"]),
        (&json!("card_number_refused"), &json!(1))
    );
    for text in [response.text().to_owned(), line.to_string()] {
        assert!(!text.contains(CARD) && !text.contains(PRINTED) && !text.contains(ELO), "{text}");
    }
}

async fn post(world: &World, tenant: &Tenant, body: &[u8]) -> TestResponse {
    let ask = world.post("/v1/charges").key(&tenant.program.api_key);
    ask.idempotency_key("order-1").raw(body).send().await
}

/// Fault row 141.
#[tokio::test]
async fn a_card_number_in_any_part_of_a_request_is_refused_before_anything_is_read_or_written() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    world.bundle.faults().record();
    let with = |field: &str, value: Value| {
        let mut body = new_charge();
        body[field] = value;
        body.to_string()
    };
    for body in [
        with("description", json!(format!("paid with {PRINTED}"))),
        with("reference", json!(CARD)),
        with("metadata", json!({ "card": "4111-1111-1111-1111" })),
        with("metadata", json!({ CARD: "card" })),
        with("amount_cents", json!(4_111_111_111_111_111_u64)),
        with("card", json!({ "number": ELO, "cvv": "123" })),
        with("description", json!("4111\u{200b}1111\u{200b}1111\u{200b}1111")),
        with("description", json!("DIGITS")).replace("DIGITS", "\\u0034111111111111111"),
        format!("card={CARD}&cvv=123"),
        format!("{{\"number\": \"{CARD}\""),
    ] {
        refused(&world, &post(&world, &tenant, body.as_bytes()).await, "body");
    }
    let get = |path: String| world.get(&path).key(key).send();
    refused(&world, &get(format!("/v1/charges?reference={CARD}")).await, "query");
    refused(
        &world,
        &get("/v1/charges?reference=4111%201111+1111%2D1111".to_owned()).await,
        "query",
    );
    refused(&world, &get(format!("/v1/charges/{CARD}")).await, "path");
    let ask = world.post("/v1/charges").key(key).idempotency_key(CARD);
    refused(&world, &ask.json(&new_charge()).send().await, "headers");
    assert_eq!(world.transactions(), Vec::<String>::new());
    assert_eq!(world.bundle.faults().sent().len(), 0, "nothing was read");
    assert_eq!(world.charges(key).await, Vec::<Value>::new());
}

/// No operation is left out, also none that anyone may call.
#[tokio::test]
async fn every_operation_with_a_body_or_a_path_refuses_card_numbers() {
    let world = World::new().await;
    for operation in all_operations() {
        let (method, path) = (operation.method.as_str(), operation.path);
        let query = format!("{}?card={CARD}", path.replace(['{', '}'], ""));
        let response = world.request(method, &query).send().await;
        refused(&world, &response, "query");
    }
}

#[tokio::test]
async fn numbers_of_payments_are_not_card_numbers() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for (number, text) in [
        "E9999999920261123120501234567890",
        "23793.38128 60007.827136 95000.063305 9 75520000370000",
        "123e4567-e89b-12d1-a456-426655440000",
        "4111111111111112",
        "36.000.000/0001-07",
        "+55 11 98765-4321",
    ]
    .iter()
    .enumerate()
    {
        let mut body = new_charge();
        body["description"] = json!(text);
        let ask = world.post("/v1/charges").key(&tenant.program.api_key);
        let ask = ask.idempotency_key(&format!("order-{number}"));
        ask.json(&body).send().await.created();
    }
}
