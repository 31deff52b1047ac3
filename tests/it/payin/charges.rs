//! Pix charges: what a caller sees, from opening to credited.

use std::io::Cursor;

use brazil::{Arrangement, BrCode};
use domain::account::Stage;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, in_event, new_charge};

fn id(charge: &Value) -> &str {
    charge["id"].as_str().expect("an id")
}

/// Returns the statuses that a charge went through.
fn statuses(charge: &Value) -> Vec<&str> {
    let history = charge["status_history"].as_array().expect("a list");
    history.iter().map(|change| change["status"].as_str().expect("a word")).collect()
}

async fn open(world: &World, tenant: &Tenant, name: &str, body: &Value) -> TestResponse {
    let ask = world.post("/v1/charges").key(&tenant.program.api_key);
    ask.idempotency_key(name).json(body).send().await
}

async fn find(world: &World, tenant: &Tenant, id: &str) -> Value {
    let ask = world.get(&format!("/v1/charges/{id}"));
    ask.key(&tenant.program.api_key).send().await.ok()
}

async fn cancel(world: &World, tenant: &Tenant, id: &str) -> TestResponse {
    let ask = world.post(&format!("/v1/charges/{id}/cancel"));
    ask.key(&tenant.program.api_key).send().await
}

#[tokio::test]
async fn a_charge_is_opened_paid_and_credited_with_its_fee() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "order-1").await.created();
    assert_eq!(charge["status"], "pending");
    assert_eq!(charge["payer"]["document"], json!({ "type": "cpf", "number": "52998224725" }));

    let paid = world.pay(key, id(&charge)).await.ok();
    assert_eq!(paid["status"], "credited");
    assert_eq!(find(&world, &tenant, id(&charge)).await, paid);
    assert_eq!(statuses(&paid), ["pending", "paid", "credited"]);
    assert_eq!((&paid["paid_amount_cents"], &paid["fees_cents"]), (&json!(1_000), &json!(10)));

    let (books, entries) = world.ledger(tenant.account_id).await;
    assert_eq!(
        (
            books.balances.available_cents,
            books.balances.fees_cents,
            books.balances.receivable_cents
        ),
        (990, 10, 0)
    );
    let after: Vec<_> = entries.iter().map(|entry| entry.available_after_cents).collect();
    assert_eq!(after, [0, 1_000, 990]);
}

#[tokio::test]
async fn each_change_of_a_charge_is_an_event_linked_to_the_one_before() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.charge(&tenant.program.api_key, "order-1").await;
    let charge = charge.created();
    let paid = world.pay(&tenant.program.api_key, id(&charge)).await.ok();
    let events = world.events(tenant.account_id, id(&charge)).await;
    let kinds = events.iter().map(|event| json!(event.kind));
    let kinds: Vec<_> = kinds.collect();
    assert_eq!(kinds, ["charge.created", "charge.paid", "charge.credited"]);
    assert_eq!(events[0].object, in_event(&charge));
    assert_eq!(events[1].object["status"], "paid");
    assert_eq!(events[2].object, in_event(&paid));
}

#[tokio::test]
async fn the_code_names_a_location_that_serves_the_amount() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut body = new_charge();
    body["description"] = json!("Pedido 7");
    body["amount_cents"] = json!(123_405);
    let charge = open(&world, &tenant, "order-1", &body).await.created();
    let code = charge["pix"]["br_code"].as_str().expect("text");
    let code = BrCode::parse(code).expect("a BR Code");
    assert_eq!(code.amount_cents(), Some(123_405));
    let Arrangement::Location(location) = code.account() else {
        panic!("{code:?}");
    };
    let (host, path) = location.split_once('/').expect("host and path");
    assert_eq!(host, "127.0.0.1:4000");

    let served = world.get(&format!("/{path}")).send().await.ok();
    assert_eq!(served["valor"]["original"], "1234.05");
    assert_eq!(served["txid"], charge["pix"]["txid"]);
    assert_eq!(served["status"], "ATIVA");
    assert_eq!(served["solicitacaoPagador"], "Pedido 7");
    assert!(!served.to_string().contains("52998224725"));
    cancel(&world, &tenant, id(&charge)).await.ok();
    let removed = world.get(&format!("/{path}")).send().await.ok();
    assert_eq!(removed["status"], "REMOVIDA_PELO_USUARIO_RECEBEDOR");
    let unknown = world.get("/pix/01M844DZG02RQ2P2MQM9YK0HPY").send().await;
    unknown.problem(404, "not_found");
}

