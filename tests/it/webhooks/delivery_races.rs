//! Changes by the customer while deliveries are on their way, and rows that cannot be read.

use std::sync::Arc;

use domain::kernel::{AccountId, DeliveryId, EndpointId, EventId, Id};
use domain::webhook::{Delivery, EndpointHealth};
use queue::Lane;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Item, Key, Writes, table};
use tests::{ReceiverBehavior, Tenant, World};

use crate::webhooks::endpoints::world;

const URL: &str = "https://hooks.example.com/trilho";
const OTHER: &str = "https://other.example.com/";
const THIRD: &str = "https://third.example.com/";

async fn event_id(world: &World, key: &str) -> String {
    let list = world.get("/v1/events").key(key).send().await.ok();
    list["data"][0]["id"].as_str().expect("an id").to_owned()
}

async fn redeliver(world: &World, key: &str, event: &str, endpoint: &str) {
    let path = format!("/v1/events/{event}/redeliver");
    let to = json!({ "endpoint_id": endpoint });
    world.post(&path).key(key).json(&to).send().await.expect(202);
}

/// Makes two endpoints, of which one takes the type of the events and the other does not.
async fn two_endpoints(stream: bool) -> (World, Tenant, String) {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.bundle.switch_stream(stream);
    world.endpoint(key, URL, &["charge.created"]).await;
    let (other, _) = world.endpoint(key, OTHER, &["charge.paid"]).await;
    (world, tenant, other)
}

/// With and without the stream: what the event waits for already is not forgotten over the wish.
#[tokio::test]
async fn a_redelivery_to_one_endpoint_before_the_publication_reaches_the_others_too() {
    for stream in [false, true] {
        let (world, tenant, other) = two_endpoints(stream).await;
        let key = &tenant.program.api_key;
        world.charge(key, "order-1").await.created();
        redeliver(&world, key, &event_id(&world, key).await, &other).await;
        for _ in 0..3 {
            world.wait_and_deliver(60).await;
        }
        let arrived = (world.receivers.at(URL).len(), world.receivers.at(OTHER).len());
        assert_eq!(arrived, (1, 1), "stream: {stream}");
    }
}

#[tokio::test]
async fn redeliveries_to_two_endpoints_one_after_the_other_reach_both() {
    let (world, tenant, other) = two_endpoints(true).await;
    let key = &tenant.program.api_key;
    let (third, _) = world.endpoint(key, THIRD, &["charge.paid"]).await;
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    let event = event_id(&world, key).await;
    redeliver(&world, key, &event, &other).await;
    redeliver(&world, key, &event, &third).await;
    for _ in 0..3 {
        world.wait_and_deliver(60).await;
    }
    assert_eq!((world.receivers.at(OTHER).len(), world.receivers.at(THIRD).len()), (1, 1));
}

/// Another sandbox has ten attempts on their way when the breaker opens: their failures are not
/// probes, and do not keep it open for longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attempts_on_their_way_when_the_breaker_opens_do_not_double_its_time() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (id, _) = world.endpoint(key, URL, &["charge.created"]).await;
    for number in 0..20 {
        world.charge(key, &format!("order-{number}")).await.created();
    }
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    world.receivers.script(URL, vec![ReceiverBehavior::Holds(500); 10]);
    world.receivers.always(URL, ReceiverBehavior::Answers(500));
    let second = Arc::new(world.second_instance(|_| {}));
    let held = tokio::spawn({
        let second = Arc::clone(&second);
        async move { second.bundle.dispatch(Lane::Live).await }
    });
    while world.receivers.all().len() < 10 {
        tokio::task::yield_now().await;
    }
    world.bundle.dispatch(Lane::Live).await.expect("the lane flows");
    let key = Key::EndpointHealth(tenant.account_id, EndpointId::parse(&id).expect("an id"));
    let seconds = async || {
        let health = world.bundle.app().store.find::<EndpointHealth>(&key).await.expect("readable");
        health.and_then(|health| health.breaker).expect("open").seconds
    };
    assert_eq!(seconds().await, 30);
    world.receivers.release();
    held.await.expect("no panic").expect("the lane flows");
    assert_eq!(seconds().await, 30);
}

