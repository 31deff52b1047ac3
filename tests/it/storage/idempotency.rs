//! `Idempotency-Key`: a retry gets the first answer, and what it asks for happens once.

use std::sync::Arc;

use proptest::strategy::{Just, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use store::{Idempotency, Key, Writes};
use tests::{Tenant, TestResponse, World, new_charge, together};

use crate::storage::concurrent_changes::ConcurrentChange;

const DAY: i64 = 24 * 60 * 60;

#[track_caller]
fn assert_replayed(again: &TestResponse, first: &TestResponse) {
    assert!(!first.is_replay());
    assert!(again.is_replay(), "{:?}", again.headers);
    assert_eq!((again.status, again.text()), (first.status, first.text()));
    assert_eq!(again.header("content-type"), first.header("content-type"));
}

/// Sends a keyed POST without a body.
async fn act(
    world: &World,
    tenant: &Tenant,
    charge_id: &str,
    (verb, name): (&str, &str),
) -> TestResponse {
    let path = match verb {
        "pay" => format!("/v1/sandbox/charges/{charge_id}/pay"),
        _ => format!("/v1/charges/{charge_id}/{verb}"),
    };
    let ask = world.post(&path).key(&tenant.program.api_key);
    ask.idempotency_key(name).send().await
}

/// Fault row 1. The caller never saw the answer and sends the same again.
#[tokio::test]
async fn a_retried_create_gets_the_same_bytes_and_opens_one_charge() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let first = world.charge(key, "order-1").await;
    let charge = first.created();
    world.wait(5);
    assert_replayed(&world.charge(key, "order-1").await, &first);

    assert_eq!(world.charges(key).await.len(), 1);
    let id = charge["id"].as_str().expect("an id");
    let events = world.events(tenant.account_id, id).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].object, tests::in_event(&charge));
}

/// Fault row 1. The payment happened although every answer of the table was lost: the caller is
/// told to come back, and then gets the answer of the first time.
#[tokio::test]
async fn an_answer_lost_at_every_attempt_is_there_for_the_retry() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let faults = world.bundle.faults();
    faults.next_times("TransactWriteItems", &local::Fault::AfterCommit, 1_000);
    let lost = world.charge(key, "order-1").await;
    lost.problem(503, "unavailable");
    assert_eq!(lost.header("retry-after"), Some("1"));
    faults.clear();

    let again = world.charge(key, "order-1").await;
    let charge = again.created();
    assert!(again.is_replay());
    let charges = world.charges(key).await;
    assert_eq!(charges.len(), 1);
    assert_eq!(charges[0]["id"], charge["id"]);
}

/// Fault row 1. Without the replay the second payment would be told that the charge is credited.
#[tokio::test]
async fn a_retried_payment_gets_the_same_bytes_and_credits_once() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.charge(&tenant.program.api_key, "order-1").await;
    let charge = charge.created();
    let id = charge["id"].as_str().expect("an id");
    let first = act(&world, &tenant, id, ("pay", "pay-1")).await;
    first.ok();
    let (books, entries) = world.ledger(tenant.account_id).await;
    world.wait(5);
    assert_replayed(&act(&world, &tenant, id, ("pay", "pay-1")).await, &first);
    assert_eq!(world.ledger(tenant.account_id).await, (books, entries));
    assert_eq!(world.events(tenant.account_id, id).await.len(), 3);
    // Another key is another payment, which becomes a credit.
    act(&world, &tenant, id, ("pay", "pay-2")).await.ok();
    assert_eq!(world.credits(&tenant.program.api_key).await.len(), 1);
}

/// Fault row 1. The charge is cancelled by then, and the retry still gets its answer.
#[tokio::test]
async fn a_retried_cancel_gets_the_same_bytes_although_the_state_changed() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.charge(&tenant.program.api_key, "order-1").await;
    let charge = charge.created();
    let id = charge["id"].as_str().expect("an id");
    let first = act(&world, &tenant, id, ("cancel", "cancel-1")).await;
    assert_eq!(first.ok()["status"], "cancelled");
    assert_replayed(&act(&world, &tenant, id, ("cancel", "cancel-1")).await, &first);
    assert_eq!(world.events(tenant.account_id, id).await.len(), 2);
}

