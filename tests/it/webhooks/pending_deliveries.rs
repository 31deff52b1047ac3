//! Pending deliveries in lists: those of the index, and those that are too new for it.

use local::Fault;
use tests::ReceiverBehavior;

use crate::webhooks::endpoints::world;

const URL: &str = "https://hooks.example.com/trilho";
const WATCHER: &str = "https://watcher.example.com/";

/// The index has no delivery before its first attempt, so the list of pending ones joins two sources.
#[tokio::test]
async fn pending_deliveries_are_listed_before_and_after_their_first_attempt() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (new, _) = world.endpoint(key, URL, &["charge.created"]).await;
    let (bad, _) = world.endpoint(key, WATCHER, &["charge.created"]).await;
    world.receivers.always(WATCHER, ReceiverBehavior::Answers(500));
    let pending = async |query: &str| -> Vec<String> {
        let (mut ids, mut more) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/deliveries?status=pending{query}{more}");
            let page = world.get(&path).key(key).send().await.ok();
            let rows = page["data"].as_array().expect("a list");
            ids.extend(rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { return ids };
            more = format!("&cursor={cursor}");
        }
    };
    for number in 0..4 {
        world.charge(key, &format!("first-{number}")).await.created();
        world.wait(1);
    }
    world.deliver().await;
    assert_eq!(pending("").await.len(), 4, "those that failed");
    for number in 0..3 {
        world.charge(key, &format!("second-{number}")).await.created();
        world.wait(1);
    }
    // Their messages are lost.
    world.bundle.faults().next_times("SendMessageBatch", &Fault::BeforeSend, 100);
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    world.bundle.faults().clear();
    let all = pending("").await;
    assert_eq!(all.len(), 4 + 6, "and those without an attempt");
    assert!(all.windows(2).all(|pair| pair[0] > pair[1]), "newest first, each once");
    for limit in [1, 3, 100] {
        assert_eq!(pending(&format!("&limit={limit}")).await, all, "pages of {limit}");
    }
    assert_eq!(pending(&format!("&endpoint_id={new}")).await.len(), 3);
    assert_eq!(pending(&format!("&endpoint_id={bad}")).await.len(), 4 + 3);
    assert_eq!(pending("&created_until=2026-11-23T12:00:05Z").await.len(), 4 + 2);
    // The scheduler sends other messages, and then the deliveries are in the index.
    world.wait_and_tick(120).await;
    world.wait(3_600);
    assert_eq!(pending("").await, all, "an hour later");
}
