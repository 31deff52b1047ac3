//! The table fails, conflicts, throttles, or does the work and loses the answer.

use local::Fault;
use serde_json::{Value, json};
use tests::{TestResponse, World, new_charge};

const WRITE: &str = "TransactWriteItems";
/// Sends of one commit: the first and six more.
const SENDS_MAX: usize = 7;

/// Demands that all transactions since the recording began were this many sends of one.
#[track_caller]
fn assert_same_bytes(world: &World, times: usize) {
    let sent = world.transactions();
    assert_eq!(sent.len(), times);
    assert!(token(&sent[0]).len() >= 32);
    for again in &sent {
        assert_eq!(again, &sent[0]);
    }
}

fn token(body: &str) -> String {
    let body: Value = serde_json::from_str(body).expect("JSON");
    let token = body["ClientRequestToken"].as_str();
    token.expect("every transaction has a token").to_owned()
}

#[track_caller]
fn assert_come_back(response: &TestResponse, status: u16, code: &str) {
    response.problem(status, code);
    assert_eq!(response.header("retry-after"), Some("1"));
}

/// Fault row 13. Conflicts pass: the same request is sent again under the same token.
#[tokio::test]
async fn conflicts_within_the_budget_are_not_seen_by_the_caller() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let reasons: [&'static [&'static str]; 4] = [
        &["TransactionConflict", "None", "None", "None"],
        &["None", "TransactionConflict", "None", "None"],
        &["None", "None", "ThrottlingError", "None"],
        &["None", "None", "None", "ProvisionedThroughputExceeded"],
    ];
    for (place, reasons) in reasons.into_iter().enumerate() {
        world.bundle.faults().next_times(WRITE, &Fault::Cancelled(reasons), 2);
        world.bundle.faults().record();
        let response = world.charge(key, &format!("order-{place}")).await;
        response.created();
        assert!(!response.is_replay());
        assert_same_bytes(&world, 3);
    }
    assert_eq!(world.charges(key).await.len(), 4);
}

/// Sends a create that meets `fault` at every attempt, then again without faults.
async fn beyond_the_budget(fault: Fault, sends: usize, status: u16, code: &str) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let before = world.ledger(tenant.account_id).await;
    let faults = world.bundle.faults();
    faults.next_times(WRITE, &fault, 1_000);
    faults.record();
    assert_come_back(&world.charge(key, "order-1").await, status, code);
    assert_same_bytes(&world, sends);
    faults.clear();
    assert_eq!(world.charges(key).await, Vec::<Value>::new());
    assert_eq!(world.ledger(tenant.account_id).await, before);

    let again = world.charge(key, "order-1").await;
    again.created();
    assert!(!again.is_replay(), "nothing was done the first time");
}

/// Fault row 13. The budget ends: the caller is asked to come back, and nothing was written.
#[tokio::test]
async fn conflicts_and_throttling_beyond_the_budget_leave_the_state_as_it_was() {
    let elsewhere = Fault::Cancelled(&["None", "TransactionConflict", "None", "None"]);
    let in_the_row = Fault::Cancelled(&["TransactionConflict", "None", "None", "None"]);
    // The SDK sends a throttled request and one without a connection three times by itself.
    let by_sdk = 3 * SENDS_MAX;
    tokio::join!(
        beyond_the_budget(elsewhere, SENDS_MAX, 503, "unavailable"),
        beyond_the_budget(in_the_row, SENDS_MAX, 409, "idempotency_in_progress"),
        beyond_the_budget(Fault::Throttled, by_sdk, 503, "unavailable"),
        beyond_the_budget(Fault::BeforeSend, by_sdk, 503, "unavailable"),
        beyond_the_budget(Fault::InProgress, by_sdk, 503, "unavailable"),
    );
}

/// Fault row 13. Throttling within the budget is not seen.
#[tokio::test]
async fn throttled_reads_and_writes_are_sent_again() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let faults = world.bundle.faults();
    faults.next_times("BatchGetItem", &Fault::Throttled, 2);
    faults.next_times(WRITE, &Fault::Throttled, 4);
    faults.record();
    let response = world.charge(&tenant.program.api_key, "order-1").await;
    response.created();
    assert_eq!(faults.left(), 0);
    assert_same_bytes(&world, 5);
}

