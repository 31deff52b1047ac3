//! What the functions of payments, credits, balance blocks and batches do, for the rights of their roles.

use domain::access::Permission;
use serde_json::{Value, json};
use tests::{
    NetworkBehavior, Tenant, World, link_path, new_beneficiary, new_boleto, new_charge,
    new_collection, new_payout, text,
};

use crate::cases::open_batch;

/// Lets payments arrive, and searches for them.
pub(super) async fn payments_and_searches(world: &World, key: &str) {
    payments(world, key).await;
    searches(world, key).await;
}

/// Lets payments arrive of every kind, decides about their credits, and returns some of them.
async fn payments(world: &World, key: &str) {
    let charge = async |name: &str, amount_cents: u64| {
        let mut body = new_charge();
        body["amount_cents"] = json!(amount_cents);
        let ask = world.post("/v1/charges").key(key).idempotency_key(name).json(&body);
        ask.send().await.created()
    };
    // A credit of a payment that names a charge, and a payment of a charge by its txid.
    let named = charge("named", 1_012).await;
    world.pay(key, &text(&named["id"])).await.ok();
    let credit = world.credits(key).await.remove(0);
    world.find_credit(key, &credit["id"]).await;
    let other = charge("other", 2_000).await;
    let id = "E9999999920261123120001234567890";
    let body = json!({
        "amount_cents": 2_000, "txid": other["pix"]["txid"], "end_to_end_id": id,
    });
    world.arrive(key, &body).await.created();
    for list in [
        format!("/v1/payments?end_to_end_id={id}"),
        "/v1/credits?status=unmatched".to_owned(),
        "/v1/transactions?type=credit&status=unmatched".to_owned(),
        format!("/v1/transactions/{}", text(&credit["id"])),
    ] {
        world.get(&list).key(key).send().await.ok();
    }
    // A second payment that the schedule applies.
    let twice = charge("twice", 1_011).await;
    world.pay(key, &text(&twice["id"])).await.ok();
    // Later than a fetched pepper is used.
    world.wait_and_tick(301).await;
    returns(world, key).await;
}

/// Boletos, cards and saved beneficiaries.
pub(super) async fn boletos_and_cards(world: &World, key: &str) {
    boletos(world, key).await;
    cards(world, key).await;
    beneficiaries(world, key).await;
    links(world, key).await;
}

/// Cards that are captured, voided, declined, reviewed and authenticated, whose lost order is reversed, and whose
/// instalments and refunds come.
async fn cards(world: &World, key: &str) {
    let create = async |card: &str, fields: Value| {
        let name = format!("card-{}", world.logged().len());
        let charge = world.card(key, &name, card, &fields).await.created();
        world.deliver().await;
        charge
    };
    let act = async |path: &str, body: Value| {
        world.post(path).key(key).json(&body).send().await.ok();
    };
    let later = json!({ "capture": false });
    for (card, action) in [("approved", "capture"), ("approved", "cancel")] {
        let charge = create(card, later.clone()).await;
        act(&format!("/v1/charges/{}/{action}", text(&charge["id"])), json!({})).await;
        world.deliver().await;
    }
    create("order_lost", json!({})).await;
    create("review_approved", json!({})).await;
    create("review_authorized", json!({})).await;
    // Requests that meet at the books take turns.
    for instance in [world, &world.contended_instance()] {
        let asked = create("authentication", json!({})).await;
        let path = format!("/v1/sandbox/charges/{}/authenticate", text(&asked["id"]));
        let passed = json!({ "outcome": "passed" });
        instance.post(&path).key(key).json(&passed).send().await.ok();
    }
    pay_on_page(world, key).await;
    let sale = create("approved", json!({ "installments": 2 })).await;
    let part = json!({ "amount_cents": 400 });
    world.refund(key, &text(&sale["id"]), "card-refund", &part).await.created();
    world.deliver().await;
    // The sandbox rejects the first refund a minute later, and the second one when it is told.
    for (name, amount_cents) in [("card-later", 3_002), ("card-waits", 3_005)] {
        let sale = create("approved", json!({ "installments": 2 })).await;
        let part = json!({ "amount_cents": amount_cents });
        let refund = world.refund(key, &text(&sale["id"]), name, &part).await.created();
        world.deliver().await;
        if name == "card-waits" {
            let path = format!("/v1/sandbox/refunds/{}/outcome", text(&refund["id"]));
            act(&path, json!({ "outcome": "rejected" })).await;
        }
    }
    for card in ["approved", "anticipation_later"] {
        let sale = create(card, json!({ "installments": 2 })).await;
        let path = format!("/v1/charges/{}/anticipation", text(&sale["id"]));
        world.get(&path).key(key).send().await.ok();
        let body = json!({ "max_fee_cents": 1_000 });
        world.post(&path).key(key).json(&body).send().await.expect(202);
        world.deliver().await;
    }
    for path in ["/v1/receivables", "/v1/receivables/file"] {
        assert_eq!(world.get(path).key(key).send().await.status, 200);
    }
    act(&format!("/v1/sandbox/charges/{}/settle", text(&sale["id"])), json!({})).await;
    for _ in 0..3 {
        world.wait_and_deliver(121).await;
        world.wait_and_tick(0).await;
    }
    // The acquirer pays early on the next business day.
    world.wait_and_tick(30 * 3_600).await;
}

