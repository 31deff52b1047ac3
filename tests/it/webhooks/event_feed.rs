//! The list of events as a feed to recover from: in order, after any event, without a gap.

use domain::event::{Event, EventType, History, RECORDING_TIME_MAX};
use domain::kernel::{EventId, Id, Moment};
use serde_json::{Value, json};
use store::Writes;
use tests::{Tenant, World, text};

/// Seconds until an event is in the feed.
const SETTLING: i64 = 60;

async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    (world, tenant)
}

async fn page(world: &World, tenant: &Tenant, query: &str) -> Value {
    let path = format!("/v1/events?{query}");
    world.get(&path).key(&tenant.program.api_key).send().await.ok()
}

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().expect("a list").iter().map(|event| text(&event["id"])).collect()
}

fn types(page: &Value) -> Vec<String> {
    page["data"].as_array().expect("a list").iter().map(|event| text(&event["type"])).collect()
}

/// Makes an event that is decided at this moment, as an operation does before it commits.
fn decided(tenant: &Tenant, moment: &Moment) -> Event {
    let (account_id, kind) = (tenant.account_id, EventType::ChargeCreated);
    let object = json!({ "id": "chg_01M87HS1GZJMAPJ30RPGDYGW3F" });
    History::default().record(kind, account_id, text(&object["id"]), object, moment)
}

async fn commit(world: &World, event: &Event, moment: &Moment) {
    let store = &world.bundle.app().store;
    store.commit(Writes::default().create(event), moment).await.expect("written");
}

/// Reads the feed to its end as docs/webhooks.md says, and returns the ids and the next position.
async fn follow(
    world: &World,
    tenant: &Tenant,
    filters: &str,
    from: Option<String>,
) -> (Vec<String>, String) {
    let (mut seen, mut after) = (Vec::new(), from);
    for _ in 0..50 {
        let position = after.as_ref().map_or(String::new(), |after| format!("&after={after}"));
        let page = page(world, tenant, &format!("order=asc&limit=3{filters}{position}")).await;
        seen.extend(ids(&page));
        let next = text(&page["resume_after"]);
        assert!(after.is_none_or(|after| after <= next), "the position never goes back");
        after = Some(next.clone());
        if page["next_cursor"].is_null() {
            return (seen, next);
        }
    }
    panic!("the feed has no end");
}

#[tokio::test]
async fn the_feed_has_every_event_once_and_in_order_whatever_the_position() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let gone = EventId::mint(&world.bundle.app().moment()).to_string();
    world.wait(1);
    for number in 0..4 {
        world.charge(key, &format!("order-{number}")).await.created();
        world.wait(1);
    }
    world.pay_in(key, 1_000).await;
    let mut newest_first = ids(&page(&world, &tenant, "").await);
    assert_eq!(page(&world, &tenant, "").await["resume_after"], Value::Null);
    newest_first.reverse();
    assert_eq!(newest_first.len(), 7);
    assert_eq!(follow(&world, &tenant, "", None).await.0, [""; 0], "none has settled");
    world.wait(SETTLING + 1);
    let (seen, end) = follow(&world, &tenant, "", None).await;
    assert_eq!(seen, newest_first);
    for (index, id) in newest_first.iter().enumerate() {
        let (rest, _) = follow(&world, &tenant, "", Some(id.clone())).await;
        assert_eq!(rest, newest_first[index + 1..], "after {id}");
    }
    // An id of an event that is gone, or of another account, is a position as well.
    assert_eq!(follow(&world, &tenant, "", Some(gone)).await.0, newest_first);
    // Nothing new: the position stays ahead, and what comes later is found from it.
    let (none, later) = follow(&world, &tenant, "", Some(end.clone())).await;
    assert!(none.is_empty() && later >= end);
    world.charge(key, "later").await.created();
    world.wait(SETTLING + 1);
    assert_eq!(follow(&world, &tenant, "", Some(later)).await.0.len(), 1);
}

#[tokio::test]
async fn a_cursor_continues_the_feed_like_a_position() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    for number in 0..7 {
        world.charge(key, &format!("order-{number}")).await.created();
        world.wait(1);
    }
    world.wait(SETTLING);
    let expected = follow(&world, &tenant, "", None).await.0;
    let (mut seen, mut query) = (Vec::new(), "order=asc&limit=2".to_owned());
    loop {
        let page = page(&world, &tenant, &query).await;
        seen.extend(ids(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("order=asc&limit=2&cursor={cursor}");
        // The end of the list moves while it is read.
        world.wait(1);
    }
    assert_eq!((seen.len(), seen), (7, expected));
    let other = format!("/v1/events?{}", query.replace("order=asc", "order=desc"));
    world.get(&other).key(key).send().await.problem(400, "invalid_cursor");
}

/// Fault row 150. The instance of the next page has a clock that is behind: the page is empty, and nothing is lost.
#[tokio::test]
async fn a_clock_that_is_behind_never_leads_the_reader_back() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    for number in 0..4 {
        world.charge(key, &format!("order-{number}")).await.created();
        world.wait(1);
    }
    world.wait(SETTLING);
    let first = page(&world, &tenant, "order=asc&limit=2").await;
    let (end, cursor) = (text(&first["resume_after"]), text(&first["next_cursor"]));
    world.wait(-10);
    for query in [format!("cursor={cursor}"), format!("after={end}")] {
        let behind = page(&world, &tenant, &format!("order=asc&limit=2&{query}")).await;
        assert_eq!((ids(&behind).len(), &behind["next_cursor"]), (0, &Value::Null), "{query}");
        assert_eq!(text(&behind["resume_after"]), end, "{query}");
    }
    world.wait(10);
    assert_eq!(follow(&world, &tenant, "", Some(end)).await.0.len(), 2);
}

