//! `GET /v1/balance/explain`: what each number comes from, and the balance expected later.

use serde_json::{Value, json};
use tests::{Tenant, World, new_charge, new_payout, text};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Each number of the balance that has an explanation, and its part.
const PARTS: [(&str, &str); 6] = [
    ("held_cents", "held"),
    ("blocked_cents", "blocked"),
    ("owed_cents", "owed"),
    ("receivable_cents", "receivable"),
    ("in_review_cents", "in_review"),
    ("unmatched_cents", "unmatched"),
];
/// All numbers of the balance.
const NUMBERS: [&str; 8] = [
    "available_cents",
    "held_cents",
    "blocked_cents",
    "owed_cents",
    "balance_cents",
    "receivable_cents",
    "in_review_cents",
    "unmatched_cents",
];

struct Shop {
    world: World,
    tenant: Tenant,
}

impl Shop {
    async fn open() -> Self {
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        tenant.ana.log_in(&world).await.created();
        tenant.bruno.log_in(&world).await.created();
        Self { world, tenant }
    }

    fn key(&self) -> &str {
        &self.tenant.program.api_key
    }

    async fn balance(&self) -> Value {
        self.world.get("/v1/balance").key(self.key()).send().await.ok()
    }

    /// Returns the explanation, after a check that it adds up to the balance.
    async fn explain(&self, query: &str) -> Value {
        let balance = self.balance().await;
        let path = format!("/v1/balance/explain{query}");
        let shown = self.world.get(&path).key(self.key()).send().await.ok();
        for number in NUMBERS {
            assert_eq!(shown["balance"][number], balance[number], "{number} in {shown}");
        }
        for (number, part) in PARTS {
            let part = &shown[part];
            assert_eq!(part["total_cents"], balance[number], "{number}");
            let lines = part["lines"].as_array().expect("lines").iter();
            let sum: i64 = lines.map(|line| signed(&line["amount_cents"])).sum();
            assert_eq!(sum + signed(&part["unlisted_cents"]), signed(&balance[number]), "{part}");
        }
        if shown["forecast"].is_object() {
            check_effects(&shown);
        }
        shown
    }

    async fn forecast(&self, at: &str) -> Value {
        self.explain(&format!("?at={at}")).await["forecast"].take()
    }

    async fn payout(&self, name: &str, amount_cents: u64, fields: Value) -> Value {
        let mut payout = new_payout();
        payout["amount_cents"] = json!(amount_cents);
        let fields = fields.as_object().cloned().unwrap_or_default();
        payout.as_object_mut().expect("an object").extend(fields);
        self.world.payout(self.key(), name, &payout).await.created()
    }

    async fn block(&self, kind: &str, amount_cents: u64, ends_at: Option<&str>) -> Value {
        let block = json!({
            "account_id": self.tenant.account_id, "kind": kind, "amount_cents": amount_cents,
            "reason": "an order", "ends_at": ends_at,
        });
        self.world.bundle.operate("block_balance", block).await.expect("a block")
    }

    /// Checks that the balance now is the one that a forecast expected.
    async fn has_become(&self, forecast: &Value) {
        let balance = self.balance().await;
        for number in NUMBERS {
            assert_eq!(balance[number], forecast["balance"][number], "{number}: {forecast:#}");
        }
    }
}

fn signed(cents: &Value) -> i64 {
    cents.as_i64().expect("cents")
}

/// Checks that the present numbers and all effects add up to the expected numbers.
fn check_effects(shown: &Value) {
    let forecast = &shown["forecast"];
    let changes = forecast["changes"].as_array().expect("changes");
    for number in NUMBERS {
        let effects = changes.iter().map(|change| signed(&change["effect"][number]));
        let others = signed(&forecast["other_changes"][number]);
        let sum = signed(&shown["balance"][number]) + effects.sum::<i64>() + others;
        assert_eq!(sum, signed(&forecast["balance"][number]), "{number} in {forecast}");
    }
}

