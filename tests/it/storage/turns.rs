//! Requests that change the same books take turns: all of them succeed, none twice (docs/adr/0035). Time is
//! virtual.

use std::sync::Arc;
use std::time::Duration;

use domain::kernel::{Id, IntentId, UserId};
use jiff::SignedDuration;
use local::Fault;
use serde_json::{Value, json};
use store::{HeldTurn, Intent, Key, Store, WaitEnd, Writes};
use tests::busy_account::{BusyAccount, REQUEST, payout_cost_cents};
use tests::{World, killed_after, new_payout, text, together};
use tokio::time::{Instant, sleep};

/// What the tests do with a busy account.
struct TurnAccount(BusyAccount);

impl TurnAccount {
    async fn new() -> Self {
        Self(BusyAccount::new().await)
    }

    fn world(&self) -> &World {
        &self.0.world
    }

    fn store(&self) -> &Store {
        &self.world().bundle.app().store
    }

    fn key(&self) -> &str {
        &self.0.tenant.program.api_key
    }

    /// Creates a payout in an instance that takes turns at once. Returns the status.
    async fn payout(&self, name: &str) -> u16 {
        let instance = self.world().contended_instance();
        instance.payout(self.key(), name, &new_payout()).await.status
    }

    async fn held_cents(&self) -> u64 {
        self.world().ledger(self.0.tenant.account_id).await.0.balances.held_cents
    }

    /// Takes the turn at the books, as a request does that then hangs.
    async fn hold_turn(&self) -> (HeldTurn, Intent) {
        let app = self.world().bundle.app();
        let moment = app.moment();
        let intent = Intent {
            account_id: self.0.tenant.account_id,
            id: IntentId::mint(&moment),
            operation: "create_payout".to_owned(),
            sealed_request: None,
            expires_at: moment.now + SignedDuration::from_secs(7),
        };
        self.store().put_intent(&intent).await.expect("written");
        let until = Instant::now() + Duration::from_secs(7);
        let end = self.store().wait_for_turn(&intent, until, || app.moment()).await;
        let WaitEnd::Turn { turn, alone: true } = end.expect("the table answers") else {
            panic!("the turn is free");
        };
        self.store().delete_intent(&intent).await.expect("deleted");
        (turn, intent)
    }

    async fn waiting(&self) -> Vec<Intent> {
        self.store().intents(self.0.tenant.account_id).await.expect("a list")
    }
}

/// Fault row 13. Of 64 and of 256 payouts of one account at the same moment, all are created.
#[tokio::test(start_paused = true)]
async fn payouts_of_one_account_at_once_all_succeed() {
    for (writers, longest_ms) in [(64, 1_000), (256, 6_500)] {
        let account = TurnAccount::new().await;
        let run = account.0.write(writers, 1).await;
        assert_eq!((run.created, run.refused), (writers, 0));
        assert!(run.percentile(100) < Duration::from_millis(longest_ms), "{run:?}");
        assert_eq!(account.held_cents().await, payout_cost_cents() * writers as u64);
        assert_eq!(account.waiting().await.len(), 0);
    }
}

/// The figure of docs/performance.md, with room for chance.
#[tokio::test(start_paused = true)]
async fn sixty_four_writers_of_one_account_are_faster_than_one() {
    let run = TurnAccount::new().await.0.write(64, 4).await;
    assert!(run.per_second() > 300, "{run:?}");
    assert!(run.percentile(99) < Duration::from_secs(1), "{run:?}");
}

/// A request that meets no other sends what it sent before there were turns.
#[tokio::test]
async fn a_quiet_account_pays_nothing_for_turns() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 1_000_000).await;
    let quiet = world.second_instance(|_| {});
    quiet.bundle.faults().record();
    quiet.payout(&tenant.program.api_key, "quiet", &new_payout()).await.created();
    let sent: Vec<_> = quiet.bundle.faults().sent();
    let of_table = sent.iter().filter(|sent| !sent.operation.starts_with("GetSecret"));
    let of_table = of_table.filter(|sent| !sent.body.contains("USAGE#"));
    let of_table = of_table.filter(|sent| !sent.body.contains("last_used_at"));
    let operations: Vec<_> = of_table.map(|sent| sent.operation.as_str()).collect();
    assert_eq!(operations, ["BatchGetItem", "TransactWriteItems"]);
    assert!(sent.iter().all(|sent| !sent.body.contains("TURN#")));
}

/// One request meets another one. Requests one after another then soon send what they sent before.
#[tokio::test(start_paused = true)]
async fn a_writer_that_met_another_once_takes_no_turns_for_ever() {
    let account = TurnAccount::new().await;
    let instance = account.world().second_instance(|_| {});
    let conflict = Fault::Cancelled(&["None", "TransactionConflict"]);
    instance.bundle.faults().next("TransactWriteItems", conflict);
    let mut trips = Vec::new();
    for number in 0..12 {
        let name = format!("payout-{number}");
        instance.payout(account.key(), &name, &new_payout()).await.created();
        trips.push(instance.last_logged()["storage_round_trips"].as_u64().expect("a number"));
        sleep(Duration::from_millis(300)).await;
    }
    assert!(trips[0] > 2, "{trips:?}");
    assert_eq!(trips[8..], [2; 4], "{trips:?}");
}

