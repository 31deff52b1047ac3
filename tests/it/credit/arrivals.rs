//! Where the money of a payment goes: to the charge that it matches, or to a credit.

use domain::ledger::EntryKind;
use serde_json::{Value, json};
use tests::{Tenant, World, new_charge, text};

/// An account with a charge of an amount; most scenarios of the sandbox hang on the amount.
async fn charge_of(amount_cents: u64) -> (World, Tenant, Value) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut body = new_charge();
    body["amount_cents"] = json!(amount_cents);
    let ask = world.post("/v1/charges").key(&tenant.program.api_key).idempotency_key("order-1");
    let charge = ask.json(&body).send().await.created();
    (world, tenant, charge)
}

/// Checks that the only credit has this reason and amount, and that its money waits.
async fn check_credit(world: &World, tenant: &Tenant, reason: &str, amount_cents: u64) -> Value {
    let key = &tenant.program.api_key;
    let credits = world.credits(key).await;
    assert_eq!(credits.len(), 1, "{credits:?}");
    let credit = world.find_credit(key, &credits[0]["id"]).await;
    assert_eq!((&credit["reason"], &credit["status"]), (&json!(reason), &json!("unmatched")));
    assert_eq!(credit["amount_cents"], amount_cents);
    let (books, entries) = world.ledger(tenant.account_id).await;
    assert_eq!(books.balances.unmatched_cents, amount_cents);
    let unmatched = entries.iter().filter(|entry| entry.kind == EntryKind::PaymentUnmatched);
    assert_eq!(unmatched.map(|entry| entry.amount_cents).collect::<Vec<_>>(), [amount_cents]);
    let balance = world.get("/v1/balance").key(key).send().await.ok();
    assert_eq!(balance["unmatched_cents"], amount_cents);
    credit
}

/// Fault row 121.
#[tokio::test]
async fn a_payment_that_pays_no_charge_is_a_credit_with_the_reason() {
    for (charge_cents, paid_cents, reason, named) in [
        (1_012, 912, "amount_mismatch", true),
        (1_013, 1_113, "amount_mismatch", true),
        (1_014, 1_014, "no_charge", false),
        (1_015, 1_015, "no_charge", false),
    ] {
        let (world, tenant, charge) = charge_of(charge_cents).await;
        let key = &tenant.program.api_key;
        let after = world.pay(key, &text(&charge["id"])).await.ok();
        assert_eq!((&after["status"], &after["payment"]), (&json!("pending"), &Value::Null));
        let credit = check_credit(&world, &tenant, reason, paid_cents).await;
        let expected = if named { charge["id"].clone() } else { Value::Null };
        assert_eq!(credit["named_charge_id"], expected, "{reason}");
        assert_eq!(credit["payer"]["document"]["number"], "52998224725");
        // The charge still waits for its payer.
        let stored = world.stored_charge(tenant.account_id, &text(&charge["id"])).await;
        assert_eq!(stored.due.map(|due| due.at), Some(stored.expires_at));
    }
}

/// Fault row 121. The charge is cancelled or expired, and the network reports its payment.
#[tokio::test]
async fn a_payment_after_the_end_of_a_charge_is_a_credit() {
    let (world, tenant, charge) = charge_of(1_000).await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    world.post(&format!("/v1/charges/{id}/cancel")).key(key).send().await.ok();
    assert_eq!(world.pay(key, &id).await.ok()["status"], "cancelled");
    check_credit(&world, &tenant, "paid_after_cancellation", 1_000).await;

    for written in [false, true] {
        let (world, tenant, charge) = charge_of(1_000).await;
        let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
        world.wait(24 * 3_600);
        if written {
            world.wait_and_tick(0).await;
        }
        assert_eq!(world.pay(key, &id).await.ok()["status"], "expired");
        check_credit(&world, &tenant, "paid_after_expiry", 1_000).await;
        // The expiry is still recorded, if the schedule had not done it before.
        world.wait_and_tick(60).await;
        let shown = world.find_charge(key, &id).await;
        assert_eq!(shown["status"], "expired");
        assert_eq!(world.events(tenant.account_id, &id).await.len(), 2);
    }
}