/// Fault row 152. A payer's bank, or a cache before the API, keeps the payload for a few seconds.
#[tokio::test]
async fn a_payload_is_cached_for_seconds_and_never_beyond_the_end_of_its_charge() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "order-1").await.created();
    let path = format!("/pix/{}", charge["pix"]["txid"].as_str().expect("a txid"));
    let fetch = async |tag: &str| world.get(&path).header("if-none-match", tag).send().await;
    let kept = "public, max-age=5, must-revalidate";

    let first = fetch("").await;
    let tag = first.header("etag").expect("a tag").to_owned();
    assert_eq!((first.status, first.header("cache-control")), (200, Some(kept)));
    world.wait(1);
    let same = fetch(&tag).await;
    assert_eq!((same.status, same.body.len()), (304, 0), "only the time of serving differs");
    assert_eq!((same.header("etag"), same.header("cache-control")), (Some(&*tag), Some(kept)));

    world.wait(86_400 - 1 - 3);
    assert_eq!(fetch("").await.header("cache-control"), Some("public, max-age=3, must-revalidate"));
    for is_noticed in [false, true] {
        // Expired, at first before the schedule has noticed it.
        world.wait(3);
        if is_noticed {
            world.wait_and_tick(60).await;
        }
        let expired = fetch(&tag).await;
        assert_eq!((expired.status, expired.header("etag")), (200, None));
        assert_eq!(expired.header("cache-control"), Some("no-store"));
    }
    let unknown = world.get("/pix/01M844DZG02RQ2P2MQM9YK0HPY").send().await;
    assert_eq!((unknown.status, unknown.header("cache-control")), (404, Some("no-store")));
}

/// Fault row 152. A payment changes the tag at once, so a cache that asks again never repeats an open charge.
#[tokio::test]
async fn a_paid_charge_is_not_taken_for_the_open_one() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "order-1").await.created();
    let path = format!("/pix/{}", charge["pix"]["txid"].as_str().expect("a txid"));
    let open = world.get(&path).send().await;
    let tag = open.header("etag").expect("a tag").to_owned();
    world.pay(key, id(&charge)).await.ok();
    let paid = world.get(&path).header("if-none-match", &tag).send().await;
    assert_ne!(paid.header("etag"), Some(&*tag));
    assert_eq!(paid.ok()["status"], "CONCLUIDA");
}

