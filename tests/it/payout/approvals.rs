//! Approvals of payouts: how many by amount, by whom, of which owner, and what voids them.

use domain::access::Permission;
use domain::payout::DECISION_TIMEOUT;
use serde_json::{Value, json};
use tests::{NetworkBehavior, Tenant, TestResponse, World, new_payout, text};

use crate::payout::lookup_reserve::spend_everything;

/// An account with money, two moderators who are logged in, and two programs that approve.
pub(crate) struct FourEyes {
    pub(crate) world: World,
    pub(crate) tenant: Tenant,
    pub(crate) approvers: [String; 2],
}

impl FourEyes {
    /// Opens the account with these rules, each an amount and a number of approvals.
    pub(crate) async fn with(rules: &[(u64, u8)]) -> Self {
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        world.pay_in(&tenant.program.api_key, 100_000).await;
        tenant.ana.log_in(&world).await.created();
        tenant.bruno.log_in(&world).await.created();
        let rule =
            |(from, approvals): &(u64, u8)| json!({ "from_cents": from, "approvals": approvals });
        let rules: Vec<_> = rules.iter().map(rule).collect();
        world.protect(&tenant, &json!({ "approval_rules": rules })).await;
        let permissions = [Permission::PayoutsApprove];
        let mut approvers = [String::new(), String::new()];
        for approver in &mut approvers {
            let program = world.program(tenant.account_id, &permissions, &["203.0.113.7"]).await;
            *approver = program.api_key;
        }
        Self { world, tenant, approvers }
    }

    /// Suspends the first program that approves.
    pub(crate) async fn suspend_approver(&self) {
        let me = self.world.get("/v1/me").key(&self.approvers[0]).send().await.ok();
        let path = format!("/v1/users/{}/suspend", text(&me["user"]["id"]));
        self.world.wait(31);
        self.tenant.ana.ask_with_code(&self.world, "POST", &path).send().await.ok();
    }

    /// Creates a payout, and lets the worker ask for the owner of its key.
    pub(crate) async fn payout(&self, name: &str, amount_cents: u64) -> Value {
        let payout = self.unchecked(name, amount_cents).await;
        self.world.deliver().await;
        payout
    }

    async fn unchecked(&self, name: &str, amount_cents: u64) -> Value {
        let mut payout = new_payout();
        payout["amount_cents"] = json!(amount_cents);
        self.world.payout(&self.tenant.program.api_key, name, &payout).await.created()
    }

    pub(crate) async fn decide(&self, key: &str, payout: &Value, verb: &str) -> TestResponse {
        let path = format!("/v1/payouts/{}/{verb}", text(&payout["id"]));
        let body = if verb == "reject" { json!({ "reason": "no" }) } else { json!({}) };
        self.world.post(&path).key(key).json(&body).send().await
    }

    async fn approve(&self, approver: usize, payout: &Value) -> TestResponse {
        self.decide(&self.approvers[approver], payout, "approve").await
    }

    pub(crate) async fn find(&self, payout: &Value) -> Value {
        self.world.find_payout(&self.tenant.program.api_key, &payout["id"]).await
    }

    pub(crate) async fn money(&self) -> (u64, u64) {
        let (books, _) = self.world.ledger(self.tenant.account_id).await;
        (books.balances.available_cents, books.balances.held_cents)
    }
}

#[tokio::test]
async fn the_amount_decides_at_its_very_cent_how_many_must_approve() {
    let office = FourEyes::with(&[(1_000, 1), (5_000, 2)]).await;
    for (amount, needed, status) in [
        (999, 0, "processing"),
        (1_000, 1, "awaiting_approval"),
        (4_999, 1, "awaiting_approval"),
        (5_000, 2, "awaiting_approval"),
    ] {
        let payout = office.unchecked(&format!("p-{amount}"), amount).await;
        assert_eq!(
            (&payout["approvals_needed"], &payout["status"]),
            (&json!(needed), &json!(status))
        );
    }
}

