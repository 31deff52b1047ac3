//! From a message to the endpoint: workers that die, duplicate and malformed messages, and schedulers
//! that stand still and then run twice.

use std::sync::Arc;

use aws_sdk_sqs::types::QueueAttributeName;
use dispatch::{send_live, send_retries};
use local::Fault;
use queue::Lane;
use serde_json::{Value, json};
use store::{DueList, Page};
use tests::{ReceiverBehavior, Tenant, World, killed_after, together};

use crate::webhooks::endpoints::world;

const URL: &str = "https://hooks.example.com/trilho";
/// As in the template: a message that was received is hidden for so long.
const VISIBILITY_SECONDS: i64 = 180;

async fn listening() -> (World, Tenant) {
    let (world, tenant) = world().await;
    world.endpoint(&tenant.program.api_key, URL, &["charge.created"]).await;
    (world, tenant)
}

/// Opens charges and publishes their events; nothing is sent yet.
async fn publish(world: &World, tenant: &Tenant, name: &str, count: usize) {
    for number in 0..count {
        let name = format!("{name}-{number}");
        world.charge(&tenant.program.api_key, &name).await.created();
    }
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
}

/// Lets messages that were received become visible again, and everything else come due.
async fn recover(world: &World) {
    for _ in 0..6 {
        world.wait_and_deliver(60).await;
    }
}

async fn statuses(world: &World, tenant: &Tenant) -> Vec<String> {
    let deliveries = world.deliveries(&tenant.program.api_key).await;
    let status = |one: &Value| one["status"].as_str().expect("text").to_owned();
    deliveries.iter().map(status).collect()
}

fn batch(bodies: &[Value]) -> Value {
    let records: Vec<_> = bodies
        .iter()
        .enumerate()
        .map(|(place, body)| json!({ "messageId": format!("m{place}"), "body": body.to_string() }))
        .collect();
    json!({ "Records": records })
}

async fn message(world: &World, tenant: &Tenant, made: u32) -> Value {
    let delivery = world.deliveries(&tenant.program.api_key).await.remove(0);
    json!({
        "account_id": tenant.account_id,
        "event_id": delivery["event_id"],
        "endpoint_id": delivery["endpoint_id"],
        "attempts_made": made,
    })
}

async fn waiting(world: &World, queue: &str) -> u64 {
    let client = world.bundle.queue_client();
    let url = client.get_queue_url().queue_name(queue).send().await.expect("the queue");
    let name = QueueAttributeName::ApproximateNumberOfMessages;
    let asked = client.get_queue_attributes().queue_url(url.queue_url().unwrap_or_default());
    let response = asked.attribute_names(name.clone()).send().await.expect("its attributes");
    let text = response.attributes().and_then(|all| all.get(&name)).cloned().unwrap_or_default();
    text.parse().expect("a number")
}

/// Fault rows 9 and 43 for deliveries: `dispatch` dies at each of its await points, before and after
/// the endpoint has the event. It arrives, always under the same id, in one delivery.
#[tokio::test]
async fn an_event_arrives_under_its_id_wherever_the_dispatcher_dies() {
    let (world, tenant) = listening().await;
    let (mut polls, mut survived) = (0, false);
    while !survived {
        publish(&world, &tenant, &format!("order-{polls}"), 1).await;
        survived = killed_after(polls, world.bundle.dispatch(Lane::Live)).await.is_some();
        recover(&world).await;
        polls += 1;
        let statuses = statuses(&world, &tenant).await;
        assert_eq!(statuses, vec!["delivered"; polls]);
        let arrived = world.receivers.at(URL);
        let mut ids: Vec<_> = arrived.iter().map(|one| one.id().to_owned()).collect();
        ids.dedup();
        assert_eq!(ids.len(), polls, "a repeated request has the id of the first");
        for pair in arrived.windows(2).filter(|pair| pair[0].id() == pair[1].id()) {
            assert_eq!(pair[0].body, pair[1].body);
        }
    }
    assert!(polls > 4, "the dispatcher was killed at {polls} points only");
    assert!(world.receivers.all().len() > polls, "it never died after the endpoint had the event");
}