/// Returns the lines of a part: type, amount, reason and time.
fn lines(shown: &Value, part: &str) -> Vec<(String, i64, String, Value)> {
    let lines = shown[part]["lines"].as_array().expect("lines").iter();
    let line = |line: &Value| {
        assert!(line["id"].as_str().is_some_and(|id| id.len() == 30), "{line}");
        let amount = signed(&line["amount_cents"]);
        (text(&line["type"]), amount, text(&line["why"]), line["at"].clone())
    };
    let mut lines: Vec<_> = lines.map(line).collect();
    lines.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    lines
}

fn line(kind: &str, amount: i64, why: &str, at: Option<&str>) -> (String, i64, String, Value) {
    (kind.to_owned(), amount, why.to_owned(), json!(at))
}

/// An account with money in each place at once, except a debt. The last step is at 12:03:05.
async fn with_everything() -> Shop {
    let shop = Shop::open().await;
    let rules = json!({
        "approval_rules": [{ "from_cents": 10_000, "approvals": 1 }],
        "review_from_cents": 30_000,
    });
    shop.world.protect(&shop.tenant, &rules).await;
    shop.world.wait(31);
    let settings = json!({ "return_after_days": 5 });
    let put = shop.tenant.ana.ask_with_code(&shop.world, "PUT", "/v1/credit-settings");
    put.json(&settings).send().await.ok();
    let (world, key) = (&shop.world, shop.key());
    let paid = world.paid_charge(key, 100_000).await;
    for amount in [1_001, 1_002, 1_003] {
        world.paid_charge(key, amount).await;
        world.wait(1);
    }
    world.credit(key, 700).await;
    shop.block("judicial", 5_000, Some("2026-11-25T12:00:00Z")).await;
    shop.payout("scheduled", 2_500, json!({ "scheduled_for": "2026-11-24T12:00:00Z" })).await;
    shop.payout("approval", 20_000, json!({})).await;
    shop.payout("waits", 80_000, json!({ "wait_for_funds": true })).await;
    world.refund(key, &paid, "refund", &json!({ "amount_cents": 400 })).await.created();
    shop
}

#[tokio::test]
async fn every_number_of_the_balance_is_the_sum_of_its_objects() {
    let shop = with_everything().await;
    let shown = shop.explain("").await;
    assert_eq!(shown["forecast"], Value::Null);
    let decided_by = Some("2026-11-30T12:03:05.000Z");
    let held = [
        line("payout", 2_550, "scheduled", Some("2026-11-24T12:00:00.000Z")),
        line("payout", 20_050, "awaiting_approval", decided_by),
        line("refund", 400, "processing", None),
    ];
    assert_eq!(lines(&shown, "held"), held);
    let blocked = [line("balance_block", 5_000, "judicial", Some("2026-11-25T12:00:00.000Z"))];
    assert_eq!(lines(&shown, "blocked"), blocked);
    let receivable = [line("charge", 1_001, "awaiting_credit", Some("2026-11-23T12:04:02.000Z"))];
    assert_eq!(lines(&shown, "receivable"), receivable);
    let in_review = [
        line("charge", 1_002, "in_review", Some("2026-11-23T12:08:03.000Z")),
        line("charge", 1_003, "in_review", Some("2026-11-23T12:08:04.000Z")),
    ];
    assert_eq!(lines(&shown, "in_review"), in_review);
    let unmatched = [line("credit", 700, "awaiting_decision", Some("2026-11-28T12:03:05.000Z"))];
    assert_eq!(lines(&shown, "unmatched"), unmatched);
    for (_, part) in PARTS {
        let part = &shown[part];
        assert_eq!((&part["unlisted_cents"], &part["more"]), (&json!(0), &json!(false)), "{part}");
    }
    let (balance, sum) = (&shown["balance"], |names: [&str; 3]| {
        names.map(|name| signed(&shown["balance"][name])).iter().sum::<i64>()
    });
    let parts = sum(["available_cents", "held_cents", "blocked_cents"]);
    assert_eq!(signed(&balance["balance_cents"]), parts);
    assert_eq!(signed(&balance["available_cents"]), 99_010 - 5_000 - 2_550 - 20_050 - 400);
}