/// Fault row 2.
#[tokio::test]
async fn another_amount_under_the_same_key_is_refused_and_nothing_is_written() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    world.charge(key, "order-1").await.created();
    let before = (world.charges(key).await, world.ledger(tenant.account_id).await);
    world.bundle.faults().record();
    let mut other = new_charge();
    other["amount_cents"] = json!(2_000);
    let response = world.post("/v1/charges").key(key).json(&other);
    let response = response.idempotency_key("order-1").send().await;
    response.problem(422, "idempotency_key_reused");
    assert!(!response.is_replay());
    assert_eq!(world.transactions(), Vec::<String>::new());
    let after = (world.charges(key).await, world.ledger(tenant.account_id).await);
    assert_eq!(after, before);
}

/// Writes JSON in one of the many ways that mean the same.
struct JsonVariants(TestRunner);

impl JsonVariants {
    fn pick<T: Clone + std::fmt::Debug>(&mut self, all: Vec<T>) -> Vec<T> {
        let tree = Just(all).prop_shuffle().new_tree(&mut self.0);
        tree.expect("a shuffle cannot fail").current()
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.pick((0..sides).collect())[0]
    }

    fn blank(&mut self) -> &'static str {
        ["", " ", "\n", "\r\n\t", "  "][self.roll(5)]
    }

    fn text(&mut self, text: &str) -> String {
        let mut written = String::from("\"");
        for letter in text.chars() {
            match (letter, self.roll(3)) {
                ('/', 1) => written.push_str("\\/"),
                (_, 0) => written.push_str(&format!("\\u{:04x}", u32::from(letter))),
                (_, _) => written.push(letter),
            }
        }
        written.push('"');
        written
    }

    fn write(&mut self, value: &Value) -> String {
        let text = match value {
            Value::Object(members) => {
                let members = self.pick(members.clone().into_iter().collect());
                let written: Vec<_> = members
                    .iter()
                    .map(|(name, value)| {
                        let (name, before) = (self.text(name), self.blank());
                        format!("{}{name}{before}:{}", self.blank(), self.write(value))
                    })
                    .collect();
                format!("{{{}{}}}", written.join(","), self.blank())
            }
            Value::String(text) => self.text(text),
            other => other.to_string(),
        };
        format!("{}{text}{}", self.blank(), self.blank())
    }
}

/// Fault row 3. Client libraries write maps in any order, and escape as they like.
#[tokio::test]
async fn order_white_space_and_escapes_make_no_difference() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut body = new_charge();
    body["payer"]["name"] = json!("José da Silva");
    body["description"] = json!("Pedido 1/2");
    body["metadata"] = json!({ "a": "1", "b": "", "c": "é", "d": "4" });
    let send = async |body: &str| {
        let ask = world.post("/v1/charges").key(&tenant.program.api_key);
        let ask = ask.idempotency_key("order-1").raw(body.as_bytes());
        ask.send().await
    };
    let first = send(&body.to_string()).await;
    first.created();
    let mut json_variants = JsonVariants(TestRunner::deterministic());
    for _ in 0..24 {
        let again = send(&json_variants.write(&body)).await;
        assert_replayed(&again, &first);
    }
}

/// Fault row 5. One of them opens the charge; the others get its answer or are told to wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_identical_creates_at_once_one_opens_the_charge() {
    let world = Arc::new(World::new().await);
    let tenant = Arc::new(world.tenant("loja").await);
    let second = Arc::new(world.second_instance(|_| {}));
    let responses = together(64, |number| {
        let sandbox = Arc::clone(if number % 2 == 0 { &world } else { &second });
        let tenant = Arc::clone(&tenant);
        async move { sandbox.charge(&tenant.program.api_key, "order-1").await }
    })
    .await;
    let (fresh, others): (Vec<_>, Vec<_>) =
        responses.iter().partition(|response| response.status == 201 && !response.is_replay());
    assert_eq!(fresh.len(), 1);
    for response in others {
        if response.status == 409 {
            response.problem(409, "idempotency_in_progress");
            assert_eq!(response.header("retry-after"), Some("1"));
        } else {
            assert_replayed(response, fresh[0]);
        }
    }
    assert_eq!(world.charges(&tenant.program.api_key).await.len(), 1);
}

