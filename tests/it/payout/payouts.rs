//! Payouts as a caller sees them: from the request to the beneficiary, and every other end.

use domain::account::Stage;
use domain::ledger::EntryKind;
use serde_json::{Value, json};
use tests::{ReceiverBehavior, Tenant, World, new_payout};

const FEE: u64 = 50;

/// Makes a world whose account has 9,900 cents.
async fn funded() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 10_000).await;
    let (books, _) = world.ledger(tenant.account_id).await;
    assert_eq!(books.balances.available_cents, 9_901);
    (world, tenant)
}

fn of(amount_cents: u64) -> Value {
    let mut payout = new_payout();
    payout["amount_cents"] = json!(amount_cents);
    payout
}

/// Returns a payout to an account at a bank of the list that takes no Pix: BNDES.
fn ted(amount_cents: u64) -> Value {
    let mut payout = of(amount_cents);
    payout["to"] = json!({ "bank_account": {
        "bank_code": "007", "branch": "1", "number": "12345-6", "type": "checking",
    } });
    payout
}

async fn balances(world: &World, tenant: &Tenant) -> (u64, u64) {
    let (books, _) = world.ledger(tenant.account_id).await;
    (books.balances.available_cents, books.balances.held_cents)
}

fn statuses(payout: &Value) -> Vec<&str> {
    let history = payout["status_history"].as_array().expect("a list");
    history.iter().map(|step| step["status"].as_str().expect("a word")).collect()
}

#[tokio::test]
async fn a_payout_holds_its_money_at_once_and_is_paid_when_the_network_says_so() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let hook = "https://hooks.example.com/";
    world.endpoint(key, hook, &["payout.created", "payout.paid"]).await;
    world.receivers.always(hook, ReceiverBehavior::Answers(204));
    let created = world.payout(key, "1", &of(2_500)).await.created();
    assert_eq!(created["status"], "processing");
    assert_eq!((&created["method"], &created["fees_cents"]), (&json!("pix"), &json!(FEE)));
    let id = created["end_to_end_id"].as_str().expect("an end-to-end id");
    assert!(brazil::EndToEndId::parse(id).is_ok() && id.starts_with("E99999999"), "{id}");
    assert_eq!(balances(&world, &tenant).await, (9_901 - 2_550, 2_550));
    assert_eq!(
        world.network.payout_submissions(),
        0,
        "the network is not spoken to in the request"
    );

    world.deliver().await;
    let paid = world.find_payout(key, &created["id"]).await;
    assert_eq!(statuses(&paid), ["processing", "paid"]);
    assert_eq!(paid["end_to_end_id"], created["end_to_end_id"]);
    assert_eq!(balances(&world, &tenant).await, (9_901 - 2_550, 0));
    let (books, entries) = world.ledger(tenant.account_id).await;
    let kinds: Vec<_> = entries.iter().skip(3).map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::Held, EntryKind::PayoutPaid, EntryKind::PayoutFee]);
    assert_eq!(books.balances.clearing_cents, 10_000 - 2_500);
    let arrived = world.receivers.at(hook);
    let told: Vec<_> = arrived
        .iter()
        .map(|arrived| arrived.json())
        .map(|event| (event["type"].clone(), event["data"]["object"]["status"].clone()))
        .collect();
    let expected = [("payout.created", "processing"), ("payout.paid", "paid")]
        .map(|(a, b)| (json!(a), json!(b)));
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_payout_beyond_the_balance_is_refused_and_writes_nothing() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let before = world.ledger(tenant.account_id).await;
    // The fee counts.
    let response = world.payout(key, "1", &of(9_901 - FEE + 1)).await;
    let problem = response.problem(422, "insufficient_funds");
    assert!(problem["detail"].as_str().expect("text").contains("9901 are available"), "{problem}");
    assert_eq!(world.ledger(tenant.account_id).await, before);
    let page = world.get("/v1/payouts").key(key).send().await.ok();
    assert_eq!(page["data"], json!([]));
    // The same name is free for another try, and all of the balance can go.
    world.payout(key, "1", &of(9_901 - FEE)).await.created();
    assert_eq!(balances(&world, &tenant).await, (0, 9_901));
}