/// Fault row 150. An instance decides first and commits last. The reader that came in between misses nothing.
#[tokio::test]
async fn an_event_that_is_committed_late_is_not_skipped() {
    let (world, tenant) = world().await;
    let early = world.bundle.app().moment();
    let slow = decided(&tenant, &early);
    world.wait(5);
    let quick = world.charge(&tenant.program.api_key, "quick").await.created();
    let mut position = None;
    for _ in 0..5 {
        world.wait(10);
        let (seen, next) = follow(&world, &tenant, "", position).await;
        assert!(seen.is_empty(), "an earlier event may still come");
        position = Some(next);
    }
    // The function that decided it ends here.
    commit(&world, &slow, &early).await;
    world.wait(SETTLING);
    let (seen, _) = follow(&world, &tenant, "", position).await;
    assert_eq!((seen.len(), &seen[0]), (2, &slow.id.to_string()));
    let found = page(&world, &tenant, &format!("object_id={}", text(&quick["id"]))).await;
    assert_eq!(ids(&found)[0], seen[1]);
}

/// The settling time of the feed is longer than a function has between a decision and its commit.
#[test]
fn every_function_that_records_events_ends_before_they_are_in_the_feed() {
    let records = |function: &&stack::Function| {
        let puts = |right: &stack::Right| {
            right.action == "dynamodb:PutItem" && right.family.as_deref() == Some("EVENT")
        };
        function.rights.iter().any(puts)
    };
    let longest = u64::try_from(RECORDING_TIME_MAX.as_secs()).expect("positive");
    let all: Vec<_> = stack::functions().iter().filter(records).collect();
    assert!(all.len() > 30, "{}", all.len());
    for function in all {
        // It takes the time of its event when the file is written, just before the commit.
        let is_short =
            u64::from(function.seconds) <= longest || function.name == "write_statements";
        assert!(is_short, "{} runs for {} s", function.name, function.seconds);
    }
}

#[tokio::test]
async fn events_are_selected_by_several_types_and_families() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let id = world.paid_charge(key, 1_000).await;
    world.refund(key, &id, "1", &json!({ "amount_cents": 400 })).await.created();
    world.deliver().await;
    let select = async |words: &str| {
        let mut found = types(&page(&world, &tenant, &format!("type={words}")).await);
        found.sort();
        found
    };
    assert_eq!(select("charge.paid").await, ["charge.paid"]);
    assert_eq!(select("charge.paid,refund.paid").await, ["charge.paid", "refund.paid"]);
    assert_eq!(select("refund.*").await, ["refund.created", "refund.paid"]);
    let both = ["charge.created", "refund.created", "refund.paid"];
    assert_eq!(select("refund.*,charge.created").await, both);
    assert_eq!(select("*").await.len(), 6);
    assert_eq!(select("payout.*").await.len(), 0);
    world.wait(SETTLING + 1);
    let (of_charge, _) = follow(&world, &tenant, "&type=refund.*,charge.created", None).await;
    assert_eq!(of_charge.len(), 3);
}

#[tokio::test]
async fn wrong_types_and_positions_are_refused_by_name() {
    let (world, tenant) = world().await;
    let ask = async |query: &str| {
        world.get(&format!("/v1/events?{query}")).key(&tenant.program.api_key).send().await
    };
    for (query, word) in [
        ("type=charge.paid,charge.burnt", "charge.burnt"),
        ("type=burnt.*", "burnt.*"),
        ("type=charge.re*", "charge.re*"),
        ("type=charge.paid,%20charge.created", " charge.created"),
        ("type=", ""),
    ] {
        let problem = ask(query).await.violation("type", "unknown_value");
        let detail = text(&problem["violations"][0]["detail"]);
        assert!(detail.starts_with(&format!("`{word}`")), "{query}: {detail}");
    }
    ask("type=*,charge.paid").await.violation("type", "invalid_format");
    ask("type=charge.paid&type=charge.created").await.violation("type", "invalid_format");
    ask("order=up").await.violation("order", "unknown_value");
    ask("order=asc&after=evt_1").await.violation("after", "invalid_format");
    let id = "evt_01M87HS1H9KHDWS8NKMEGZF9XF";
    for order in ["", "order=desc&"] {
        ask(&format!("{order}after={id}")).await.violation("after", "unknown_field");
    }
}

/// A reader of seldom events does not read the same rows again each time.
#[tokio::test]
async fn a_page_without_an_event_gives_a_position_behind_what_it_looked_at() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    for number in 0..5 {
        world.charge(key, &format!("order-{number}")).await.created();
    }
    let last = ids(&page(&world, &tenant, "").await).remove(0);
    world.wait(SETTLING + 1);
    let quiet = page(&world, &tenant, "order=asc&type=payout.*").await;
    assert_eq!((ids(&quiet).len(), &quiet["next_cursor"]), (0, &Value::Null));
    assert!(text(&quiet["resume_after"]) > last, "{quiet}");
    // A span that ends has its own end.
    let past = "order=asc&created_until=2026-01-01T00:00:00Z";
    let end = text(&page(&world, &tenant, past).await["resume_after"]);
    assert!(end < last && end.starts_with("evt_"), "{end}");
}
