//! Disputes: demands of a network for the money of a charge. Each opens with its balance block, keeps the
//! money from a refund, and follows what the network says, in any order and any number of times.

use domain::charge::ReturnUpdate;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_payout, text};

const DAY: i64 = 86_400;

pub(super) async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    (world, tenant)
}

/// Acts in place of the network.
pub(super) async fn act(world: &World, tenant: &Tenant, charge: &str, body: Value) -> Value {
    let ask = world.post(&format!("/v1/sandbox/charges/{charge}/return"));
    ask.key(&tenant.program.api_key).json(&body).send().await.ok()
}

/// Opens a dispute of all that is left of the charge.
pub(super) async fn dispute(world: &World, tenant: &Tenant, charge: &str) -> Value {
    act(world, tenant, charge, json!({ "outcome": "blocked" })).await;
    list(world, tenant, "limit=1").await["data"][0].clone()
}

pub(super) async fn list(world: &World, tenant: &Tenant, query: &str) -> Value {
    let ask = world.get(&format!("/v1/disputes?{query}"));
    ask.key(&tenant.program.api_key).send().await.ok()
}

pub(super) async fn find(world: &World, tenant: &Tenant, id: &Value) -> Value {
    let ask = world.get(&format!("/v1/disputes/{}", text(id)));
    ask.key(&tenant.program.api_key).send().await.ok()
}

pub(super) async fn refund(
    world: &World,
    tenant: &Tenant,
    charge: &str,
    cents: u64,
) -> TestResponse {
    let name = format!("refund-{}", world.logged().len());
    let body = json!({ "amount_cents": cents });
    world.refund(&tenant.program.api_key, charge, &name, &body).await
}

/// Returns available, blocked and owed cents.
pub(super) async fn money(world: &World, tenant: &Tenant) -> (u64, u64, u64) {
    let balances = world.ledger(tenant.account_id).await.0.balances;
    (balances.available_cents, balances.blocked_cents, balances.owed_cents)
}

/// Returns the types of the events of an object, oldest first.
pub(super) async fn event_types(world: &World, tenant: &Tenant, id: &Value) -> Vec<&'static str> {
    let events = world.events(tenant.account_id, &text(id)).await;
    events.iter().map(|event| event.kind.as_str()).collect()
}

fn demand(notice_id: &str) -> ReturnUpdate {
    ReturnUpdate::Blocked {
        notice_id: notice_id.to_owned(),
        amount_cents: None,
        reason: "fraud".to_owned(),
        ends_at: None,
        respond_by: None,
    }
}

fn closed(notice_id: &str) -> ReturnUpdate {
    ReturnUpdate::Closed { notice_id: notice_id.to_owned() }
}

fn taken(return_id: &str, notice_id: &str, amount_cents: u64) -> ReturnUpdate {
    ReturnUpdate::Returned {
        return_id: return_id.to_owned(),
        notice_id: Some(notice_id.to_owned()),
        amount_cents,
        reason: "fraud".to_owned(),
    }
}

/// Returns the disputes of a charge, newest first.
async fn of_charge(world: &World, tenant: &Tenant, charge: &str) -> Vec<Value> {
    let page = list(world, tenant, &format!("charge_id={charge}")).await;
    page["data"].as_array().expect("a list").clone()
}