#[tokio::test]
async fn the_qr_code_is_an_svg_or_by_accept_a_grey_square_png() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "order-1").await.created();
    let path = format!("/v1/charges/{}/qr-code", id(&charge));
    let ask = |accept: &str| world.get(&path).key(key).header("accept", accept);
    for accept in ["", "*/*", "image/svg+xml", "text/html, image/*"] {
        let response = ask(accept).send().await;
        assert_eq!(response.status, 200);
        assert_eq!(response.header("content-type"), Some("image/svg+xml"));
        assert!(response.text().contains("<svg"), "{accept}");
    }
    for accept in ["image/png", "text/html, Image/PNG;q=0.9"] {
        let response = ask(accept).send().await;
        assert_eq!(response.status, 200);
        assert_eq!(response.header("content-type"), Some("image/png"));
        let mut picture =
            png::Decoder::new(Cursor::new(&response.body)).read_info().expect("a PNG");
        let mut pixels = vec![0; picture.output_buffer_size().expect("a small picture")];
        let frame = picture.next_frame(&mut pixels).expect("pixels");
        assert_eq!(frame.width, frame.height);
        assert_eq!(frame.color_type, png::ColorType::Grayscale);
        // A quiet zone of four modules, then the finder pattern.
        assert!(pixels[..32].iter().all(|pixel| *pixel == 255));
        let side = usize::try_from(frame.width).expect("small");
        assert_eq!(pixels[32 * side + 32], 0);
    }
    let anonymous = world.get(&path).send().await;
    anonymous.problem(401, "credential_missing");
    // The query has precedence over `Accept`.
    for (format, accept, expected) in
        [("png", "image/svg+xml", "image/png"), ("svg", "image/png", "image/svg+xml")]
    {
        let ask = world.get(&format!("{path}?format={format}")).key(key);
        let response = ask.header("accept", accept).send().await;
        assert_eq!(response.header("content-type"), Some(expected));
    }
    let ask = world.get(&format!("{path}?format=gif")).key(key);
    ask.send().await.violation("format", "unknown_value");
}

#[tokio::test]
async fn an_unpaid_charge_is_expired_at_its_instant_and_written_down_by_the_tick() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let mut body = new_charge();
    body["expires_at"] = json!("2026-11-23T12:10:00Z");
    let charge = open(&world, &tenant, "order-1", &body).await.created();
    world.wait(599);
    assert_eq!(find(&world, &tenant, id(&charge)).await["status"], "pending");
    world.wait(1);
    let shown = find(&world, &tenant, id(&charge)).await;
    assert_eq!(statuses(&shown), ["pending", "expired"]);
    assert_eq!(world.charges(key).await[0]["status"], "expired");
    let refused = cancel(&world, &tenant, id(&charge)).await;
    let detail = refused.problem(409, "charge_state")["detail"].clone();
    assert!(detail.as_str().is_some_and(|text| text.contains("expired")));
    assert_eq!(world.events(tenant.account_id, id(&charge)).await.len(), 1);

    assert_eq!(world.wait_and_tick(0).await, 1);
    assert_eq!(find(&world, &tenant, id(&charge)).await, shown);
    let events = world.events(tenant.account_id, id(&charge)).await;
    assert_eq!(events[1].object, in_event(&shown));
    assert_eq!(world.wait_and_tick(60).await, 0);
    let (books, _) = world.ledger(tenant.account_id).await;
    assert_eq!(books.sequence, 0);
}

/// What the books should say after the steps a charge went through.
#[derive(Default, Debug, PartialEq)]
struct ShownBalances {
    clearing: u64,
    receivable: u64,
    under_review: u64,
    available: u64,
    fees: u64,
}

impl ShownBalances {
    async fn of(world: &World, tenant: &Tenant) -> Self {
        let (books, _) = world.ledger(tenant.account_id).await;
        Self {
            clearing: books.balances.clearing_cents,
            receivable: books.balances.receivable_cents,
            under_review: books.balances.under_review_cents,
            available: books.balances.available_cents,
            fees: books.balances.fees_cents,
        }
    }

    /// Applies an outcome to the balances. The fee is 99 basis points, rounded half up.
    fn take(&mut self, outcome: &str, amount: u64) {
        let fee = (amount * 99 + 5_000) / 10_000;
        match outcome {
            "paid" => (self.clearing, self.receivable) = (amount, amount),
            "in_review" => (self.clearing, self.under_review) = (amount, amount),
            "rejected" => (self.clearing, self.under_review) = (0, 0),
            "credited" => {
                (self.receivable, self.under_review) = (0, 0);
                (self.available, self.fees) = (amount - fee, fee);
            }
            other => panic!("{other}"),
        }
    }
}

