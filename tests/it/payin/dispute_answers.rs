//! Answers to demands: an account contests or accepts a dispute once and in time, and the money of an accepted
//! demand leaves once, whatever the network reports and when.

use domain::charge::ReturnUpdate;
use domain::dispute::DisputeInstruction;
use serde_json::{Value, json};
use tests::{RequestBuilder, Tenant, TestResponse, World, new_payout, text};

use super::disputes::{act, event_types, find, list, money, refund, world};

const DAY: i64 = 86_400;

fn ask<'w>(
    world: &'w World,
    tenant: &Tenant,
    id: &Value,
    action: &str,
    body: &Value,
) -> RequestBuilder<'w> {
    let path = format!("/v1/disputes/{}/{action}", text(id));
    let name = format!("{action}-{}", world.logged().len());
    world.post(&path).key(&tenant.program.api_key).idempotency_key(&name).json(body)
}

async fn submit(world: &World, tenant: &Tenant, id: &Value) -> TestResponse {
    ask(world, tenant, id, "submit", &json!({ "text": "Maria has the goods." })).send().await
}

async fn accept(world: &World, tenant: &Tenant, id: &Value) -> TestResponse {
    ask(world, tenant, id, "accept", &json!({})).send().await
}

/// Opens a dispute of all that is left of the charge.
async fn dispute(world: &World, tenant: &Tenant, charge: &str) -> Value {
    act(world, tenant, charge, json!({ "outcome": "blocked" })).await;
    list(world, tenant, &format!("charge_id={charge}")).await["data"][0].clone()
}

/// Pays a charge of this amount and waits until its scenario demands the money.
async fn demanded(amount_cents: u64) -> (World, Tenant, Value) {
    let (world, tenant) = world().await;
    world.paid_charge(&tenant.program.api_key, amount_cents).await;
    world.pay_in(&tenant.program.api_key, 5_000).await;
    world.wait_and_deliver(14 * DAY).await;
    let opened = list(&world, &tenant, "limit=1").await["data"][0].clone();
    assert_eq!(opened["status"], "needs_response");
    (world, tenant, opened["id"].clone())
}

/// Opens a dispute of a charge of 10 reais; returns the charge, the dispute, and what was available before.
async fn disputed() -> (World, Tenant, String, Value, u64) {
    let (world, tenant) = world().await;
    let charge = world.paid_charge(&tenant.program.api_key, 1_000).await;
    world.pay_in(&tenant.program.api_key, 5_000).await;
    let before = money(&world, &tenant).await.0;
    let opened = dispute(&world, &tenant, &charge).await;
    (world, tenant, charge, opened, before)
}

fn taken(opened: &Value, return_id: &str, amount_cents: u64) -> ReturnUpdate {
    ReturnUpdate::Returned {
        return_id: return_id.to_owned(),
        notice_id: Some(text(&opened["network_id"])),
        amount_cents,
        reason: "fraud".to_owned(),
    }
}

fn closed(opened: &Value) -> ReturnUpdate {
    ReturnUpdate::Closed { notice_id: text(&opened["network_id"]) }
}

#[tokio::test]
async fn an_answer_goes_to_the_network_which_decides_by_it() {
    for (amount_cents, end) in [(1_106, "won"), (1_107, "lost")] {
        let (world, tenant, id) = demanded(amount_cents).await;
        let before = money(&world, &tenant).await;
        let answered = submit(&world, &tenant, &id).await.ok();
        assert_eq!(
            (&answered["status"], &answered["answer"]["kind"]),
            (&json!("submitted"), &json!("contest"))
        );
        assert_eq!(answered["answer"]["received_at"], Value::Null);
        world.deliver().await;
        let orders = world.network.dispute_orders();
        let [order] = &orders[..] else { panic!("{orders:?}") };
        let instruction = DisputeInstruction::Contest {
            text: "Maria has the goods.".to_owned(),
            evidence: Vec::new(),
        };
        assert_eq!((&order.instruction, order.amount_cents), (&instruction, amount_cents));
        let received = find(&world, &tenant, &id).await;
        assert!(received["answer"]["received_at"].is_string(), "{received}");
        world.wait_and_deliver(2 * DAY + 60).await;
        assert_eq!(find(&world, &tenant, &id).await["status"], end);
        // The network takes the money of an unanswered demand on the twentieth day; this one has an answer.
        world.wait_and_deliver(10 * DAY).await;
        let decided = find(&world, &tenant, &id).await;
        let taken_cents = if end == "won" { 0 } else { amount_cents };
        assert_eq!(
            (&decided["status"], &decided["taken_cents"]),
            (&json!(end), &json!(taken_cents))
        );
        assert_eq!(money(&world, &tenant).await, (before.0 + before.1 - taken_cents, 0, 0));
        let seen = event_types(&world, &tenant, &id).await;
        assert_eq!(seen, ["dispute.opened", "dispute.submitted", &format!("dispute.{end}")]);
        assert_eq!(world.network.dispute_submissions(), 1);
    }
}