/// Case 37: a dispute of the whole sale, then a refund of it.
#[tokio::test]
async fn a_refund_during_a_dispute_is_refused_and_names_it() {
    let (world, tenant) = world().await;
    let charge = world.paid_charge(&tenant.program.api_key, 1_000).await;
    let opened = dispute(&world, &tenant, &charge).await;
    assert_eq!(opened["status"], "needs_response");
    assert_eq!((&opened["kind"], &opened["charge_id"]), (&json!("med"), &json!(charge)));
    assert_eq!((&opened["amount_cents"], &opened["taken_cents"]), (&json!(1_000), &json!(0)));
    let respond_by = text(&opened["respond_by"]).parse::<jiff::Timestamp>().expect("a time");
    assert_eq!(respond_by.duration_since(world.now()).as_hours(), 120);
    let block = world.get("/v1/balance-blocks?status=open").key(&tenant.program.api_key);
    assert_eq!(opened["block_id"], block.send().await.ok()["data"][0]["id"]);
    for cents in [1_000, 1] {
        let refused = refund(&world, &tenant, &charge, cents).await.problem(409, "charge_disputed");
        assert!(text(&refused["detail"]).contains(&text(&opened["id"])), "{refused}");
    }
    act(&world, &tenant, &charge, json!({ "outcome": "returned" })).await;
    let lost = find(&world, &tenant, &opened["id"]).await;
    assert_eq!((&lost["status"], &lost["taken_cents"]), (&json!("lost"), &json!(1_000)));
    refund(&world, &tenant, &charge, 1).await.problem(422, "refund_exceeds_charge");
    let seen = event_types(&world, &tenant, &opened["id"]).await;
    assert_eq!(seen, ["dispute.opened", "dispute.lost"]);
    assert_eq!(
        world.find_charge(&tenant.program.api_key, &charge).await["returned_amount_cents"],
        1_000
    );
}

/// Case 37: a refund of a part, then a dispute of the whole sale that is lost. What leaves is what was paid.
#[tokio::test]
async fn a_lost_dispute_takes_only_what_no_refund_took() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    let charge = world.paid_charge(key, 1_000).await;
    let before = money(&world, &tenant).await.0;
    refund(&world, &tenant, &charge, 400).await.created();
    world.deliver().await;
    let opened = dispute(&world, &tenant, &charge).await;
    assert_eq!(opened["amount_cents"], 600);
    act(&world, &tenant, &charge, json!({ "outcome": "returned" })).await;
    assert_eq!(money(&world, &tenant).await, (before - 1_000, 0, 0));
    let lost = find(&world, &tenant, &opened["id"]).await;
    assert_eq!((&lost["status"], &lost["taken_cents"]), (&json!("lost"), &json!(600)));
}

/// Case 37: a dispute that was won does not block refunds for ever.
#[tokio::test]
async fn a_refund_is_allowed_after_the_dispute_is_won() {
    let (world, tenant) = world().await;
    let charge = world.paid_charge(&tenant.program.api_key, 1_000).await;
    let before = money(&world, &tenant).await;
    let opened = dispute(&world, &tenant, &charge).await;
    act(&world, &tenant, &charge, json!({ "outcome": "closed" })).await;
    assert_eq!(find(&world, &tenant, &opened["id"]).await["status"], "won");
    assert_eq!(money(&world, &tenant).await, before);
    world.pay_in(&tenant.program.api_key, 1_000).await;
    refund(&world, &tenant, &charge, 1_000).await.created();
    let seen = event_types(&world, &tenant, &opened["id"]).await;
    assert_eq!(seen, ["dispute.opened", "dispute.won"]);
}

/// Fault row 190. Case 37: each fact comes twice.
#[tokio::test]
async fn a_fact_that_is_reported_again_changes_no_dispute() {
    let (world, tenant) = world().await;
    world.pay_in(&tenant.program.api_key, 10_000).await;
    let charge = world.paid_charge(&tenant.program.api_key, 1_000).await;
    let before = money(&world, &tenant).await.0;
    let facts =
        [demand("N1"), taken("D1", "N1", 300), taken("D2", "N1", 100), closed("N1"), demand("N1")];
    for fact in facts.iter().flat_map(|fact| [fact, fact]).chain(&facts) {
        world.report_return(tenant.account_id, &charge, fact, 25).await;
    }
    let disputes = of_charge(&world, &tenant, &charge).await;
    let [dispute] = &disputes[..] else { panic!("{disputes:?}") };
    assert_eq!((&dispute["status"], &dispute["taken_cents"]), (&json!("lost"), &json!(400)));
    assert_eq!(money(&world, &tenant).await, (before - 400 - 25, 0, 0));
    let seen = event_types(&world, &tenant, &dispute["id"]).await;
    assert_eq!(seen, ["dispute.opened", "dispute.lost", "dispute.lost"]);
}