#[tokio::test]
async fn a_payout_that_may_wait_goes_when_there_is_money_and_ends_after_a_week_without() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let waiting = |amount| {
        let mut payout = of(amount);
        payout["wait_for_funds"] = json!(true);
        payout
    };
    let first = world.payout(key, "1", &waiting(12_000)).await.created();
    let second = world.payout(key, "2", &waiting(99_000_000)).await.created();
    assert_eq!(statuses(&first), ["awaiting_funds"]);
    assert_eq!(balances(&world, &tenant).await, (9_901, 0));
    world.wait_and_tick(61).await;
    assert_eq!(statuses(&world.find_payout(key, &first["id"]).await), ["awaiting_funds"]);
    world.pay_in(key, 10_000).await;
    world.wait_and_tick(61).await;
    world.deliver().await;
    let paid = world.find_payout(key, &first["id"]).await;
    assert_eq!(statuses(&paid), ["awaiting_funds", "processing", "paid"]);
    world.wait_and_tick(7 * 86_400).await;
    let ended = world.find_payout(key, &second["id"]).await;
    assert_eq!(statuses(&ended), ["awaiting_funds", "rejected"]);
    assert_eq!(ended["status_history"][1]["reason"], "insufficient_funds");
    assert_eq!(balances(&world, &tenant).await, (2 * 9_901 - 12_050, 0));
}

#[tokio::test]
async fn a_scheduled_payout_holds_at_once_goes_at_its_time_and_can_be_cancelled_before() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let mut payout = of(1_000);
    payout["scheduled_for"] = json!("2026-11-23T13:00:00.0005Z");
    let goes = world.payout(key, "1", &payout).await.created();
    let stays = world.payout(key, "2", &payout).await.created();
    assert_eq!(goes["scheduled_for"], "2026-11-23T13:00:00.000Z");
    assert_eq!(balances(&world, &tenant).await, (9_901 - 2_100, 2_100));
    let cancel = format!("/v1/payouts/{}/cancel", stays["id"].as_str().expect("an id"));
    let cancelled = world.post(&cancel).key(key).json(&json!({})).send().await.ok();
    assert_eq!(statuses(&cancelled), ["scheduled", "cancelled"]);
    assert_eq!(balances(&world, &tenant).await, (9_901 - 1_050, 1_050));
    world.post(&cancel).key(key).send().await.problem(409, "payout_state");
    world.wait_and_tick(3_599).await;
    world.deliver().await;
    assert_eq!(statuses(&world.find_payout(key, &goes["id"]).await), ["scheduled"]);
    world.wait_and_tick(1).await;
    world.deliver().await;
    let paid = world.find_payout(key, &goes["id"]).await;
    assert_eq!(statuses(&paid), ["scheduled", "processing", "paid"]);
    // The end-to-end id has the minute in which it went.
    let id = paid["end_to_end_id"].as_str().expect("an id");
    assert_eq!(&id[9..21], "202611231300");
    let gone = format!("/v1/payouts/{}/cancel", goes["id"].as_str().expect("an id"));
    world.post(&gone).key(key).send().await.problem(409, "payout_state");
}

/// It is Monday 23 November 2026, 09:00 in São Paulo.
#[tokio::test]
async fn a_payout_to_a_bank_without_pix_is_a_ted_in_the_hours_of_a_business_day() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let mut payout = ted(1_000);
    let now = world.payout(key, "1", &payout).await.created();
    assert_eq!((&now["method"], &now["status"]), (&json!("ted"), &json!("processing")));
    assert_eq!(now["end_to_end_id"], Value::Null);
    let account = &now["to"]["bank_account"];
    assert_eq!((&account["ispb"], &account["branch"]), (&json!("33657248"), &json!("0001")));
    world.deliver().await;
    assert_eq!(world.find_payout(key, &now["id"]).await["status"], "paid");
    world.wait(9 * 3_600);
    let evening = world.payout(key, "2", &payout).await.created();
    assert_eq!(evening["status"], "scheduled");
    assert_eq!(evening["scheduled_for"], "2026-11-24T09:30:00.000Z");
    payout["to"]["bank_account"]["bank_code"] = json!("341");
    payout["to"]["bank_account"]["number"] = json!("02366-1");
    payout["to"]["bank_account"]["branch"] = json!("2545");
    let pix = world.payout(key, "3", &payout).await.created();
    assert_eq!((&pix["method"], &pix["status"]), (&json!("pix"), &json!("processing")));
}

