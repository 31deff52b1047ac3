//! Deliveries: the schedule, what each answer means, and what can be seen and asked for.

use dispatch::egress::FailureKind;
use domain::webhook::SCHEDULE_SECONDS;
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{ReceiverBehavior, Tenant, World};

use crate::webhooks::endpoints::world;

const URL: &str = "https://hooks.example.com/trilho";
const WATCHER: &str = "https://watcher.example.com/";

async fn one_charge(does: &[ReceiverBehavior]) -> (World, Tenant, String) {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (id, _) = world.endpoint(key, URL, &["charge.created"]).await;
    world.receivers.script(URL, does.iter().cloned());
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    (world, tenant, id)
}

async fn only_delivery(world: &World, tenant: &Tenant) -> Value {
    let deliveries = world.deliveries(&tenant.program.api_key).await;
    let mut of_charge = deliveries.into_iter().filter(|one| one["event_type"] == "charge.created");
    let delivery = of_charge.next().expect("a delivery");
    assert!(of_charge.next().is_none(), "one delivery for an event and endpoint");
    delivery
}

fn at(value: &Value) -> Timestamp {
    value.as_str().expect("text").parse().expect("a timestamp")
}

/// Lets time pass to the next attempt, ticking each minute as the schedule does.
async fn until_next_attempt(world: &World, tenant: &Tenant) {
    let delivery = only_delivery(world, tenant).await;
    let next = at(&delivery["next_attempt_at"]);
    while world.now() < next {
        let left = next.duration_since(world.now()).as_secs() + 1;
        // Far from it nothing is due, and the tick before the last minute finds nothing.
        let step = if left > 120 { left - 90 } else { left.min(60) };
        world.wait_and_deliver(step).await;
    }
}

/// Fault row 49. All ten attempts over 75.6 hours at their times and within the jitter, then
/// exhausted, told to the account's other endpoint.
#[tokio::test]
async fn a_dead_endpoint_gets_ten_attempts_over_three_days_and_then_the_account_is_notified() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, URL, &["charge.created"]).await;
    world.endpoint(key, WATCHER, &["webhook_delivery.exhausted"]).await;
    world.receivers.always(URL, ReceiverBehavior::Fails(FailureKind::ConnectionFailed));
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    while only_delivery(&world, &tenant).await["status"] == "pending" {
        until_next_attempt(&world, &tenant).await;
    }
    let arrived = world.receivers.at(URL);
    assert_eq!(arrived.len(), SCHEDULE_SECONDS.len());
    let mut total = 0;
    for (pair, wait) in arrived.windows(2).zip(&SCHEDULE_SECONDS[1..]) {
        let waited = pair[1].at.duration_since(pair[0].at).as_secs();
        let wait = i64::from(*wait);
        // A message is delayed by whole seconds, and the tests look each minute at most.
        let most = wait + (wait / 10).min(900) + 2;
        assert!((wait..=most).contains(&waited), "{waited} s in place of {wait} s");
        total += waited;
    }
    assert!((272_105..=272_105 + 5_400).contains(&total), "{total} s");
    let delivery = only_delivery(&world, &tenant).await;
    assert_eq!(delivery["status"], "exhausted");
    assert_eq!(delivery["next_attempt_at"], Value::Null);
    assert_eq!(delivery["attempts"].as_array().map(Vec::len), Some(10));
    assert_eq!(delivery["attempts"][9]["error"], "connection_failed");
    world.deliver().await;
    let told = world.receivers.at(WATCHER);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].json()["type"], "webhook_delivery.exhausted");
    assert_eq!(told[0].json()["data"]["object"]["id"], delivery["id"]);
    // Nothing is left to be done.
    world.wait_and_deliver(7 * 24 * 3_600).await;
    assert_eq!(world.receivers.all().len(), 11);
}