#[tokio::test]
async fn several_approvals_are_of_several_users_and_none_of_them_is_the_maker() {
    let office = FourEyes::with(&[(0, 3)]).await;
    let payout = office.payout("1", 1_000).await;
    let maker = office.decide(&office.tenant.program.api_key, &payout, "approve").await;
    maker.problem(403, "second_user_needed");
    for approver in [0, 1] {
        let approved = office.approve(approver, &payout).await.ok();
        assert_eq!(approved["status"], "awaiting_approval");
        assert_eq!(approved["approvals"].as_array().map(Vec::len), Some(approver + 1));
        let again = office.approve(approver, &payout).await;
        let problem = again.problem(403, "second_user_needed");
        assert!(text(&problem["detail"]).contains("you approved the payout already"), "{problem}");
    }
    office.world.deliver().await;
    assert_eq!(office.world.network.payout_submissions(), 0, "two of three approved");
    let path = format!("/v1/payouts/{}/approve", text(&payout["id"]));
    let last = office.tenant.ana.ask_with_code(&office.world, "POST", &path).send().await.ok();
    assert_eq!(last["status"], "processing");
    office.world.deliver().await;
    assert_eq!(office.find(&payout).await["status"], "paid");
    let key = &office.tenant.program.api_key;
    let events = office.world.get("/v1/events?type=payout.awaiting_approval").key(key);
    let events = events.send().await.ok();
    let seen: Vec<_> = events["data"].as_array().expect("a list").iter().collect();
    // The owner is known, and two of three approved.
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[2]["data"]["object"]["key_owner"]["name"], "Maria Silva");
}

#[tokio::test]
async fn users_approve_an_owner_that_the_directory_named_before() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let payout = office.unchecked("1", 1_000).await;
    assert_eq!(payout["key_owner"], Value::Null);
    office.approve(0, &payout).await.problem(409, "owner_unchecked");
    office.world.deliver().await;
    let shown = office.find(&payout).await;
    let owner = &shown["key_owner"];
    assert_eq!((&owner["name"], &owner["ispb"]), (&json!("Maria Silva"), &json!("60701190")));
    assert_eq!(owner["document_masked"], "***.982.247-**");
    office.approve(0, &payout).await.ok();
    office.world.deliver().await;
    assert_eq!(office.find(&payout).await["status"], "paid");
    // The answer was remembered when the order went.
    assert_eq!(office.world.network.looked_up().len(), 1);
}

#[tokio::test]
async fn a_key_without_an_owner_or_of_another_person_needs_no_decision() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let before = office.money().await;
    let mut unknown = new_payout();
    unknown["to"]["pix_key"]["key"] = json!("nobody@sandbox.example");
    let mut other = new_payout();
    other["beneficiary"]["document"]["number"] = json!("390.533.447-05");
    let key = &office.tenant.program.api_key;
    for (payout, reason) in [(unknown, "pix_key_not_found"), (other, "beneficiary_mismatch")] {
        let payout = office.world.payout(key, reason, &payout).await.created();
        assert_eq!(payout["status"], "awaiting_approval");
        office.world.deliver().await;
        let ended = office.find(&payout).await;
        assert_eq!(
            (&ended["status"], &ended["status_history"][1]["reason"]),
            (&json!("rejected"), &json!(reason))
        );
    }
    assert_eq!(office.money().await, before);
}

#[tokio::test]
async fn the_owner_is_asked_for_again_while_the_directory_is_silent_or_the_budget_spent() {
    let office = FourEyes::with(&[(0, 1)]).await;
    office.world.network.silence_directory(true);
    let payout = office.payout("1", 1_000).await;
    office.approve(0, &payout).await.problem(409, "owner_unchecked");
    office.world.network.silence_directory(false);
    spend_everything(&office.world, &office.tenant).await;
    office.world.wait_and_deliver(92).await;
    assert_eq!(office.find(&payout).await["key_owner"], Value::Null, "a reserve is for others");
    // 250 tokens are left to payouts that are released, and 20 come back in a minute.
    office.world.wait_and_deliver(14 * 60).await;
    office.world.wait_and_deliver(92).await;
    assert_eq!(office.find(&payout).await["key_owner"]["name"], "Maria Silva");
    office.approve(0, &payout).await.ok();
}