/// The old address answers 410 after the endpoint was given a new one, which is judged by its own
/// answers only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_410_of_the_old_address_does_not_disable_the_new_one() {
    let (world, tenant) = world().await;
    let key = tenant.program.api_key.clone();
    let (id, _) = world.endpoint(&key, URL, &["charge.created"]).await;
    world.charge(&key, "order-1").await.created();
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    world.receivers.script(URL, [ReceiverBehavior::Holds(410)]);
    let world = Arc::new(world);
    let held = tokio::spawn({
        let world = Arc::clone(&world);
        async move { world.bundle.dispatch(Lane::Live).await }
    });
    while world.receivers.all().is_empty() {
        tokio::task::yield_now().await;
    }
    let path = format!("/v1/webhook-endpoints/{id}");
    world.request("PATCH", &path).key(&key).json(&json!({ "url": OTHER })).send().await.ok();
    world.receivers.release();
    held.await.expect("no panic").expect("the lane flows");
    let endpoint = world.get(&path).key(&key).send().await.ok();
    assert_eq!((&endpoint["url"], &endpoint["status"]), (&json!(OTHER), &json!("enabled")));
    world.wait_and_deliver(60).await;
    assert_eq!(world.receivers.at(OTHER).len(), 1, "the next attempt goes to the new address");
}

/// A row that is due first and cannot be read as what it should be.
#[derive(Serialize, Deserialize)]
struct UnreadableRow {
    account_id: AccountId,
    id: String,
    event: bool,
}

impl Item for UnreadableRow {
    const KIND: &'static str = "unreadable";
    fn key(&self) -> Key {
        if self.event {
            Key::Event(self.account_id, EventId::parse(&self.id).expect("an id"))
        } else {
            Key::Delivery(self.account_id, DeliveryId::parse(&self.id).expect("an id"))
        }
    }
    fn index(&self) -> Vec<(&'static str, String)> {
        let partition = if self.event { "RELAY#00" } else { "DUE#00" };
        vec![
            (table::DUE_KEYS.0, partition.to_owned()),
            (table::DUE_KEYS.1, format!("{:013}#{}", 1, self.id)),
        ]
    }
}

async fn write_unreadable(world: &World, account_id: AccountId) {
    let moment = world.bundle.app().moment();
    let (event, delivery) = (EventId::mint(&moment).to_string(), DeliveryId::mint(&moment));
    let writes = Writes::default()
        .create(&UnreadableRow { account_id, id: event, event: true })
        .create(&UnreadableRow { account_id, id: delivery.to_string(), event: false });
    world.bundle.app().store.commit(writes, &moment).await.expect("written");
}

#[tokio::test]
async fn rows_that_cannot_be_read_do_not_hold_up_the_others() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, URL, &["charge.created"]).await;
    write_unreadable(&world, tenant.account_id).await;
    world.bundle.switch_stream(false);
    for number in 0..8 {
        world.charge(key, &format!("order-{number}")).await.created();
    }
    world.wait_and_tick(60).await;
    // The messages are lost too, so the scheduler has to send them again.
    world.bundle.purge_lanes().await;
    for _ in 0..3 {
        world.wait_and_deliver(60).await;
    }
    assert_eq!(world.receivers.at(URL).len(), 8);
}