/// Fault row 65. The id and the body are the same at each attempt; time and signature are not.
#[tokio::test]
async fn every_attempt_has_the_same_id_and_body_and_its_own_time_and_signature() {
    let (world, tenant, _) =
        one_charge(&[ReceiverBehavior::Answers(500), ReceiverBehavior::Answers(500)]).await;
    until_next_attempt(&world, &tenant).await;
    until_next_attempt(&world, &tenant).await;
    let arrived = world.receivers.at(URL);
    assert_eq!(arrived.len(), 3);
    for other in &arrived[1..] {
        assert_eq!((other.id(), &other.body), (arrived[0].id(), &arrived[0].body));
        assert_ne!(other.header("webhook-timestamp"), arrived[0].header("webhook-timestamp"));
        assert_ne!(other.header("webhook-signature"), arrived[0].header("webhook-signature"));
    }
    assert_eq!(only_delivery(&world, &tenant).await["status"], "delivered");
}

/// Fault row 53. A redirect is an answer like any other that is not 2xx.
#[tokio::test]
async fn what_is_not_2xx_is_tried_again_and_shown_with_its_status() {
    for status in [199, 300, 301, 302, 307, 308, 400, 401, 404, 429, 500, 502, 503, 504] {
        let (world, tenant, _) = one_charge(&[ReceiverBehavior::Answers(status)]).await;
        let delivery = only_delivery(&world, &tenant).await;
        assert_eq!(delivery["status"], "pending", "{status}");
        assert_eq!(delivery["attempts"][0]["status"], status);
        assert_eq!(delivery["attempts"][0]["error"], "http_status");
    }
    for status in [200, 201, 202, 204, 299] {
        let (world, tenant, _) = one_charge(&[ReceiverBehavior::Answers(status)]).await;
        let delivery = only_delivery(&world, &tenant).await;
        assert_eq!(delivery["status"], "delivered", "{status}");
        assert_eq!(delivery["attempts"][0]["error"], Value::Null);
    }
}

/// Fault row 52. Honoured when longer than the schedule, capped at ten hours, ignored when junk.
#[tokio::test]
async fn retry_after_is_honoured_up_to_ten_hours() {
    for (asked, least, most) in [
        ("120", 120, 133),
        ("Mon, 23 Nov 2026 13:00:00 GMT", 3_600, 3_961),
        ("86400", 36_000, 36_901),
        ("315360000", 36_000, 36_901),
        ("1", 5, 7),
        ("-5", 5, 7),
        ("soon", 5, 7),
        ("Mon, 23 Nov 2020 13:00:00 GMT", 5, 7),
    ] {
        let (world, tenant, _) = one_charge(&[ReceiverBehavior::AsksFor(503, asked)]).await;
        let delivery = only_delivery(&world, &tenant).await;
        let next = at(&delivery["next_attempt_at"]);
        let wait = next.duration_since(world.now()).as_secs();
        assert!((least..=most).contains(&wait), "{asked}: {wait} s");
        until_next_attempt(&world, &tenant).await;
        assert_eq!(world.receivers.at(URL).len(), 2, "{asked}");
    }
}

/// Fault row 51. 410 disables at once; event and audit line are of the same transaction.
#[tokio::test]
async fn an_endpoint_that_answers_410_is_disabled_at_once_and_the_account_notified() {
    let (world, mut tenant) = world().await;
    let key = tenant.program.api_key.clone();
    let (id, _) = world.endpoint(&key, URL, &["charge.created"]).await;
    world.endpoint(&key, WATCHER, &["webhook_endpoint.disabled"]).await;
    world.receivers.script(URL, [ReceiverBehavior::Answers(410)]);
    world.charge(&key, "order-1").await.created();
    world.deliver().await;
    let endpoint = world.get(&format!("/v1/webhook-endpoints/{id}")).key(&key).send().await.ok();
    assert_eq!(
        (&endpoint["status"], &endpoint["disabled_reason"]),
        (&json!("disabled"), &json!("gone"))
    );
    let delivery = only_delivery(&world, &tenant).await;
    assert_eq!(
        (&delivery["status"], &delivery["attempts"][0]["status"]),
        (&json!("cancelled"), &json!(410))
    );
    let told = world.receivers.at(WATCHER);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].json()["data"]["object"]["id"], id.as_str());
    tenant.ana.log_in(&world).await.created();
    let audit = tenant.ana.request(&world, "GET", "/v1/audit-events").send().await.ok();
    let line = audit["data"].as_array().expect("a list").iter();
    let mut line = line.filter(|line| line["action"] == "webhook_endpoint.disabled");
    let line = line.next().expect("an audit line");
    assert_eq!((&line["author"]["user_id"], &line["target"]), (&Value::Null, &json!(id)));
    world.charge(&key, "order-2").await.created();
    world.deliver().await;
    assert_eq!(world.receivers.at(URL).len(), 1);
}