/// The reminder comes once, a day before the end of the time to answer. After that end silence is an acceptance,
/// which the network reports.
#[tokio::test]
async fn a_dispute_cannot_be_answered_late_and_silence_loses_it() {
    let (world, tenant, id) = demanded(1_106).await;
    world.wait_and_deliver(4 * DAY - 60).await;
    assert_eq!(event_types(&world, &tenant, &id).await, ["dispute.opened"]);
    for _ in 0..3 {
        world.wait_and_deliver(60).await;
    }
    assert_eq!(event_types(&world, &tenant, &id).await, ["dispute.opened", "dispute.response_due"]);
    world.wait_and_deliver(DAY - 120).await;
    for answer in [submit(&world, &tenant, &id).await, accept(&world, &tenant, &id).await] {
        let problem = answer.problem(422, "dispute_response_closed");
        assert!(text(&problem["detail"]).contains("ended at"), "{problem}");
    }
    assert_eq!(find(&world, &tenant, &id).await["answer"], Value::Null);
    world.wait_and_deliver(DAY).await;
    let lost = find(&world, &tenant, &id).await;
    assert_eq!((&lost["status"], &lost["taken_cents"]), (&json!("lost"), &json!(1_106)));
    assert_eq!(world.network.dispute_submissions(), 0);
}

/// An answer in the last second counts, and the reminder of an answered dispute does not come.
#[tokio::test]
async fn a_dispute_can_be_answered_until_the_end_of_its_time() {
    let (world, tenant, _, opened, _) = disputed().await;
    world.wait(5 * DAY - 1);
    submit(&world, &tenant, &opened["id"]).await.ok();
    world.wait_and_deliver(60).await;
    let seen = event_types(&world, &tenant, &opened["id"]).await;
    assert_eq!(seen, ["dispute.opened", "dispute.submitted"]);
}

#[tokio::test]
async fn an_accepted_dispute_gives_the_money_back_at_once_and_once() {
    let (world, tenant, charge, opened, before) = disputed().await;
    let accepted = accept(&world, &tenant, &opened["id"]).await.ok();
    assert_eq!(
        (&accepted["status"], &accepted["taken_cents"]),
        (&json!("accepted"), &json!(1_000))
    );
    assert_eq!(money(&world, &tenant).await, (before - 1_000, 0, 0));
    let shown = world.find_charge(&tenant.program.api_key, &charge).await;
    assert_eq!(shown["returned_amount_cents"], 1_000);
    refund(&world, &tenant, &charge, 1).await.problem(422, "refund_exceeds_charge");
    world.deliver().await;
    assert_eq!(world.network.dispute_orders()[0].instruction, DisputeInstruction::Accept);
    let confirmed = world.stored_charge(tenant.account_id, &charge).await;
    assert_eq!(confirmed.takeable_cents(None), 0, "the network took what was accepted");
    world.report_return(tenant.account_id, &charge, &closed(&opened), 0).await;
    world.wait_and_deliver(31 * DAY).await;
    let after = find(&world, &tenant, &opened["id"]).await;
    assert_eq!((&after["status"], &after["taken_cents"]), (&json!("accepted"), &json!(1_000)));
    assert_eq!(money(&world, &tenant).await, (before - 1_000, 0, 0));
    let seen = event_types(&world, &tenant, &opened["id"]).await;
    assert_eq!(seen, ["dispute.opened", "dispute.accepted"]);
}

