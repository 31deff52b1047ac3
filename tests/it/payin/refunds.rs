//! Refunds as a caller sees them: from the request to the payer, and every other end.

use domain::account::Stage;
use domain::ledger::EntryKind;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{ReceiverBehavior, Tenant, World, new_charge, new_refund};

const DAY: i64 = 86_400;

/// Makes a world with a charge of 100 reais that was paid at the beginning: 9,901 cents are
/// available.
async fn paid() -> (World, Tenant, String) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.paid_charge(&tenant.program.api_key, 10_000).await;
    (world, tenant, charge)
}

fn of(amount_cents: u64) -> Value {
    json!({ "amount_cents": amount_cents })
}

async fn balances(world: &World, tenant: &Tenant) -> (u64, u64) {
    let (books, _) = world.ledger(tenant.account_id).await;
    (books.balances.available_cents, books.balances.held_cents)
}

fn statuses(refund: &Value) -> Vec<&str> {
    let history = refund["status_history"].as_array().expect("a list");
    history.iter().map(|step| step["status"].as_str().expect("a word")).collect()
}

#[tokio::test]
async fn a_refund_holds_its_money_at_once_and_reaches_the_payer_when_the_network_says_so() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    let hook = "https://hooks.example.com/";
    let types = ["refund.created", "refund.paid", "refund.rejected", "charge.refunded"];
    world.endpoint(key, hook, &types).await;
    world.receivers.always(hook, ReceiverBehavior::Answers(204));
    let mut wish = new_refund();
    wish["reference"] = json!("return-1");
    wish["metadata"] = json!({ "shelf": "3" });
    let created = world.refund(key, &charge, "1", &wish).await.created();
    assert_eq!((&created["status"], &created["charge_id"]), (&json!("processing"), &json!(charge)));
    assert_eq!(created["reason"], wish["reason"]);
    assert_eq!(balances(&world, &tenant).await, (9_901 - 400, 400));
    assert_eq!(
        world.network.refund_submissions(),
        0,
        "the network is not spoken to in the request"
    );
    let before = world.find_charge(key, &charge).await;
    assert_eq!(
        (&before["refunding_amount_cents"], &before["refunded_amount_cents"]),
        (&json!(400), &json!(0))
    );
    let listed = json!([{ "id": created["id"], "amount_cents": 400, "status": "processing" }]);
    assert_eq!(before["refunds"], listed);
    assert_eq!(created["end_to_end_id"], before["pix"]["end_to_end_id"]);

    world.deliver().await;
    let ended = world.find_refund(key, &created["id"]).await;
    assert_eq!(statuses(&ended), ["processing", "paid"]);
    let return_id = ended["return_id"].as_str().expect("an id");
    assert!(brazil::EndToEndId::parse(return_id).is_ok() && return_id.starts_with('D'));
    let after = world.find_charge(key, &charge).await;
    assert_eq!((&after["status"], &after["fees_cents"]), (&json!("credited"), &json!(99)));
    assert_eq!(
        (&after["refunding_amount_cents"], &after["refunded_amount_cents"]),
        (&json!(0), &json!(400))
    );
    assert_eq!(after["refunds"][0]["status"], "paid");
    let (books, entries) = world.ledger(tenant.account_id).await;
    let kinds: Vec<_> = entries.iter().skip(3).map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::Held, EntryKind::RefundPaid]);
    let balances = books.balances;
    assert_eq!((balances.clearing_cents, balances.fees_cents), (9_600, 99));
    let order = &world.network.refunds()[0];
    assert_eq!(format!("rfd_{}", order.order_id), created["id"].as_str().expect("an id"));
    assert!(order.order_id.chars().all(|letter| letter.is_ascii_alphanumeric()));
    let told: Vec<_> = world.receivers.at(hook).iter().map(|arrived| arrived.json()).collect();
    let kinds: Vec<_> = told.iter().map(|event| &event["type"]).collect();
    assert_eq!(kinds, ["refund.created", "refund.paid", "charge.refunded"]);
    assert_eq!(told[2]["data"]["object"]["refunded_amount_cents"], 400);
}

