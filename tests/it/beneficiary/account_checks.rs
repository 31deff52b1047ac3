//! Checks of saved bank accounts by a payout of one cent: what they record, and what they cost.

use domain::access::Permission;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_beneficiary, text};

/// One cent, and the fee, which is not higher than the amount.
const COST: u64 = 2;

/// An account with money and a saved beneficiary who has one bank account.
struct Checked {
    world: World,
    tenant: Tenant,
    saved: Value,
}

impl Checked {
    /// Saves an account of the bank whose account numbers select a scenario.
    async fn number(number: &str) -> Self {
        Self::account("18236120", number, "payment").await
    }

    async fn account(ispb: &str, number: &str, kind: &str) -> Self {
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        tenant.ana.log_in(&world).await.created();
        tenant.bruno.log_in(&world).await.created();
        let key = &tenant.program.api_key;
        world.pay_in(key, 100_000).await;
        let mut body = new_beneficiary();
        let account = json!({ "ispb": ispb, "branch": "1234", "number": number, "type": kind });
        body["destinations"] = json!([{ "bank_account": account }]);
        let saved = world.save_beneficiary(key, &body).await.created();
        Self { world, tenant, saved }
    }

    fn key(&self) -> &str {
        &self.tenant.program.api_key
    }

    fn path(&self) -> String {
        format!("/v1/beneficiaries/{}", text(&self.saved["id"]))
    }

    async fn post_as(&self, key: &str, end: &str) -> TestResponse {
        let path = format!("{}{end}", self.path());
        self.world.post(&path).key(key).json(&json!({})).send().await
    }

    async fn check(&self) -> TestResponse {
        let destination = text(&self.saved["destinations"][0]["id"]);
        self.post_as(self.key(), &format!("/destinations/{destination}/check")).await
    }

    /// Returns the destination as the API shows it.
    async fn destination(&self) -> Value {
        let shown = self.world.get(&self.path()).key(self.key()).send().await.ok();
        shown["destinations"][0].clone()
    }

    async fn payout(&self, check: &Value) -> Value {
        self.world.find_payout(self.key(), &check["payout_id"]).await
    }

    async fn events(&self, kind: &str) -> usize {
        let path = format!("/v1/events?type={kind}");
        let events = self.world.get(&path).key(self.key()).send().await.ok();
        assert!(!events.to_string().contains("52998224725"));
        events["data"].as_array().expect("a list").len()
    }

    /// Returns the balance and what is held, in cents.
    async fn balances(&self) -> (u64, u64) {
        let (books, _) = self.world.ledger(self.tenant.account_id).await;
        (books.balances.available_cents, books.balances.held_cents)
    }
}

fn result(destination: &Value) -> (&Value, &Value) {
    (&destination["last_check"]["status"], &destination["verified_by"])
}

#[tokio::test]
async fn a_cent_that_arrives_verifies_the_account() {
    let checked = Checked::number("1234567-8").await;
    let (available, _) = checked.balances().await;
    let check = checked.check().await.ok();
    assert!(text(&check["id"]).starts_with("chk_"));
    assert_eq!(check["status"], "pending");
    assert_eq!(checked.balances().await, (available - COST, COST));
    let before = checked.destination().await;
    assert_eq!(result(&before), (&json!("pending"), &Value::Null));
    checked.world.deliver().await;
    let after = checked.destination().await;
    assert_eq!(result(&after), (&json!("matched"), &json!("micro_deposit")));
    assert_eq!(after["last_check"]["id"], check["id"]);
    assert_eq!(after["verified_at"], after["last_check"]["checked_at"]);
    let payout = checked.payout(&check).await;
    assert_eq!((&payout["status"], &payout["amount_cents"]), (&json!("paid"), &json!(1)));
    assert_eq!(payout["check_id"], check["id"]);
    assert_eq!(payout["beneficiary_id"], checked.saved["id"]);
    assert_eq!(checked.balances().await, (available - COST, 0));
    assert_eq!(checked.events("beneficiary.verified").await, 1);
}