#[tokio::test]
async fn a_replay_that_cannot_go_on_does_not_send_again_what_it_has_sent() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (endpoint, _) = world.endpoint(key, URL, &["charge.created"]).await;
    let begin = world.now();
    tests::fairness::happen_many(&world.bundle, tenant.account_id, 101).await;
    world.deliver().await;
    world.wait(2);
    write_unreadable(&world, tenant.account_id).await;
    world.wait(2);
    let before = world.receivers.at(URL).len();
    let path = format!("/v1/webhook-endpoints/{endpoint}/replay");
    let span = json!({ "created_from": begin.to_string(), "include_delivered": true });
    world.post(&path).key(key).json(&span).send().await.expect(202);
    for _ in 0..3 {
        world.wait_and_deliver(60).await;
    }
    let sent = world.receivers.at(URL).len() - before;
    assert!((100..=101).contains(&sent), "{sent} requests for 101 events");
}

/// A replay skips test events and types outside of the subscription. An exhausted delivery of such an
/// event makes no event.
#[tokio::test]
async fn test_events_are_not_replayed_and_their_failure_makes_no_event() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let begin = world.now();
    let (id, _) = world.endpoint(key, URL, &["charge.paid", "webhook_delivery.exhausted"]).await;
    world.receivers.always(URL, ReceiverBehavior::Answers(500));
    world.post(&format!("/v1/webhook-endpoints/{id}/test")).key(key).send().await.expect(202);
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    while world.deliveries(key).await[0]["status"] == "pending" {
        world.wait_and_deliver(6 * 3_600).await;
    }
    assert_eq!(world.deliveries(key).await[0]["status"], "exhausted");
    let events = world.get("/v1/events").key(key).send().await.ok();
    let types = events["data"].as_array().expect("a list").iter().map(|one| one["type"].clone());
    let types: Vec<Value> = types.collect();
    assert!(!types.contains(&json!("webhook_delivery.exhausted")), "{types:?}");
    let before = world.receivers.all().len();
    let span = json!({ "created_from": begin.to_string(), "include_delivered": true });
    let path = format!("/v1/webhook-endpoints/{id}/replay");
    world.post(&path).key(key).json(&span).send().await.expect(202);
    world.wait_and_deliver(60).await;
    assert_eq!(
        world.receivers.all().len(),
        before + 1,
        "the trial asks for itself, the charge not"
    );
}

/// A replay ends when its endpoint is disabled, and says so by making room for the next.
#[tokio::test]
async fn a_replay_ends_when_its_endpoint_is_disabled() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let begin = world.now();
    tests::fairness::happen_many(&world.bundle, tenant.account_id, 10).await;
    world.deliver().await;
    world.wait(60);
    let (id, _) = world.endpoint(key, URL, &["charge.created"]).await;
    let path = format!("/v1/webhook-endpoints/{id}");
    let switch = async |to: &str| {
        world.request("PATCH", &path).key(key).json(&json!({ "status": to })).send().await.ok();
    };
    let span = json!({ "created_from": begin.to_string() });
    let replay = async || world.post(&format!("{path}/replay")).key(key).json(&span).send().await;
    replay().await.expect(202);
    switch("disabled").await;
    world.wait_and_deliver(60).await;
    assert_eq!(world.receivers.all().len(), 0);
    switch("enabled").await;
    replay().await.expect(202);
    world.wait_and_deliver(60).await;
    assert_eq!(world.receivers.all().len(), 10);
}

/// What is redelivered late can be looked up as long as anything else.
#[tokio::test]
async fn a_delivery_is_kept_a_month_after_its_last_attempt() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (endpoint, _) = world.endpoint(key, URL, &["charge.created"]).await;
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    world.wait(29 * 24 * 3_600);
    let event = event_id(&world, key).await;
    redeliver(&world, key, &event, &endpoint).await;
    world.deliver().await;
    let ids = (EventId::parse(&event), EndpointId::parse(&endpoint));
    let id = DeliveryId::of(ids.0.expect("an id"), ids.1.expect("an id"));
    let row = Key::Delivery(tenant.account_id, id);
    let row = world.bundle.app().store.find::<Delivery>(&row).await.expect("readable");
    let row = row.expect("there");
    let kept = row.ends_at().expect("an end").duration_since(world.now()).as_hours();
    assert_eq!((row.attempts_made, kept), (2, 30 * 24));
}
