//! The deadline: bank business days that pause while compliance examines the documents.

use serde_json::{Value, json};
use tests::text;

use super::holds::{events, money, world};

const DAY: i64 = 86_400;

/// Fault row 221. The world begins on Monday, 2026-11-23, at noon.
#[tokio::test]
async fn a_request_without_an_answer_is_announced_expires_and_gives_the_money_back() {
    let (world, tenant) = world().await;
    let before = money(&world, &tenant).await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    // Five business days later is Monday; the deadline is the end of that day in São Paulo.
    assert_eq!(payout["kyc_request"]["deadline"], "2026-12-01T03:00:00.000Z");
    world.wait_and_deliver(6 * DAY).await;
    let words = async |id: &Value| -> Vec<String> {
        events(&world, &tenant, id).await.iter().map(|event| text(&event["type"])).collect()
    };
    assert_eq!(words(id).await, ["kyc.document_requested"]);
    world.wait_and_deliver(DAY).await;
    assert_eq!(words(id).await, ["kyc.document_requested", "kyc.request_expiring"]);
    assert_eq!(world.find_kyc(&tenant, id).await["status"], "awaiting_documents");
    world.wait_and_deliver(DAY).await;
    let expired = world.find_kyc(&tenant, id).await;
    assert_eq!((&expired["status"], &expired["deadline"]), (&json!("expired"), &Value::Null));
    let rejected = world.find_payout(&tenant.program.api_key, &payout["id"]).await;
    assert_eq!(
        (&rejected["status"], &rejected["failure"]["code"]),
        (&json!("rejected"), &json!("kyc_expired"))
    );
    assert_eq!(money(&world, &tenant).await, before);
    world.wait_and_deliver(DAY).await;
    assert_eq!(money(&world, &tenant).await, before, "once");
}

/// Fault row 224.
#[tokio::test]
async fn the_deadline_pauses_while_it_is_the_turn_of_compliance() {
    let (world, tenant) = world().await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    // On Wednesday three business days are left: Thursday, Friday and Monday.
    world.wait_and_deliver(2 * DAY).await;
    let submitted = world.explain(&tenant, id).await;
    assert_eq!(
        (&submitted["deadline"], &submitted["business_days_left"]),
        (&Value::Null, &json!(3))
    );
    let paused = world.find_payout(&tenant.program.api_key, &payout["id"]).await;
    assert_eq!(paused["kyc_request"]["deadline"], Value::Null);
    world.wait_and_deliver(20 * DAY).await;
    assert_eq!(world.find_kyc(&tenant, id).await["status"], "in_review", "nothing expires");
    // On Tuesday, 2026-12-15, compliance asks again: the deadline is the end of Friday.
    let reject = json!({ "decision": "reject", "reason": "incomplete" });
    world.judge(&tenant, id, &reject).await.expect("rejected");
    world.rule_on(&tenant, id, "correct").await.expect("corrected");
    let request = world.find_kyc(&tenant, id).await;
    assert_eq!(request["deadline"], "2026-12-19T03:00:00.000Z");
    let resumed = world.find_payout(&tenant.program.api_key, &payout["id"]).await;
    assert_eq!(resumed["kyc_request"]["deadline"], request["deadline"]);
    world.wait_and_deliver(5 * DAY).await;
    assert_eq!(world.find_kyc(&tenant, id).await["status"], "expired");
}

/// Fault row 223. After the deadline an answer does not count, even before the scheduler has ended the request.
#[tokio::test]
async fn an_answer_after_the_deadline_does_not_count() {
    let (world, tenant) = world().await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    let answer = json!({ "kind": "payout_purpose", "text": "in time" });
    world.kyc_post(&tenant, id, "answer", &answer).await.created();
    world.wait(8 * DAY);
    world.kyc_post(&tenant, id, "submit", &json!({})).await.problem(409, "kyc_request_state");
    world.wait_and_deliver(0).await;
    world.wait_and_deliver(60).await;
    assert_eq!(world.find_kyc(&tenant, id).await["status"], "expired");
}

/// Fault row 225. A tick that comes twice, or two schedulers at once, end a request once.
#[tokio::test]
async fn a_doubled_tick_ends_a_request_once() {
    let (world, tenant) = world().await;
    let before = money(&world, &tenant).await;
    let payout = world.held_payout(&tenant, "1").await;
    world.wait_and_deliver(7 * DAY + 3_600).await;
    world.wait(DAY);
    let (one, other) = tokio::join!(world.bundle.tick(), world.bundle.tick());
    one.and(other).expect("the schedule runs");
    assert_eq!(money(&world, &tenant).await, before);
    let found = world.find_payout(&tenant.program.api_key, &payout["id"]).await;
    assert_eq!(found["status"], "rejected");
}

/// Fault row 223. Compliance rejects while the schedule ends the request: its money comes back once.
#[tokio::test]
async fn a_rejection_and_the_end_of_the_deadline_at_once_give_the_money_back_once() {
    let (world, tenant) = world().await;
    let before = money(&world, &tenant).await;
    let payout = world.held_payout(&tenant, "1").await;
    let id = &payout["kyc_request"]["id"];
    world.wait(8 * DAY);
    let (rejected, ticked) =
        tokio::join!(world.rule_on(&tenant, id, "reject"), world.bundle.tick());
    ticked.expect("the schedule runs");
    assert!(rejected.is_err(), "after the deadline only the schedule ends it: {rejected:?}");
    world.wait_and_deliver(61).await;
    assert_eq!(money(&world, &tenant).await, before);
    assert_eq!(world.find_kyc(&tenant, id).await["status"], "expired");
}
