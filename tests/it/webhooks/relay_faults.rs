//! From the row of an event to a message: lost and duplicated messages, poison records, and workers
//! that die at every await point.

use std::sync::Arc;

use domain::event::Event;
use domain::kernel::{AccountId, DeliveryId, EventId, Id};
use domain::webhook::Delivery;
use local::{Disturbance, Fault};
use serde_json::{Value, json};
use store::Key;
use tests::{ReceiverBehavior, Tenant, World, killed_after, together};

use crate::webhooks::endpoints::world;

const URL: &str = "https://hooks.example.com/trilho";

async fn listening() -> (World, Tenant) {
    let (world, tenant) = world().await;
    world.endpoint(&tenant.program.api_key, URL, &["charge.created"]).await;
    (world, tenant)
}

/// Asserts that every event arrived, with one delivery for each that ended well.
async fn assert_all_arrived(world: &World, tenant: &Tenant, events: usize) {
    let deliveries = world.deliveries(&tenant.program.api_key).await;
    assert_eq!(deliveries.len(), events, "one delivery for an event and endpoint");
    for delivery in &deliveries {
        assert_eq!(delivery["status"], "delivered", "{delivery}");
    }
    let mut arrived: Vec<_> =
        world.receivers.at(URL).iter().map(|one| one.id().to_owned()).collect();
    arrived.sort_unstable();
    arrived.dedup();
    assert_eq!(arrived.len(), events, "every event arrived");
}

/// Fault row 39. The stream is switched off for a day: the sweep alone delivers everything.
#[tokio::test]
async fn without_the_stream_the_sweep_alone_delivers_every_event() {
    let (world, tenant) = listening().await;
    world.bundle.switch_stream(false);
    for number in 0..40 {
        world.charge(&tenant.program.api_key, &format!("order-{number}")).await.created();
        world.wait(2_160);
    }
    assert_eq!(world.deliver().await, 0, "the stream tells nothing");
    world.wait_and_deliver(60).await;
    assert_all_arrived(&world, &tenant, 40).await;
    assert_eq!(world.receivers.all().len(), 40);
}

/// Fault row 38. The scheduler publishes an unpublished event within two ticks.
#[tokio::test]
async fn an_unpublished_event_is_published_within_two_ticks() {
    let (world, tenant) = listening().await;
    world.bundle.switch_stream(false);
    world.charge(&tenant.program.api_key, "order-1").await.created();
    world.wait_and_deliver(59).await;
    assert_eq!(world.receivers.all().len(), 0, "a young one is left to the stream");
    world.wait_and_deliver(60).await;
    assert_all_arrived(&world, &tenant, 1).await;
}

/// Fault row 38. `relay` dies at each of its await points; the stream hands the record out again, and
/// where it does not, the scheduler finds what was left.
#[tokio::test]
async fn an_event_arrives_wherever_the_relay_dies() {
    let (world, tenant) = listening().await;
    let (mut polls, mut events) = (0, 0);
    let mut survived = false;
    while !survived {
        for stream_goes_on in [true, false] {
            world.charge(&tenant.program.api_key, &format!("order-{events}")).await.created();
            events += 1;
            survived = killed_after(polls, Box::pin(world.bundle.relay())).await.is_some();
            if !stream_goes_on {
                // As if the record had been given up.
                world.bundle.forget_stream();
            }
            for _ in 0..4 {
                world.deliver().await;
                world.wait_and_deliver(60).await;
            }
            assert_all_arrived(&world, &tenant, events).await;
        }
        polls += 1;
    }
    assert!(polls > 3, "the relay was killed at {polls} points only");
}