/// The scheduler was down during the hours of the day for which the payout was scheduled.
#[tokio::test]
async fn a_ted_that_misses_its_hours_waits_for_the_next_day_and_says_why() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    world.wait(9 * 3_600);
    let created = world.payout(key, "1", &ted(1_000)).await.created();
    assert_eq!(created["scheduled_for"], "2026-11-24T09:30:00.000Z");
    world.wait_and_tick(24 * 3_600).await;
    world.deliver().await;
    let late = world.find_payout(key, &created["id"]).await;
    assert_eq!(late["scheduled_for"], "2026-11-25T09:30:00.000Z");
    assert_eq!(statuses(&late), ["scheduled", "scheduled"]);
    assert_eq!(late["status_history"][1]["reason"], "ted_closed");
    assert_eq!(balances(&world, &tenant).await, (9_901 - 1_050, 1_050));
    world.wait_and_tick(15 * 3_600 + 1_800).await;
    world.deliver().await;
    let paid = world.find_payout(key, &created["id"]).await;
    assert_eq!(statuses(&paid), ["scheduled", "scheduled", "processing", "paid"]);
}

#[tokio::test]
async fn money_that_comes_back_is_available_again_and_costs_nothing() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let payout = world.payout(key, "1", &of(2_005)).await.created();
    world.deliver().await;
    assert_eq!(world.find_payout(key, &payout["id"]).await["status"], "paid");
    for _ in 0..7 {
        world.wait_and_tick(60).await;
    }
    let returned = world.find_payout(key, &payout["id"]).await;
    assert_eq!(statuses(&returned), ["processing", "paid", "returned"]);
    assert_eq!(returned["returned_amount_cents"], 2_005);
    assert_eq!(returned["returns"][0]["reason"], "beneficiary_request");
    assert_eq!(returned["fees_cents"], 0);
    let (books, entries) = world.ledger(tenant.account_id).await;
    assert_eq!((books.balances.available_cents, books.balances.fees_cents), (9_901, 99));
    let kinds: Vec<_> = entries.iter().rev().take(2).map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::PayoutFeeReversed, EntryKind::PayoutReturned]);
}

/// The table that `GET /v1/sandbox/scenarios` shows is what happens.
#[tokio::test]
async fn every_scenario_of_the_sandbox_leads_where_it_says() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 100_000).await;
    let table = world.get("/v1/sandbox/scenarios").key(key).send().await.ok();
    let stories = table["payouts"].as_array().expect("a list").clone();
    assert_eq!(stories.len(), 19);
    for story in stories {
        let mut payout = of(1_111);
        match story["trigger"]["type"].as_str() {
            Some("pix_key") => payout["to"]["pix_key"]["key"] = story["trigger"]["value"].clone(),
            Some("account_number") => {
                payout["to"] = json!({ "bank_account": {
                    "bank_code": "260", "branch": "1234", "type": "payment",
                    "number": story["trigger"]["value"],
                } });
            }
            Some("amount_cents") => payout["amount_cents"] = story["trigger"]["value"].clone(),
            _ => {}
        }
        let name = story["name"].as_str().expect("a name");
        let created = world.payout(key, name, &payout).await.created();
        world.deliver().await;
        let at_once = world.find_payout(key, &created["id"]).await;
        assert_eq!(at_once["unconfirmed_since"].is_null(), story["submission"] == "answered");
        for _ in 0..7 {
            world.wait_and_tick(61).await;
            world.deliver().await;
        }
        let ended = world.find_payout(key, &created["id"]).await;
        let steps = story["steps"].as_array().expect("a list");
        let expected: Vec<_> = steps
            .iter()
            .filter(|step| step["outcome"] != "accepted")
            .map(|step| step["outcome"].as_str().expect("a word"))
            .collect();
        assert_eq!(statuses(&ended)[1..], expected, "{name}");
        let step = steps.last().expect("a step");
        let reason = step["reason"].clone();
        assert_eq!(ended["failure"]["code"], reason, "{name}");
        assert_eq!(ended["failure"]["network_code"], step["network_code"], "{name}");
        let history = ended["status_history"].as_array().expect("a list");
        assert_eq!(history.last().expect("a state")["reason"], reason, "{name}");
        assert_eq!(ended["unconfirmed_since"], Value::Null, "{name}");
    }
    // Every order once, however often the network was spoken to.
    assert_eq!(world.network.orders().len(), 19);
    world.ledger(tenant.account_id).await;
}