/// Fault row 194. The network takes the accepted money in parts, told twice, before it has the answer.
#[tokio::test]
async fn what_the_network_takes_of_an_accepted_demand_is_not_taken_again() {
    let (world, tenant, charge, opened, before) = disputed().await;
    accept(&world, &tenant, &opened["id"]).await.ok();
    for fact in [taken(&opened, "D1", 400), taken(&opened, "D1", 400), taken(&opened, "D2", 600)] {
        world.report_return(tenant.account_id, &charge, &fact, 0).await;
    }
    let unnamed = ReturnUpdate::Returned {
        return_id: "D2".to_owned(),
        notice_id: None,
        amount_cents: 600,
        reason: "fraud".to_owned(),
    };
    world.report_return(tenant.account_id, &charge, &unnamed, 0).await;
    world.report_return(tenant.account_id, &charge, &closed(&opened), 0).await;
    for _ in 0..3 {
        world.wait_and_deliver(61).await;
    }
    assert_eq!(money(&world, &tenant).await, (before - 1_000, 0, 0));
    let after = find(&world, &tenant, &opened["id"]).await;
    assert_eq!((&after["status"], &after["taken_cents"]), (&json!("accepted"), &json!(1_000)));
    assert!(after["answer"]["received_at"].is_string(), "{after}");
}

/// Fault row 194. The network gives the demand up before it has the acceptance: the money comes back, once.
#[tokio::test]
async fn what_the_account_accepted_comes_back_if_the_network_gives_the_demand_up() {
    let (world, tenant, charge, opened, before) = disputed().await;
    accept(&world, &tenant, &opened["id"]).await.ok();
    world.report_return(tenant.account_id, &charge, &taken(&opened, "D1", 300), 0).await;
    for _ in 0..2 {
        world.report_return(tenant.account_id, &charge, &closed(&opened), 0).await;
    }
    assert_eq!(money(&world, &tenant).await, (before - 300, 0, 0));
    let after = find(&world, &tenant, &opened["id"]).await;
    assert_eq!((&after["status"], &after["taken_cents"]), (&json!("accepted"), &json!(300)));
    refund(&world, &tenant, &charge, 701).await.problem(422, "refund_exceeds_charge");
    refund(&world, &tenant, &charge, 700).await.created();

    let other = world.paid_charge(&tenant.program.api_key, 2_000).await;
    let before = money(&world, &tenant).await.0;
    let opened = dispute(&world, &tenant, &other).await;
    accept(&world, &tenant, &opened["id"]).await.ok();
    world.report_return(tenant.account_id, &other, &closed(&opened), 0).await;
    // The order that tells the network of the acceptance goes nowhere any more.
    for _ in 0..3 {
        world.wait_and_deliver(61).await;
        world.wait_and_tick(0).await;
    }
    assert_eq!(find(&world, &tenant, &opened["id"]).await["status"], "won");
    assert_eq!(money(&world, &tenant).await, (before, 0, 0));
    let statement = world.get("/v1/statement?from=2026-11-01").key(&tenant.program.api_key);
    let lines = statement.send().await.ok()["data"].as_array().expect("a list").clone();
    let back: Vec<_> = lines.iter().filter(|it| it["kind"] == "charge_given_back").collect();
    assert_eq!(back.len(), 2, "{lines:?}");
}

/// The account owes what its balance does not cover, and an acceptance that comes back pays that debt.
#[tokio::test]
async fn an_acceptance_beyond_the_balance_is_owed() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let charge = world.paid_charge(key, 1_000).await;
    let mut payout = new_payout();
    payout["amount_cents"] = json!(money(&world, &tenant).await.0 - 50);
    world.payout(key, "all", &payout).await.created();
    world.deliver().await;
    let opened = dispute(&world, &tenant, &charge).await;
    accept(&world, &tenant, &opened["id"]).await.ok();
    assert_eq!(money(&world, &tenant).await, (0, 0, 1_000));
    world.report_return(tenant.account_id, &charge, &closed(&opened), 0).await;
    assert_eq!(money(&world, &tenant).await, (0, 0, 0));
}