/// Rows that are read together are not of one instant: a retry can find no answer yet, and what the
/// first request did already. It is not told that its own wish stands in its way.
#[tokio::test]
async fn a_retry_that_meets_the_first_request_half_way_gets_its_answer() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.paid_charge(key, 10_000).await;
    world.pay_in(key, 10_000).await;
    let first = world.refund(key, &charge, "back", &json!({})).await;
    first.created();
    let row = Key::Idempotency(tenant.account_id, "create_refund".to_owned(), "back".to_owned());
    let (store, moment) = (&world.bundle.app().store, world.bundle.app().moment());
    let kept = store.find::<Idempotency>(&row).await.expect("readable").expect("there");
    store.commit(Writes::default().remove(&row), &moment).await.expect("it is gone");
    let hook = ConcurrentChange::begin(&world, 1, Writes::default().create(&kept));
    assert_replayed(&world.refund(key, &charge, "back", &json!({})).await, &first);
    assert!(hook.is_done());
    // Under another name it is another wish.
    let other = world.refund(key, &charge, "more", &json!({})).await;
    other.problem(422, "refund_exceeds_charge");
}

/// Fault row 6. The row is still in the table when its time is over, as DynamoDB removes it up to
/// days late.
#[tokio::test]
async fn a_key_of_a_create_is_free_after_31_days_and_not_a_second_before() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let first = world.charge(key, "order-1").await;
    world.wait(31 * DAY - 1);
    assert_replayed(&world.charge(key, "order-1").await, &first);

    world.wait(2);
    let row = Key::Idempotency(tenant.account_id, "create_charge".to_owned(), "order-1".to_owned());
    let store = &world.bundle.app().store;
    let kept = store.find::<Idempotency>(&row).await.expect("readable");
    assert!(kept.is_some());
    let new = world.charge(key, "order-1").await;
    assert_ne!(new.created()["id"], first.created()["id"]);
    assert_replayed(&world.charge(key, "order-1").await, &new);
    assert_eq!(world.charges(key).await.len(), 2);
}

/// Fault row 7. What asks for no money is kept for a day.
#[tokio::test]
async fn a_key_of_a_cancel_is_free_after_a_day_and_not_a_second_before() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.charge(&tenant.program.api_key, "order-1").await;
    let charge = charge.created();
    let id = charge["id"].as_str().expect("an id");
    let first = act(&world, &tenant, id, ("cancel", "cancel-1")).await;
    world.wait(DAY - 1);
    assert_replayed(&act(&world, &tenant, id, ("cancel", "cancel-1")).await, &first);
    world.wait(1);
    let decided_again = act(&world, &tenant, id, ("cancel", "cancel-1")).await;
    decided_again.problem(409, "charge_state");
}

/// Fault row 8.
#[tokio::test]
async fn a_missing_or_malformed_key_is_named_with_a_link_and_nothing_is_written() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let long = "k".repeat(256);
    let invalid = "idempotency_key_invalid";
    let cases: [(&[&str], &str); 7] = [
        (&[], "idempotency_key_missing"),
        (&[""], invalid),
        (&["   "], invalid),
        (&[&long], invalid),
        (&["tab\there"], invalid),
        (&["pedido-ação"], invalid),
        (&["order-1", "order-2"], invalid),
    ];
    world.bundle.faults().record();
    for (keys, code) in cases {
        let mut ask = world.post("/v1/charges").key(&tenant.program.api_key);
        for key in keys {
            ask = ask.idempotency_key(key);
        }
        let body = ask.json(&new_charge()).send().await.problem(400, code);
        let link = format!("http://127.0.0.1:4000/docs/errors#{code}");
        assert_eq!(body["type"], json!(link), "{keys:?}");
    }
    assert_eq!(world.transactions(), Vec::<String>::new());
    let longest = "k".repeat(255);
    let response = world.charge(&tenant.program.api_key, &longest).await;
    response.created();
}