#[tokio::test]
async fn parts_come_to_the_whole_and_no_cent_more() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    // The fee of 99 cents is not given back: it has to be there from elsewhere.
    world.pay_in(key, 10_000).await;
    world.refund(key, &charge, "1", &of(4_000)).await.created();
    let problem = world.refund(key, &charge, "2", &of(6_001)).await;
    let problem = problem.problem(422, "refund_exceeds_charge");
    assert!(problem["detail"].as_str().expect("text").contains("6000 cents"), "{problem}");
    world.deliver().await;
    world.refund(key, &charge, "2", &of(6_001)).await.problem(422, "refund_exceeds_charge");
    let rest = world.refund(key, &charge, "3", &json!({})).await.created();
    assert_eq!(rest["amount_cents"], 6_000);
    for wish in [json!({}), of(1)] {
        let response = world.refund(key, &charge, "4", &wish).await;
        response.problem(422, "refund_exceeds_charge");
    }
    world.deliver().await;
    let whole = world.find_charge(key, &charge).await;
    assert_eq!(
        (&whole["status"], &whole["refunded_amount_cents"]),
        (&json!("credited"), &json!(10_000))
    );
    assert_eq!(balances(&world, &tenant).await, (2 * 9_901 - 10_000, 0));
}

#[tokio::test]
async fn what_did_not_go_is_available_again_and_can_be_tried_again() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    let refund = world.refund(key, &charge, "1", &of(3_006)).await.created();
    world.deliver().await;
    let failed = world.find_refund(key, &refund["id"]).await;
    assert_eq!(statuses(&failed), ["processing", "rejected"]);
    assert_eq!(failed["status_history"][1]["reason"], "account_closed");
    assert_eq!(balances(&world, &tenant).await, (9_901, 0));
    let charge_now = world.find_charge(key, &charge).await;
    assert_eq!(
        (&charge_now["refunding_amount_cents"], &charge_now["refunded_amount_cents"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(charge_now["refunds"][0]["status"], "rejected");
    let (_, entries) = world.ledger(tenant.account_id).await;
    assert_eq!(entries.last().expect("an entry").kind, EntryKind::Released);
    world.refund(key, &charge, "2", &of(9_901)).await.created();
}

#[tokio::test]
async fn a_refund_beyond_the_balance_is_refused_and_writes_nothing() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    let before = world.ledger(tenant.account_id).await;
    // All was paid, and the fee was taken of it.
    world.refund(key, &charge, "1", &json!({})).await.problem(422, "insufficient_funds");
    world.refund(key, &charge, "1", &of(9_902)).await.problem(422, "insufficient_funds");
    assert_eq!(world.ledger(tenant.account_id).await, before);
    assert_eq!(world.find_charge(key, &charge).await["refunds"], json!([]));
    world.refund(key, &charge, "1", &of(9_901)).await.created();
    assert_eq!(balances(&world, &tenant).await, (0, 9_901));
}

/// 90 days of 24 hours after it was paid, to the second.
#[tokio::test]
async fn a_pix_is_given_back_for_ninety_days() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    world.wait(90 * DAY - 1);
    world.refund(key, &charge, "1", &of(100)).await.created();
    world.wait(1);
    let late = world.refund(key, &charge, "2", &of(100)).await;
    let problem = late.problem(422, "refund_window_closed");
    assert!(problem["detail"].as_str().expect("text").contains("90 days"), "{problem}");
}

/// It counts from when the payer paid, not from when the money became available.
#[tokio::test]
async fn the_window_opens_with_the_payment() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    // Held for review, approved five minutes later.
    let reviewed = world.paid_charge(key, 1_002).await;
    world.wait_and_tick(300).await;
    assert_eq!(world.find_charge(key, &reviewed).await["status"], "credited");
    world.wait(90 * DAY - 301);
    world.refund(key, &reviewed, "1", &of(100)).await.created();
    world.wait(1);
    let late = world.refund(key, &reviewed, "2", &of(100)).await;
    late.problem(422, "refund_window_closed");
}

#[tokio::test]
async fn each_method_has_its_window() {
    let days = |days: i64| Some(SignedDuration::from_hours(days * 24));
    assert_eq!(domain::kernel::MethodKind::Pix.refundable_for(), days(90));
    assert_eq!(domain::kernel::MethodKind::Card.refundable_for(), days(180));
    assert_eq!(domain::kernel::MethodKind::Boleto.refundable_for(), None);
}

