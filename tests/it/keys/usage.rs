//! Usage: calls per key and day, and when a key was last used.

use serde_json::{Value, json};
use tests::{Human, World, text};

use crate::access::people::{at_work, key_id, me, sent};

async fn usage(world: &World, ana: &Human, query: &str) -> Vec<(String, String, u64)> {
    let path = format!("/v1/usage{query}");
    let listed = ana.request(world, "GET", &path).send().await.ok();
    let rows = listed["data"].as_array().expect("a list").iter();
    let row = |row: &Value| {
        let requests = row["requests"].as_u64().expect("a number");
        (text(&row["day"]), text(&row["key_id"]), requests)
    };
    rows.map(row).collect()
}

fn updates(world: &World) -> usize {
    let sent = sent(world);
    sent.iter().filter(|name| *name == "UpdateItem").count()
}

#[tokio::test]
async fn calls_are_counted_by_key_and_utc_day() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let other = world.tenant("outra").await;
    let account_id = domain::kernel::Id::parse(&text(
        &ana.request(&world, "GET", "/v1/me").send().await.ok()["account"]["id"],
    ))
    .expect("an id");
    let programs = [
        world.program(account_id, &[], &["203.0.113.7"]).await,
        world.program(account_id, &[], &["203.0.113.7"]).await,
    ];
    let [busy, quiet] = programs.map(|program| program.api_key);
    for _ in 0..5 {
        me(&world, &busy).await.ok();
        // Noted every minute, so a minute apart nothing is left to be written.
        world.wait(60);
    }
    me(&world, &quiet).await.ok();
    me(&world, &other.program.api_key).await.ok();
    // What does not pass the gate is not counted.
    let refused = world.get("/v1/me").key(&quiet).from("198.51.100.1");
    refused.send().await.problem(403, "ip_not_allowed");
    let (day, mut expected) = ("2026-11-23".to_owned(), Vec::new());
    expected.push((day.clone(), key_id(&busy), 5));
    expected.push((day.clone(), key_id(&quiet), 1));
    expected.sort();
    let mut seen = usage(&world, &ana, "").await;
    seen.sort();
    assert_eq!(seen, expected);

    world.wait(11 * 60 * 60 + 55 * 60 + 20);
    let mut ana = ana;
    ana.log_in(&world).await.created();
    me(&world, &busy).await.ok();
    let next = [("2026-11-24".to_owned(), key_id(&busy), 1)];
    for query in ["?limit=1", "?from=2026-11-24"] {
        assert_eq!(usage(&world, &ana, query).await, next);
    }
    assert_eq!(usage(&world, &ana, "?until=2026-11-23").await.len(), 2);
    let backwards = "/v1/usage?from=2026-11-24&until=2026-11-23";
    let backwards = ana.request(&world, "GET", backwards).send().await;
    backwards.violation("from", "out_of_range");
}

/// The first call of a minute is written with what came since the last writing; no other is.
#[tokio::test]
async fn last_use_and_count_are_written_at_most_once_a_minute() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let key = &tenant.program.api_key;
    let path = format!("/v1/api-keys/{}", key_id(key));
    let last_used = async || {
        let shown = tenant.ana.request(&world, "GET", &path).send().await.ok();
        shown["last_used_at"].clone()
    };
    assert_eq!(last_used().await, Value::Null);
    let mut moments = Vec::new();
    for _ in 0..3 {
        world.bundle.faults().record();
        moments.push(format!("{:.3}", world.now()));
        for _ in 0..4 {
            me(&world, key).await.ok();
            world.wait(10);
        }
        assert_eq!(updates(&world), 2, "one for the key, one for its day");
        assert_eq!(last_used().await, json!(moments.last()));
        world.wait(19);
        world.bundle.faults().record();
        me(&world, key).await.ok();
        assert_eq!(updates(&world), 0);
        world.wait(1);
    }
    me(&world, key).await.ok();
    let counted = usage(&world, &tenant.ana, "").await;
    assert_eq!(counted[0].2, 16);
}

#[tokio::test]
async fn a_session_notes_its_use_at_most_once_a_minute() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    world.wait(60);
    world.bundle.faults().record();
    for _ in 0..5 {
        ana.request(&world, "GET", "/v1/me").send().await.ok();
        world.wait(11);
    }
    assert_eq!(updates(&world), 1);
    world.wait(5);
    ana.request(&world, "GET", "/v1/me").send().await.ok();
    assert_eq!(updates(&world), 2);
}

#[tokio::test]
async fn a_use_that_cannot_be_noted_changes_nothing_for_the_caller() {
    let world = World::new().await;
    let key = world.tenant("loja").await.program.api_key;
    let throttled = local::Fault::Throttled;
    world.bundle.faults().next_times("UpdateItem", &throttled, 20);
    me(&world, &key).await.ok();
    world.bundle.faults().clear();
    let warned = world.logged();
    let warned = warned.iter().filter(|line| {
        line["message"] == "could not record the use of the credential; the request goes on"
    });
    assert_eq!(warned.count(), 2);
}
