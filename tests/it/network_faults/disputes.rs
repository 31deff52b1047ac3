//! Faults of answers to demands: the network has each answer once, and accepted money leaves once.

use queue::Lane;
use serde_json::{Value, json};
use tests::{NetworkBehavior, Tenant, World, killed_after, text};

/// Answers a dispute of 10 reais; returns what was available before it.
async fn answered(action: &str) -> (World, Tenant, Value, u64) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.paid_charge(key, 1_000).await;
    world.pay_in(key, 5_000).await;
    let before = available(&world, &tenant).await;
    let demand = world.post(&format!("/v1/sandbox/charges/{charge}/return")).key(key);
    demand.json(&json!({ "outcome": "blocked" })).send().await.ok();
    let list = world.get("/v1/disputes").key(key).send().await.ok();
    let id = list["data"][0]["id"].clone();
    let body = match action {
        "submit" => json!({ "text": "The goods arrived." }),
        _ => json!({}),
    };
    let ask = world.post(&format!("/v1/disputes/{}/{action}", text(&id))).key(key);
    ask.idempotency_key("answer").json(&body).send().await.ok();
    (world, tenant, id, before)
}

async fn available(world: &World, tenant: &Tenant) -> u64 {
    let balances = world.ledger(tenant.account_id).await.0.balances;
    balances.available_cents + balances.blocked_cents
}

/// Checks that the network has the answer, and that accepted money left once.
async fn check(
    world: &World,
    tenant: &Tenant,
    action: &str,
    (id, before): (&Value, u64),
    what: &str,
) {
    let key = &tenant.program.api_key;
    let found = world.get(&format!("/v1/disputes/{}", text(id))).key(key).send().await.ok();
    let (status, taken_cents) = match action {
        "submit" => ("submitted", 0),
        _ => ("accepted", 1_000),
    };
    assert_eq!(
        (&found["status"], &found["taken_cents"]),
        (&json!(status), &json!(taken_cents)),
        "{what}"
    );
    assert!(found["answer"]["received_at"].is_string(), "{what}: {found}");
    assert_eq!(available(world, tenant).await, before - taken_cents, "{what}");
    assert_eq!(world.network.dispute_orders().len(), 1, "{what}");
    let charge = world.stored_charge(tenant.account_id, &text(&found["charge_id"])).await;
    assert_eq!(charge.returned.accepted_cents(None), 0, "{what}: the network confirmed it");
}

/// Fault row 192. The worker dies at each of its await points.
#[tokio::test]
async fn an_answer_reaches_the_network_once_wherever_the_worker_dies() {
    for action in ["submit", "accept"] {
        let (mut polls, mut survived) = (0, false);
        while !survived {
            let (world, tenant, id, before) = answered(action).await;
            while world.bundle.relay().await.expect("the stream flows") > 0 {}
            survived =
                killed_after(polls, Box::pin(world.bundle.dispatch(Lane::Orders))).await.is_some();
            for _ in 0..6 {
                world.wait_and_deliver(61).await;
            }
            let what = format!("{action} killed after {polls}");
            check(&world, &tenant, action, (&id, before), &what).await;
            polls += 1;
        }
        assert!(polls > 3, "the worker was killed at {polls} points only");
    }
}

/// Fault row 193. Answers and responses are lost, the function crashes after the network had the answer, and a
/// lost answer arrives late.
#[tokio::test]
async fn a_lost_answer_is_queried_and_submitted_again() {
    use NetworkBehavior::{OrderLost, Panics, Responds, ResponseLost};
    for action in ["submit", "accept"] {
        for script in [
            vec![ResponseLost],
            vec![Panics],
            vec![ResponseLost, ResponseLost],
            vec![OrderLost],
            vec![OrderLost, OrderLost],
            vec![OrderLost, Responds, ResponseLost],
            vec![OrderLost, Responds, Panics],
        ] {
            let (world, tenant, id, before) = answered(action).await;
            world.network.script(script.clone());
            for _ in 0..12 {
                world.wait_and_deliver(121).await;
            }
            let what = format!("{action} {script:?}");
            check(&world, &tenant, action, (&id, before), &what).await;
            world.network.deliver_lost();
            for _ in 0..2 {
                world.wait_and_deliver(121).await;
            }
            check(&world, &tenant, action, (&id, before), &what).await;
        }
    }
}

/// Fault row 193. The stream is down, so the schedule sends the message.
#[tokio::test]
async fn an_answer_without_a_message_is_sent_by_the_schedule() {
    let (world, tenant, id, before) = answered("accept").await;
    world.bundle.switch_stream(false);
    for _ in 0..3 {
        world.wait_and_deliver(61).await;
    }
    check(&world, &tenant, "accept", (&id, before), "without the stream").await;
}

/// Fault row 192. The schedule dies while it sends a reminder: the reminder comes once.
#[tokio::test]
async fn a_reminder_comes_once_wherever_the_schedule_dies() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.paid_charge(key, 1_000).await;
    let demand = world.post(&format!("/v1/sandbox/charges/{charge}/return")).key(key);
    demand.json(&json!({ "outcome": "blocked" })).send().await.ok();
    let list = world.get("/v1/disputes").key(key).send().await.ok();
    let id = text(&list["data"][0]["id"]);
    world.wait(4 * 86_400 + 1);
    for polls in 0..40 {
        let _ = killed_after(polls, Box::pin(world.bundle.tick())).await;
    }
    world.bundle.tick().await.expect("the schedule runs");
    let events = world.events(tenant.account_id, &id).await;
    let due = events.iter().filter(|event| event.kind.as_str() == "dispute.response_due");
    assert_eq!(due.count(), 1);
}