#[tokio::test]
async fn a_trigger_decides_the_outcome_of_a_payout_that_waits_for_it() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let mut name = 0;
    let mut play = async |outcomes: &[Value]| {
        name += 1;
        let payout = world.payout(key, &name.to_string(), &of(2_006)).await.created();
        world.deliver().await;
        let path = format!("/v1/sandbox/payouts/{}/outcome", payout["id"].as_str().expect("id"));
        let mut last = Value::Null;
        for outcome in outcomes {
            last = world.post(&path).key(key).json(outcome).send().await.ok();
        }
        last
    };
    let paid = play(&[json!({ "outcome": "paid" }), json!({ "outcome": "paid" })]).await;
    assert_eq!(statuses(&paid), ["processing", "paid"]);
    let rejected = json!({ "outcome": "rejected", "reason": "account_blocked" });
    let rejected = play(&[rejected]).await;
    assert_eq!(rejected["status_history"][1]["reason"], "account_blocked");
    let returned = play(&[json!({ "outcome": "paid" }), json!({ "outcome": "returned" })]).await;
    assert_eq!(statuses(&returned), ["processing", "paid", "returned"]);
    let lost = play(&[json!({ "outcome": "timed_out" })]).await;
    assert_eq!(lost["status"], "processing");
    assert_ne!(lost["unconfirmed_since"], Value::Null);
    world.wait_and_tick(61).await;
    assert_eq!(world.find_payout(key, &lost["id"]).await["status"], "paid");
    let path = |id: &Value| format!("/v1/sandbox/payouts/{}/outcome", id.as_str().expect("an id"));
    for (payout, outcome) in [(&paid, "rejected"), (&rejected, "paid"), (&returned, "timed_out")] {
        let ask = world.post(&path(&payout["id"])).key(key).json(&json!({ "outcome": outcome }));
        ask.send().await.problem(409, "payout_state");
    }
    let mut later = of(100);
    later["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    let later = world.payout(key, "later", &later).await.created();
    let ask = world.post(&path(&later["id"])).key(key).json(&json!({ "outcome": "paid" }));
    ask.send().await.problem(409, "payout_state");
    world.ledger(tenant.account_id).await;
}

#[tokio::test]
async fn a_list_shows_payouts_newest_first_and_masks_whom_they_are_for() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let mut first = of(100);
    first["reference"] = json!("invoice-1");
    first["to"]["pix_key"] = json!({ "key": "529.982.247-25" });
    let first = world.payout(key, "1", &first).await.created();
    assert_eq!(first["to"]["pix_key"], json!({ "type": "cpf", "key": "52998224725" }));
    world.wait(1);
    let mut second = of(200);
    second["to"] = json!({ "bank_account": {
        "ispb": "60701190", "branch": "2545", "number": "02366-1", "type": "savings",
    } });
    let second = world.payout(key, "2", &second).await.created();
    let list = |query: &str| {
        let ask = world.get(&format!("/v1/payouts{query}")).key(key);
        async move { ask.send().await.ok() }
    };
    let page = list("").await;
    let ids: Vec<_> =
        page["data"].as_array().expect("a list").iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, [&second["id"], &first["id"]]);
    assert_eq!(page["data"][1]["to"]["pix_key"]["key"], "***.982.247-**");
    assert_eq!(page["data"][1]["beneficiary"]["document"]["number"], "***.982.247-**");
    assert_eq!(page["data"][0]["to"]["bank_account"]["number"], "***661");
    let only = list("?limit=1").await;
    let cursor = only["next_cursor"].as_str().expect("a cursor");
    assert_eq!(list(&format!("?limit=1&cursor={cursor}")).await["data"][0]["id"], first["id"]);
    for (query, rows) in [
        ("?reference=invoice-1", 1),
        ("?reference=invoice-1&status=cancelled", 0),
        ("?reference=invoice-2", 0),
        ("?status=processing", 2),
        ("?status=paid", 0),
        ("?created_from=2026-11-23T12:00:01Z", 1),
        ("?created_until=2026-11-23T12:00:01Z", 1),
    ] {
        assert_eq!(list(query).await["data"].as_array().expect("a list").len(), rows, "{query}");
    }
    // Of payouts a reference is unique; a charge may have the same.
    let mut taken = of(300);
    taken["reference"] = json!("invoice-1");
    let response = world.payout(key, "3", &taken).await.problem(409, "reference_taken");
    assert!(response["detail"].as_str().expect("text").contains(first["id"].as_str().expect("id")));
    let mut charge = tests::new_charge();
    charge["reference"] = json!("invoice-1");
    let ask = world.post("/v1/charges").key(key).idempotency_key("4").json(&charge);
    ask.send().await.created();
    // Events in a list are masked too.
    let events = world.get("/v1/events?type=payout.created").key(key).send().await.ok();
    let text = events.to_string();
    assert!(!text.contains("52998224725") && !text.contains("023661"), "{text}");
}

#[tokio::test]
async fn without_a_network_no_payout_is_taken() {
    let world = World::on(Stage::Live).await;
    let tenant = world.tenant("loja").await;
    let response = world.payout(&tenant.program.api_key, "1", &new_payout()).await;
    response.problem(422, "rail_missing");
}