/// A payer chooses a card on the payment page, confirms, and proves to the issuer who they are.
async fn pay_on_page(world: &World, key: &str) {
    let charge = world.card_page(key, "card-page", &json!({})).await.created();
    let url = text(&charge["payment_url"]);
    let page = &url[url.find("/pay/").expect("the path of a page")..];
    let token = world.card_token(key, "authentication").await;
    for shown in [format!("{page}/sandbox-card"), format!("{page}/card?card_token={token}")] {
        assert_eq!(world.get(&shown).send().await.status, 200);
    }
    let form = world.post(&format!("{page}/card")).form(&json!({ "card_token": token }));
    assert_eq!(form.send().await.status, 303);
    world.deliver().await;
    assert_eq!(world.get(&format!("{page}/sandbox-issuer")).send().await.status, 200);
    let form = world.post(&format!("{page}/sandbox-issuer")).form(&json!({ "outcome": "passed" }));
    assert_eq!(form.send().await.status, 303);
    assert_eq!(world.find_charge(key, &text(&charge["id"])).await["status"], "paid");
}

/// Boletos that their bank registers now, later and after a lost answer, that are changed, cancelled, paid by
/// either way, and whose notice is withdrawn.
async fn boletos(world: &World, key: &str) {
    let create = async |world: &World, amount_cents: u64| {
        let mut body = new_boleto();
        body["amount_cents"] = json!(amount_cents);
        let ask =
            world.post("/v1/charges").key(key).idempotency_key(&world.logged().len().to_string());
        let boleto = ask.json(&body).send().await.created();
        world.deliver().await;
        boleto
    };
    let act = async |path: &str, body: Value| {
        world.post(path).key(key).json(&body).send().await.ok();
    };
    let pay_by_pix = async |boleto: &Value| {
        let amount_cents = &boleto["amount_cents"];
        let payment = json!({ "amount_cents": amount_cents, "txid": boleto["pix"]["txid"] });
        world.arrive(key, &payment).await.created();
    };
    // Requests that meet at the numbers take turns.
    create(&world.contended_instance(), 6_001).await;
    let cancelled = create(world, 6_002).await;
    act(&format!("/v1/charges/{}/cancel", text(&cancelled["id"])), json!({})).await;
    pay_by_pix(&create(world, 6_003).await).await;
    let matched = create(world, 6_004).await;
    let credit = world.credit(key, 6_004).await;
    world.decide(key, &credit, "match", &json!({ "charge_id": matched["id"] })).await.ok();
    let mut pix = new_charge();
    pix["due_date"] = json!("2026-12-11");
    let ask = world.post("/v1/charges").key(key).idempotency_key("pix").json(&pix);
    let pix = ask.send().await.created();
    act(&format!("/v1/charges/{}/change", text(&pix["id"])), json!({ "due_date": "2026-12-18" }))
        .await;
    // The bank withdraws one notice at once, and the schedule applies the other.
    for settles in [true, false] {
        let withdrawn = create(world, 5_008).await;
        let path = format!("/v1/sandbox/charges/{}", text(&withdrawn["id"]));
        act(&format!("{path}/pay"), json!({})).await;
        if settles {
            act(&format!("{path}/settle"), json!({})).await;
        }
    }
    world.wait_and_tick(60).await;
    let mut twice = new_charge();
    twice["amount_cents"] = json!(1_011);
    let ask = world.post("/v1/charges").key(key).idempotency_key("twice").json(&twice);
    let path = format!("/v1/sandbox/charges/{}", text(&ask.send().await.created()["id"]));
    act(&format!("{path}/pay"), json!({})).await;
    act(&format!("{path}/settle"), json!({})).await;
    pay_by_pix(&create(world, 5_001).await).await;
    create(world, 5_001).await;
    world.network.script([NetworkBehavior::ResponseLost]);
    create(world, 6_005).await;
    world.wait_and_deliver(61).await;
}