/// Fault row 43. The table loses the answer to what was written down, or does not take it.
#[tokio::test]
async fn an_outcome_that_cannot_be_written_brings_the_event_again_under_the_same_id() {
    let (world, tenant) = listening().await;
    publish(&world, &tenant, "order", 1).await;
    // The claim is the first PutItem, the outcome the second, with its own three attempts.
    world.receivers.script(URL, [ReceiverBehavior::Answers(204)]);
    world.bundle.faults().next("PutItem", Fault::Slow(std::time::Duration::ZERO));
    world.bundle.faults().next_times("PutItem", &Fault::BeforeSend, 3);
    world.bundle.dispatch(Lane::Live).await.expect("the lane flows");
    assert_eq!(statuses(&world, &tenant).await, ["pending"]);
    recover(&world).await;
    let arrived = world.receivers.at(URL);
    assert_eq!(arrived.len(), 2);
    assert_eq!((arrived[0].id(), &arrived[0].body), (arrived[1].id(), &arrived[1].body));
    assert_eq!(statuses(&world, &tenant).await, ["delivered"]);
}

/// Fault row 44. The message becomes visible again while the endpoint still thinks: the second worker
/// finds the lease and stops.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_worker_finds_the_lease_of_the_first_and_stops() {
    let (world, tenant) = listening().await;
    publish(&world, &tenant, "order", 1).await;
    let again = message(&world, &tenant, 0).await;
    world.receivers.script(URL, [ReceiverBehavior::Holds(204)]);
    let world = Arc::new(world);
    let first = tokio::spawn({
        let world = Arc::clone(&world);
        async move { world.bundle.dispatch(Lane::Live).await }
    });
    while world.receivers.all().is_empty() {
        tokio::task::yield_now().await;
    }
    let second = world.second_instance(|_| {});
    let response = send_live::handle(second.bundle.dispatcher(), batch(&[again])).await;
    assert_eq!(response.expect("a batch"), json!({ "batchItemFailures": [] }));
    assert_eq!(world.receivers.all().len(), 1);
    world.receivers.release();
    first.await.expect("no panic").expect("the lane flows");
    assert_eq!(statuses(&world, &tenant).await, ["delivered"]);
}

/// Fault rows 45 and 46. What is not a message fails alone, each time, and ends in the dead-letter
/// queue; the others of its batch are done.
#[tokio::test]
async fn a_malformed_message_fails_alone_and_ends_in_the_dead_letter_queue() {
    let (world, tenant) = listening().await;
    let client = world.bundle.queue_client();
    let url = world.bundle.worker().lanes.url(Lane::Live).to_owned();
    for body in ["", "null", "{}", "{\"account_id\":1}"] {
        // SQS takes no empty body.
        let body = if body.is_empty() { " " } else { body };
        client.send_message().queue_url(&url).message_body(body).send().await.expect("sent");
    }
    publish(&world, &tenant, "order", 3).await;
    world.deliver().await;
    assert_eq!(statuses(&world, &tenant).await, vec!["delivered"; 3]);
    for _ in 0..6 {
        world.wait_and_deliver(VISIBILITY_SECONDS + 1).await;
    }
    assert_eq!(waiting(&world, "trilho-live-dead").await, 4);
    assert_eq!(waiting(&world, "trilho-live").await, 0);
    assert_eq!(world.receivers.all().len(), 3);
}

/// Fault row 45. Of ten messages three meet a table that is away; exactly those come again.
#[tokio::test]
async fn of_a_batch_only_the_messages_that_failed_are_reported() {
    let (world, tenant) = listening().await;
    publish(&world, &tenant, "order", 10).await;
    let deliveries = world.deliveries(&tenant.program.api_key).await;
    let bodies: Vec<_> = deliveries
        .iter()
        .map(|one| {
            json!({
                "account_id": tenant.account_id,
                "event_id": one["event_id"],
                "endpoint_id": one["endpoint_id"],
                "attempts_made": 0,
            })
        })
        .collect();
    let dispatcher = world.bundle.dispatcher();
    let mut failed = Vec::new();
    for (place, body) in bodies.iter().enumerate() {
        world.bundle.faults().clear();
        if place < 3 {
            // A request to each table, and the SDK tries each three times.
            world.bundle.faults().next_times("BatchGetItem", &Fault::BeforeSend, 6);
        }
        let response = send_live::handle(dispatcher, batch(std::slice::from_ref(body))).await;
        let response = response.expect("a batch");
        if response["batchItemFailures"].as_array().is_some_and(|all| !all.is_empty()) {
            failed.push(place);
        }
    }
    assert_eq!(failed, [0, 1, 2]);
    let response = send_live::handle(dispatcher, batch(&bodies)).await.expect("a batch");
    assert_eq!(response, json!({ "batchItemFailures": [] }), "the seven are done already");
    assert_eq!(statuses(&world, &tenant).await, vec!["delivered"; 10]);
    assert_eq!(world.receivers.all().len(), 10);
}