#[tokio::test]
async fn a_cent_that_does_not_arrive_says_whether_another_person_owns_the_account() {
    for (number, wait, status, marked) in [
        ("9990001-1", 0, "impossible", false),
        ("9990002-2", 0, "mismatch", true),
        ("9990003-3", 61, "mismatch", true),
    ] {
        let checked = Checked::number(number).await;
        let before = checked.balances().await;
        let check = checked.check().await.ok();
        checked.world.deliver().await;
        if wait > 0 {
            assert_eq!(checked.destination().await["last_check"]["status"], "pending");
            checked.world.wait_and_tick(wait).await;
        }
        let after = checked.destination().await;
        assert_eq!(result(&after), (&json!(status), &Value::Null), "{number}");
        assert_eq!(after["owner_mismatch_at"].is_string(), marked, "{number}");
        assert_eq!(checked.payout(&check).await["status"], "rejected");
        assert_eq!(checked.balances().await, before, "{number}");
        assert_eq!(checked.events("beneficiary.verified").await, 0);
    }
}

#[tokio::test]
async fn a_cent_that_comes_back_ends_the_verification() {
    let checked = Checked::number("9990004-4").await;
    let before = checked.balances().await;
    checked.check().await.ok();
    checked.world.deliver().await;
    assert_eq!(result(&checked.destination().await), (&json!("matched"), &json!("micro_deposit")));
    checked.world.wait_and_tick(301).await;
    assert_eq!(result(&checked.destination().await), (&json!("impossible"), &Value::Null));
    assert_eq!(checked.balances().await, before);
}

/// Fault row 215.
#[tokio::test]
async fn one_check_of_an_account_runs_at_a_time() {
    let checked = Checked::number("9990005-5").await;
    let (available, _) = checked.balances().await;
    let destination = text(&checked.saved["destinations"][0]["id"]);
    let path = format!("{}/destinations/{destination}/check", checked.path());
    let ask = |name: &'static str| {
        let ask = checked.world.post(&path).key(checked.key()).idempotency_key(name);
        ask.json(&json!({})).send()
    };
    let (first, second) = tokio::join!(ask("1"), ask("2"));
    let (won, lost) = if first.status == 200 { (first, second) } else { (second, first) };
    lost.problem(409, "beneficiary_state");
    let check = won.ok();
    checked.check().await.problem(409, "beneficiary_state");
    assert_eq!(checked.balances().await, (available - COST, COST));
    // The retry of a request sends no second cent.
    let replays = [ask("1").await, ask("2").await];
    assert!(replays.into_iter().any(|it| it.status == 200 && it.json()["id"] == check["id"]));
    checked.world.deliver().await;
    assert_eq!(checked.world.network.payout_submissions(), 1);
}

/// Fault row 216.
#[tokio::test]
async fn a_check_that_ended_for_a_beneficiary_that_changed_since_changes_nothing() {
    let checked = Checked::number("9990005-5").await;
    let check = checked.check().await.ok();
    checked.world.deliver().await;
    checked.post_as(checked.key(), "/archive").await.ok();
    assert_eq!(checked.destination().await["last_check"], Value::Null);
    let resolve = async |check: &Value, body: Value| {
        let path = format!("/v1/sandbox/payouts/{}/outcome", text(&check["payout_id"]));
        checked.world.post(&path).key(checked.key()).json(&body).send().await.ok()
    };
    // The cent arrives while the beneficiary is archived, and comes back when it is not any more.
    resolve(&check, json!({ "outcome": "paid" })).await;
    checked.post_as(checked.key(), "/reinstate").await.ok();
    let again = checked.check().await.ok();
    assert_ne!(again["id"], check["id"]);
    resolve(&check, json!({ "outcome": "returned", "reason": "beneficiary_mismatch" })).await;
    let shown = checked.destination().await;
    assert_eq!(shown["last_check"]["id"], again["id"]);
    assert_eq!(result(&shown), (&json!("pending"), &Value::Null));
    assert_eq!(shown["owner_mismatch_at"], Value::Null);
    checked.world.deliver().await;
    let mismatch = json!({ "outcome": "rejected", "reason": "beneficiary_mismatch" });
    resolve(&again, mismatch).await;
    assert_eq!(result(&checked.destination().await), (&json!("mismatch"), &Value::Null));
}

#[tokio::test]
async fn a_check_needs_the_right_to_pay_and_the_money() {
    let checked = Checked::number("1234567-8").await;
    let (world, tenant) = (&checked.world, &checked.tenant);
    let permissions = [Permission::BeneficiariesRead, Permission::BeneficiariesWrite];
    let clerk = world.program(tenant.account_id, &permissions, &["203.0.113.7"]).await;
    let destination = text(&checked.saved["destinations"][0]["id"]);
    let end = format!("/destinations/{destination}/check");
    checked.post_as(&clerk.api_key, &end).await.problem(403, "permission_denied");
    let (available, _) = checked.balances().await;
    let mut all = tests::new_payout();
    all["amount_cents"] = json!(available - 50 - 1);
    world.payout(checked.key(), "all", &all).await.created();
    checked.check().await.problem(422, "insufficient_funds");
    assert_eq!(checked.destination().await["last_check"], Value::Null);
    assert_eq!(checked.events("beneficiary.changed").await, 0);
}