/// Returns that the network settles at once and later, and one that the stream missed.
async fn returns(world: &World, key: &str) {
    for amount_cents in [700, 3_001] {
        let credit = world.credit(key, amount_cents).await;
        world.decide(key, &credit, "return", &json!({})).await.ok();
        world.deliver().await;
    }
    world.wait_and_deliver(61).await;
    let lying: Value = world.credit(key, 800).await;
    world.bundle.switch_stream(false);
    world.decide(key, &lying, "return", &json!({})).await.ok();
    world.wait_and_deliver(61).await;
    world.bundle.switch_stream(true);
}

/// The network demands the money of two charges. It takes a part of one, and the block of the other ends by
/// itself.
pub(super) async fn money_goes_back(world: &World, key: &str) {
    world.paid_charge(key, 1_105).await;
    let blocked = world.paid_charge(key, 5_000).await;
    let path = format!("/v1/sandbox/charges/{blocked}/return");
    let demand = json!({ "outcome": "blocked" });
    world.post(&path).key(key).json(&demand).send().await.ok();
    for days in [14, 7, 10] {
        world.wait(days * 86_400);
        world.bundle.tick().await.expect("the schedule runs");
    }
    for list in ["/v1/disputes", "/v1/disputes?status=won"] {
        world.get(list).key(key).send().await.ok();
    }
    answers(world, key).await;
    explain_a_debt(world, key).await;
}

/// The account answers demands: after a reminder, with a decision of the network at once and later, and without a
/// message of the stream.
async fn answers(world: &World, key: &str) {
    for (amount_cents, action) in [(1_107, "submit"), (1_111, "submit"), (1_000, "accept")] {
        let charge = world.paid_charge(key, amount_cents).await;
        let path = format!("/v1/sandbox/charges/{charge}/return");
        let demand = json!({ "outcome": "blocked" });
        world.post(&path).key(key).json(&demand).send().await.ok();
        world.wait_and_deliver(4 * 86_400 + 1).await;
        let disputes = world.get("/v1/disputes?limit=1").key(key).send().await.ok();
        let id = text(&disputes["data"][0]["id"]);
        let evidence = upload_evidence(world, key, &id).await;
        world.bundle.switch_stream(false);
        let path = format!("/v1/disputes/{id}/{action}");
        let body = match action {
            "submit" => json!({ "text": "It arrived.", "evidence_ids": [evidence] }),
            _ => json!({}),
        };
        let ask = world.post(&path).key(key).idempotency_key(&path).json(&body);
        ask.send().await.ok();
        world.wait_and_deliver(61).await;
        world.bundle.switch_stream(true);
        world.wait_and_deliver(2 * 86_400).await;
    }
}

/// Uploads a file of evidence, which is inspected; returns its id.
async fn upload_evidence(world: &World, key: &str, id: &str) -> Value {
    let picture = include_bytes!("../../../shared/inspection/tests/files/grey.jpg");
    let sha256 = gate::sha256_hex(picture);
    let file = json!({ "kind": "other", "file_name": "x.jpg", "content_type": "image/jpeg",
        "size_bytes": picture.len(), "sha256": sha256 });
    let ask = world.post(&format!("/v1/disputes/{id}/evidence")).key(key).json(&file);
    let evidence = ask.send().await.created();
    let headers = evidence["upload"]["headers"].as_array().expect("headers").iter();
    let headers: Vec<_> = headers.map(|it| (text(&it["name"]), text(&it["value"]))).collect();
    let stored = world.bundle.upload(&text(&evidence["upload"]["url"]), &headers, picture).await;
    assert_eq!(stored.status, 200);
    world.deliver().await;
    evidence["id"].clone()
}