/// Fault row 49. Five days of failures without a success disable the endpoint. When it is enabled
/// again, the count restarts.
#[tokio::test]
async fn five_days_of_failures_disable_an_endpoint_and_enabling_it_restarts_the_count() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (id, _) = world.endpoint(key, URL, &["charge.created"]).await;
    world.receivers.always(URL, ReceiverBehavior::Answers(500));
    let path = format!("/v1/webhook-endpoints/{id}");
    let status = async || {
        let endpoint = world.get(&path).key(key).send().await.ok();
        (endpoint["status"].clone(), endpoint["disabled_reason"].clone())
    };
    for half_day in 0..10 {
        world.charge(key, &format!("order-{half_day}")).await.created();
        world.deliver().await;
        assert_eq!(status().await.0, "enabled", "after {half_day} half days");
        world.wait_and_deliver(12 * 3_600).await;
    }
    world.charge(key, "order-last").await.created();
    world.deliver().await;
    assert_eq!(status().await, (json!("disabled"), json!("failing")));
    let before = world.receivers.all().len();
    world.wait_and_deliver(24 * 3_600).await;
    assert_eq!(world.receivers.all().len(), before, "what waited is cancelled, not sent");
    assert!(world.deliveries(key).await.iter().all(|one| one["status"] == "cancelled"));

    let enabled = world.request("PATCH", &path).key(key).json(&json!({ "status": "enabled" }));
    assert_eq!(enabled.send().await.ok()["disabled_at"], Value::Null);
    world.charge(key, "order-again").await.created();
    world.deliver().await;
    assert_eq!(status().await.0, "enabled", "one failure is not five days of them");
}

/// Fault row 67.
#[tokio::test]
async fn what_waits_for_a_deleted_endpoint_is_cancelled_and_not_sent() {
    let (world, tenant, id) = one_charge(&[ReceiverBehavior::Answers(500)]).await;
    let key = &tenant.program.api_key;
    let path = format!("/v1/webhook-endpoints/{id}");
    world.request("DELETE", &path).key(key).send().await.expect(204);
    world.wait_and_deliver(60).await;
    assert_eq!(world.receivers.at(URL).len(), 1);
    assert_eq!(only_delivery(&world, &tenant).await["status"], "cancelled");
}

/// Fault row 50. Ten failures in a row open the breaker: nothing is sent for 30 s and no attempt is
/// spent; then one probe, and its success lets everything through.
#[tokio::test]
async fn an_open_breaker_sends_nothing_spends_no_attempt_and_probes_once() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, URL, &["charge.created"]).await;
    world.receivers.always(URL, ReceiverBehavior::Answers(500));
    for number in 0..10 {
        world.charge(key, &format!("order-{number}")).await.created();
    }
    world.deliver().await;
    assert_eq!(world.receivers.at(URL).len(), 10);
    // Open: the second attempts come after 5 s and are put off.
    world.wait(10);
    world.deliver().await;
    assert_eq!(world.receivers.at(URL).len(), 10, "nothing is sent while it is open");
    for delivery in world.deliveries(key).await {
        assert_eq!(
            (&delivery["status"], &delivery["attempts_made"]),
            (&json!("pending"), &json!(1))
        );
    }
    // Half open: of all that are due one is the probe; it fails, and the breaker opens for longer.
    world.wait_and_deliver(60).await;
    assert_eq!(world.receivers.at(URL).len(), 11, "one probe");
    world.receivers.always(URL, ReceiverBehavior::Answers(204));
    for _ in 0..12 {
        world.wait_and_deliver(60).await;
    }
    assert!(world.deliveries(key).await.iter().all(|one| one["status"] == "delivered"));
    let made: u64 = world
        .deliveries(key)
        .await
        .iter()
        .map(|one| one["attempts_made"].as_u64().expect("a count"))
        .sum();
    assert_eq!(made, 21, "ten first attempts, a failed probe, ten that succeed");
}

