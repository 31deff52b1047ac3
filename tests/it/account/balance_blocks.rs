//! Balance blocks of the operator: opened, filled or not, ended by hand and by time.

use domain::ledger::Balances;
use serde_json::{Value, json};
use tests::{Tenant, World, new_payout, text};

const DAY: i64 = 86_400;

async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 10_000).await;
    (world, tenant)
}

async fn operate(world: &World, name: &str, input: Value) -> Result<Value, (String, String)> {
    let done = world.bundle.operate(name, input).await;
    done.map_err(|failure| (failure.code().to_owned(), failure.to_string()))
}

fn block(tenant: &Tenant, kind: &str, amount_cents: u64) -> Value {
    json!({
        "account_id": tenant.account_id,
        "kind": kind,
        "amount_cents": amount_cents,
        "reason": "0001234-55.2026.8.26.0100",
    })
}

async fn open(world: &World, tenant: &Tenant, kind: &str, amount_cents: u64) -> Value {
    operate(world, "block_balance", block(tenant, kind, amount_cents)).await.expect("opened")
}

async fn end(world: &World, tenant: &Tenant, block: &Value) -> Result<Value, (String, String)> {
    let (account_id, block_id) = (tenant.account_id, &block["id"]);
    let input = json!({ "account_id": account_id, "block_id": block_id, "reason": "lifted" });
    operate(world, "unblock_balance", input).await
}

async fn balances(world: &World, tenant: &Tenant) -> Balances {
    world.ledger(tenant.account_id).await.0.balances
}

async fn money(world: &World, tenant: &Tenant) -> (u64, u64) {
    let balances = balances(world, tenant).await;
    (balances.available_cents, balances.blocked_cents)
}

/// The audit finds nothing, also a while later.
async fn is_audited(world: &World) {
    for _ in 0..3 {
        world.wait_and_tick(61).await;
    }
    let differs = |line: &Value| line["message"].to_string().contains("is frozen");
    assert!(!world.logged().iter().any(differs));
}

#[tokio::test]
async fn a_judicial_block_takes_what_is_there_and_ends_by_hand() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let opened = open(&world, &tenant, "judicial", 50_000).await;
    assert_eq!((&opened["blocked_cents"], &opened["missing_cents"]), (&json!(9_901), &json!(0)));
    assert_eq!(opened["amount_cents"], 50_000);
    let balance = world.get("/v1/balance").key(key).send().await.ok();
    assert_eq!(
        (&balance["available_cents"], &balance["blocked_cents"]),
        (&json!(0), &json!(9_901))
    );
    assert_eq!(balance["balance_cents"], 9_901, "blocked money is still the customer's");
    world.payout(key, "1", &new_payout()).await.problem(422, "insufficient_funds");
    // Later money stays free.
    world.pay_in(key, 1_000).await;
    assert_eq!(money(&world, &tenant).await, (990, 9_901));
    is_audited(&world).await;
    let ended = end(&world, &tenant, &opened).await.expect("ended");
    assert_eq!((&ended["status"], &ended["blocked_cents"]), (&json!("ended"), &json!(0)));
    assert_eq!(money(&world, &tenant).await, (990 + 9_901, 0));
    let (code, _) = end(&world, &tenant, &opened).await.expect_err("twice");
    assert_eq!(code, "block_state");
    let path = format!("/v1/balance-blocks/{}", text(&opened["id"]));
    let shown = world.get(&path).key(key).send().await.ok();
    assert_eq!(shown["status"], "ended");
    assert!(shown["ended_at"].is_string());
    is_audited(&world).await;
}

async fn transfer(
    world: &World,
    tenant: &Tenant,
    block: &Value,
    amount_cents: Option<u64>,
) -> Result<Value, (String, String)> {
    let input = json!({
        "account_id": tenant.account_id, "block_id": block["id"], "reason": "transferred",
        "outcome": "transferred", "amount_cents": amount_cents,
    });
    operate(world, "unblock_balance", input).await
}