/// Fault row 191. Case 37: the end of a demand comes before the demand. Nothing stays blocked.
#[tokio::test]
async fn a_demand_that_ended_before_it_was_reported_opens_nothing() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    for (notice, end, taken_cents) in
        [("N1", closed("N1"), 0), ("N2", taken("D1", "N2", 1_000), 1_000)]
    {
        let charge = world.paid_charge(key, 1_000).await;
        let before = money(&world, &tenant).await.0;
        for fact in [&end, &demand(notice), &end, &demand(notice)] {
            world.report_return(tenant.account_id, &charge, fact, 25).await;
        }
        assert_eq!(money(&world, &tenant).await, (before - taken_cents, 0, 0));
        assert!(of_charge(&world, &tenant, &charge).await.is_empty());
        // Another demand for the same charge opens as ever.
        if taken_cents == 0 {
            world.report_return(tenant.account_id, &charge, &demand("N3"), 0).await;
            assert_eq!(of_charge(&world, &tenant, &charge).await.len(), 1);
            world.report_return(tenant.account_id, &charge, &closed("N3"), 0).await;
            refund(&world, &tenant, &charge, 1_000).await.created();
        }
    }
}

/// Fault row 190. A network that gave the demand up can still take the money, so its last word counts.
#[tokio::test]
async fn money_that_is_taken_after_the_end_of_a_demand_makes_the_dispute_lost() {
    let (world, tenant) = world().await;
    let charge = world.paid_charge(&tenant.program.api_key, 1_000).await;
    for fact in [demand("N1"), closed("N1"), taken("D1", "N1", 1_000)] {
        world.report_return(tenant.account_id, &charge, &fact, 0).await;
    }
    let disputes = of_charge(&world, &tenant, &charge).await;
    assert_eq!((&disputes[0]["status"], disputes.len()), (&json!("lost"), 1));
    let seen = event_types(&world, &tenant, &disputes[0]["id"]).await;
    assert_eq!(seen, ["dispute.opened", "dispute.won", "dispute.lost"]);
}

/// The balance is spent: the block waits for money, the fee and the rest are a debt, and no balance is below
/// zero.
#[tokio::test]
async fn what_the_balance_does_not_cover_is_owed() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let charge = world.paid_charge(key, 1_000).await;
    let spent = money(&world, &tenant).await.0;
    let mut payout = new_payout();
    payout["amount_cents"] = json!(spent - 50);
    world.payout(key, "all", &payout).await.created();
    world.deliver().await;
    assert_eq!(money(&world, &tenant).await, (0, 0, 0));
    world.report_return(tenant.account_id, &charge, &demand("N1"), 30).await;
    assert_eq!(money(&world, &tenant).await, (0, 0, 30));
    world.report_return(tenant.account_id, &charge, &taken("D1", "N1", 1_000), 30).await;
    assert_eq!(money(&world, &tenant).await, (0, 0, 1_030));
    world.pay_in(key, 10_000).await;
    assert_eq!(money(&world, &tenant).await, (9_901 - 1_030, 0, 0));
}

/// The fee is a line of the statement and stays taken after a dispute that is won.
#[tokio::test]
async fn the_fee_of_the_account_is_taken_when_a_dispute_opens() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let price = json!({ "fixed_cents": 0, "basis_points": 99 });
    let free = json!({ "fixed_cents": 50, "basis_points": 0 });
    let fees = json!({ "pix": price, "payout": free, "dispute": { "med_cents": 150 } });
    let input = json!({ "account_id": tenant.account_id, "fees": fees });
    world.bundle.operate("change_fees", input).await.expect("changed");
    world.pay_in(key, 10_000).await;
    let charge = world.paid_charge(key, 1_000).await;
    let before = money(&world, &tenant).await.0;
    let opened = dispute(&world, &tenant, &charge).await;
    assert_eq!(opened["fee_cents"], 150);
    assert_eq!(money(&world, &tenant).await, (before - 1_150, 1_000, 0));
    act(&world, &tenant, &charge, json!({ "outcome": "closed" })).await;
    assert_eq!(money(&world, &tenant).await, (before - 150, 0, 0));
    let statement = world.get("/v1/statement?from=2026-11-01").key(key).send().await.ok();
    let lines = statement["data"].as_array().expect("a list").iter();
    let fees: Vec<_> = lines.filter(|line| line["kind"] == "dispute_fee").collect();
    assert_eq!(fees.len(), 1, "{statement}");
    assert_eq!(
        (&fees[0]["amount_cents"], &fees[0]["transaction_id"]),
        (&json!(-150), &json!(charge))
    );
}

