//! Reading the digits of a boleto.

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World};

async fn read(world: &World, tenant: &Tenant, body: &Value) -> TestResponse {
    world.post("/v1/boletos/read").key(&tenant.program.api_key).json(body).send().await
}

/// The clock of the tests begins on 2026-11-23. Factor 7552 was more than 3001 days ago, so no bank accepts
/// that date any more, and the next one is more than 5500 days ahead.
#[tokio::test]
async fn a_line_and_a_barcode_of_a_bank_say_the_same() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let printed = "23793.38128 60007.827136 95000.063305 9 75520000370000";
    let line = "23793381286000782713695000063305975520000370000";
    let barcode = "23799755200003700003381260007827139500006330";
    for code in [printed, line, barcode, &format!("  {line} ")] {
        let read = read(&world, &tenant, &json!({ "code": code })).await.ok();
        let expected = json!({
            "type": "bank", "barcode": barcode, "digitable_line": line, "printed_line": printed,
            "bank": { "code": "237", "name": "Banco Bradesco S.A.", "ispb": "60746948" },
            "segment": null, "amount_cents": 370_000, "due_date": null,
            "due_date_candidates": ["2018-06-11", "2043-01-31", "2067-09-22"],
        });
        assert_eq!(read, expected);
    }
}

/// Factor 5000 is 2011-06-16 or 2036-02-05; 0000 is no date.
#[tokio::test]
async fn the_day_of_reading_decides_the_due_date() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for (line, due_date) in [
        ("00190000090114971860168524522114350000000102656", json!("2036-02-05")),
        ("00190000090114971860168524522114100000000102656", Value::Null),
    ] {
        let read = read(&world, &tenant, &json!({ "code": line })).await.ok();
        assert_eq!(read["due_date"], due_date);
    }
}

#[tokio::test]
async fn a_bill_has_a_segment_and_no_due_date() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let line = "84610000000-5 24610029110-2 00546033900-4 69589506108-0";
    let read = read(&world, &tenant, &json!({ "code": line })).await.ok();
    assert_eq!((&read["type"], &read["segment"]), (&json!("bill"), &json!("telecommunications")));
    assert_eq!((&read["amount_cents"], &read["bank"]), (&json!(2_461), &Value::Null));
    assert_eq!((&read["due_date"], &read["printed_line"]), (&Value::Null, &json!(line)));
}

#[tokio::test]
async fn wrong_digits_are_refused_with_their_reason() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for (code, flaw) in [
        (json!("23793381286000782713695000063305975520000370001"), "wrong_check_digits"),
        (json!("23793381296000782713695000063305975520000370000"), "wrong_check_digits"),
        (json!("2379338128600078271369500006330597552000037"), "wrong_length"),
        (json!(""), "wrong_length"),
        (json!("1".repeat(101)), "wrong_length"),
        (json!("2379338128600078271369500006330597552000037OOOO"), "invalid_format"),
        (json!("23793381286000782713695000063305975520000370000\u{200b}"), "invalid_format"),
        (json!(23_793_381_286_i64), "wrong_type"),
        (Value::Null, "wrong_type"),
    ] {
        let response = read(&world, &tenant, &json!({ "code": code })).await;
        response.violation("code", flaw);
    }
    read(&world, &tenant, &json!({})).await.violation("code", "required");
}