/// A refund that was in process when the demand came goes on; the acceptance takes the rest.
#[tokio::test]
async fn an_acceptance_takes_only_what_no_refund_takes() {
    let (world, tenant) = world().await;
    world.pay_in(&tenant.program.api_key, 10_000).await;
    let charge = world.paid_charge(&tenant.program.api_key, 1_000).await;
    let before = money(&world, &tenant).await.0;
    refund(&world, &tenant, &charge, 400).await.created();
    let opened = dispute(&world, &tenant, &charge).await;
    let accepted = accept(&world, &tenant, &opened["id"]).await.ok();
    assert_eq!(accepted["taken_cents"], 600);
    // Nothing of the demand stays blocked: the rest goes to the refund.
    assert_eq!(money(&world, &tenant).await, (before - 1_000, 0, 0));
    for _ in 0..3 {
        world.wait_and_deliver(61).await;
    }
    assert_eq!(money(&world, &tenant).await, (before - 1_000, 0, 0));
    assert_eq!(find(&world, &tenant, &opened["id"]).await["status"], "accepted");
}

#[tokio::test]
async fn a_dispute_takes_one_answer_and_none_after_a_decision() {
    let (world, tenant, charge, opened, _) = disputed().await;
    let id = &opened["id"];
    let first = ask(&world, &tenant, id, "submit", &json!({ "text": "Maria has the goods." }));
    let answered = first.clone().send().await;
    let again = first.clone().send().await;
    assert!(again.is_replay());
    assert_eq!((again.status, &again.body), (200, &answered.body));
    for answer in [submit(&world, &tenant, id).await, accept(&world, &tenant, id).await] {
        let problem = answer.problem(409, "dispute_state");
        assert!(text(&problem["detail"]).contains("submitted"), "{problem}");
    }
    act(&world, &tenant, &charge, json!({ "outcome": "closed" })).await;
    assert_eq!(find(&world, &tenant, id).await["status"], "won");
    for (outcome, status) in [("closed", "won"), ("returned", "lost")] {
        let charge = world.paid_charge(&tenant.program.api_key, 1_000).await;
        let opened = dispute(&world, &tenant, &charge).await;
        act(&world, &tenant, &charge, json!({ "outcome": outcome })).await;
        let id = &opened["id"];
        for answer in [submit(&world, &tenant, id).await, accept(&world, &tenant, id).await] {
            let problem = answer.problem(409, "dispute_state");
            assert!(text(&problem["detail"]).contains(status), "{problem}");
        }
    }
}

/// Fault row 194. The account contests, accepts and accepts again while the network takes the money or gives the
/// demand up. One answer counts, and what leaves is the demand at most.
#[tokio::test]
async fn of_answers_and_a_decision_at_the_same_moment_each_counts_once() {
    for outcome in ["returned", "closed"] {
        for _ in 0..3 {
            let (world, tenant, charge, opened, before) = disputed().await;
            let other = world.second_instance(|_| {});
            let id = &opened["id"];
            let fact = world.post(&format!("/v1/sandbox/charges/{charge}/return"));
            let fact = fact.key(&tenant.program.api_key).json(&json!({ "outcome": outcome }));
            let (first, second, third, _) = tokio::join!(
                submit(&world, &tenant, id),
                accept(&other, &tenant, id),
                accept(&world, &tenant, id),
                fact.send(),
            );
            let counted = [&first, &second, &third].iter().filter(|it| it.status == 200).count();
            assert!(counted <= 1, "{}", [first.text(), second.text(), third.text()].concat());
            for _ in 0..4 {
                world.wait_and_deliver(61).await;
            }
            let after = find(&world, &tenant, id).await;
            let taken_cents = after["taken_cents"].as_u64().expect("cents");
            let (available, blocked, owed) = money(&world, &tenant).await;
            assert_eq!((available + blocked, owed), (before - taken_cents, 0), "{after}");
            assert!(taken_cents == 0 || taken_cents == 1_000, "{after}");
            assert!(world.network.dispute_submissions() <= 1);
        }
    }
}