/// The process that carries out a group dies at each of its await points. The other request and the retry of
/// its own are carried out once each.
#[tokio::test(start_paused = true)]
async fn a_group_survives_the_death_of_the_process_that_writes_it() {
    let account = Arc::new(TurnAccount::new().await);
    let mut finished = 0;
    for polls in 0.. {
        let (dying, other) = (format!("dying-{polls}"), format!("other-{polls}"));
        let survivor = {
            let (account, other) = (Arc::clone(&account), other.clone());
            tokio::spawn(async move { account.payout(&other).await })
        };
        let died = killed_after(polls, account.payout(&dying)).await;
        assert_eq!(survivor.await.expect("no panic"), 201, "beside a death after {polls} polls");
        assert_eq!(account.payout(&dying).await, 201, "after a death after {polls} polls");
        assert_eq!(
            account.held_cents().await,
            payout_cost_cents() * 2 * (polls as u64 + 1),
            "{polls} polls"
        );
        finished += usize::from(died.is_some());
        if finished == 3 {
            break;
        }
    }
    assert_eq!(account.waiting().await.len(), 0);
}

/// A process holds the turn and shows no sign of life. After a second another one has it.
#[tokio::test(start_paused = true)]
async fn a_turn_without_a_sign_of_life_is_taken() {
    let account = TurnAccount::new().await;
    let _hanging = account.hold_turn().await;
    let began = Instant::now();
    assert_eq!(account.payout("after").await, 201);
    let waited = began.elapsed();
    assert!(waited >= Duration::from_secs(1) && waited < Duration::from_secs(2), "{waited:?}");
}

/// Two processes believe to have the turn: the transaction of the first takes longer than its lease. Each
/// request is carried out once.
#[tokio::test(start_paused = true)]
async fn two_holders_of_a_turn_carry_nothing_out_twice() {
    let account = Arc::new(TurnAccount::new().await);
    for delay_ms in [900, 1_500, 2_500, 4_000] {
        let before = account.held_cents().await;
        let slow = Fault::Slow(Duration::from_millis(delay_ms));
        account.world().bundle.faults().next("TransactWriteItems", slow);
        let statuses = together(8, |number| {
            let account = Arc::clone(&account);
            async move { account.payout(&format!("{delay_ms}-{number}")).await }
        })
        .await;
        assert_eq!(statuses, [201; 8]);
        assert_eq!(account.held_cents().await - before, payout_cost_cents() * 8);
    }
}

/// The answer of the transaction of a group is lost. Each request is carried out once.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_of_a_group_carries_nothing_out_twice() {
    let account = Arc::new(TurnAccount::new().await);
    for (round, fault) in
        [Fault::AfterCommit, Fault::BeforeSend, Fault::InProgress, Fault::Throttled]
            .into_iter()
            .enumerate()
    {
        let before = account.held_cents().await;
        account.world().bundle.faults().next_times("TransactWriteItems", &fault, 2);
        let statuses = together(8, |number| {
            let account = Arc::clone(&account);
            async move { account.payout(&format!("{round}-{number}")).await }
        })
        .await;
        assert_eq!(statuses, [201; 8], "{fault:?}");
        assert_eq!(account.held_cents().await - before, payout_cost_cents() * 8, "{fault:?}");
        account.world().bundle.faults().clear();
    }
}

/// The rights of a caller end while its request waits: it is not carried out.
#[tokio::test(start_paused = true)]
async fn a_waiting_request_of_a_deleted_key_is_refused() {
    let account = Arc::new(TurnAccount::new().await);
    let (turn, _) = account.hold_turn().await;
    let waiting = {
        let account = Arc::clone(&account);
        tokio::spawn(async move { account.payout("late").await })
    };
    while account.waiting().await.is_empty() {
        sleep(REQUEST).await;
    }
    let app = account.world().bundle.app();
    let user_id = UserId::parse(&account.0.tenant.program.id).expect("an id");
    let gone = Writes::default().remove(&Key::User(account.0.tenant.account_id, user_id));
    account.store().commit(gone, &app.moment()).await.expect("deleted");
    account.store().pass_turn(turn, None, &app.moment()).await.expect("passed");
    assert_eq!(waiting.await.expect("no panic"), 401);
    assert_eq!(account.held_cents().await, 0);
    assert_eq!(account.waiting().await.len(), 0);
}

