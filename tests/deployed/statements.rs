//! Statements as files: schedule, stream, queue, bucket, link; and money that goes back.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use local::client::Client;
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::stack::{refused, soon, text};
use crate::webhooks::{listening, next, sold};

/// Returns a day that is over in São Paulo, also in the minutes in which yesterday is not closed
/// yet.
fn closed_day() -> Date {
    let zone = TimeZone::get("America/Sao_Paulo").expect("a time zone");
    SystemClock.now().to_zoned(zone).date().saturating_sub(2.days())
}

/// Fetches the file behind the link of an export, and checks it against what the export says of it.
async fn fetch(program: &Client, export: &Value) -> String {
    let url = text(&export["download"]["url"]);
    let bytes = program.download(&url).await.expect("the file");
    let digest = gate::sha256_hex(&bytes);
    assert_eq!(
        (&export["file"]["sha256"], &export["file"]["bytes"]),
        (&json!(digest), &json!(bytes.len()))
    );
    // The link is for this file, and says until when.
    assert!(program.download(&url.replace("/statements/", "/statements/0")).await.is_err());
    assert!(program.download(&url.replace("X-Amz-Expires=", "X-Amz-Expires=1")).await.is_err());
    assert!(program.download(url.split('?').next().expect("an address")).await.is_err());
    String::from_utf8(bytes).expect("text")
}

/// The schedule begins with a day on which the account was not there yet.
#[tokio::test]
async fn a_schedule_writes_a_statement_and_its_link_leads_to_the_file() {
    let (program, mut receiver, registration) =
        listening("exports", "statement_export.ready").await;
    receiver.trust(&registration.secret).expect("a secret");
    sold(&program).await;
    let day = json!(closed_day());
    let schedule = json!({
        "frequency": "daily",
        "from": day,
        "format": "camt053",
    });
    let schedule = program.post("/v1/statement-schedules", &schedule).await.expect("a schedule");
    let export = soon("the statement is written", async || {
        let list = program.get("/v1/statement-exports").await.expect("a list");
        let exports = list["data"].as_array().expect("a list");
        let first = exports.iter().find(|export| export["from"] == day)?;
        let path = format!("/v1/statement-exports/{}", text(&first["id"]));
        let export = program.get(&path).await.expect("the export");
        (export["status"] == "ready").then_some(export)
    })
    .await;
    assert_eq!(export["schedule_id"], schedule["id"]);
    assert_eq!((&export["from"], &export["until"]), (&day, &day));
    let file = fetch(&program, &export).await;
    assert!(file.contains("camt.053.001") && file.contains("<Cd>CLBD</Cd>"), "{file}");

    let arrived = next(&mut receiver, "statement_export.ready").await;
    assert_eq!(arrived.verdict, Ok(()), "the signature of Standard Webhooks");
    let told = &arrived.event()["data"]["object"];
    assert_eq!((&told["id"], &told["download"]), (&export["id"], &Value::Null));
    assert_eq!(program.get(&path_of(told)).await.expect("the export")["file"], export["file"]);
}

/// Returns the path of an export's address. Callers reach this gateway by another name than its
/// own.
fn path_of(export: &Value) -> String {
    let url = text(&export["url"]);
    let place = url.find("/v1/").unwrap_or_else(|| panic!("{url} has no /v1/"));
    url[place..].to_owned()
}

/// One that is asked for is begun by the stream, not by the schedule.
#[tokio::test]
async fn a_refund_is_sent_stands_in_the_books_and_days_that_are_over_become_files() {
    let (program, mut receiver, registration) = listening("refunds", "refund.paid").await;
    receiver.trust(&registration.secret).expect("a secret");
    let charge_id = sold(&program).await;
    let path = format!("/v1/charges/{charge_id}/refunds");
    let order = program.with("idempotency-key", "refund-1");
    let refund = order.post(&path, &json!({ "amount_cents": 1_500 })).await.expect("a refund");
    let much = program.with("idempotency-key", "refund-2");
    let much = much.post(&path, &json!({ "amount_cents": 3_491 })).await;
    refused(much, 422, "refund_exceeds_charge");
    let arrived = next(&mut receiver, "refund.paid").await;
    assert_eq!(arrived.verdict, Ok(()), "the signature of Standard Webhooks");
    assert_eq!(arrived.event()["data"]["object"]["id"], refund["id"]);

    let transaction = format!("/v1/transactions/{}", text(&refund["id"]));
    let transaction = program.get(&transaction).await.expect("the transaction");
    assert_eq!((&transaction["type"], &transaction["status"]), (&json!("refund"), &json!("paid")));
    // 4990 less 49 of fee less 1500.
    let balance = program.get("/v1/balance").await.expect("the balance");
    assert_eq!(balance["available_cents"], 3_441);
    let day = closed_day();
    let statement = format!("/v1/statement?from={day}");
    let statement = program.get(&statement).await.expect("the statement");
    assert_eq!(statement["closing_balance_cents"], 3_441);

    let days = json!({ "from": day, "until": day, "format": "csv" });
    let asked = program.post("/v1/statement-exports", &days).await.expect("an export");
    let asked = format!("/v1/statement-exports/{}", text(&asked["id"]));
    let export = soon("the file is written", async || {
        let export = program.get(&asked).await.expect("the export");
        (export["status"] == "ready").then_some(export)
    })
    .await;
    let file = fetch(&program, &export).await;
    assert!(file.contains("Sem movimento"), "{file}");
}
