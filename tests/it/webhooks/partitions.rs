//! The events and deliveries of an account are in several partitions, and its lists have them in order.
//! Rows from before, which are all in the first partition, are listed, found and delivered as well.

use domain::event::Event;
use domain::webhook::Delivery;
use serde_json::{Value, json};
use store::{EventFilter, Item, Key, Listing, Page, Span, Writes};
use tests::{Tenant, World, text};

use crate::webhooks::endpoints::world;

const URL: &str = "https://hooks.example.com/trilho";

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().expect("a list").iter().map(|row| text(&row["id"])).collect()
}

/// Reads a list to its end. Every page but the last is full.
async fn pages(world: &World, tenant: &Tenant, path: &str, limit: usize) -> Vec<String> {
    let (mut seen, mut more) = (Vec::new(), String::new());
    loop {
        let path = format!("{path}&limit={limit}{more}");
        let page = world.get(&path).key(&tenant.program.api_key).send().await.ok();
        let line = world.last_logged();
        assert!(line["storage_round_trips"].as_u64() <= Some(3), "the gate and two more: {line}");
        seen.extend(ids(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { return seen };
        assert_eq!(ids(&page).len(), limit, "a page is complete");
        more = format!("&cursor={cursor}");
    }
}

#[tokio::test]
async fn pages_are_complete_and_in_order_at_every_limit() {
    let (world, tenant) = world().await;
    world.endpoint(&tenant.program.api_key, URL, &["*"]).await;
    for _ in 0..20 {
        tests::fairness::happen_many(&world.bundle, tenant.account_id, 6).await;
        world.wait(1);
    }
    world.deliver().await;
    world.wait(61);
    for path in ["/v1/events?order=desc", "/v1/events?order=asc", "/v1/deliveries?"] {
        let all = pages(&world, &tenant, path, 100).await;
        assert_eq!(all.len(), 120, "{path}");
        let rises = path.ends_with("asc");
        assert!(all.windows(2).all(|pair| (pair[0] < pair[1]) == rises), "{path}: in order");
        for limit in [1, 7, 25] {
            assert_eq!(pages(&world, &tenant, path, limit).await, all, "{path}: pages of {limit}");
        }
    }
}

/// Moves a row to where an earlier version put it.
async fn age<I: Item>(world: &World, row: &I, old: &I) {
    // A row of the first partition is where it was.
    if row.key().name() != old.key().name() {
        let writes = Writes::default().remove(&row.key()).create(old);
        let moment = world.bundle.app().moment();
        world.bundle.app().store.commit(writes, &moment).await.expect("written");
    }
}

async fn age_events(world: &World, tenant: &Tenant) {
    let listing = Listing::Events(tenant.account_id, Span::default(), EventFilter::default());
    let page = Page { limit: 100, after: None };
    let store = &world.bundle.app().store;
    for event in store.list::<Event>(&listing, page).await.expect("a list").0 {
        age(world, &event, &Event { spread: false, ..event.clone() }).await;
    }
}

async fn age_deliveries(world: &World, tenant: &Tenant) {
    let listing = Listing::Deliveries(tenant.account_id, Span::default(), None, None);
    let page = Page { limit: 100, after: None };
    let store = &world.bundle.app().store;
    for row in store.list::<Delivery>(&listing, page).await.expect("a list").0 {
        // A new row begins at version 1.
        age(world, &row, &Delivery { spread: false, version: 0, ..row.clone() }).await;
    }
}

/// Fault row 151. The events of a new version and of the one before are one list.
#[tokio::test]
async fn events_from_before_the_partitions_are_listed_found_and_delivered() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, URL, &["*"]).await;
    world.bundle.switch_stream(false);
    for number in 0..12 {
        world.charge(key, &format!("order-{number}")).await.created();
        world.wait(1);
    }
    let before = pages(&world, &tenant, "/v1/events?", 5).await;
    age_events(&world, &tenant).await;
    world.charge(key, "order-12").await.created();
    let after = pages(&world, &tenant, "/v1/events?", 5).await;
    assert_eq!((after.len(), &after[1..]), (13, &before[..]));
    for id in &after {
        let found = world.get(&format!("/v1/events/{id}")).key(key).send().await.ok();
        assert_eq!(&text(&found["id"]), id);
    }
    // The sweep finds them by the index, and the relay marks them where they are.
    world.wait_and_deliver(61).await;
    assert_eq!(world.receivers.at(URL).len(), 13);
    world.wait_and_deliver(61).await;
    assert_eq!(world.receivers.at(URL).len(), 13, "each is marked as published");
    let again = world.post(&format!("/v1/events/{}/redeliver", before[3])).key(key);
    again.json(&json!({})).send().await.expect(202);
    world.wait_and_deliver(61).await;
    assert_eq!(world.receivers.at(URL).len(), 14);
}

/// Fault row 151. A delivery from before goes on where it is.
#[tokio::test]
async fn deliveries_from_before_the_partitions_are_listed_and_continued() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, URL, &["*"]).await;
    world.receivers.always(URL, tests::ReceiverBehavior::Answers(500));
    for number in 0..8 {
        world.charge(key, &format!("order-{number}")).await.created();
        world.wait(1);
    }
    world.deliver().await;
    let before = pages(&world, &tenant, "/v1/deliveries?", 3).await;
    age_deliveries(&world, &tenant).await;
    assert_eq!(
        (before.len(), pages(&world, &tenant, "/v1/deliveries?", 3).await),
        (8, before.clone())
    );
    let tries = world.receivers.at(URL).len();
    world.receivers.always(URL, tests::ReceiverBehavior::Answers(204));
    for _ in 0..3 {
        world.wait_and_deliver(400).await;
    }
    assert_eq!(world.receivers.at(URL).len(), tries + 8, "the retries go on");
    for id in &before {
        let found = world.get(&format!("/v1/deliveries/{id}")).key(key).send().await.ok();
        assert_eq!(found["status"], "delivered", "{found}");
        let of_event = format!("/v1/deliveries?event_id={}", text(&found["event_id"]));
        assert_eq!(pages(&world, &tenant, &of_event, 25).await, std::slice::from_ref(id));
    }
    let key = Key::UnspreadDelivery(
        tenant.account_id,
        domain::kernel::Id::parse(&before[0]).expect("an id"),
    );
    let stored = world.bundle.app().store.find::<Delivery>(&key).await.expect("readable");
    assert!(stored.is_some(), "the row stays where it is");
}