/// A block of the operator opens no dispute, and the end of a demand's block by its time wins one.
#[tokio::test]
async fn only_a_demand_of_the_network_opens_a_dispute() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    let charge = world.paid_charge(key, 1_000).await;
    let order = json!({ "account_id": tenant.account_id, "kind": "administrative",
        "amount_cents": 100, "reason": "an order", "charge_id": charge });
    world.bundle.operate("block_balance", order).await.expect("blocked");
    assert!(of_charge(&world, &tenant, &charge).await.is_empty());
    refund(&world, &tenant, &charge, 100).await.created();
    let other = world.paid_charge(key, 2_000).await;
    let opened = dispute(&world, &tenant, &other).await;
    world.wait_and_deliver(31 * DAY).await;
    assert_eq!(find(&world, &tenant, &opened["id"]).await["status"], "won");
}

#[tokio::test]
async fn a_list_has_the_disputes_that_its_filters_select() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let mut ids = Vec::new();
    for amount_cents in [1_000, 2_000, 3_000] {
        let charge = world.paid_charge(key, amount_cents).await;
        let opened = dispute(&world, &tenant, &charge).await;
        ids.push((charge, text(&opened["id"]), text(&opened["respond_by"])));
        world.wait(3_600);
    }
    act(&world, &tenant, &ids[0].0, json!({ "outcome": "closed" })).await;
    let select = async |query: &str| -> Vec<usize> {
        let page = list(&world, &tenant, query).await;
        let found = page["data"].as_array().expect("a list").iter().map(|one| text(&one["id"]));
        found.map(|id| ids.iter().position(|(_, it, _)| *it == id).expect("one of them")).collect()
    };
    assert_eq!(select("").await, [2, 1, 0]);
    assert_eq!(select("status=needs_response").await, [2, 1]);
    assert_eq!(select("status=won").await, [0]);
    assert_eq!(select("kind=med").await, [2, 1, 0]);
    assert!(select("kind=chargeback").await.is_empty());
    assert_eq!(select(&format!("charge_id={}", ids[1].0)).await, [1]);
    let before = format!("respond_before={}", ids[1].2);
    assert_eq!(select(&before).await, [0]);
    assert!(select(&format!("status=needs_response&{before}")).await.is_empty());
    let first = list(&world, &tenant, "limit=2").await;
    let next =
        list(&world, &tenant, &format!("limit=2&cursor={}", text(&first["next_cursor"]))).await;
    assert_eq!(next["data"].as_array().map(Vec::len), Some(1));
    for (query, field) in [
        ("status=open", "status"),
        ("charge_id=x", "charge_id"),
        ("respond_before=soon", "respond_before"),
    ] {
        let wrong = world.get(&format!("/v1/disputes?{query}")).key(key).send().await;
        let problem = wrong.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], field, "{problem}");
    }
}

#[tokio::test]
async fn another_account_does_not_see_a_dispute() {
    let (world, tenant) = world().await;
    let other = world.tenant("other").await;
    let charge = world.paid_charge(&tenant.program.api_key, 1_000).await;
    let opened = dispute(&world, &tenant, &charge).await;
    let path = format!("/v1/disputes/{}", text(&opened["id"]));
    world.get(&path).key(&other.program.api_key).send().await.problem(404, "not_found");
    let none = list(&world, &other, &format!("charge_id={charge}")).await;
    assert_eq!(none["data"], json!([]));
}