/// The clock moves to the times of several forecasts, and the balance is what they said.
#[tokio::test]
async fn the_expected_balance_is_the_balance_that_then_is() {
    let shop = with_everything().await;
    let times = [
        ("2026-11-23T12:10:00Z", 6 * 60),
        ("2026-11-24T12:03:00Z", DAY - 7 * 60),
        ("2026-11-25T12:03:00Z", DAY),
        ("2026-11-28T12:05:00Z", 3 * DAY + 120),
        ("2026-11-30T12:05:00Z", 2 * DAY),
    ];
    let mut forecasts = Vec::new();
    for (at, _) in times {
        forecasts.push(shop.forecast(at).await);
    }
    let whys = |forecast: &Value| -> Vec<(String, bool)> {
        let changes = forecast["changes"].as_array().expect("changes").iter();
        changes.map(|it| (text(&it["why"]), it["certain"] == true)).collect()
    };
    let expected = [
        ("refund_paid", false),
        ("charge_credited", true),
        ("charge_credited", true),
        ("charge_rejected", true),
        ("payout_paid", false),
        ("block_ended", false),
        ("credit_returned", false),
        ("payout_rejected", false),
    ];
    let expected = expected.map(|(why, certain)| (why.to_owned(), certain));
    assert_eq!(whys(&forecasts[4]), expected, "{:#}", forecasts[4]);
    for ((_, seconds), forecast) in times.into_iter().zip(&forecasts) {
        assert_eq!(forecast["complete"], true);
        // A step takes a tick, and what it sends to the network another one.
        shop.world.wait_and_deliver(seconds).await;
        shop.world.wait_and_deliver(61).await;
        shop.world.wait_and_deliver(61).await;
        shop.has_become(forecast).await;
        shop.explain("").await;
    }
}

/// New money pays the debt first, then it fills the claim of a balance block, and then a payout gets it.
#[tokio::test]
async fn a_debt_and_a_claim_take_the_next_money_before_a_payout_that_waits() {
    let shop = Shop::open().await;
    let (world, key) = (&shop.world, shop.key());
    let taken = world.paid_charge(key, 10_000).await;
    shop.payout("spent", 9_000, json!({})).await;
    world.deliver().await;
    let path = format!("/v1/sandbox/charges/{taken}/return");
    world.post(&path).key(key).json(&json!({ "outcome": "returned" })).send().await.ok();
    let shown = shop.explain("").await;
    // 9,901 came in and 9,050 went out.
    let owed = 10_000 - (9_901 - 9_050);
    let at = Some("2026-11-23T12:01:00.000Z");
    assert_eq!(lines(&shown, "owed"), [line("charge", owed, "taken_back", at)]);
    shop.block("med", 500, None).await;
    shop.payout("waits", 300, json!({ "wait_for_funds": true })).await;
    // Of 10 charges with 991 each, the tenth leaves 261 after debt and claim.
    let mut charge = new_charge();
    charge["amount_cents"] = json!(1_001);
    for number in 0..10 {
        let ask = world.post("/v1/charges").key(key).json(&charge);
        let made = ask.idempotency_key(&format!("later-{number}")).send().await.created();
        world.pay(key, &text(&made["id"])).await.ok();
    }
    let shown = shop.explain("?at=2026-11-23T12:05:00Z").await;
    let claims = &shown["block_claims"];
    assert_eq!((&claims["total_cents"], &claims["unlisted_cents"]), (&json!(500), &json!(0)));
    assert_eq!(lines(&shown, "block_claims"), [line("balance_block", 500, "med", None)]);
    let forecast = &shown["forecast"];
    let first = &forecast["changes"][0]["effect"];
    assert_eq!((&first["available_cents"], &first["owed_cents"]), (&json!(0), &json!(-991)));
    assert_eq!(forecast["balance"]["owed_cents"], 0);
    assert_eq!(forecast["balance"]["blocked_cents"], 500);
    // 9,910 of the charges less debt and claim leave 261, and the payout with its fee needs 350.
    let left = 9_910 - owed - 500;
    assert_eq!(forecast["balance"]["available_cents"], json!(left));
    world.wait_and_deliver(61).await;
    world.wait_and_deliver(61).await;
    world.wait_and_deliver(61).await;
    shop.has_become(forecast).await;
    // One more charge pays the payout that waits.
    let made = world.post("/v1/charges").key(key).json(&charge).idempotency_key("last");
    let made = made.send().await.created();
    world.pay(key, &text(&made["id"])).await.ok();
    let forecast = shop.forecast("2026-11-23T13:00:00Z").await;
    let whys: Vec<_> =
        forecast["changes"].as_array().expect("changes").iter().map(|it| &it["why"]).collect();
    assert_eq!(whys, ["charge_credited", "payout_funded", "payout_paid"]);
    for _ in 0..4 {
        world.wait_and_deliver(61).await;
    }
    shop.has_become(&forecast).await;
}