/// A first attempt of an endpoint that is slow leaves the live lane; a fast answer brings it back.
#[tokio::test]
async fn first_attempts_of_a_slow_endpoint_take_the_retry_lane() {
    use queue::Lane;
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, URL, &["charge.created"]).await;
    world.receivers.script(URL, [ReceiverBehavior::Takes(14, 204), ReceiverBehavior::Answers(204)]);
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    world.charge(key, "order-2").await.created();
    let bundle = &world.bundle;
    while bundle.relay().await.expect("the stream flows") > 0 {}
    assert_eq!(bundle.dispatch(Lane::Live).await.expect("the lane flows"), 0);
    assert_eq!(bundle.dispatch(Lane::Retry).await.expect("the lane flows"), 1);
    assert_eq!(world.receivers.at(URL).len(), 2);
    world.charge(key, "order-3").await.created();
    while bundle.relay().await.expect("the stream flows") > 0 {}
    assert_eq!(bundle.dispatch(Lane::Live).await.expect("the lane flows"), 1);
    assert_eq!(world.receivers.at(URL).len(), 3);
    assert_eq!(bundle.dispatch(Lane::Retry).await.expect("the lane flows"), 0);
}

#[tokio::test]
async fn an_event_is_redelivered_with_the_same_id_and_its_attempts_go_on_counting() {
    let (world, tenant, id) = one_charge(&[]).await;
    let key = &tenant.program.api_key;
    let event = world.receivers.at(URL)[0].id().to_owned();
    let path = format!("/v1/events/{event}/redeliver");
    let accepted = world.post(&path).key(key).json(&json!({ "endpoint_id": id })).send().await;
    assert_eq!(accepted.expect(202)["id"], event.as_str());
    world.deliver().await;
    let arrived = world.receivers.at(URL);
    assert_eq!(arrived.len(), 2);
    assert_eq!((arrived[1].id(), &arrived[1].body), (arrived[0].id(), &arrived[0].body));
    let delivery = only_delivery(&world, &tenant).await;
    assert_eq!((&delivery["status"], &delivery["attempts_made"]), (&json!("delivered"), &json!(2)));
    // An endpoint that came later, and does not ask for the type, gets it when it is named.
    let (late, _) = world.endpoint(key, WATCHER, &["charge.paid"]).await;
    let to = json!({ "endpoint_id": late });
    world.post(&path).key(key).json(&to).send().await.expect(202);
    world.deliver().await;
    assert_eq!(world.receivers.at(WATCHER).len(), 1);
    // Without a name, to everybody who asks for the type.
    world.post(&path).key(key).send().await.expect(202);
    world.deliver().await;
    assert_eq!((world.receivers.at(URL).len(), world.receivers.at(WATCHER).len()), (3, 1));
}