/// A payout whose owner is not known also ends after its week.
#[tokio::test]
async fn a_payout_whose_owner_stays_unknown_expires_like_any_other() {
    let office = FourEyes::with(&[(0, 1)]).await;
    office.world.network.silence_directory(true);
    let payout = office.payout("1", 1_000).await;
    office.world.wait(DECISION_TIMEOUT.as_secs());
    assert_eq!(office.find(&payout).await["status"], "rejected");
    office.world.wait_and_deliver(1).await;
    let ended = office.find(&payout).await;
    assert_eq!(ended["status_history"][1]["reason"], "not_approved_in_time");
    assert_eq!(office.money().await.1, 0);
}

/// Fault row 134. The scheduled payout was approved for Maria. When its time comes, the key is Bruno's.
#[tokio::test]
async fn another_owner_at_submission_voids_the_approvals_and_no_money_leaves() {
    let office = FourEyes::with(&[(0, 2)]).await;
    let limits = json!({ "per_day_cents": 1_000 });
    let strict =
        json!({ "approval_rules": [{ "from_cents": 0, "approvals": 2 }], "limits": limits });
    office.world.protect(&office.tenant, &strict).await;
    let mut later = new_payout();
    later["amount_cents"] = json!(1_000);
    later["scheduled_for"] = json!("2026-11-24T12:00:00Z");
    let key = &office.tenant.program.api_key;
    let payout = office.world.payout(key, "1", &later).await.created();
    office.world.deliver().await;
    office.approve(0, &payout).await.ok();
    assert_eq!(office.approve(1, &payout).await.ok()["status"], "scheduled");
    let held = office.money().await;
    office.world.network.give_key("maria@example.com", "Bruno Souza");
    office.world.wait_and_deliver(2 * 86_400).await;
    let void = office.find(&payout).await;
    assert_eq!((&void["status"], &void["approvals"]), (&json!("awaiting_approval"), &json!([])));
    assert_eq!(void["key_owner"]["name"], "Bruno Souza");
    assert_eq!(void["end_to_end_id"], Value::Null);
    let last = void["status_history"].as_array().and_then(|all| all.last()).expect("a status");
    assert_eq!(last["reason"], "recipient_changed");
    assert_eq!((office.world.network.payout_submissions(), office.money().await), (0, held));
    let events = office.world.get("/v1/events?type=payout.awaiting_approval&limit=1").key(key);
    let events = events.send().await.ok();
    let object = &events["data"][0]["data"]["object"];
    assert_eq!(object["key_owner"]["name"], "Bruno Souza");
    // The limit of the day has its room back, and both users decide again.
    office.approve(0, &payout).await.ok();
    office.world.deliver().await;
    assert_eq!(office.world.network.payout_submissions(), 0);
    assert_eq!(office.approve(1, &payout).await.ok()["status"], "processing");
    office.world.deliver().await;
    assert_eq!(office.find(&payout).await["status"], "paid");
    assert_eq!(office.world.network.payout_submissions(), 1);
}