/// The network takes money that a payout holds, and the account asks what the debt comes from.
async fn explain_a_debt(world: &World, key: &str) {
    let taken = world.paid_charge(key, 10_000).await;
    let balance = world.get("/v1/balance").key(key).send().await.ok();
    let mut payout = new_payout();
    // The fee of the payout is 50 cents.
    payout["amount_cents"] = json!(balance["available_cents"].as_u64().expect("cents") - 50);
    world.payout(key, "spent", &payout).await.created();
    let path = format!("/v1/sandbox/charges/{taken}/return");
    world.post(&path).key(key).json(&json!({ "outcome": "returned" })).send().await.ok();
    let shown = world.get("/v1/balance/explain").key(key).send().await.ok();
    assert_eq!(shown["owed"]["lines"][0]["id"], json!(taken), "{shown}");
}

/// A second user approves a batch, and the scheduler carries that out.
pub(super) async fn decide_about_a_batch(world: &World, tenant: &Tenant) {
    let mut tenant = tenant.clone();
    world.pay_in(&tenant.program.api_key, 10_000).await;
    tenant.ana.log_in(world).await.created();
    let path = format!("/v1/payout-batches/{}/approve", open_batch(world, &tenant).await);
    let approver = [Permission::PayoutsApprove];
    let approver = world.program(tenant.account_id, &approver, &["203.0.113.7"]).await.api_key;
    world.post(&path).key(&approver).json(&json!({})).send().await.expect(202);
    world.wait_and_deliver(61).await;
}

/// An operator ends the block of a dispute, blocks money of an account and ends that, and thaws the account.
pub(super) async fn block_and_thaw(world: &World, tenant: &Tenant) {
    let charge = world.charge(&tenant.program.api_key, "order-1").await.created();
    world.pay(&tenant.program.api_key, &text(&charge["id"])).await.ok();
    let mut block = json!({ "account_id": tenant.account_id, "reason": "an order" });
    let mut end = block.clone();
    let key = &tenant.program.api_key;
    let path = format!("/v1/sandbox/charges/{}/return", text(&charge["id"]));
    let demand = json!({ "outcome": "blocked", "amount_cents": 100 });
    world.post(&path).key(key).json(&demand).send().await.ok();
    let part = json!({ "outcome": "returned", "amount_cents": 10 });
    world.post(&path).key(key).json(&part).send().await.ok();
    let disputes = world.get("/v1/disputes?limit=1").key(key).send().await.ok();
    let mut won = end.clone();
    won["block_id"] = disputes["data"][0]["block_id"].clone();
    world.bundle.operate("unblock_balance", won).await.expect("it ends");
    block["kind"] = json!("med");
    block["amount_cents"] = json!(100);
    block["charge_id"] = charge["id"].clone();
    let opened = world.bundle.operate("block_balance", block).await.expect("a block");
    end["block_id"] = opened["id"].clone();
    world.bundle.operate("unblock_balance", end).await.expect("it ends");
    let (mut books, _) = world.ledger(tenant.account_id).await;
    books.frozen_at = Some(world.now());
    world.bundle.app().store.replace(&books).await.expect("frozen");
    let account = json!({ "account_id": tenant.account_id });
    world.bundle.operate("thaw_account", account).await.expect("it agrees");
}

/// Saves a beneficiary with a reference, finds it, changes it and adds a destination.
async fn beneficiaries(world: &World, key: &str) {
    let mut new = new_beneficiary();
    new["reference"] = json!("supplier-7");
    let saved = world.save_beneficiary(key, &new).await.created();
    for query in ["reference=supplier-7", "status=active"] {
        world.get(&format!("/v1/beneficiaries?{query}")).key(key).send().await.ok();
    }
    let path = format!("/v1/beneficiaries/{}", text(&saved["id"]));
    let patch = world.request("PATCH", &path).key(key).json(&json!({ "reference": "supplier-8" }));
    patch.send().await.ok();
    // A use is written once a minute.
    world.wait(61);
    let destination = json!({ "to": { "pix_key": { "type": "cpf", "key": "52998224725" } } });
    let add = world.post(&format!("{path}/destinations")).key(key).json(&destination);
    let two = add.send().await.created();
    let path = format!("{path}/destinations/{}/check", text(&two["destinations"][0]["id"]));
    world.post(&path).key(key).json(&json!({})).send().await.ok();
    pay_beneficiary(world, key, &two).await;
    check_accounts(world, key).await;
}