/// The court gets a part, the rest is available, and the account sees both.
#[tokio::test]
async fn money_of_a_judicial_block_goes_to_the_court_once() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let opened = open(&world, &tenant, "judicial", 5_000).await;
    for amount_cents in [0, 5_001] {
        let (code, _) =
            transfer(&world, &tenant, &opened, Some(amount_cents)).await.expect_err("not there");
        assert_eq!(code, "block_state");
    }
    let taken = transfer(&world, &tenant, &opened, Some(3_000)).await.expect("transferred");
    assert_eq!((&taken["status"], &taken["taken_cents"]), (&json!("taken"), &json!(3_000)));
    assert_eq!(money(&world, &tenant).await, (6_901, 0));
    let (code, _) = transfer(&world, &tenant, &opened, Some(3_000)).await.expect_err("twice");
    assert_eq!(code, "block_state");
    assert_eq!(money(&world, &tenant).await, (6_901, 0));
    let page = world.get("/v1/statement?from=2026-11-23").key(key).send().await.ok();
    let lines = page["data"].as_array().expect("a list");
    let line = lines.iter().find(|line| line["kind"] == "block_transferred").expect("a line");
    assert_eq!(
        (&line["amount_cents"], &line["balance_after_cents"]),
        (&json!(-3_000), &json!(6_901))
    );
    assert_eq!(line["transaction_id"], opened["id"]);
    let events = world.get("/v1/events?type=balance.unblocked").key(key).send().await.ok();
    assert_eq!(events["data"][0]["data"]["object"]["taken_cents"], 3_000);
    // Without an amount all of the block goes, and a debt cannot arise.
    let all = open(&world, &tenant, "judicial", 90_000).await;
    let taken = transfer(&world, &tenant, &all, None).await.expect("transferred");
    assert_eq!(taken["taken_cents"], 6_901);
    let balances = balances(&world, &tenant).await;
    assert_eq!((balances.available_cents, balances.blocked_cents, balances.owed_cents), (0, 0, 0));
    is_audited(&world).await;
}

#[tokio::test]
async fn only_a_judicial_block_is_transferred_and_only_a_transfer_has_an_amount() {
    let (world, tenant) = world().await;
    for kind in ["med", "chargeback", "administrative"] {
        let opened = open(&world, &tenant, kind, 100).await;
        let (code, sentence) = transfer(&world, &tenant, &opened, None).await.expect_err(kind);
        assert_eq!(code, "block_state");
        assert!(sentence.contains(kind), "{sentence}");
        let input = json!({
            "account_id": tenant.account_id, "block_id": opened["id"], "reason": "lifted",
            "amount_cents": 50,
        });
        let (code, sentence) = operate(&world, "unblock_balance", input).await.expect_err(kind);
        assert_eq!(code, "invalid_request");
        assert!(sentence.starts_with("amount_cents"), "{sentence}");
    }
    assert_eq!(money(&world, &tenant).await, (9_601, 300));
}

/// Fault row 125.
#[tokio::test]
async fn a_block_of_the_network_takes_later_money_until_it_is_full() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let first = open(&world, &tenant, "med", 12_000).await;
    world.wait(1);
    let second = open(&world, &tenant, "chargeback", 1_000).await;
    assert_eq!(money(&world, &tenant).await, (0, 9_901));
    world.pay_in(key, 2_500).await;
    // 2,475 come in: 2,099 for the first, 376 for the second.
    assert_eq!(money(&world, &tenant).await, (0, 12_376));
    let shown = world.get("/v1/balance-blocks").key(key).send().await.ok();
    let missing: Vec<_> =
        shown["data"].as_array().expect("a list").iter().map(|one| &one["missing_cents"]).collect();
    assert_eq!(missing, [&json!(624), &json!(0)]);
    is_audited(&world).await;
    // Money of the first fills the second; the rest is available.
    end(&world, &tenant, &first).await.expect("ended");
    assert_eq!(money(&world, &tenant).await, (12_000 - 624, 1_000));
    end(&world, &tenant, &second).await.expect("ended");
    assert_eq!(money(&world, &tenant).await, (12_376, 0));
    is_audited(&world).await;
}