/// Fault row 121. The second payment is announced, and the schedule applies it a minute later.
#[tokio::test]
async fn a_second_payment_is_a_credit_also_if_the_network_announced_it() {
    let (world, tenant, charge) = charge_of(1_011).await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    assert_eq!(world.pay(key, &id).await.ok()["status"], "credited");
    assert!(world.credits(key).await.is_empty());
    assert_eq!(world.wait_and_tick(60).await, 1);
    check_credit(&world, &tenant, "duplicate", 1_011).await;
    let stored = world.stored_charge(tenant.account_id, &id).await;
    assert_eq!((stored.status.as_str(), stored.due), ("credited", None));
    assert_eq!(world.wait_and_tick(60).await, 0);
    assert_eq!(world.events(tenant.account_id, &id).await.len(), 3);
}

#[tokio::test]
async fn a_charge_shows_who_really_paid_it() {
    let (world, tenant, charge) = charge_of(1_016).await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    let paid = world.pay(key, &id).await.ok();
    let payment = &paid["payment"];
    assert_eq!(payment["amount_cents"], 1_016);
    assert_eq!(payment["payer"]["name"], "Comercio Exemplo Ltda");
    assert_eq!(payment["payer"]["document"]["number"], "11222333000181");
    assert_eq!(paid["payer"]["name"], "Maria Silva");
    let path = format!("/v1/payments/{}", text(&payment["id"]));
    let found = world.get(&path).key(key).send().await.ok();
    assert_eq!(found["charge_id"], charge["id"]);
    assert_eq!(
        (&found["end_to_end_id"], &found["txid"]),
        (&paid["pix"]["end_to_end_id"], &paid["pix"]["txid"])
    );
    // Lists and events mask the CPF of a payer.
    let (world, tenant, charge) = charge_of(1_000).await;
    let key = &tenant.program.api_key;
    world.pay(key, &text(&charge["id"])).await.ok();
    for list in ["charges", "events"] {
        let page = world.get(&format!("/v1/{list}")).key(key).send().await.ok();
        let first = page["data"][0].clone();
        let object = if list == "events" { first["data"]["object"].clone() } else { first };
        assert_eq!(object["payment"]["payer"]["document"]["number"], "***.982.247-**", "{list}");
    }
    let page = world.get("/v1/payments").key(key).send().await.ok();
    assert_eq!(page["data"][0]["payer"]["document"]["number"], "***.982.247-**");
}