/// Fault row 38. The scheduler's sweep and its resending die at each await point; the next tick
/// finds what they left. The jobs run at once, so the number of points differs between machines.
#[tokio::test]
async fn an_event_arrives_wherever_the_scheduler_dies() {
    let (world, tenant) = listening().await;
    world.bundle.switch_stream(false);
    let (mut polls, mut events, mut survived) = (0, 0, false);
    while !survived {
        world.receivers.script(URL, [ReceiverBehavior::Answers(500)]);
        world.charge(&tenant.program.api_key, &format!("order-{events}")).await.created();
        events += 1;
        world.wait(60);
        survived = killed_after(polls, world.bundle.tick()).await.is_some();
        for _ in 0..3 {
            world.wait_and_deliver(60).await;
        }
        assert_all_arrived(&world, &tenant, events).await;
        polls += 1;
    }
    assert!(polls > 10, "the scheduler was killed at {polls} points only");
}

fn record(number: u64, image: &Value) -> Value {
    json!({
        "eventName": "INSERT",
        "dynamodb": { "SequenceNumber": number.to_string(), "NewImage": image },
    })
}

/// Fault row 40. A record that fails each time goes to the failure destination; those before and
/// after it flow.
#[tokio::test]
async fn a_poison_record_is_isolated_and_the_rest_flows() {
    let (world, tenant) = listening().await;
    let key = &tenant.program.api_key;
    world.charge(key, "order-1").await.created();
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    world.charge(key, "order-2").await.created();
    let poison = record(1, &json!({ "row_kind": { "S": "event" }, "id": { "S": "evt_1" } }));
    world.bundle.inject_stream_record(poison.clone());
    world.charge(key, "order-3").await.created();
    world.deliver().await;
    assert_eq!(world.bundle.stream_failures(), [poison]);
    assert_all_arrived(&world, &tenant, 3).await;
}

/// Fault row 41. Each message is sent twice: one delivery, one request at the endpoint.
#[tokio::test]
async fn messages_sent_twice_make_one_delivery_and_one_request() {
    let (world, tenant) = listening().await;
    let everything = Disturbance { duplicate_percent: 100, reorder: false, seed: 1 };
    world.bundle.queues().disturb(everything);
    for number in 0..10 {
        world.charge(&tenant.program.api_key, &format!("order-{number}")).await.created();
    }
    world.deliver().await;
    assert_all_arrived(&world, &tenant, 10).await;
    assert_eq!(world.receivers.all().len(), 10);
}

/// Fault row 42. Three in ten messages come twice, and in any order; every seed delivers each event,
/// once while the first attempt succeeds, and under the same ids when it does not.
#[tokio::test]
async fn duplicated_and_reordered_messages_deliver_every_event_once() {
    for seed in 0..5 {
        let (world, tenant) = listening().await;
        world.bundle.queues().disturb(Disturbance { duplicate_percent: 30, reorder: true, seed });
        for number in 0..12 {
            if number % 3 == 0 {
                world.receivers.script(URL, [ReceiverBehavior::Answers(500)]);
            }
            world.charge(&tenant.program.api_key, &format!("order-{number}")).await.created();
        }
        world.deliver().await;
        for _ in 0..4 {
            world.wait_and_deliver(60).await;
        }
        assert_all_arrived(&world, &tenant, 12).await;
        assert_eq!(world.receivers.all().len(), 16, "seed {seed}: each failure once more");
    }
}

async fn stored(world: &World, account_id: AccountId, event_id: EventId) -> Event {
    let key = Key::Event(account_id, event_id);
    world.bundle.app().store.find(&key).await.expect("readable").expect("there")
}