/// Plays one scenario on an account of its own.
async fn play(world: &World, tenant: &Tenant, scenario: &Value) {
    let mut body = new_charge();
    body["amount_cents"] = json!(54_321);
    match scenario["trigger"]["type"].as_str().expect("a word") {
        "payer_document" => {
            body["payer"]["document"]["number"] = scenario["trigger"]["value"].clone()
        }
        "amount_cents" => body["amount_cents"] = scenario["trigger"]["value"].clone(),
        _ => {}
    }
    let amount = body["amount_cents"].as_u64().expect("cents");
    let opened = open(world, tenant, "order-1", &body).await;
    if scenario["refused_at_creation"] == json!(true) {
        opened.problem(422, "rail_refused");
        assert!(world.charges(&tenant.program.api_key).await.is_empty());
        return;
    }
    let charge = opened.created();
    let mut expected = vec!["pending"];
    let mut balances = ShownBalances::default();
    let (mut waited, mut paid) = (0, false);
    for step in scenario["steps"].as_array().expect("a list") {
        let after = step["after_seconds"].as_i64().expect("seconds");
        if after > 0 && !paid {
            world.pay(&tenant.program.api_key, id(&charge)).await.ok();
            paid = true;
        }
        if after > waited {
            assert_eq!(world.wait_and_tick(after - waited - 1).await, 0);
            assert_eq!(ShownBalances::of(world, tenant).await, balances);
            assert_eq!(world.wait_and_tick(1).await, 1);
            waited = after;
        }
        let outcome = step["outcome"].as_str().expect("a word");
        expected.push(outcome);
        balances.take(outcome, amount);
    }
    if !paid {
        world.pay(&tenant.program.api_key, id(&charge)).await.ok();
    }
    let done = find(world, tenant, id(&charge)).await;
    assert_eq!(statuses(&done), expected);
    for (place, step) in (1_usize..).zip(scenario["steps"].as_array().expect("a list")) {
        let change = &done["status_history"][place];
        assert_eq!(change["reason"], step["reason"]);
    }
    assert_eq!(done["fees_cents"], balances.fees);
    assert_eq!(ShownBalances::of(world, tenant).await, balances);
    let events = world.events(tenant.account_id, id(&charge)).await;
    assert_eq!(events.len(), expected.len());
    assert_eq!(world.wait_and_tick(60).await, 0);
}

#[tokio::test]
async fn every_scenario_plays_as_the_table_says() {
    let world = World::new().await;
    let guest = world.tenant("guest").await;
    let ask = world.get("/v1/sandbox/scenarios");
    let table = ask.key(&guest.program.api_key).send().await.ok();
    let scenarios = table["data"].as_array().expect("a list");
    // The payments of the others become credits: `credit/arrivals.rs` plays those.
    let pays = |payment: &Value| payment["difference_cents"] == 0 && payment["txid"] == "of_charge";
    let pays_once = |scenario: &&Value| {
        let payments = scenario["payments"].as_array().expect("a list");
        scenario["trigger"]["type"] != "status" && payments.len() <= 1 && payments.iter().all(pays)
    };
    let plain: Vec<_> = scenarios.iter().filter(pays_once).collect();
    assert!(plain.len() >= 9 && scenarios.len() >= plain.len() + 11, "{}", plain.len());
    for (place, scenario) in plain.into_iter().enumerate() {
        let tenant = world.tenant(&format!("loja-{place}")).await;
        play(&world, &tenant, scenario).await;
    }
}

#[tokio::test]
async fn a_live_stage_has_no_sandbox_and_no_network_yet() {
    let world = World::on(Stage::Live).await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let scenarios = world.get("/v1/sandbox/scenarios").key(key).send().await;
    scenarios.problem(404, "not_found");
    let pay = world.pay(key, "chg_01M844DZG02RQ2P2MQM9YK0HPY").await;
    pay.problem(404, "not_found");
    let refused = world.charge(key, "order-1").await;
    refused.problem(422, "rail_missing");
    assert!(world.charges(key).await.is_empty());
}
