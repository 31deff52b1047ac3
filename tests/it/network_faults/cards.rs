//! Faults of the orders to acquirers: an authorisation is submitted once, and a lost one is reversed.

use queue::Lane;
use serde_json::{Value, json};
use tests::{NetworkBehavior, Tenant, World, killed_after, text};

async fn created() -> (World, Tenant, Value) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.card(key, "1", "approved", &json!({})).await.created();
    (world, tenant, charge)
}

async fn find(world: &World, tenant: &Tenant, charge: &Value) -> Value {
    world.find_charge(&tenant.program.api_key, &text(&charge["id"])).await
}

/// Returns what the acquirer did, in its order.
fn done(world: &World) -> Vec<&'static str> {
    let orders = world.network.card_orders();
    orders.iter().map(|order| order.instruction.kind().as_str()).collect()
}

/// Checks that the payer paid once, or that what reached the acquirer was reversed.
async fn check(world: &World, tenant: &Tenant, charge: &Value, what: &str) {
    let found = find(world, tenant, charge).await;
    let receivable_cents = world.ledger(tenant.account_id).await.0.balances.receivable_cents;
    match found["status"].as_str() {
        Some("paid") => {
            assert_eq!((done(world), receivable_cents), (vec!["authorize"], 10_000), "{what}");
        }
        Some("declined") => {
            assert_eq!(found["failure"]["code"], "authorization_lost", "{what}");
            assert_eq!((done(world).last(), receivable_cents), (Some(&"reverse"), 0), "{what}");
        }
        other => panic!("{what}: the charge is {other:?}"),
    }
}

/// Fault row 180. The worker dies at each of its await points.
#[tokio::test]
async fn a_card_is_authorised_once_or_reversed_wherever_the_worker_dies() {
    let (mut polls, mut survived) = (0, false);
    while !survived {
        let (world, tenant, charge) = created().await;
        while world.bundle.relay().await.expect("the stream flows") > 0 {}
        survived =
            killed_after(polls, Box::pin(world.bundle.dispatch(Lane::Orders))).await.is_some();
        for _ in 0..6 {
            world.wait_and_deliver(61).await;
        }
        check(&world, &tenant, &charge, &format!("killed after {polls}")).await;
        polls += 1;
    }
    assert!(polls > 3, "the worker was killed at {polls} points only");
}

/// Fault row 181. Answers and orders are lost, and the function crashes after the acquirer did the order.
#[tokio::test]
async fn a_lost_authorisation_is_found_or_reversed_and_never_repeated() {
    use NetworkBehavior::{OrderLost, Panics, Responds, ResponseLost};
    for (script, end) in [
        (vec![ResponseLost], "paid"),
        (vec![Panics], "paid"),
        (vec![ResponseLost, ResponseLost], "paid"),
        (vec![OrderLost], "declined"),
        (vec![OrderLost, OrderLost, Responds, ResponseLost], "declined"),
        (vec![OrderLost, Responds, OrderLost], "declined"),
        (vec![OrderLost, Responds, Panics], "declined"),
    ] {
        let (world, tenant, charge) = created().await;
        world.network.script(script.clone());
        for _ in 0..12 {
            world.wait_and_deliver(121).await;
        }
        let what = format!("{script:?}");
        check(&world, &tenant, &charge, &what).await;
        assert_eq!(find(&world, &tenant, &charge).await["status"], end, "{what}");
        let authorized = done(&world).iter().filter(|kind| **kind == "authorize").count();
        assert_eq!(authorized, usize::from(end == "paid"), "{what}");
    }
}

/// Fault row 182. The lost order arrives at the acquirer after all, before or after its reversal.
#[tokio::test]
async fn a_late_authorisation_pays_nothing_after_its_reversal() {
    for is_early in [true, false] {
        let (world, tenant, charge) = created().await;
        world.network.script([NetworkBehavior::OrderLost]);
        world.deliver().await;
        if is_early {
            world.network.deliver_lost();
        }
        for _ in 0..6 {
            world.wait_and_deliver(121).await;
        }
        world.network.deliver_lost();
        for _ in 0..3 {
            world.wait_and_deliver(121).await;
        }
        let expected = if is_early { "paid" } else { "declined" };
        assert_eq!(find(&world, &tenant, &charge).await["status"], expected);
        assert_eq!(world.network.card_submissions(), if is_early { 1 } else { 2 });
    }
}
