//! Why a payout did not go or came back, and when everything happened.

use brazil::EndToEndId;
use domain::kernel::{Failure, Id, PayoutId};
use domain::payout::{Payout, PayoutUpdate};
use serde_json::{Value, json};
use store::{Key, Writes};
use tests::{ReceiverBehavior, Tenant, World, new_payout, text};

const HOOK: &str = "https://hooks.example.com/";

/// Makes a world with an account that has money.
async fn funded() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 100_000).await;
    (world, tenant)
}

fn of(amount_cents: u64) -> Value {
    let mut payout = new_payout();
    payout["amount_cents"] = json!(amount_cents);
    payout
}

/// Sends a payout under this name and returns its first result.
async fn send(world: &World, tenant: &Tenant, name: &str, payout: &Value) -> Value {
    let key = &tenant.program.api_key;
    let made = world.payout(key, name, payout).await.created();
    world.deliver().await;
    world.find_payout(key, &made["id"]).await
}

#[tokio::test]
async fn a_rejection_has_the_code_of_the_network_in_every_place() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, HOOK, &["payout.rejected"]).await;
    world.receivers.always(HOOK, ReceiverBehavior::Answers(204));
    let rejected = send(&world, &tenant, "1", &of(2_007)).await;
    world.deliver().await;
    let failure = json!({
        "code": "account_not_found",
        "network_code": "AC03",
        "message": "The receiving branch or account number does not exist.",
        "retriable": false,
        "caused_by": "caller",
    });
    assert_eq!((&rejected["status"], &rejected["failure"]), (&json!("rejected"), &failure));
    let list = world.get("/v1/payouts").key(key).send().await.ok();
    let path = format!("/v1/transactions/{}", text(&rejected["id"]));
    let transaction = world.get(&path).key(key).send().await.ok();
    let event = world.receivers.at(HOOK)[0].json();
    for shown in [&list["data"][0], &transaction, &event["data"]["object"]] {
        assert_eq!(shown["failure"], failure, "{shown}");
        assert_eq!(shown["rejected_at"], "2026-11-23T12:00:00.000Z");
        assert_eq!(shown["net_amount_cents"], 0);
    }
}

#[tokio::test]
async fn a_failure_says_who_caused_it_and_whether_a_repetition_can_help() {
    let (world, tenant) = funded().await;
    for (amount_cents, code, network_code, retriable, caused_by) in [
        (2_008, "beneficiary_mismatch", "BE01", false, "caller"),
        (2_009, "rejected_by_institution", "DS04", false, "payee_bank"),
        (2_010, "unspecified", "ZZ99", false, "network"),
    ] {
        let failure = &send(&world, &tenant, code, &of(amount_cents)).await["failure"];
        assert_eq!(
            (&failure["code"], &failure["network_code"]),
            (&json!(code), &json!(network_code))
        );
        assert_eq!(failure["retriable"], retriable, "{code}");
        assert_eq!(failure["caused_by"], caused_by, "{code}");
    }
    let late = send(&world, &tenant, "late", &of(2_002)).await;
    assert_eq!(late["failure"], Value::Null);
    world.wait_and_tick(61).await;
    let late = world.find_payout(&tenant.program.api_key, &late["id"]).await;
    let failure = &late["failure"];
    assert_eq!((&failure["network_code"], &failure["retriable"]), (&json!("AB03"), &json!(true)));
    assert_eq!(failure["caused_by"], "network");
    assert_eq!(late["rejected_at"], "2026-11-23T12:01:01.000Z");
    // A decision of ours names no code of the network.
    let mut unknown = of(1_000);
    unknown["to"]["pix_key"]["key"] = json!("nobody@sandbox.example");
    let unknown = send(&world, &tenant, "unknown", &unknown).await;
    let failure = json!({
        "code": "pix_key_not_found",
        "network_code": null,
        "message": "The directory does not have the Pix key.",
        "retriable": false,
        "caused_by": "caller",
    });
    assert_eq!(unknown["failure"], failure);
}

#[tokio::test]
async fn a_caller_of_the_sandbox_names_the_code_of_the_network() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let play = async |name: &str, outcome: Value| {
        let payout = send(&world, &tenant, name, &of(2_006)).await;
        let path = format!("/v1/sandbox/payouts/{}/outcome", text(&payout["id"]));
        world.post(&path).key(key).json(&outcome).send().await
    };
    for (network_code, code) in [("AC06", "account_blocked"), ("XX00", "unspecified")] {
        let named = json!({ "outcome": "rejected", "network_code": network_code });
        let failure = &play(code, named).await.ok()["failure"];
        assert_eq!(
            (&failure["code"], &failure["network_code"]),
            (&json!(code), &json!(network_code))
        );
    }
    let own = json!({ "outcome": "rejected", "reason": "account_closed", "network_code": "P-17" });
    let failure = &play("own", own).await.ok()["failure"];
    assert_eq!(
        (&failure["code"], &failure["network_code"]),
        (&json!("account_closed"), &json!("P-17"))
    );
    let long = json!({ "outcome": "rejected", "network_code": "x".repeat(36) });
    play("long", long).await.violation("network_code", "wrong_length");
}