/// Fault row 68. A replay goes at its pace through the retry lane, skips what was delivered, and new
/// events pass it by.
#[tokio::test]
async fn a_replay_sends_what_was_missed_at_its_pace_and_new_events_pass_it_by() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    for number in 0..30 {
        world.charge(key, &format!("before-{number}")).await.created();
    }
    let begin = world.now();
    world.deliver().await;
    world.wait(60);
    let (id, _) = world.endpoint(key, URL, &["charge.created"]).await;
    world.charge(key, "delivered").await.created();
    world.deliver().await;
    assert_eq!(world.receivers.at(URL).len(), 1);
    world.wait(1);
    let path = format!("/v1/webhook-endpoints/{id}/replay");
    let span = json!({ "created_from": begin.to_string() });
    let replay = world.post(&path).key(key).json(&span).send().await.expect(202);
    assert_eq!((&replay["status"], &replay["replayed"]), (&json!("running"), &json!(0)));
    world.post(&path).key(key).json(&span).send().await.problem(409, "replay_in_progress");
    world.bundle.tick().await.expect("the schedule runs");
    // A new event is in the live lane and does not wait for the thirty old ones.
    world.charge(key, "new").await.created();
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    world.bundle.dispatch(queue::Lane::Live).await.expect("the lane flows");
    assert_eq!(world.receivers.at(URL).len(), 2);
    world.deliver().await;
    assert_eq!(world.receivers.at(URL).len(), 32);
    let mut ids: Vec<_> = world.receivers.at(URL).iter().map(|one| one.id().to_owned()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 32, "nothing twice");
    world.wait(1);
    let again = json!({ "created_from": begin.to_string(), "include_delivered": true });
    world.post(&path).key(key).json(&again).send().await.expect(202);
    world.wait_and_deliver(1).await;
    assert_eq!(world.receivers.at(URL).len(), 64);
    let empty = json!({ "created_from": "2099-01-01T00:00:00Z" });
    let refused = world.post(&path).key(key).json(&empty).send().await;
    refused.violation("created_from", "out_of_range");
}

#[tokio::test]
async fn deliveries_are_found_by_status_endpoint_event_and_time() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (good, _) = world.endpoint(key, URL, &["charge.created"]).await;
    let (bad, _) = world.endpoint(key, WATCHER, &["charge.created"]).await;
    world.receivers.always(WATCHER, ReceiverBehavior::Answers(500));
    for number in 0..3 {
        world.charge(key, &format!("order-{number}")).await.created();
        world.deliver().await;
        world.wait(1);
    }
    let count = async |query: &str| -> usize {
        let list = world.get(&format!("/v1/deliveries?{query}")).key(key).send().await.ok();
        list["data"].as_array().expect("a list").len()
    };
    assert_eq!(count("").await, 6);
    assert_eq!(count("status=pending").await, 3);
    assert_eq!(count("status=delivered").await, 3);
    assert_eq!(count("status=exhausted").await, 0);
    assert_eq!(count(&format!("endpoint_id={good}")).await, 3);
    assert_eq!(count(&format!("endpoint_id={good}&status=pending")).await, 0);
    assert_eq!(count(&format!("endpoint_id={bad}&status=pending")).await, 3);
    let event = world.receivers.at(URL)[0].id().to_owned();
    assert_eq!(count(&format!("event_id={event}")).await, 2);
    assert_eq!(count(&format!("event_id={event}&status=pending")).await, 1);
    assert_eq!(count(&format!("event_id={event}&endpoint_id={good}")).await, 1);
    assert_eq!(count("created_from=2026-11-23T12:00:01Z").await, 4);
    let wrong = world.get("/v1/deliveries?endpoint_id=whe_1").key(key).send().await;
    wrong.violation("endpoint_id", "invalid_format");
}

/// A filter is applied after rows are read, so the first page of a filtered list could be empty.
#[tokio::test]
async fn a_filtered_list_answers_no_empty_page_while_there_are_more_rows() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (quiet, _) = world.endpoint(key, URL, &["refund.*", "charge.credited"]).await;
    world.pay_in(key, 1_000).await;
    world.deliver().await;
    // Ids of one millisecond are in no order, so the rows above are older.
    world.wait(1);
    let (_busy, _) = world.endpoint(key, WATCHER, &["charge.created"]).await;
    for number in 0..210 {
        world.charge(key, &format!("order-{number}")).await.created();
    }
    world.deliver().await;
    let page = async |query: &str| world.get(query).key(key).send().await.ok();
    let list = page(&format!("/v1/deliveries?endpoint_id={quiet}&limit=5")).await;
    assert_eq!(list["data"].as_array().expect("a list").len(), 1);
    assert_eq!(list["next_cursor"], Value::Null);
    let list = page("/v1/events?type=charge.credited&limit=5").await;
    assert_eq!(list["data"].as_array().expect("a list").len(), 1);

    // A cursor continues after the last row that was shown, not after the last one that was read.
    let mut seen = Vec::new();
    let mut query = "/v1/events?type=charge.created&limit=50".to_owned();
    loop {
        let list = page(&query).await;
        let rows = list["data"].as_array().expect("a list");
        assert!(!rows.is_empty());
        seen.extend(rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()));
        let Some(cursor) = list["next_cursor"].as_str() else { break };
        query = format!("/v1/events?type=charge.created&limit=50&cursor={cursor}");
    }
    assert_eq!(seen.len(), 211);
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "newest first, each once");
}

