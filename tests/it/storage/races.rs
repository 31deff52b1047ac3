//! Many callers at the same moment, spread over two sandboxes: every outcome is one of an order in
//! which they could have come one by one.

use std::sync::Arc;

use serde_json::json;
use tests::{Tenant, TestResponse, World, insist, new_charge, together};

struct ConcurrentPayers {
    world: Arc<World>,
    second: Arc<World>,
    tenant: Arc<Tenant>,
}

impl ConcurrentPayers {
    async fn gather() -> Self {
        let world = World::new().await;
        let tenant = world.tenant("loja").await;
        let second = world.second_instance(|_| {});
        Self { world: Arc::new(world), second: Arc::new(second), tenant: Arc::new(tenant) }
    }

    fn api_key(&self) -> &str {
        &self.tenant.program.api_key
    }

    /// Returns the instance of this caller.
    fn sandbox(&self, number: usize) -> (Arc<World>, Arc<Tenant>) {
        let world = if number.is_multiple_of(2) { &self.world } else { &self.second };
        (Arc::clone(world), Arc::clone(&self.tenant))
    }

    async fn open(&self, name: &str) -> String {
        let charge = self.world.charge(self.api_key(), name).await.created();
        charge["id"].as_str().expect("an id").to_owned()
    }
}

/// Pays a charge in the sandbox.
async fn pay(world: &World, tenant: &Tenant, id: &str) -> TestResponse {
    let ask = world.post(&format!("/v1/sandbox/charges/{id}/pay"));
    insist(ask.key(&tenant.program.api_key)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_payments_of_one_charge_one_is_credited() {
    let crowd = ConcurrentPayers::gather().await;
    let id = Arc::new(crowd.open("order-1").await);
    let responses = together(64, |number| {
        let (world, tenant) = crowd.sandbox(number);
        let id = Arc::clone(&id);
        async move { pay(&world, &tenant, &id).await }
    })
    .await;
    // The others are second payments, and each is a credit.
    for response in &responses {
        assert_eq!(response.ok()["status"], "credited");
    }
    let (books, entries) = crowd.world.ledger(crowd.tenant.account_id).await;
    assert_eq!((books.balances.available_cents, entries.len()), (990, 3 + 63));
    assert_eq!(books.balances.unmatched_cents, 63 * 1_000);
    let credits = crowd.world.credits(crowd.api_key()).await;
    assert!(credits.len() == 63 && credits.iter().all(|one| one["reason"] == "duplicate"));
    let events = crowd.world.events(crowd.tenant.account_id, &id).await;
    assert_eq!(events.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_32_payments_of_32_charges_all_are_credited_and_the_books_have_no_gap() {
    let crowd = ConcurrentPayers::gather().await;
    let mut ids = Vec::new();
    for number in 0..32 {
        ids.push(crowd.open(&format!("order-{number}")).await);
    }
    let ids = Arc::new(ids);
    let responses = together(32, |number| {
        let (world, tenant) = crowd.sandbox(number);
        let ids = Arc::clone(&ids);
        async move { pay(&world, &tenant, &ids[number]).await }
    })
    .await;
    for response in responses {
        assert_eq!(response.ok()["status"], "credited");
    }
    let (books, entries) = crowd.world.ledger(crowd.tenant.account_id).await;
    assert_eq!((books.balances.available_cents, books.balances.fees_cents), (31_680, 320));
    let counted: Vec<_> = entries.iter().map(|entry| entry.sequence).collect();
    assert_eq!(counted, (1..=96).collect::<Vec<_>>());
    for id in ids.iter() {
        let (world, account) = (&crowd.world, crowd.tenant.account_id);
        assert_eq!(world.events(account, id).await.len(), 3);
    }
}

/// Pays and cancels one charge at the moment it expires, and returns the outcome that won.
async fn one_winner(crowd: &ConcurrentPayers, id: Arc<String>) -> &'static str {
    let responses = together(6, |number| {
        let (world, tenant) = crowd.sandbox(number / 2);
        let id = Arc::clone(&id);
        async move {
            match number % 3 {
                0 => Some(("credited", pay(&world, &tenant, &id).await)),
                1 => {
                    let ask = world.post(&format!("/v1/charges/{id}/cancel"));
                    let ask = ask.key(&tenant.program.api_key);
                    Some(("cancelled", insist(ask).await))
                }
                _ => {
                    world.wait_and_tick(60).await;
                    None
                }
            }
        }
    })
    .await;
    let mut winners = Vec::new();
    for (wanted, response) in responses.into_iter().flatten() {
        if wanted == "credited" {
            // The report of a payment is always accepted; one that came late is a credit.
            if response.ok()["status"] == wanted && !winners.contains(&wanted) {
                winners.push(wanted);
            }
        } else if response.status == 200 {
            assert_eq!(response.ok()["status"], wanted);
            winners.push(wanted);
        } else {
            response.problem(409, "charge_state");
        }
    }
    assert!(winners.len() <= 1, "{winners:?}");
    winners.pop().unwrap_or("expired")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_payment_cancellation_and_expiry_at_once_one_wins() {
    let crowd = ConcurrentPayers::gather().await;
    let mut credited = 0;
    for round in 0..8 {
        let mut body = new_charge();
        let soon = crowd.world.now() + jiff::SignedDuration::from_secs(60);
        body["expires_at"] = json!(soon.to_string());
        let ask = crowd.world.post("/v1/charges").key(crowd.api_key());
        let ask = ask.idempotency_key(&format!("order-{round}")).json(&body);
        let charge = ask.send().await.created();
        let id = charge["id"].as_str().expect("an id").to_owned();
        let winner = one_winner(&crowd, Arc::new(id.clone())).await;
        // Both ticks may have found the charge while it was being paid or cancelled.
        crowd.world.wait_and_tick(60).await;
        let account_id = crowd.tenant.account_id;
        let stored = crowd.world.stored_charge(account_id, &id).await;
        assert_eq!(stored.status.as_str(), winner);
        assert_eq!(stored.due, None);
        let events = crowd.world.events(account_id, &id).await;
        assert_eq!(events.len(), if winner == "credited" { 3 } else { 2 });
        credited += usize::from(winner == "credited");
        let (_, entries) = crowd.world.ledger(account_id).await;
        let late = 2 * (round + 1) - credited;
        assert_eq!(entries.len(), 3 * credited + late);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_16_charges_with_one_reference_one_is_opened() {
    let crowd = ConcurrentPayers::gather().await;
    let responses = together(16, |number| {
        let (world, tenant) = crowd.sandbox(number);
        async move {
            let mut body = new_charge();
            body["reference"] = json!("pedido-7");
            let name = format!("order-{number}");
            let ask = world.post("/v1/charges").key(&tenant.program.api_key);
            insist(ask.idempotency_key(&name).json(&body)).await
        }
    })
    .await;
    let (opened, refused): (Vec<_>, Vec<_>) =
        responses.iter().partition(|response| response.status == 201);
    assert_eq!(opened.len(), 1);
    let id = opened[0].created()["id"].clone();
    for response in refused {
        let problem = response.problem(409, "reference_taken");
        let detail = problem["detail"].as_str().expect("text");
        assert!(detail.contains(id.as_str().expect("an id")));
    }
    assert_eq!(crowd.world.charges(crowd.api_key()).await.len(), 1);
}

/// Two sandboxes run the schedule at the same moment: what came due is done once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_ticks_at_once_do_the_work_once() {
    let crowd = ConcurrentPayers::gather().await;
    let mut ids = Vec::new();
    for number in 0..8 {
        let mut body = new_charge();
        body["amount_cents"] = json!(1_001);
        let ask = crowd.world.post("/v1/charges").key(crowd.api_key());
        let ask = ask.idempotency_key(&format!("order-{number}")).json(&body);
        let charge = ask.send().await.created();
        let id = charge["id"].as_str().expect("an id").to_owned();
        crowd.world.pay(crowd.api_key(), &id).await.ok();
        ids.push(id);
    }
    crowd.world.wait(60);
    let done = together(2, |number| {
        let (world, _) = crowd.sandbox(number);
        async move { world.wait_and_tick(0).await }
    })
    .await;
    // What lost a race for the books comes again with the next tick.
    let mut total: u64 = done.iter().sum();
    total += crowd.world.wait_and_tick(60).await;
    assert_eq!(total, 8);
    assert_eq!(crowd.world.wait_and_tick(60).await, 0);
    let account_id = crowd.tenant.account_id;
    let (books, entries) = crowd.world.ledger(account_id).await;
    assert_eq!((books.balances.available_cents, entries.len()), (8 * 991, 24));
    for id in ids {
        assert_eq!(crowd.world.events(account_id, &id).await.len(), 3);
    }
}