/// Fault row 14. A condition that fails for good is an answer, not a reason to try again.
#[tokio::test]
async fn a_used_reference_is_refused_after_one_send_and_names_its_charge() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut body = new_charge();
    body["reference"] = json!("pedido-7");
    let send = async |name: &str| {
        let ask = world.post("/v1/charges").key(&tenant.program.api_key);
        ask.idempotency_key(name).json(&body).send().await
    };
    let holder = send("order-1").await.created();
    world.bundle.faults().record();
    let refused = send("order-2").await.problem(409, "reference_taken");
    assert_eq!(world.transactions().len(), 1);
    let detail = refused["detail"].as_str().expect("text");
    assert!(detail.contains(holder["id"].as_str().expect("an id")));
    assert_eq!(world.charges(&tenant.program.api_key).await.len(), 1);
}

/// Fault row 15. A failed condition outranks a conflict beside it: nothing is sent again as it is,
/// but read and decided again, as another transaction.
#[tokio::test]
async fn a_failed_condition_beside_a_conflict_is_decided_again() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mixed: [&'static [&'static str]; 2] = [
        &["None", "TransactionConflict", "ConditionalCheckFailed", "None"],
        &["TransactionConflict", "ConditionalCheckFailed", "None", "None"],
    ];
    for (place, reasons) in mixed.into_iter().enumerate() {
        world.bundle.faults().next(WRITE, Fault::Cancelled(reasons));
        world.bundle.faults().record();
        let name = format!("order-{place}");
        world.charge(&tenant.program.api_key, &name).await.created();
        let sent = world.transactions();
        assert_eq!(sent.len(), 2);
        assert_ne!(token(&sent[0]), token(&sent[1]));
    }
}

/// Fault row 16. The transaction was carried out and its answer lost, or it is still running: the
/// same token is sent again, and the payment happens once, with or without an `Idempotency-Key`.
#[tokio::test]
async fn a_payment_whose_answer_was_lost_happens_once() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let faults = world.bundle.faults();
    for (place, fault) in [Fault::AfterCommit, Fault::InProgress].into_iter().enumerate() {
        let charge = world.charge(key, &format!("order-{place}")).await.created();
        let id = charge["id"].as_str().expect("an id");
        faults.next_times(WRITE, &fault, 4);
        faults.record();
        assert_eq!(world.pay(key, id).await.ok()["status"], "credited");
        assert_eq!(faults.left(), 0);
        assert_same_bytes(&world, 5);
        assert_eq!(world.events(tenant.account_id, id).await.len(), 3);
    }
    let (books, entries) = world.ledger(tenant.account_id).await;
    assert_eq!((books.balances.available_cents, entries.len()), (1_980, 6));
}

/// Fault row 17. After ten minutes the table has forgotten the token; the stored answer has not.
#[tokio::test]
async fn a_retry_after_the_token_is_forgotten_finds_the_stored_answer() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let faults = world.bundle.faults();
    faults.next_times(WRITE, &Fault::AfterCommit, 1_000);
    assert_come_back(&world.charge(key, "order-1").await, 503, "unavailable");
    faults.clear();

    world.wait(11 * 60);
    let sandbox = world.second_instance(|_| {});
    let again = sandbox.charge(key, "order-1").await;
    assert!(again.is_replay());
    let charges = sandbox.charges(key).await;
    assert_eq!(charges.len(), 1);
    assert_eq!(again.created()["id"], charges[0]["id"]);
}

/// Fault row 18. Ids, times and the token are made once for a decision, however often it is sent.
#[tokio::test]
async fn every_resend_inside_one_request_has_the_same_bytes() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "order-1").await.created();
    let id = charge["id"].as_str().expect("an id");
    let faults = world.bundle.faults();
    for fault in [Fault::BeforeSend, Fault::Throttled, Fault::InProgress, Fault::AfterCommit] {
        faults.next(WRITE, fault);
    }
    faults.record();
    world.pay(key, id).await.ok();
    assert_eq!(faults.left(), 0);
    assert_same_bytes(&world, 5);
}