#[tokio::test]
async fn a_block_ends_at_its_time() {
    let (world, tenant) = world().await;
    let mut input = block(&tenant, "administrative", 4_000);
    input["ends_at"] = json!("2026-11-25T12:00:00Z");
    operate(&world, "block_balance", input).await.expect("opened");
    world.wait_and_tick(2 * DAY - 1).await;
    assert_eq!(money(&world, &tenant).await, (5_901, 4_000));
    world.wait_and_tick(1).await;
    assert_eq!(money(&world, &tenant).await, (9_901, 0));
    let path = "/v1/events?type=balance.unblocked";
    let events = world.get(path).key(&tenant.program.api_key).send().await.ok();
    assert_eq!(events["data"].as_array().expect("a list").len(), 1);
    assert_eq!(events["data"][0]["data"]["object"]["status"], "ended");
}

#[tokio::test]
async fn a_block_of_a_charge_takes_no_more_than_is_left_and_stops_its_refund() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let id = world.paid_charge(key, 2_000).await;
    world.refund(key, &id, "1", &json!({ "amount_cents": 500 })).await.created();
    world.deliver().await;
    let mut input = block(&tenant, "med", 90_000);
    input["charge_id"] = json!(id);
    let opened = operate(&world, "block_balance", input).await.expect("opened");
    assert_eq!((&opened["amount_cents"], &opened["charge_id"]), (&json!(1_500), &json!(id)));
    let refund = json!({ "amount_cents": 1 });
    world.refund(key, &id, "2", &refund).await.problem(422, "refund_exceeds_charge");
    end(&world, &tenant, &opened).await.expect("ended");
    world.refund(key, &id, "3", &refund).await.created();
}

#[tokio::test]
async fn wrong_blocks_are_refused_by_the_name_of_the_field_and_change_nothing() {
    let (world, tenant) = world().await;
    let wrong = |field: &str, value: Value| {
        let mut input = block(&tenant, "med", 100);
        input[field] = value;
        input
    };
    for (field, value, code) in [
        ("account_id", json!("acc_1"), "not_found"),
        ("kind", json!("other"), "invalid_request"),
        ("amount_cents", json!(0), "invalid_request"),
        ("amount_cents", json!(100_000_000_000_u64), "invalid_request"),
        ("reason", json!("  "), "invalid_request"),
        ("charge_id", json!("chg_1"), "not_found"),
        ("ends_at", json!("2026-11-23T12:00:00Z"), "invalid_request"),
    ] {
        let refused = operate(&world, "block_balance", wrong(field, value)).await;
        let (refused, sentence) = refused.expect_err(field);
        assert_eq!(refused, code, "{field}: {sentence}");
        assert!(sentence.starts_with(field), "{sentence}");
    }
    assert_eq!(money(&world, &tenant).await, (9_901, 0));
}

#[tokio::test]
async fn the_trail_names_the_operator_and_both_ends_of_a_block() {
    let (world, mut tenant) = world().await;
    let opened = open(&world, &tenant, "administrative", 100).await;
    world.wait(1);
    end(&world, &tenant, &opened).await.expect("ended");
    tenant.ana.log_in(&world).await.created();
    let path = format!("/v1/audit-events?target={}", text(&opened["id"]));
    let trail = tenant.ana.request(&world, "GET", &path).send().await.ok();
    let lines = trail["data"].as_array().expect("a list");
    let actions: Vec<_> = lines.iter().map(|line| text(&line["action"])).collect();
    assert_eq!(actions, ["balance.unblocked", "balance.blocked"]);
    assert!(lines.iter().all(|line| line["author"]["name"] == "Operator"));
    assert_eq!(lines[0]["after"]["reason"], "lifted");
}

/// A row of a block that was changed outside of the store freezes the account.
#[tokio::test]
async fn a_blocked_balance_that_no_block_explains_freezes_the_account() {
    use domain::kernel::{BlockId, Id};
    use domain::ledger::BalanceBlock;
    let (world, tenant) = world().await;
    let opened = open(&world, &tenant, "judicial", 100).await;
    let id = BlockId::parse(&text(&opened["id"])).expect("an id");
    let store = &world.bundle.app().store;
    let key = store::Key::Block(tenant.account_id, id);
    let mut stored: BalanceBlock = store.find(&key).await.expect("readable").expect("there");
    stored.claim_cents = 99;
    store.replace(&stored).await.expect("written");
    for _ in 0..2 {
        world.wait_and_tick(61).await;
    }
    let refused = world.payout(&tenant.program.api_key, "1", &new_payout()).await;
    refused.problem(409, "account_frozen");
}