/// Fault row 120. However often and whenever the network reports a payment, it is posted once.
#[tokio::test]
async fn a_payment_that_is_reported_again_changes_nothing() {
    let (world, tenant, charge) = charge_of(1_000).await;
    let key = &tenant.program.api_key;
    let id = "E9999999920261123120001234567890";
    let payment =
        |txid: &Value| json!({ "amount_cents": 1_000, "txid": txid, "end_to_end_id": id });
    let paid = payment(&charge["pix"]["txid"]);
    let first = world.arrive(key, &paid).await.created();
    assert_eq!(first["charge_id"], charge["id"]);
    let after = world.ledger(tenant.account_id).await;
    assert_eq!((after.0.balances.available_cents, after.1.len()), (990, 3));
    assert_eq!(world.arrive(key, &paid).await.created(), first);
    // Even a report with another txid and amount is the payment that is there.
    let other = json!({ "amount_cents": 5, "end_to_end_id": id });
    assert_eq!(world.arrive(key, &other).await.created(), first);
    assert_eq!(world.ledger(tenant.account_id).await, after);

    // A payment that became a credit stays that credit, also after the decision about it.
    let late = json!({
        "amount_cents": 700, "end_to_end_id": "E9999999920261123120009999999999",
    });
    let first = world.arrive(key, &late).await.created();
    let credit = world.find_credit(key, &first["credit_id"]).await;
    assert_eq!(world.arrive(key, &late).await.created(), first);
    world.decide(key, &credit, "keep", &json!({})).await.ok();
    let after = world.ledger(tenant.account_id).await;
    assert_eq!(world.arrive(key, &late).await.created(), first);
    assert_eq!(world.ledger(tenant.account_id).await, after);
    assert_eq!(world.credits(key).await.len(), 1);
    let page = world.get("/v1/payments").key(key).send().await.ok();
    assert_eq!(page["data"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn payments_are_found_by_their_end_to_end_id_and_by_their_time() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let ids = ["E9999999920261121120001234567890", "E9999999920261122120001234567890"];
    for id in ids {
        let body = json!({ "amount_cents": 700, "end_to_end_id": id });
        world.arrive(key, &body).await.created();
    }
    let found = async |query: &str| {
        let page = world.get(&format!("/v1/payments?{query}")).key(key).send().await.ok();
        let rows = page["data"].as_array().cloned().expect("a list");
        rows.iter().map(|row| text(&row["end_to_end_id"])).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, [ids[1], ids[0]]);
    assert_eq!(found(&format!("end_to_end_id={}", ids[0])).await, [ids[0]]);
    assert_eq!(found("paid_from=2026-11-22").await, [ids[1]]);
    assert_eq!(found("paid_until=2026-11-21").await, [ids[0]]);
    assert!(found(&format!("end_to_end_id={}&paid_from=2026-11-22", ids[0])).await.is_empty());
    assert!(found("end_to_end_id=unknown").await.is_empty());
    let other = world.tenant("feira").await;
    let ask = world.get(&format!("/v1/payments?end_to_end_id={}", ids[0]));
    let page = ask.key(&other.program.api_key).send().await.ok();
    assert_eq!(page["data"], json!([]));
}

#[tokio::test]
async fn a_wrong_payment_of_the_sandbox_is_refused_by_field() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    for (field, value, code) in [
        ("amount_cents", json!(0), "out_of_range"),
        ("txid", json!("x".repeat(36)), "wrong_length"),
        ("end_to_end_id", json!("x".repeat(32)), "invalid_format"),
        ("paid_at", json!("2036-01-01T00:00:00Z"), "out_of_range"),
    ] {
        let mut body = json!({ "amount_cents": 700 });
        body[field] = value;
        world.arrive(key, &body).await.violation(field, code);
    }
    let body = json!({ "amount_cents": 700, "payer": { "ispb": "x" } });
    world.arrive(key, &body).await.violation("payer.ispb", "invalid_format");
    assert_eq!(world.ledger(tenant.account_id).await.0.sequence, 0);
}

/// Fault row 120. The function dies at any point, and the network reports the payment again.
#[tokio::test]
async fn a_payment_is_posted_once_wherever_the_function_dies() {
    let mut died = 0;
    for polls in 0.. {
        let world = World::new().await;
        let tenant = world.tenant("loja").await;
        let key = &tenant.program.api_key;
        let body = json!({
            "amount_cents": 700, "end_to_end_id": "E9999999920261123120009999999999",
        });
        let work = Box::pin(world.arrive(key, &body));
        let is_done = tests::killed_after(polls, work).await.is_some();
        world.arrive(key, &body).await.created();
        check_credit(&world, &tenant, "no_charge", 700).await;
        if is_done {
            break;
        }
        died += 1;
    }
    assert!(died >= 2, "{died} await points");
}

/// An integer may have a fraction of zero, also where the body names what is read with the credential.
#[tokio::test]
async fn a_repeated_payment_changes_nothing_however_its_amount_is_written() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let id = "E9999999920261123120001234567890";
    let first = json!({ "amount_cents": 184, "end_to_end_id": id });
    let first = world.arrive(key, &first).await.created();
    let again = json!({ "amount_cents": 184.0, "end_to_end_id": id });
    assert_eq!(world.arrive(key, &again).await.created(), first);
    assert_eq!(world.credits(key).await.len(), 1);
}