/// Checks of bank accounts: one that the sandbox ends, and one whose end the network announced.
async fn check_accounts(world: &World, key: &str) {
    world.wait(61);
    let account = |ispb: &str, number: &str| {
        json!({ "bank_account": {
        "ispb": ispb, "branch": "1234", "number": number, "type": "checking",
    } })
    };
    let mut new = new_beneficiary();
    new["destinations"] =
        json!([account("18236120", "9990005-5"), account("18236120", "9990003-3"),]);
    let saved = world.save_beneficiary(key, &new).await.created();
    let (mut payouts, instance) = (Vec::new(), world.contended_instance());
    for destination in saved["destinations"].as_array().expect("a list") {
        let (id, destination) = (text(&saved["id"]), text(&destination["id"]));
        let path = format!("/v1/beneficiaries/{id}/destinations/{destination}/check");
        // Checks that meet at the books take turns.
        let check = instance.post(&path).key(key).json(&json!({})).send().await.ok();
        payouts.push(text(&check["payout_id"]).to_owned());
    }
    world.deliver().await;
    let path = format!("/v1/sandbox/payouts/{}/outcome", payouts[0]);
    world.post(&path).key(key).json(&json!({ "outcome": "paid" })).send().await.ok();
    world.wait_and_tick(61).await;
}

/// Links that are verified, that need a correction, that five wrong codes end, and that expire.
async fn links(world: &World, key: &str) {
    // The share of the user has look-ups again.
    world.wait(600);
    let make = async || link_path(&world.collect(key, &new_collection()).await.created());
    let (path, wrong, over) = (make().await, make().await, make().await);
    for pix_key in ["nobody@sandbox.example", "maria@example.com"] {
        world.submit_key(&path, pix_key).await;
        // An instance without a cache fetches the pepper.
        world.second_instance(|_| {}).wait_and_tick(61).await;
    }
    let code = world.collection_code(&wrong).await;
    let other = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        world.enter_code(&wrong, other).await;
    }
    for _ in 0..11 {
        world.wait(31);
        world.post(&format!("{over}/code")).form(&json!({})).send().await;
    }
    for list in ["/v1/collections", "/v1/collections?status=verified"] {
        world.get(list).key(key).send().await.ok();
    }
}

/// Payouts that name a saved destination, alone and in a batch, and one whose key is of another person.
async fn pay_beneficiary(world: &World, key: &str, saved: &Value) {
    world.pay_in(key, 100_000).await;
    let to = json!({
        "beneficiary_id": saved["id"], "destination_id": saved["destinations"][0]["id"],
    });
    let payout = json!({ "amount_cents": 2_500, "to": to });
    for path in ["/v1/payouts/preview", "/v1/payouts"] {
        let ask = world.post(path).key(key).idempotency_key("saved").json(&payout);
        ask.send().await;
    }
    for path in ["/v1/payout-batches/preview", "/v1/payout-batches"] {
        let lines = json!({ "payouts": [payout] });
        let ask = world.post(path).key(key).idempotency_key("lines").json(&lines);
        ask.send().await;
    }
    let mut other = new_beneficiary();
    other["document"]["number"] = json!("390.533.447-05");
    let other = world.save_beneficiary(key, &other).await.created();
    let to = json!({ "amount_cents": 2_500, "to": { "beneficiary_id": other["id"] } });
    world.payout(key, "mismatch", &to).await.created();
    world.deliver().await;
    world.wait_and_tick(61).await;
}

/// Finds objects in each list by the values that have rows in the index.
async fn searches(world: &World, key: &str) {
    let credit = world.credit(key, 700).await;
    let reference = json!({ "reference": "invoice-7" });
    world.decide(key, &credit, "match", &reference).await.ok();
    let id = text(&credit["end_to_end_id"]);
    for list in ["charges", "payouts", "refunds", "credits", "transactions"] {
        for query in [
            format!("end_to_end_id={id}"),
            "reference_prefix=invoice".to_owned(),
            "amount_from_cents=700&amount_until_cents=700".to_owned(),
            "updated_from=2026-11-23".to_owned(),
        ] {
            world.get(&format!("/v1/{list}?{query}")).key(key).send().await.ok();
        }
    }
}
