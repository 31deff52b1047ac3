//! Fault rows 120, 122 and 123. Payments, decisions and the end of a charge at the same moment, at two
//! instances.

use std::sync::Arc;

use domain::ledger::EntryKind;
use serde_json::{Value, json};
use tests::{Tenant, World, insist, new_charge, text, together};

struct Instances {
    worlds: [Arc<World>; 2],
    tenant: Arc<Tenant>,
}

impl Instances {
    async fn new() -> Self {
        let world = World::new().await;
        let tenant = world.tenant("loja").await;
        let second = world.second_instance(|_| {});
        Self { worlds: [Arc::new(world), Arc::new(second)], tenant: Arc::new(tenant) }
    }

    fn key(&self) -> &str {
        &self.tenant.program.api_key
    }

    fn of(&self, number: usize) -> (Arc<World>, Arc<Tenant>) {
        (Arc::clone(&self.worlds[number % 2]), Arc::clone(&self.tenant))
    }

    async fn payments(&self) -> Vec<Value> {
        let page = self.worlds[0].get("/v1/payments?limit=100").key(self.key()).send().await.ok();
        page["data"].as_array().cloned().expect("a list")
    }
}

/// Sends until the answer is not 503, as a network repeats its report.
async fn post(
    world: &World,
    tenant: &Tenant,
    path: &str,
    name: &str,
    body: &Value,
) -> (u16, Value) {
    let ask = world.post(path).key(&tenant.program.api_key).idempotency_key(name).json(body);
    let response = insist(ask).await;
    (response.status, response.json())
}

/// Fault row 120. Sixty-four reports of one payment are one payment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_reports_of_one_payment_one_is_posted() {
    let instances = Instances::new().await;
    let body = Arc::new(json!({
        "amount_cents": 700, "end_to_end_id": "E9999999920261123120009999999999",
    }));
    let responses =
        together(64, |number| {
            let ((world, tenant), body) = (instances.of(number), Arc::clone(&body));
            async move {
                post(&world, &tenant, "/v1/sandbox/payments", &number.to_string(), &body).await
            }
        })
        .await;
    for (status, payment) in &responses {
        assert_eq!((*status, payment), (201, &responses[0].1));
    }
    let (books, entries) = instances.worlds[0].ledger(instances.tenant.account_id).await;
    assert_eq!((books.balances.unmatched_cents, entries.len()), (700, 1));
    assert_eq!(instances.worlds[0].credits(instances.key()).await.len(), 1);
}

/// Fault row 122. Two payments, two cancellations and two ticks of one charge at its last moment. Each
/// payment is posted, one of them at most to the charge, and every cent is in the books.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payments_cancellation_and_expiry_at_once_lose_no_cent() {
    let instances = Instances::new().await;
    let world = &instances.worlds[0];
    for round in 0..8_u64 {
        let mut body = new_charge();
        body["expires_at"] = json!((world.now() + jiff::SignedDuration::from_secs(60)).to_string());
        let name = format!("order-{round}");
        let ask = world.post("/v1/charges").key(instances.key()).idempotency_key(&name);
        let id = Arc::new(text(&ask.json(&body).send().await.created()["id"]));
        let paid = together(6, |number| {
            let ((world, tenant), id) = (instances.of(number / 2), Arc::clone(&id));
            async move {
                let name = format!("{id}-{number}");
                match number % 3 {
                    0 => {
                        let path = format!("/v1/sandbox/charges/{id}/pay");
                        let (status, charge) =
                            post(&world, &tenant, &path, &name, &json!({})).await;
                        assert_eq!(status, 200, "a report always gets its answer: {charge}");
                    }
                    1 => {
                        let path = format!("/v1/charges/{id}/cancel");
                        let (status, _) = post(&world, &tenant, &path, &name, &json!({})).await;
                        assert!(matches!(status, 200 | 409), "{status}");
                    }
                    _ => drop(world.wait_and_tick(60).await),
                }
            }
        })
        .await;
        assert_eq!(paid.len(), 6);
        world.wait_and_tick(60).await;
        let charge = world.stored_charge(instances.tenant.account_id, &id).await;
        let to_charge = u64::from(charge.status.as_str() == "credited");
        assert_eq!(charge.due, None);
        let payments = instances.payments().await;
        assert_eq!(u64::try_from(payments.len()), Ok(2 * (round + 1)));
        let of_charge = payments.iter().filter(|payment| payment["charge_id"] == json!(*id));
        assert_eq!(u64::try_from(of_charge.count()), Ok(to_charge));
        let (books, _) = world.ledger(instances.tenant.account_id).await;
        assert_eq!(books.balances.clearing_cents, 2_000 * (round + 1));
        let credits = world.credits(instances.key()).await;
        let sum: u64 = credits.iter().filter_map(|credit| credit["amount_cents"].as_u64()).sum();
        assert_eq!(books.balances.unmatched_cents, sum);
    }
}

/// Fault row 123. Of many decisions about one credit, one counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_decisions_about_a_credit_one_counts() {
    let instances = Instances::new().await;
    let world = &instances.worlds[0];
    let mut returned = 0;
    for round in 0..6 {
        let credit = Arc::new(world.credit(instances.key(), 1_000).await);
        let charge = world.charge(instances.key(), &format!("order-{round}")).await.created();
        let charge = Arc::new(charge["id"].clone());
        let outcomes = together(8, |number| {
            let (world, tenant) = instances.of(number);
            let (credit, charge) = (Arc::clone(&credit), Arc::clone(&charge));
            async move {
                let (decision, body) = match number % 4 {
                    0 => ("keep", json!({})),
                    1 => ("match", json!({ "charge_id": *charge })),
                    2 => ("match", json!({ "reference": "invoice-7" })),
                    _ => ("return", json!({})),
                };
                let path = format!("/v1/credits/{}/{decision}", text(&credit["id"]));
                let name = format!("{round}-{number}");
                post(&world, &tenant, &path, &name, &body).await
            }
        })
        .await;
        let won: Vec<_> = outcomes.iter().filter(|(status, _)| *status == 200).collect();
        assert_eq!(won.len(), 1, "{outcomes:?}");
        for (status, problem) in outcomes.iter().filter(|(status, _)| *status != 200) {
            assert_eq!((*status, &problem["code"]), (409, &json!("credit_state")));
        }
        returned += usize::from(won[0].1["status"] == "returning");
        world.deliver().await;
        let (books, entries) = world.ledger(instances.tenant.account_id).await;
        assert_eq!(books.balances.unmatched_cents, 0);
        let back = entries.iter().filter(|entry| entry.kind == EntryKind::CreditReturned);
        assert_eq!(back.count(), returned);
    }
}