#[tokio::test]
async fn an_account_with_more_objects_than_fit_still_adds_up() {
    let shop = Shop::open().await;
    for _ in 0..101 {
        shop.world.credit(shop.key(), 7).await;
    }
    let shown = shop.explain("?at=2026-12-31").await;
    let part = &shown["unmatched"];
    assert_eq!(part["lines"].as_array().map(Vec::len), Some(100));
    assert_eq!((&part["total_cents"], &part["unlisted_cents"]), (&json!(707), &json!(7)));
    assert_eq!((&part["more"], &shown["forecast"]["complete"]), (&json!(true), &json!(false)));
    // More changes than fit are one sum.
    for amount_cents in [1_001, 1_002] {
        for _ in 0..60 {
            shop.world.paid_charge(shop.key(), amount_cents).await;
        }
    }
    let forecast = shop.forecast("2026-12-31").await;
    assert_eq!(forecast["changes"].as_array().map(Vec::len), Some(100));
    assert_eq!(
        (&forecast["more"], &forecast["other_changes"]["available_cents"]),
        (&json!(true), &json!(20 * 992))
    );
    assert_eq!(forecast["balance"]["available_cents"], 60 * 991 + 60 * 992);
}

#[tokio::test]
async fn a_frozen_account_expects_no_change() {
    let shop = with_everything().await;
    let input = json!({ "account_id": shop.tenant.account_id, "reason": "suspected fraud" });
    let frozen = shop.world.bundle.operate("freeze_account", input).await.expect("frozen");
    let shown = shop.explain("?at=2026-12-31").await;
    assert_eq!(shown["frozen_at"], frozen["frozen_at"]);
    assert_eq!(shown["forecast"]["changes"], json!([]));
    assert_eq!(shown["forecast"]["balance"], shown["balance"]);
}

#[tokio::test]
async fn the_time_is_an_instant_or_the_end_of_a_day_in_the_future() {
    let shop = Shop::open().await;
    let at = async |query: &str| shop.explain(query).await["forecast"]["at"].take();
    assert_eq!(at("?at=2026-11-24").await, "2026-11-25T03:00:00.000Z");
    assert_eq!(at("?at=2026-11-24&time_zone=Asia/Tokyo").await, "2026-11-24T15:00:00.000Z");
    assert_eq!(at("?at=2026-11-24T12:00:00-03:00").await, "2026-11-24T15:00:00.000Z");
    // The end of today is later than now.
    assert_eq!(at("?at=2026-11-23").await, "2026-11-24T03:00:00.000Z");
    let refused = async |query: &str, field: &str, flaw: &str| {
        let path = format!("/v1/balance/explain?{query}");
        let answer = shop.world.get(&path).key(shop.key()).send().await;
        answer.violation(field, flaw);
    };
    refused("at=2026-11-22", "at", "out_of_range").await;
    refused("at=2026-11-23T12:00:00Z", "at", "out_of_range").await;
    refused("at=2027-11-26", "at", "out_of_range").await;
    refused("at=24/11/2026", "at", "invalid_format").await;
    refused("at=2026-11-24&time_zone=Brazil", "time_zone", "invalid_format").await;
}