/// The sandbox has a key that changes its owner every hour, so that anyone can see the reason.
#[tokio::test]
async fn a_key_of_the_sandbox_changes_its_owner_every_hour() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let key = &office.tenant.program.api_key;
    let moved = json!({
        "amount_cents": 1_000,
        "to": { "pix_key": { "type": "email", "key": "changing@sandbox.example" } },
    });
    let payout = office.world.payout(key, "1", &moved).await.created();
    office.world.deliver().await;
    assert_eq!(office.find(&payout).await["key_owner"]["name"], "Maria Silva");
    office.world.wait(3_600);
    office.approve(0, &payout).await.ok();
    office.world.deliver().await;
    let void = office.find(&payout).await;
    let last = void["status_history"].as_array().and_then(|all| all.last()).expect("a status");
    assert_eq!(
        (&last["status"], &last["reason"]),
        (&json!("awaiting_approval"), &json!("recipient_changed"))
    );
    assert_eq!(void["key_owner"]["name"], "Comercio Exemplo Ltda");
    office.approve(0, &payout).await.ok();
    office.world.deliver().await;
    assert_eq!(office.find(&payout).await["status"], "paid");
    let scenarios = office.world.get("/v1/sandbox/scenarios").key(key).send().await.ok();
    assert!(scenarios.to_string().contains("changing@sandbox.example"));
}

/// After the withdrawal the payout expires a week later, like one that has just begun to wait.
#[tokio::test]
async fn a_withdrawn_payout_has_a_week_again() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let payout = office.payout("1", 1_000).await;
    office.world.wait(6 * 86_400);
    office.world.network.give_key("maria@example.com", "Bruno Souza");
    office.approve(0, &payout).await.ok();
    office.world.deliver().await;
    assert_eq!(office.find(&payout).await["status"], "awaiting_approval");
    office.world.wait(DECISION_TIMEOUT.as_secs() - 1);
    assert_eq!(office.find(&payout).await["status"], "awaiting_approval");
    office.world.wait(1);
    assert_eq!(office.find(&payout).await["status"], "rejected");
}

/// Fault row 134. The network may have the order already, so the payout does not go back to users.
#[tokio::test]
async fn another_owner_after_a_lost_submission_withdraws_nothing() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let payout = office.payout("1", 1_000).await;
    office.world.network.script([NetworkBehavior::OrderLost]);
    office.approve(0, &payout).await.ok();
    office.world.deliver().await;
    office.world.network.give_key("maria@example.com", "Bruno Souza");
    office.world.wait_and_deliver(10 * 60).await;
    let open = office.find(&payout).await;
    assert_eq!(
        (&open["status"], open["approvals"].as_array().map(Vec::len)),
        (&json!("processing"), Some(1))
    );
    office.world.network.deliver_lost();
    office.world.wait_and_deliver(10 * 60).await;
    assert_eq!(office.find(&payout).await["status"], "paid");
    assert_eq!(office.world.network.payout_submissions(), 1);
}

#[tokio::test]
async fn a_payout_without_approvals_goes_to_the_owner_of_the_moment() {
    let office = FourEyes::with(&[(5_000, 1)]).await;
    office.world.network.give_key("maria@example.com", "Bruno Souza");
    let payout = office.payout("1", 4_999).await;
    assert_eq!(office.find(&payout).await["status"], "paid");
}