#[tokio::test]
async fn a_return_has_its_reason_its_times_and_its_net_amount() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let paid = send(&world, &tenant, "1", &of(2_005)).await;
    let now = json!("2026-11-23T12:00:00.000Z");
    assert_eq!((&paid["paid_at"], &paid["available_at"]), (&now, &now));
    assert_eq!((&paid["net_amount_cents"], &paid["failure"]), (&json!(2_055), &Value::Null));
    for _ in 0..5 {
        world.wait_and_tick(61).await;
    }
    let returned = world.find_payout(key, &paid["id"]).await;
    assert_eq!(returned["status"], "returned");
    let failure = json!({
        "code": "beneficiary_request",
        "network_code": "MD06",
        "message": "The receiver returned the payment.",
        "retriable": false,
        "caused_by": "payee_bank",
    });
    assert_eq!(returned["failure"], failure);
    let part = &returned["returns"][0];
    assert_eq!(
        (&part["reason"], &part["network_code"]),
        (&json!("beneficiary_request"), &json!("MD06"))
    );
    assert_eq!((&returned["returned_at"], &returned["paid_at"]), (&part["at"], &now));
    assert_eq!(returned["net_amount_cents"], 0);
    let statement = world.get("/v1/statement?from=2026-11-23").key(key).send().await.ok();
    let lines = statement["data"].as_array().expect("a list");
    for kind in ["payout_returned", "payout_fee_reversed"] {
        let line = lines.iter().find(|line| line["kind"] == kind).expect(kind);
        assert_eq!(
            (&line["failure"], &line["return_id"]),
            (&failure, &part["return_id"]),
            "{kind}"
        );
    }
    let sent = lines.iter().find(|line| line["kind"] == "payout_paid").expect("a line");
    assert_eq!((&sent["failure"], &sent["return_id"]), (&Value::Null, &Value::Null));
}

/// Applies an update of the network to a payout.
async fn report(world: &World, tenant: &Tenant, payout: &Value, update: &PayoutUpdate) {
    let (store, moment) = (&world.bundle.app().store, world.bundle.app().moment());
    let id = PayoutId::parse(&text(&payout["id"])).expect("an id");
    let row = store.find::<Payout>(&Key::Payout(tenant.account_id, id)).await;
    let mut row = row.expect("readable").expect("there");
    let mut funds = store.read_funds(&row).await.expect("readable");
    let effects = row.apply_update(update, &mut funds, &moment).expect("it is applied");
    let writes = Writes::default().change_payout(&row, &funds, &effects);
    store.commit(writes, &moment).await.expect("written");
}

#[tokio::test]
async fn a_part_that_came_back_has_its_reason_and_the_payout_stays_paid() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let paid = send(&world, &tenant, "1", &of(2_500)).await;
    let return_id = "D9999999920261123120001234567890";
    let back = PayoutUpdate::Returned {
        return_id: EndToEndId::parse(return_id).expect("an id of a return"),
        amount_cents: 1_000,
        failure: Failure::of_network("BE08"),
    };
    // The network reports it twice.
    for _ in 0..2 {
        report(&world, &tenant, &paid, &back).await;
    }
    let shown = world.find_payout(key, &paid["id"]).await;
    assert_eq!((&shown["status"], &shown["failure"]), (&json!("paid"), &Value::Null));
    assert_eq!((&shown["returned_at"], &shown["net_amount_cents"]), (&Value::Null, &json!(1_550)));
    let part = json!({
        "return_id": return_id,
        "amount_cents": 1_000,
        "reason": "operational_error",
        "network_code": "BE08",
        "at": "2026-11-23T12:00:00.000Z",
    });
    assert_eq!(shown["returns"], json!([part]));
    let statement = world.get("/v1/statement?from=2026-11-23").key(key).send().await.ok();
    let lines = statement["data"].as_array().expect("a list");
    let line = lines.last().expect("a line");
    assert_eq!((&line["kind"], &line["amount_cents"]), (&json!("payout_returned"), &json!(1_000)));
    assert_eq!(
        (&line["return_id"], &line["failure"]["network_code"]),
        (&json!(return_id), &json!("BE08"))
    );
    assert_eq!(line["failure"]["retriable"], true);
}

#[tokio::test]
async fn the_times_of_a_payout_are_at_the_top() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    // The network accepts the payout and announces the payment for a minute later.
    let announced = send(&world, &tenant, "1", &of(2_001)).await;
    assert_eq!((&announced["status"], &announced["paid_at"]), (&json!("processing"), &Value::Null));
    assert_eq!(announced["available_at"], "2026-11-23T12:01:00.000Z");
    let mut later = of(1_000);
    later["scheduled_for"] = json!("2026-11-24T12:00:00Z");
    let later = world.payout(key, "later", &later).await.created();
    assert_eq!((&later["available_at"], &later["net_amount_cents"]), (&Value::Null, &json!(1_050)));
    world.wait(5);
    let path = format!("/v1/payouts/{}/cancel", text(&later["id"]));
    let cancelled = world.post(&path).key(key).send().await.ok();
    assert_eq!(cancelled["cancelled_at"], "2026-11-23T12:00:05.000Z");
    assert_eq!(cancelled["net_amount_cents"], 0);
    for name in ["paid_at", "rejected_at", "returned_at", "failure"] {
        assert_eq!(cancelled[name], Value::Null, "{name}");
    }
}