/// Fault row 47. A panic while one event is sent touches neither the others of its batch nor the
/// health of the endpoint, and it ends with the schedule.
#[tokio::test]
async fn a_panic_is_a_failed_attempt_of_its_own_message_alone_and_never_endless() {
    let (world, tenant) = listening().await;
    let key = &tenant.program.api_key;
    let (id, _) = world.endpoint(key, "https://panics.example.com/", &["charge.created"]).await;
    world.receivers.always("https://panics.example.com/", ReceiverBehavior::Panics);
    publish(&world, &tenant, "order", 1).await;
    world.bundle.dispatch(Lane::Live).await.expect("the lane flows");
    let of = async |url_id: &str| -> Value {
        let path = format!("/v1/deliveries?endpoint_id={url_id}");
        world.get(&path).key(key).send().await.ok()["data"][0].clone()
    };
    let first = of(&id).await;
    assert_eq!(
        (&first["status"], &first["attempts"][0]["error"]),
        (&json!("pending"), &json!("internal"))
    );
    assert_eq!(world.receivers.at(URL).len(), 1);
    while of(&id).await["status"] == "pending" {
        world.wait_and_deliver(6 * 3_600).await;
    }
    let last = of(&id).await;
    assert_eq!((&last["status"], &last["attempts_made"]), (&json!("exhausted"), &json!(10)));
    assert_eq!(world.receivers.at("https://panics.example.com/").len(), 10);
    let dead =
        waiting(&world, "trilho-live-dead").await + waiting(&world, "trilho-retry-dead").await;
    assert_eq!(dead, 0);
    let endpoint = world.get(&format!("/v1/webhook-endpoints/{id}")).key(key).send().await.ok();
    assert_eq!(endpoint["status"], "enabled", "our mistake is not held against it");
}

/// Fault row 69. The scheduler stands still for an hour, then two run at once: what was due is sent,
/// in the order of its time, and once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schedulers_that_stood_still_catch_up_without_duplicates() {
    let (world, tenant) = listening().await;
    // Eight failures in a row: two more would open the breaker.
    for number in 0..4 {
        // The second attempt fails too, so that the third waits five minutes.
        world
            .receivers
            .script(URL, [ReceiverBehavior::Answers(500), ReceiverBehavior::Answers(500)]);
        publish(&world, &tenant, &format!("order-{number}"), 1).await;
        world.deliver().await;
        world.wait(8);
        world.deliver().await;
        world.wait(60);
    }
    // The messages of the third attempts are lost, and the scheduler does not run for an hour.
    world.bundle.purge_lanes().await;
    world.wait(3_600);
    let second = Arc::new(world.second_instance(|_| {}));
    let world = Arc::new(world);
    let before = world.receivers.all().len();
    let sent = together(2, |number| {
        let sandbox = Arc::clone(if number == 0 { &world } else { &second });
        async move { sandbox.bundle.tick().await.expect("the schedule runs") }
    })
    .await;
    assert_eq!(sent.iter().sum::<u64>(), 4, "each was sent by one of the two");
    world.deliver().await;
    assert_eq!(world.receivers.all().len(), before + 4);
    assert_eq!(statuses(&world, &tenant).await, vec!["delivered"; 4]);
}

/// Fault row 70. What is due in the same minute is spread over the shards of the index, and read in
/// pages.
#[tokio::test]
async fn deliveries_due_in_the_same_minute_are_spread_over_the_shards() {
    let (world, tenant) = listening().await;
    publish(&world, &tenant, "order", 320).await;
    let store = &world.bundle.app().store;
    let mut counts = Vec::new();
    for shard in 0..DueList::Deliveries.shards() {
        let page = Page { limit: 100, after: None };
        let until = world.now() + jiff::SignedDuration::from_secs(180);
        let (due, more) =
            store.list_due(DueList::Deliveries, shard, until, page).await.expect("due");
        assert!(more.is_none());
        counts.push(due.len());
    }
    assert_eq!(counts.iter().sum::<usize>(), 320);
    assert_eq!(counts.len(), 16);
    // Twenty on average; a shard with more than three times that would be no spreading.
    assert!(counts.iter().all(|count| (1..60).contains(count)), "{counts:?}");
}