#[tokio::test]
async fn a_rejection_has_a_reason_and_frees_the_money_in_its_transaction() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let before = office.money().await;
    let payout = office.payout("1", 1_000).await;
    let path = format!("/v1/payouts/{}/reject", text(&payout["id"]));
    let world = &office.world;
    let ask = |body: Value| world.post(&path).key(&office.approvers[0]).json(&body).send();
    ask(json!({})).await.violation("reason", "required");
    ask(json!({ "reason": "" })).await.violation("reason", "wrong_length");
    ask(json!({ "reason": "x".repeat(141) })).await.violation("reason", "wrong_length");
    world.bundle.faults().record();
    let rejected = ask(json!({ "reason": "Wrong amount" })).await.ok();
    assert_eq!(world.transactions().len(), 1);
    assert_eq!(
        (&rejected["status"], &rejected["rejection"]["reason"]),
        (&json!("rejected"), &json!("Wrong amount"))
    );
    assert_eq!(rejected["status_history"][1]["reason"], "approval_rejected");
    assert_eq!(office.money().await, before);
    ask(json!({ "reason": "again" })).await.problem(409, "payout_state");
    office.approve(1, &payout).await.problem(409, "payout_state");
    let trail = format!("/v1/audit-events?target={}", text(&payout["id"]));
    let trail = office.tenant.ana.request(world, "GET", &trail).send().await.ok();
    assert_eq!(trail["data"][0]["action"], "payout.rejected");
    let events = world.get("/v1/events?type=payout.rejected").key(&office.tenant.program.api_key);
    let object = &events.send().await.ok()["data"][0]["data"]["object"];
    assert_eq!(object["rejection"]["reason"], "Wrong amount");
    // A payout that does not wait for approval cannot be rejected.
    office.world.protect(&office.tenant, &json!({ "approval_rules": [] })).await;
    let other = office.unchecked("2", 1_000).await;
    office.decide(&office.approvers[0], &other, "reject").await.problem(409, "payout_state");
    // The right to create payouts is not the right to reject them.
    let writer =
        world.program(office.tenant.account_id, &[Permission::PayoutsWrite], &["203.0.113.7"]);
    let writer = writer.await.api_key;
    office.decide(&writer, &payout, "reject").await.problem(403, "permission_denied");
}

/// Fault row 130. Of two decisions at the same moment each is decided on what the other left.
#[tokio::test]
async fn decisions_at_the_same_moment_come_one_after_the_other() {
    for verbs in [["approve", "approve"], ["approve", "reject"], ["reject", "reject"]] {
        let office = FourEyes::with(&[(0, 1)]).await;
        let payout = office.payout("1", 1_000).await;
        let (first, second) = tokio::join!(
            office.decide(&office.approvers[0], &payout, verbs[0]),
            office.decide(&office.approvers[1], &payout, verbs[1]),
        );
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{verbs:?}");
        office.world.deliver().await;
        let ended = office.find(&payout).await;
        let winner = if first.status == 200 { verbs[0] } else { verbs[1] };
        let expected = if winner == "approve" { ("paid", 1) } else { ("rejected", 0) };
        assert_eq!(
            (text(&ended["status"]), office.world.network.payout_submissions()),
            (expected.0.to_owned(), expected.1)
        );
        assert_eq!(office.money().await.1, 0);
    }
}

/// Fault row 131. The directory answers while the payout is cancelled.
#[tokio::test]
async fn an_answer_of_the_directory_comes_after_the_payout_has_ended() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let answer = office.world.network.hold_directory();
    let payout = office.unchecked("1", 1_000).await;
    let ((), ()) = tokio::join!(
        async {
            office.world.deliver().await;
        },
        async {
            for _ in 0..100_000 {
                if !office.world.network.looked_up().is_empty() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            assert_eq!(office.world.network.looked_up().len(), 1, "the worker asks");
            office.decide(&office.tenant.program.api_key, &payout, "cancel").await.ok();
            answer.notify_one();
        }
    );
    assert_eq!(office.find(&payout).await["status"], "cancelled");
    assert_eq!(office.money().await.1, 0);
}

/// Rules that change between creation and approval: a payout keeps the number that it was created with.
#[tokio::test]
async fn a_change_of_the_rules_leaves_payouts_that_wait_as_they_are() {
    let office = FourEyes::with(&[(0, 2)]).await;
    let payout = office.payout("1", 1_000).await;
    office.approve(0, &payout).await.ok();
    office.world.protect(&office.tenant, &json!({ "approval_rules": [] })).await;
    assert_eq!(office.find(&payout).await["status"], "awaiting_approval");
    let stricter = json!({ "approval_rules": [{ "from_cents": 0, "approvals": 3 }] });
    office.world.protect(&office.tenant, &stricter).await;
    assert_eq!(office.approve(1, &payout).await.ok()["status"], "processing");
}