#[tokio::test]
async fn only_what_is_credited_is_given_back() {
    let (world, tenant, _) = paid().await;
    let key = &tenant.program.api_key;
    let mut number = 0;
    let mut refused = async |charge: &str, state: &str| {
        number += 1;
        let response = world.refund(key, charge, &number.to_string(), &of(1)).await;
        let problem = response.problem(409, "charge_state");
        assert!(problem["detail"].as_str().expect("text").contains(state), "{problem}");
    };
    let pending = world.charge(key, "pending").await.created();
    let pending = pending["id"].as_str().expect("an id").to_owned();
    refused(&pending, "is pending").await;
    world.post(&format!("/v1/charges/{pending}/cancel")).key(key).send().await.ok();
    refused(&pending, "is cancelled").await;
    refused(&world.paid_charge(key, 1_001).await, "is paid").await;
    refused(&world.paid_charge(key, 1_002).await, "is in_review").await;
    let mut rejected = new_charge();
    rejected["payer"]["document"]["number"] = json!("90836247060");
    let ask = world.post("/v1/charges").key(key).idempotency_key("rejected").json(&rejected);
    let rejected = ask.send().await.created()["id"].as_str().expect("an id").to_owned();
    world.pay(key, &rejected).await.ok();
    refused(&rejected, "is rejected").await;
    let expired = world.charge(key, "expired").await.created();
    world.wait(DAY + 1);
    refused(expired["id"].as_str().expect("an id"), "is expired").await;
}

/// Many that failed make room; fifty that did not are all there is.
#[tokio::test]
async fn a_charge_has_fifty_refunds_that_have_not_failed() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    let failed = world.refund(key, &charge, "failed", &of(3_006)).await.created();
    world.deliver().await;
    for number in 0..50 {
        world.refund(key, &charge, &number.to_string(), &of(1)).await.created();
    }
    let response = world.refund(key, &charge, "one more", &of(1)).await;
    response.problem(409, "refund_limit");
    let listed = world.find_charge(key, &charge).await["refunds"].as_array().cloned();
    let listed = listed.expect("a list");
    assert_eq!(listed.len(), 50);
    assert!(listed.iter().all(|refund| refund["id"] != failed["id"]));
    assert_eq!(world.find_refund(key, &failed["id"]).await["status"], "rejected");
    world.deliver().await;
    assert_eq!(world.find_charge(key, &charge).await["refunded_amount_cents"], 50);
    world.ledger(tenant.account_id).await;
}

/// The table that `GET /v1/sandbox/scenarios` shows is what happens.
#[tokio::test]
async fn every_scenario_of_the_sandbox_leads_where_it_says() {
    let (world, tenant, _) = paid().await;
    let key = &tenant.program.api_key;
    let charge = world.paid_charge(key, 100_000).await;
    let table = world.get("/v1/sandbox/scenarios").key(key).send().await.ok();
    let stories = table["refunds"].as_array().expect("a list").clone();
    assert_eq!(stories.len(), 10);
    for story in stories {
        let amount = story["trigger"]["value"].as_u64().unwrap_or(1_111);
        let name = story["name"].as_str().expect("a name");
        let created = world.refund(key, &charge, name, &of(amount)).await.created();
        world.deliver().await;
        let at_once = world.find_refund(key, &created["id"]).await;
        assert_eq!(at_once["unconfirmed_since"].is_null(), story["submission"] == "answered");
        for _ in 0..3 {
            world.wait_and_deliver(61).await;
        }
        let ended = world.find_refund(key, &created["id"]).await;
        let steps = story["steps"].as_array().expect("a list");
        let expected: Vec<_> = steps
            .iter()
            .filter(|step| step["outcome"] != "accepted")
            .map(|step| step["outcome"].as_str().expect("a word"))
            .collect();
        assert_eq!(statuses(&ended)[1..], expected, "{name}");
        let history = ended["status_history"].as_array().expect("a list");
        let reason = &steps.last().expect("a step")["reason"];
        assert_eq!(&history.last().expect("a state")["reason"], reason, "{name}");
        assert_eq!(ended["unconfirmed_since"], Value::Null, "{name}");
    }
    // Every one once, however often the network was spoken to.
    assert_eq!(world.network.refunds().len(), 10);
    world.ledger(tenant.account_id).await;
}