/// A message that is out of date, early, or of another attempt does nothing.
#[tokio::test]
async fn a_message_of_another_attempt_does_nothing() {
    let (world, tenant) = listening().await;
    world.receivers.script(URL, [ReceiverBehavior::Answers(500)]);
    publish(&world, &tenant, "order", 1).await;
    world.deliver().await;
    let dispatcher = world.bundle.dispatcher();
    for made in [0, 1, 2] {
        let stale = batch(&[message(&world, &tenant, made).await]);
        send_retries::handle(dispatcher, stale).await.expect("a batch");
    }
    assert_eq!(world.receivers.all().len(), 1);
    world.wait(10);
    // The second attempt is due, and a message of the first comes again.
    let first = batch(&[message(&world, &tenant, 0).await]);
    send_retries::handle(dispatcher, first).await.expect("a batch");
    assert_eq!(world.receivers.all().len(), 1);
    world.deliver().await;
    assert_eq!(world.receivers.all().len(), 2);
}

/// A message whose account, event and endpoint do not belong together reaches no endpoint.
#[tokio::test]
async fn a_message_that_mixes_two_accounts_reaches_no_endpoint() {
    let (world, tenant) = listening().await;
    let other = world.tenant("outra").await;
    world.endpoint(&other.program.api_key, "https://other.example.com/", &["*"]).await;
    publish(&world, &tenant, "order", 1).await;
    let mut mixed = message(&world, &tenant, 0).await;
    mixed["account_id"] = json!(other.account_id);
    send_live::handle(world.bundle.dispatcher(), batch(&[mixed])).await.expect("a batch");
    assert_eq!(world.receivers.all().len(), 0);
}

/// While the pepper cannot be fetched nothing is signed with anything else; when it can, all goes on.
#[tokio::test]
async fn without_the_pepper_nothing_is_sent_and_then_everything() {
    let (world, tenant) = listening().await;
    publish(&world, &tenant, "order", 1).await;
    world.wait(301);
    world.bundle.faults().next_times("GetSecretValue", &Fault::BeforeSend, 3);
    world.bundle.dispatch(Lane::Live).await.expect("the lane flows");
    assert_eq!(world.receivers.all().len(), 0);
    world.bundle.faults().clear();
    recover(&world).await;
    assert_eq!(world.receivers.all().len(), 1);
    assert_eq!(statuses(&world, &tenant).await, ["delivered"]);
}

/// Fault row 42. Two dispatchers empty both lanes at the same moment, while messages come twice and
/// in any order: each event is sent once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_dispatchers_at_once_send_each_event_once() {
    let (world, tenant) = listening().await;
    let disturbance = local::Disturbance { duplicate_percent: 30, reorder: true, seed: 7 };
    world.bundle.queues().disturb(disturbance);
    publish(&world, &tenant, "order", 40).await;
    let second = Arc::new(world.second_instance(|_| {}));
    let world = Arc::new(world);
    together(4, |number| {
        let sandbox = Arc::clone(if number.is_multiple_of(2) { &world } else { &second });
        async move {
            for lane in [Lane::Live, Lane::Retry] {
                while sandbox.bundle.dispatch(lane).await.expect("the lane flows") > 0 {}
            }
        }
    })
    .await;
    recover(&world).await;
    assert_eq!(statuses(&world, &tenant).await, vec!["delivered"; 40]);
    assert_eq!(world.receivers.all().len(), 40);
}

/// The scheduler looks a minute ahead, and a message for the second attempt is on its way already.
#[tokio::test]
async fn the_scheduler_sends_no_second_message_beside_one_that_is_on_its_way() {
    let (world, tenant) = listening().await;
    world.receivers.script(URL, [ReceiverBehavior::Answers(500), ReceiverBehavior::Answers(500)]);
    publish(&world, &tenant, "order", 1).await;
    for wait in [0, 6] {
        world.wait(wait);
        world.deliver().await;
        assert_eq!(world.bundle.tick().await.expect("the schedule runs"), 0);
    }
    assert_eq!(world.receivers.all().len(), 2);
}