/// A request that gets no turn in time is withdrawn, so no other process carries it out later. The same key then works.
#[tokio::test(start_paused = true)]
async fn a_request_that_waited_too_long_is_withdrawn() {
    let account = Arc::new(TurnAccount::new().await);
    let (mut turn, _) = account.hold_turn().await;
    let waiting = {
        let account = Arc::clone(&account);
        tokio::spawn(async move { account.payout("late").await })
    };
    let app = account.world().bundle.app();
    for _ in 0..16 {
        sleep(Duration::from_millis(500)).await;
        assert!(account.store().renew_turn(&mut turn, &app.moment()).await.expect("an answer"));
    }
    assert_eq!(waiting.await.expect("no panic"), 503);
    assert_eq!(account.waiting().await.len(), 0);
    account.store().pass_turn(turn, None, &app.moment()).await.expect("passed");
    assert_eq!(account.held_cents().await, 0);
    assert_eq!(account.payout("late").await, 201);
    assert_eq!(account.held_cents().await, payout_cost_cents());
}

/// An intent has the credential and personal data of its request, sealed.
#[tokio::test(start_paused = true)]
async fn a_waiting_request_is_sealed() {
    let account = Arc::new(TurnAccount::new().await);
    let (turn, _) = account.hold_turn().await;
    account.world().bundle.faults().record();
    let waiting = {
        let account = Arc::clone(&account);
        tokio::spawn(async move { account.payout("secret-name").await })
    };
    while account.waiting().await.is_empty() {
        sleep(REQUEST).await;
    }
    let sent = account.world().bundle.faults().sent();
    let intents: Vec<_> = sent.iter().filter(|sent| sent.body.contains("sealed_request")).collect();
    assert_eq!(intents.len(), 1);
    let api_key = account.key();
    for secret in [api_key, &api_key[api_key.len() - 20..], "secret-name", "maria", "529"] {
        assert!(!intents[0].body.contains(secret), "{secret}");
    }
    let app = account.world().bundle.app();
    account.store().pass_turn(turn, None, &app.moment()).await.expect("passed");
    assert_eq!(waiting.await.expect("no panic"), 201);
    let logged = account.world().logged().iter().map(Value::to_string).collect::<String>();
    assert!(!logged.contains(api_key));
}

/// Payouts, refunds and cancellations, with and without an `Idempotency-Key`, at the same moment. No request
/// starves, and a refusal is a refusal.
#[tokio::test(start_paused = true)]
async fn different_operations_take_turns_together() {
    let account = Arc::new(TurnAccount::new().await);
    let mut scheduled = Vec::new();
    for number in 0..8 {
        let mut later = new_payout();
        later["scheduled_for"] = json!("2026-11-25T12:00:00Z");
        let made = account.world().payout(account.key(), &format!("later-{number}"), &later).await;
        scheduled.push(text(&made.created()["id"]));
    }
    let before = account.held_cents().await;
    let scheduled = Arc::new(scheduled);
    let statuses = together(40, |number| {
        let (account, scheduled) = (Arc::clone(&account), Arc::clone(&scheduled));
        async move {
            let instance = account.world().contended_instance();
            let (key, name) = (account.key(), format!("mixed-{number}"));
            match number % 5 {
                0 | 1 => instance.payout(key, &name, &new_payout()).await.status,
                2 => {
                    let refund = json!({ "amount_cents": 100 });
                    instance.refund(key, &account.0.charge_id, &name, &refund).await.status
                }
                3 => {
                    let path = format!("/v1/payouts/{}/cancel", scheduled[number / 5]);
                    instance.post(&path).key(key).json(&json!({})).send().await.status
                }
                _ => {
                    let mut large = new_payout();
                    large["amount_cents"] = json!(200_000_000);
                    instance.payout(key, &name, &large).await.status
                }
            }
        }
    })
    .await;
    let count = |status| statuses.iter().filter(|seen| **seen == status).count();
    assert_eq!((count(201), count(200), count(422)), (24, 8, 8), "{statuses:?}");
    let cancelled = 8 * payout_cost_cents();
    assert_eq!(account.held_cents().await, before - cancelled + 16 * payout_cost_cents() + 8 * 100);
}

/// Requests with the same `Idempotency-Key` and with the same reference at once: one is carried out.
#[tokio::test(start_paused = true)]
async fn one_of_many_copies_is_carried_out() {
    let account = Arc::new(TurnAccount::new().await);
    let copies = together(12, |_| {
        let account = Arc::clone(&account);
        async move {
            let instance = account.world().contended_instance();
            let response = instance.payout(account.key(), "copy", &new_payout()).await;
            (response.status, text(&response.json()["id"]))
        }
    })
    .await;
    assert!(copies.iter().all(|copy| copy == &copies[0] && copy.0 == 201), "{copies:?}");
    let referenced = together(12, |number| {
        let account = Arc::clone(&account);
        async move {
            let instance = account.world().contended_instance();
            let mut payout = new_payout();
            payout["reference"] = json!("invoice-7");
            instance.payout(account.key(), &format!("reference-{number}"), &payout).await.status
        }
    })
    .await;
    let created = referenced.iter().filter(|status| **status == 201).count();
    let refused = referenced.iter().filter(|status| **status == 409).count();
    assert_eq!((created, refused), (1, 11), "{referenced:?}");
    assert_eq!(account.held_cents().await, 2 * payout_cost_cents());
}