#[tokio::test]
async fn events_are_listed_with_masked_payers_and_found_whole() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "order-1").await.created();
    let id = charge["id"].as_str().expect("an id");
    world.charge(key, "order-2").await.created();
    world.pay(key, id).await.ok();
    let list = async |query: &str| -> Vec<Value> {
        let list = world.get(&format!("/v1/events?{query}")).key(key).send().await.ok();
        list["data"].as_array().expect("a list").clone()
    };
    assert_eq!(list("").await.len(), 4);
    assert_eq!(list("type=charge.paid").await.len(), 1);
    assert_eq!(list(&format!("object_id={id}")).await.len(), 3);
    assert_eq!(list(&format!("object_id={id}&type=charge.credited")).await.len(), 1);
    let listed = list("type=charge.paid").await.remove(0);
    let payer = &listed["data"]["object"]["payer"];
    assert_eq!(payer["document"]["number"], "***.982.247-**");
    assert_eq!(payer["email"], "m***@example.com");
    let path = format!("/v1/events/{}", listed["id"].as_str().expect("an id"));
    let found = world.get(&path).key(key).send().await.ok();
    assert_eq!(found["data"]["object"]["payer"]["document"]["number"], "52998224725");
    let wrong = world.get("/v1/events?type=charge.burnt").key(key).send().await;
    wrong.violation("type", "unknown_value");
}

/// Fault row 68. However many events a replay has, a tick looks at five hundred of them.
#[tokio::test]
async fn a_replay_goes_through_five_hundred_events_a_minute() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let begin = world.now();
    tests::fairness::happen_many(&world.bundle, tenant.account_id, 550).await;
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    world.wait(60);
    let (id, _) = world.endpoint(key, URL, &["charge.created"]).await;
    let path = format!("/v1/webhook-endpoints/{id}/replay");
    let span = json!({ "created_from": begin.to_string() });
    world.post(&path).key(key).json(&span).send().await.expect(202);
    assert_eq!(world.bundle.tick().await.expect("the schedule runs"), 500);
    world.post(&path).key(key).json(&span).send().await.problem(409, "replay_in_progress");
    world.deliver().await;
    world.wait(60);
    assert_eq!(world.bundle.tick().await.expect("the schedule runs"), 50);
    world.deliver().await;
    assert_eq!(world.receivers.at(URL).len(), 550);
    world.post(&path).key(key).json(&span).send().await.expect(202);
}

/// What docs/performance.md says a delivery costs: writes of four single rows, and one read, which is a
/// request to each table at the same time.
#[tokio::test]
async fn a_delivery_is_four_writes_and_one_read() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, URL, &["charge.created"]).await;
    // The first success writes that the endpoint is fast.
    world.charge(key, "first").await.created();
    world.deliver().await;
    for number in 0..20 {
        world.charge(key, &format!("order-{number}")).await.created();
    }
    let before = world.bundle.faults().counts();
    world.deliver().await;
    let after = world.bundle.faults().counts();
    let sent = |name: &str| after.get(name).unwrap_or(&0) - before.get(name).unwrap_or(&0);
    let writes = (sent("TransactWriteItems"), sent("PutItem"), sent("UpdateItem"));
    assert_eq!((writes, sent("BatchGetItem")), ((0, 3 * 20, 20), 2 * 20));
}