/// Lists, events and logs do not have the words of the account, which name people.
#[tokio::test]
async fn only_the_answer_for_one_dispute_has_the_words_of_the_account() {
    let (world, tenant, _, opened, _) = disputed().await;
    submit(&world, &tenant, &opened["id"]).await.ok();
    world.deliver().await;
    let shown = find(&world, &tenant, &opened["id"]).await;
    assert_eq!(shown["answer"]["text"], "Maria has the goods.");
    let listed = list(&world, &tenant, "status=submitted").await;
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
    let events = world.events(tenant.account_id, &text(&opened["id"])).await;
    let events: Vec<_> = events.iter().map(|event| event.object.to_string()).collect();
    for shown in [listed.to_string(), events.concat(), format!("{:?}", world.logged())] {
        assert!(!shown.contains("has the goods"), "{shown}");
    }
}

/// A network that does not take the answer says so, and the account learns it.
#[tokio::test]
async fn a_refused_answer_is_an_event_and_the_dispute_waits_for_the_decision() {
    let (world, tenant) = world().await;
    let charge = world.paid_charge(&tenant.program.api_key, 1_108).await;
    let opened = dispute(&world, &tenant, &charge).await;
    submit(&world, &tenant, &opened["id"]).await.ok();
    for _ in 0..2 {
        world.wait_and_deliver(61).await;
    }
    let after = find(&world, &tenant, &opened["id"]).await;
    assert_eq!(after["status"], "submitted");
    assert_eq!(after["answer"]["failure"]["network_code"], "response_refused");
    submit(&world, &tenant, &opened["id"]).await.problem(409, "dispute_state");
    act(&world, &tenant, &charge, json!({ "outcome": "returned" })).await;
    let seen = event_types(&world, &tenant, &opened["id"]).await;
    let expected =
        ["dispute.opened", "dispute.submitted", "dispute.answer_refused", "dispute.lost"];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn an_answer_needs_a_text_and_names_the_wrong_field() {
    let (world, tenant, _, opened, _) = disputed().await;
    for (body, field) in [
        (json!({}), "text"),
        (json!({ "text": "" }), "text"),
        (json!({ "text": "   " }), "text"),
        (json!({ "text": "x".repeat(4_001) }), "text"),
        (json!({ "text": 1 }), "text"),
        (json!({ "text": "x", "status": "won" }), "status"),
    ] {
        let wrong = ask(&world, &tenant, &opened["id"], "submit", &body).send().await;
        let problem = wrong.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], field, "{problem}");
    }
    let more = json!({ "amount_cents": 1 });
    let wrong = ask(&world, &tenant, &opened["id"], "accept", &more).send().await;
    assert_eq!(wrong.problem(400, "invalid_request")["violations"][0]["field"], "amount_cents");
    assert_eq!(find(&world, &tenant, &opened["id"]).await["status"], "needs_response");
}

#[tokio::test]
async fn another_account_cannot_answer_a_dispute() {
    let (world, tenant, _, opened, before) = disputed().await;
    let other = world.tenant("other").await;
    submit(&world, &other, &opened["id"]).await.problem(404, "not_found");
    accept(&world, &other, &opened["id"]).await.problem(404, "not_found");
    assert_eq!(money(&world, &tenant).await, (before - 1_000, 1_000, 0));
    assert_eq!(find(&world, &tenant, &opened["id"]).await["status"], "needs_response");
}

/// A chargeback goes to the acquirer of its card, and what the receivables do not cover yet is owed.
#[tokio::test]
async fn a_chargeback_is_answered_at_the_acquirer_of_its_card() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let charge = world.card(key, "1", "approved", &json!({})).await.created();
    world.deliver().await;
    let opened = dispute(&world, &tenant, &text(&charge["id"])).await;
    assert_eq!(opened["kind"], "chargeback");
    submit(&world, &tenant, &opened["id"]).await.ok();
    world.deliver().await;
    assert_eq!(world.network.dispute_orders()[0].network_id, text(&opened["network_id"]));
    let received = find(&world, &tenant, &opened["id"]).await;
    assert!(received["answer"]["received_at"].is_string(), "{received}");
}
