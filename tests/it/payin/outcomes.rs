//! How charges and refunds end: reasons, times, and what they bring.

use serde_json::{Value, json};
use tests::{ReceiverBehavior, World, new_charge, text};

const HOOK: &str = "https://hooks.example.com/";

#[tokio::test]
async fn the_times_of_a_charge_are_at_the_top() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    // The network credits the charge a minute after the payment, and announces it.
    let id = world.paid_charge(key, 1_001).await;
    let paid = world.find_charge(key, &id).await;
    let (now, later) = (json!("2026-11-23T12:00:00.000Z"), json!("2026-11-23T12:01:00.000Z"));
    assert_eq!((&paid["paid_at"], &paid["available_at"]), (&now, &later));
    assert_eq!((&paid["credited_at"], &paid["net_amount_cents"]), (&Value::Null, &Value::Null));
    world.wait_and_tick(60).await;
    let credited = world.find_charge(key, &id).await;
    assert_eq!((&credited["credited_at"], &credited["available_at"]), (&later, &later));
    // 99 basis points of 1,001 cents.
    assert_eq!((&credited["fees_cents"], &credited["net_amount_cents"]), (&json!(10), &json!(991)));
    let list = world.get("/v1/charges").key(key).send().await.ok();
    assert_eq!(list["data"][0]["credited_at"], later);
    let path = format!("/v1/transactions/{id}");
    let transaction = world.get(&path).key(key).send().await.ok();
    assert_eq!((&transaction["paid_at"], &transaction["credited_at"]), (&now, &later));
    assert_eq!(transaction["net_amount_cents"], 991);

    let open = world.charge(key, "open").await.created();
    for name in ["paid_at", "credited_at", "available_at", "cancelled_at", "rejected_at", "failure"]
    {
        assert_eq!(open[name], Value::Null, "{name}");
    }
    let path = format!("/v1/charges/{}/cancel", text(&open["id"]));
    let cancelled = world.post(&path).key(key).send().await.ok();
    assert_eq!(cancelled["cancelled_at"], later);
}

#[tokio::test]
async fn a_rejected_charge_says_why_with_the_code_of_the_network() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    world.endpoint(key, HOOK, &["charge.rejected"]).await;
    world.receivers.always(HOOK, ReceiverBehavior::Answers(204));
    let mut charge = new_charge();
    charge["payer"]["document"]["number"] = json!("90836247060");
    let ask = world.post("/v1/charges").key(key).idempotency_key("1").json(&charge);
    let charge = ask.send().await.created();
    let rejected = world.pay(key, &text(&charge["id"])).await.ok();
    world.deliver().await;
    let failure = json!({
        "code": "unauthorized_institution",
        "network_code": "DS27",
        "message": "The institution is not registered with the network, or has not started there.",
        "retriable": false,
        "caused_by": "payer_bank",
    });
    let now = json!("2026-11-23T12:00:00.000Z");
    let list = world.get("/v1/charges").key(key).send().await.ok();
    let event = world.receivers.at(HOOK)[0].json();
    for shown in [&rejected, &list["data"][0], &event["data"]["object"]] {
        assert_eq!((&shown["status"], &shown["failure"]), (&json!("rejected"), &failure));
        assert_eq!((&shown["rejected_at"], &shown["paid_at"]), (&now, &now));
        assert_eq!((&shown["credited_at"], &shown["available_at"]), (&Value::Null, &Value::Null));
    }
    // A review that ends in a return, five minutes after the payment.
    let reviewed = world.paid_charge(key, 1_003).await;
    world.wait_and_tick(300).await;
    let failure = &world.find_charge(key, &reviewed).await["failure"];
    assert_eq!(
        (&failure["code"], &failure["network_code"]),
        (&json!("suspected_fraud"), &json!("FR01"))
    );
}

#[tokio::test]
async fn a_refund_names_its_recipient_and_why_it_did_not_go() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    world.endpoint(key, HOOK, &["refund.paid", "refund.rejected"]).await;
    world.receivers.always(HOOK, ReceiverBehavior::Answers(204));
    let charge = world.paid_charge(key, 10_000).await;
    let send = async |amount_cents: u64| {
        let wish = json!({ "amount_cents": amount_cents });
        let made = world.refund(key, &charge, &amount_cents.to_string(), &wish).await.created();
        world.deliver().await;
        world.find_refund(key, &made["id"]).await
    };
    let recipient = json!({
        "name": "Maria Silva",
        "document_masked": "***.982.247-**",
        "ispb": "99999999", "bank_name": "Sandbox", "account_type": null, "checked_at": null,
    });
    let paid = send(400).await;
    let now = json!("2026-11-23T12:00:00.000Z");
    assert_eq!((&paid["recipient"], &paid["paid_at"]), (&recipient, &now));
    assert_eq!((&paid["available_at"], &paid["net_amount_cents"]), (&now, &json!(400)));
    let closed = send(3_006).await;
    // The money goes back to the payer, so the payer's institution refused it.
    let failure = json!({
        "code": "account_closed",
        "network_code": "AC07",
        "message": "The receiving account is closed.",
        "retriable": false,
        "caused_by": "payer_bank",
    });
    assert_eq!((&closed["failure"], &closed["rejected_at"]), (&failure, &now));
    assert_eq!((&closed["recipient"], &closed["net_amount_cents"]), (&recipient, &json!(0)));
    let list = world.get("/v1/refunds").key(key).send().await.ok();
    let mut listed = list["data"].as_array().expect("a list").iter();
    let listed = listed.find(|refund| refund["id"] == closed["id"]).expect("the refund");
    assert_eq!((&listed["failure"], &listed["recipient"]), (&failure, &recipient));
    let events: Vec<_> = world.receivers.at(HOOK).iter().map(|arrived| arrived.json()).collect();
    assert_eq!(events[0]["data"]["object"]["recipient"], recipient);
    assert_eq!(events[1]["data"]["object"]["failure"], failure);
    for (amount_cents, code, network_code) in
        [(3_008, "already_returned", json!("AM09")), (3_009, "unspecified", Value::Null)]
    {
        let failure = &send(amount_cents).await["failure"];
        assert_eq!((&failure["code"], &failure["network_code"]), (&json!(code), &network_code));
    }
    let announced = send(3_001).await;
    assert_eq!(
        (&announced["paid_at"], &announced["available_at"]),
        (&Value::Null, &json!("2026-11-23T12:01:00.000Z"))
    );
}
