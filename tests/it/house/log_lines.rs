//! What functions write for CloudWatch, and what a function does that was not given a secret.

use serde_json::{Value, json};
use tests::World;

use crate::webhooks::endpoints::world;

const URL: &str = "https://hooks.example.com/trilho";

/// Returns the last line with this field and value.
fn last(world: &World, field: &str, value: &str) -> Value {
    let lines = world.logged().into_iter().rev();
    lines.into_iter().find(|line| line[field] == value).expect("it was logged")
}

/// Demands that these fields of a line are numbers that become metrics by these dimensions.
#[track_caller]
fn assert_metrics(line: &Value, by: &[&str], names: &[&str]) {
    let definitions = line["_aws"]["CloudWatchMetrics"].as_array().expect("a list");
    let of_them = definitions.iter().find(|one| one["Dimensions"] == json!([by]));
    let definition = of_them.unwrap_or_else(|| panic!("no metrics by {by:?} in {line}"));
    assert_eq!(definition["Namespace"], "Trilho");
    assert_eq!(line["stage"], "sandbox");
    let metrics = definition["Metrics"].as_array().expect("a list");
    let defined: Vec<_> = metrics.iter().map(|metric| metric["Name"].as_str()).collect();
    assert_eq!(defined, names.iter().map(|name| Some(*name)).collect::<Vec<_>>());
    for name in names {
        assert!(line[*name].is_u64(), "{name} of {line}");
    }
}

#[tokio::test]
async fn requests_jobs_and_batches_are_measured_by_stage() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, URL, &["charge.created"]).await;
    world.charge(key, "order-1").await.created();
    let line = last(&world, "operation", "create_charge");
    assert_eq!(line.get("_aws"), None, "Lambda itself measures the runs of an operation");
    assert!(line["latency_ms"].is_u64(), "{line}");
    assert_eq!((&line["storage_round_trips"], &line["errors"]), (&json!(2), &json!(0)));
    world.bundle.faults().next_times("BatchGetItem", &local::Fault::Throttled, 20);
    world.charge(key, "order-2").await.expect(503);
    world.bundle.faults().clear();
    let line = last(&world, "operation", "create_charge");
    assert_metrics(&line, &["stage"], &["errors"]);
    assert_eq!(line["errors"], 1);
    world.deliver().await;
    for consumer in ["relay_changes", "send_live"] {
        let line = last(&world, "consumer", consumer);
        assert_metrics(&line, &["stage", "consumer"], &["items", "failed"]);
        assert_eq!((&line["items"], &line["failed"]), (&json!(1), &json!(0)));
    }
    world.wait_and_tick(24 * 60 * 60).await;
    let line = last(&world, "job", "advance_charges");
    assert_metrics(&line, &["stage"], &["oldest_due_seconds"]);
    assert_eq!(line["_aws"]["CloudWatchMetrics"].as_array().map(Vec::len), Some(1), "{line}");
    assert_eq!(line["done"], 1, "the charge expired");
    let line = last(&world, "job", "sweep_events");
    assert_metrics(&line, &["stage", "job"], &["oldest_unpublished_seconds"]);
}

#[tokio::test]
async fn the_sweep_tells_how_long_the_oldest_event_waited() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let oldest = |world: &World| {
        let line = last(world, "job", "sweep_events");
        line["oldest_unpublished_seconds"].as_u64().expect("a number")
    };
    world.bundle.switch_stream(false);
    let tick = async |seconds| {
        world.wait(seconds);
        world.bundle.tick().await.expect("the schedule runs");
        oldest(&world)
    };
    world.charge(key, "order-1").await.created();
    assert_eq!(tick(59).await, 0, "a young one is left to the stream");
    world.charge(key, "order-2").await.created();
    assert_eq!(tick(300).await, 359);
    assert_eq!(tick(60).await, 0, "both were published by the tick before");

    // An old event that is wished for again waits from the wish on.
    world.wait(60 * 60);
    let page = world.get("/v1/events?type=charge.created").key(key).send().await.ok();
    let id = page["data"][0]["id"].as_str().expect("an id");
    let again = world.post(&format!("/v1/events/{id}/redeliver")).key(key).send().await;
    again.expect(202);
    assert_eq!(tick(0).await, 0);
    assert_eq!(tick(60).await, 0);
}

#[tokio::test]
async fn a_secret_that_a_function_was_not_given_is_named_in_the_log() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let cause = |world: &World| world.last_logged()["cause"].to_string();

    let without = world.second_instance(|config| config.pepper_secret_id = None);
    without.charge(key, "order-1").await.problem(500, "internal");
    assert!(cause(&without).contains("PEPPER_SECRET_ID is not set"), "{}", cause(&without));

    let without = world.second_instance(|config| config.signing_secret_id = None);
    without.charge(key, "order-1").await.created();
    let body = json!({ "url": URL, "events": ["*"] });
    let refused = without.post("/v1/webhook-endpoints").key(key).json(&body).send().await;
    refused.problem(500, "internal");
    assert!(cause(&without).contains("SIGNING_SECRET_ID is not set"), "{}", cause(&without));
}

#[tokio::test]
async fn relay_dispatcher_and_scheduler_need_no_pepper() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let background = world.second_instance(|config| config.pepper_secret_id = None);
    world.endpoint(key, URL, &["*"]).await;
    world.charge(key, "order-1").await.created();
    background.wait_and_deliver(24 * 60 * 60).await;
    assert_eq!(world.receivers.at(URL).len(), 2, "created and expired");
}