#[tokio::test]
async fn a_check_takes_no_approval_and_a_payout_after_it_still_does() {
    let checked = Checked::number("1234567-8").await;
    let rules = json!({
        "approval_rules": [{ "from_cents": 0, "approvals": 1 }], "review_from_cents": 1,
    });
    checked.world.protect(&checked.tenant, &rules).await;
    let check = checked.check().await.ok();
    let payout = checked.payout(&check).await;
    assert_eq!((&payout["status"], &payout["approvals_needed"]), (&json!("processing"), &json!(0)));
    checked.world.deliver().await;
    assert_eq!(checked.destination().await["verified_by"], "micro_deposit");
    let body = json!({ "amount_cents": 2_500, "to": { "beneficiary_id": checked.saved["id"] } });
    let payout = checked.world.payout(checked.key(), "1", &body).await.created();
    assert_eq!(payout["status"], "awaiting_approval");
    assert!(payout["cools_until"].is_string());
    assert_eq!(payout["check_id"], Value::Null);
}

#[tokio::test]
async fn an_account_that_only_a_ted_reaches_is_not_checked() {
    let checked = Checked::account("01023570", "1234567-8", "checking").await;
    checked.check().await.problem(409, "beneficiary_state");
    assert_eq!(checked.destination().await["last_check"], Value::Null);
}

/// Fault row 217.
#[tokio::test]
async fn checks_of_an_account_end_with_the_share_of_their_user() {
    let checked = Checked::number("9990002-2").await;
    let mut checks = 0;
    let refused = loop {
        let answer = checked.check().await;
        if answer.status != 200 {
            break answer;
        }
        checks += 1;
        assert!(checks < 50, "guesses have no price");
        checked.world.deliver().await;
    };
    refused.problem(429, "lookup_share_spent");
    assert_eq!(checked.world.network.payout_submissions(), checks);
}

/// A payout that the network rejects after it accepted it marks its destination as well.
#[tokio::test]
async fn a_late_rejection_marks_the_destination_and_ends_its_verification() {
    let checked = Checked::number("9990003-3").await;
    checked.world.wait(24 * 3_600);
    let body = json!({ "amount_cents": 2_500, "to": { "beneficiary_id": checked.saved["id"] } });
    checked.world.payout(checked.key(), "1", &body).await.created();
    checked.world.deliver().await;
    assert_eq!(checked.destination().await["owner_mismatch_at"], Value::Null);
    checked.world.wait_and_tick(61).await;
    let marked = checked.destination().await;
    assert!(marked["owner_mismatch_at"].is_string());
    assert_eq!(marked["last_check"], Value::Null);
    assert_eq!(checked.events("beneficiary.changed").await, 1);
}

#[tokio::test]
async fn a_rejection_that_is_reported_again_ends_no_later_verification() {
    let checked = Checked::number("9990005-5").await;
    let resolve = async |payout: &Value, body: &Value| {
        let path = format!("/v1/sandbox/payouts/{}/outcome", text(payout));
        checked.world.post(&path).key(checked.key()).json(body).send().await.ok()
    };
    let mismatch = json!({ "outcome": "rejected", "reason": "beneficiary_mismatch" });
    let verify = async || {
        let check = checked.check().await.ok();
        checked.world.deliver().await;
        resolve(&check["payout_id"], &json!({ "outcome": "paid" })).await;
        let shown = checked.destination().await;
        assert_eq!(result(&shown), (&json!("matched"), &json!("micro_deposit")));
        assert_eq!(shown["owner_mismatch_at"], Value::Null);
    };
    verify().await;
    checked.world.wait(24 * 3_600);
    let body = json!({ "amount_cents": 2_500, "to": { "beneficiary_id": checked.saved["id"] } });
    let payout = checked.world.payout(checked.key(), "1", &body).await.created();
    checked.world.deliver().await;
    resolve(&payout["id"], &mismatch).await;
    let marked = checked.destination().await;
    assert_eq!((&marked["verified_by"], &marked["verified_at"]), (&Value::Null, &Value::Null));
    assert!(marked["owner_mismatch_at"].is_string());
    verify().await;
    resolve(&payout["id"], &mismatch).await;
    assert_eq!(checked.destination().await["verified_by"], "micro_deposit");
}