/// Two relays publish the same event at the same moment, with the sweep beside them: one delivery,
/// one request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publishers_at_the_same_moment_make_one_delivery() {
    let (world, tenant) = listening().await;
    let second = Arc::new(world.second_instance(|_| {}));
    let world = Arc::new(world);
    for round in 0..6 {
        let charge =
            world.charge(&tenant.program.api_key, &format!("order-{round}")).await.created();
        let id = charge["id"].as_str().expect("an id");
        let event = world.events(tenant.account_id, id).await.remove(0);
        together(4, |number| {
            let sandbox = if number.is_multiple_of(2) { &world } else { &second };
            let (sandbox, event) = (Arc::clone(sandbox), event.clone());
            async move {
                let worker = sandbox.bundle.worker();
                let (store, lanes) = (&worker.app.store, &worker.lanes);
                let moment = worker.app.moment();
                let events = [event];
                let done = outbox::publish(store, lanes, &worker.lane_limiter, &events, &moment)
                    .await
                    .outcomes;
                done.into_iter().all(|one| one.is_ok())
            }
        })
        .await
        .into_iter()
        .for_each(|published| assert!(published));
        assert!(stored(&world, tenant.account_id, event.id).await.relayed_at.is_some());
        world.deliver().await;
        assert_all_arrived(&world, &tenant, round + 1).await;
        assert_eq!(world.receivers.all().len(), round + 1);
    }
}

/// The queue is away when an event is published: the delivery is there, and the scheduler sends
/// its message when the queue is back.
#[tokio::test]
async fn a_message_the_queue_did_not_take_is_sent_by_the_scheduler() {
    let (world, tenant) = listening().await;
    world.bundle.faults().next_times("SendMessageBatch", &Fault::BeforeSend, 3);
    world.charge(&tenant.program.api_key, "order-1").await.created();
    world.deliver().await;
    assert_eq!(world.receivers.all().len(), 0);
    let is_logged = |line: &Value| {
        line["message"] == "could not send delivery messages; the scheduler resends them"
    };
    assert!(world.logged().iter().any(is_logged), "the log says why it waits");
    world.bundle.faults().clear();
    world.wait_and_deliver(60).await;
    assert_all_arrived(&world, &tenant, 1).await;
}

/// The table throttles while an event is published, and its responses are lost.
#[tokio::test]
async fn faults_while_publishing_are_not_seen() {
    for operation in ["PutItem", "UpdateItem"] {
        let (world, tenant) = listening().await;
        world.charge(&tenant.program.api_key, "order-1").await.created();
        for fault in [Fault::Throttled, Fault::BeforeSend, Fault::AfterCommit] {
            world.bundle.faults().next(operation, fault);
        }
        world.deliver().await;
        assert_eq!(world.bundle.faults().left(), 0);
        assert_all_arrived(&world, &tenant, 1).await;
        assert_eq!(world.receivers.all().len(), 1);
    }
}

/// A redelivery asked for before the event was published at all is one delivery.
#[tokio::test]
async fn a_redelivery_of_an_event_that_was_not_published_yet_is_its_publication() {
    let (world, tenant) = listening().await;
    let key = &tenant.program.api_key;
    world.charge(key, "order-1").await.created();
    let event = world.get("/v1/events").key(key).send().await.ok()["data"][0]["id"].clone();
    let path = format!("/v1/events/{}/redeliver", event.as_str().expect("an id"));
    world.post(&path).key(key).send().await.expect(202);
    world.deliver().await;
    assert_all_arrived(&world, &tenant, 1).await;
}

/// Ids of deliveries are made from event and endpoint, so a second row cannot be.
#[tokio::test]
async fn the_row_of_a_delivery_is_found_by_event_and_endpoint() {
    let (world, tenant) = listening().await;
    world.charge(&tenant.program.api_key, "order-1").await.created();
    world.deliver().await;
    let listed = world.deliveries(&tenant.program.api_key).await.remove(0);
    let event_id = EventId::parse(listed["event_id"].as_str().expect("text")).expect("an id");
    let endpoint_id =
        domain::kernel::EndpointId::parse(listed["endpoint_id"].as_str().expect("text"))
            .expect("an id");
    let key = Key::Delivery(tenant.account_id, DeliveryId::of(event_id, endpoint_id));
    let row = world.bundle.app().store.find::<Delivery>(&key).await.expect("readable");
    assert_eq!(row.expect("there").id.to_string(), listed["id"].as_str().expect("text"));
}
