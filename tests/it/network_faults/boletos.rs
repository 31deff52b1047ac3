//! Faults of the orders to the banks of boletos: the bank does each order once, and the charge learns it.

use queue::Lane;
use serde_json::{Value, json};
use tests::{NetworkBehavior, Tenant, World, killed_after, new_boleto, text};

async fn created() -> (World, Tenant, Value) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let ask = world.post("/v1/charges").key(key).idempotency_key("1").json(&new_boleto());
    let charge = ask.send().await.created();
    (world, tenant, charge)
}

async fn status(world: &World, tenant: &Tenant, charge: &Value) -> Value {
    world.find_charge(&tenant.program.api_key, &text(&charge["id"])).await["status"].clone()
}

/// Returns what the bank did, in its order.
fn done(world: &World) -> Vec<&'static str> {
    let orders = world.network.boleto_orders();
    orders.iter().map(|order| order.instruction.kind().as_str()).collect()
}

/// Fault row 164. The worker dies at each of its await points.
#[tokio::test]
async fn a_boleto_is_registered_once_wherever_the_worker_dies() {
    let (mut polls, mut survived) = (0, false);
    while !survived {
        let (world, tenant, charge) = created().await;
        while world.bundle.relay().await.expect("the stream flows") > 0 {}
        survived =
            killed_after(polls, Box::pin(world.bundle.dispatch(Lane::Orders))).await.is_some();
        for _ in 0..4 {
            world.wait_and_deliver(61).await;
        }
        assert_eq!(status(&world, &tenant, &charge).await, "pending", "killed after {polls}");
        assert_eq!(done(&world), ["register"]);
        polls += 1;
    }
    assert!(polls > 3, "the worker was killed at {polls} points only");
}

/// Fault row 164. Answers and orders are lost, and the function crashes after the bank did the order.
#[tokio::test]
async fn each_order_is_done_once_whatever_is_lost() {
    use NetworkBehavior::{OrderLost, Panics, Responds, ResponseLost};
    for script in [
        vec![ResponseLost],
        vec![OrderLost],
        vec![Panics],
        vec![ResponseLost, ResponseLost],
        vec![OrderLost, Responds, OrderLost],
    ] {
        let (world, tenant, charge) = created().await;
        world.network.script(script.clone());
        for _ in 0..8 {
            world.wait_and_deliver(121).await;
        }
        assert_eq!(status(&world, &tenant, &charge).await, "pending", "{script:?}");
        world.network.deliver_lost();
        let path = format!("/v1/charges/{}/cancel", text(&charge["id"]));
        world.post(&path).key(&tenant.program.api_key).json(&json!({})).send().await.ok();
        world.network.script(script.clone());
        for _ in 0..8 {
            world.wait_and_deliver(121).await;
        }
        assert_eq!(status(&world, &tenant, &charge).await, "cancelled", "{script:?}");
        assert_eq!(done(&world), ["register", "write_off"], "{script:?}");
    }
}

/// Fault row 165. A Pix pays the debt before the bank has answered about the registration: the answer causes
/// the order that writes the boleto off.
#[tokio::test]
async fn a_pix_before_the_registration_is_answered_writes_the_boleto_off_after_it() {
    let (world, tenant, charge) = created().await;
    let key = &tenant.program.api_key;
    world.network.script([NetworkBehavior::ResponseLost]);
    world.deliver().await;
    assert_eq!(status(&world, &tenant, &charge).await, "registering");
    let payment = json!({ "amount_cents": 10_000, "txid": charge["pix"]["txid"] });
    world.arrive(key, &payment).await.created();
    assert_eq!(status(&world, &tenant, &charge).await, "credited");
    for _ in 0..4 {
        world.wait_and_deliver(61).await;
    }
    let shown = world.find_charge(key, &text(&charge["id"])).await;
    assert_eq!(
        (&shown["status"], &shown["boleto"]["registration"]),
        (&json!("credited"), &json!("written_off"))
    );
    assert_eq!(done(&world), ["register", "write_off"]);
}

/// Fault row 165. Payment and answer of the bank at the same moment: both are written, one after another.
#[tokio::test]
async fn a_payment_between_cancellation_and_write_off_wins() {
    let (world, tenant, charge) = created().await;
    world.deliver().await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    let cancel = format!("/v1/charges/{id}/cancel");
    world.post(&cancel).key(key).json(&json!({})).send().await.ok();
    world.pay(key, &id).await.ok();
    world.deliver().await;
    assert_eq!(status(&world, &tenant, &charge).await, "paid");
    world.wait_and_tick(24 * 3_600).await;
    assert_eq!(status(&world, &tenant, &charge).await, "credited");
    assert_eq!(done(&world), ["register", "write_off"]);
}