#[tokio::test]
async fn a_trigger_decides_what_becomes_of_a_refund_that_waits_for_it() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    let mut name = 0;
    let mut play = async |outcomes: &[Value]| {
        name += 1;
        let refund = world.refund(key, &charge, &name.to_string(), &of(3_005)).await.created();
        world.deliver().await;
        let path = format!("/v1/sandbox/refunds/{}/outcome", refund["id"].as_str().expect("id"));
        let mut last = Value::Null;
        for outcome in outcomes {
            last = world.post(&path).key(key).json(outcome).send().await.ok();
        }
        last
    };
    let done = json!({ "outcome": "paid" });
    let succeeded = play(&[done.clone(), done]).await;
    assert_eq!(statuses(&succeeded), ["processing", "paid"]);
    let failed = play(&[json!({ "outcome": "rejected", "reason": "already_returned" })]).await;
    assert_eq!(failed["status_history"][1]["reason"], "already_returned");
    let lost = play(&[json!({ "outcome": "timed_out" })]).await;
    assert_eq!(lost["status"], "processing");
    assert_ne!(lost["unconfirmed_since"], Value::Null);
    world.wait_and_tick(61).await;
    assert_eq!(world.find_refund(key, &lost["id"]).await["status"], "paid");
    for (refund, outcome) in
        [(&succeeded, "rejected"), (&failed, "paid"), (&succeeded, "timed_out")]
    {
        let path = format!("/v1/sandbox/refunds/{}/outcome", refund["id"].as_str().expect("id"));
        let ask = world.post(&path).key(key).json(&json!({ "outcome": outcome }));
        ask.send().await.problem(409, "refund_state");
    }
    let after = world.find_charge(key, &charge).await;
    assert_eq!(after["refunded_amount_cents"], 2 * 3_005);
    world.ledger(tenant.account_id).await;
}

#[tokio::test]
async fn a_list_shows_refunds_newest_first_and_finds_them_by_reference() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    let first = json!({ "amount_cents": 100, "reference": "return-1" });
    let first = world.refund(key, &charge, "1", &first).await.created();
    world.wait(1);
    let second = world.refund(key, &charge, "2", &of(200)).await.created();
    let list = |query: &str| {
        let ask = world.get(&format!("/v1/refunds{query}")).key(key);
        async move { ask.send().await.ok() }
    };
    let page = list("").await;
    let ids: Vec<_> =
        page["data"].as_array().expect("a list").iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, [&second["id"], &first["id"]]);
    let only = list("?limit=1").await;
    let cursor = only["next_cursor"].as_str().expect("a cursor");
    assert_eq!(list(&format!("?limit=1&cursor={cursor}")).await["data"][0]["id"], first["id"]);
    for (query, rows) in [
        ("?reference=return-1", 1),
        ("?reference=return-1&status=rejected", 0),
        ("?reference=return-2", 0),
        ("?status=processing", 2),
        ("?status=paid", 0),
        ("?created_from=2026-11-23T12:00:01Z", 1),
        ("?created_until=2026-11-23T12:00:01Z", 1),
    ] {
        assert_eq!(list(query).await["data"].as_array().expect("a list").len(), rows, "{query}");
    }
    let taken = json!({ "amount_cents": 300, "reference": "return-1" });
    let response = world.refund(key, &charge, "3", &taken).await.problem(409, "reference_taken");
    assert!(response["detail"].as_str().expect("text").contains(first["id"].as_str().expect("id")));
    // Of refunds a reference is unique; a charge may have the same.
    let mut other = new_charge();
    other["reference"] = json!("return-1");
    let ask = world.post("/v1/charges").key(key).idempotency_key("4").json(&other);
    ask.send().await.created();
}

#[tokio::test]
async fn another_accounts_charge_is_not_there_to_be_given_back() {
    let (world, _, charge) = paid().await;
    let other = world.tenant("outra").await;
    let key = &other.program.api_key;
    world.pay_in(key, 10_000).await;
    world.refund(key, &charge, "1", &of(1)).await.problem(404, "not_found");
}

#[tokio::test]
async fn without_a_network_no_refund_is_taken() {
    let (world, tenant, charge) = paid().await;
    let paid = world.stored_charge(tenant.account_id, &charge).await;
    let live = World::on(Stage::Live).await;
    let tenant = live.tenant("loja").await;
    let charge_row = domain::charge::Charge { account_id: tenant.account_id, version: 0, ..paid };
    let moment = live.bundle.app().moment();
    let writes = store::Writes::default().create(&charge_row);
    live.bundle.app().store.commit(writes, &moment).await.expect("written");
    let response = live.refund(&tenant.program.api_key, &charge, "1", &of(1)).await;
    response.problem(422, "rail_missing");
}
