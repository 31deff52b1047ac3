//! Lists of charges: every charge once, in order, and cursors that hold for nothing else.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_charge};

async fn list(world: &World, tenant: &Tenant, query: &str) -> TestResponse {
    let ask = world.get(&format!("/v1/charges?{query}"));
    ask.key(&tenant.program.api_key).send().await
}

fn ids(rows: &Value) -> Vec<String> {
    let rows = rows["data"].as_array().expect("a list");
    rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

/// Returns the ids of all pages.
async fn walk(world: &World, tenant: &Tenant, query: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = list(world, tenant, &format!("{query}{cursor}")).await.ok();
        pages.push(ids(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
    }
}

/// Opens charges, one a second, and gives their ids, newest first.
async fn open(world: &World, tenant: &Tenant, count: usize) -> Vec<String> {
    let mut opened = Vec::new();
    for number in 0..count {
        let name = format!("order-{number}");
        let charge = world.charge(&tenant.program.api_key, &name).await.created();
        opened.push(charge["id"].as_str().expect("an id").to_owned());
        world.wait(1);
    }
    opened.reverse();
    opened
}

#[tokio::test]
async fn a_walk_shows_every_charge_once_newest_first() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let other = world.tenant("feira").await;
    world.charge(&other.program.api_key, "order-1").await;
    let opened = open(&world, &tenant, 60).await;
    for limit in [7, 60, 100] {
        let pages = walk(&world, &tenant, &format!("limit={limit}")).await;
        assert_eq!(pages[0].len(), limit.min(60));
        assert_eq!(pages.concat(), opened, "{limit}");
    }
    assert_eq!(walk(&world, &tenant, "").await[0].len(), 25);
    for limit in ["0", "101", "256", "-1", "x"] {
        let page = list(&world, &tenant, &format!("limit={limit}")).await;
        page.problem(400, "invalid_request");
    }
}

#[tokio::test]
async fn a_span_has_its_first_instant_and_not_its_last() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let opened = open(&world, &tenant, 5).await;
    // Opened at 12:00:00 to 12:00:04.
    let cases = [
        ("created_from=2026-11-23T12:00:02Z", &opened[..3]),
        ("created_until=2026-11-23T12:00:02Z", &opened[3..]),
        ("created_from=2026-11-23T12:00:01Z&created_until=2026-11-23T12:00:03Z", &opened[2..4]),
        (
            "created_from=2026-11-23T09:00:01-03:00&created_until=2026-11-23T12:00:02Z",
            &opened[3..4],
        ),
        ("created_from=2026-11-23T12:00:01.0005Z", &opened[..3]),
        ("created_until=2026-11-23T12:00:01.0005Z", &opened[3..]),
        ("created_from=2026-11-24T00:00:00Z", &[]),
        ("created_from=2026-11-23T12:00:03Z&created_until=2026-11-23T12:00:01Z", &[]),
        ("created_until=-009999-01-02T01:59:59Z", &[]),
        ("created_from=-009999-01-02T01:59:59Z", &opened[..]),
        ("created_until=9999-12-30T22:00:00Z", &opened[..]),
    ];
    for (query, expected) in cases {
        let page = list(&world, &tenant, query).await.ok();
        assert_eq!(ids(&page), expected, "{query}");
        let page = list(&world, &tenant, &format!("status=pending&{query}")).await;
        assert_eq!(ids(&page.ok()), expected, "{query}");
    }
    let malformed = list(&world, &tenant, "created_from=yesterday").await;
    malformed.violation("created_from", "invalid_format");
}

#[tokio::test]
async fn filters_select_and_documents_and_e_mails_are_masked() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let opened = open(&world, &tenant, 3).await;
    world.pay(key, &opened[1]).await.ok();
    let mut body = new_charge();
    body["reference"] = json!("pedido 7/é");
    let ask = world.post("/v1/charges").key(key);
    let named = ask.idempotency_key("named").json(&body).send().await;
    let named = named.created()["id"].as_str().expect("an id").to_owned();

    let credited = list(&world, &tenant, "status=credited").await.ok();
    assert_eq!(ids(&credited), [opened[1].clone()]);
    let pending = list(&world, &tenant, "status=pending").await.ok();
    assert_eq!(ids(&pending)[1..], [opened[0].clone(), opened[2].clone()]);
    let reference = "reference=pedido%207%2F%C3%A9";
    let by_reference = list(&world, &tenant, reference).await.ok();
    assert_eq!(ids(&by_reference), [named]);
    for none in [
        "&status=paid",
        "&created_from=2026-11-24T00:00:00Z",
        "&created_until=2026-11-23T12:00:00Z",
    ] {
        let none = list(&world, &tenant, &format!("{reference}{none}")).await;
        assert_eq!(ids(&none.ok()), Vec::<String>::new());
    }
    for page in [&credited, &pending, &by_reference] {
        for row in page["data"].as_array().expect("a list") {
            assert_eq!(row["payer"]["document"]["number"], "***.982.247-**");
            assert_eq!(row["payer"]["email"], "m***@example.com");
        }
    }
    let unknown = list(&world, &tenant, "status=lost").await;
    unknown.problem(400, "invalid_request");
    let unknown = list(&world, &tenant, "color=red").await;
    unknown.violation("color", "unknown_field");
}

/// Fault row 87. Sixty of its letters, each changed in turn.
#[tokio::test]
async fn a_changed_cursor_is_refused_wherever_it_was_changed() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    open(&world, &tenant, 3).await;
    let page = list(&world, &tenant, "limit=1").await.ok();
    let cursor = page["next_cursor"].as_str().expect("there is more");
    let next = list(&world, &tenant, &format!("limit=1&cursor={cursor}")).await;
    next.ok();
    let places: BTreeSet<_> = (0..60).map(|step| step * (cursor.len() - 1) / 59).collect();
    for place in places {
        let mut changed = cursor.as_bytes().to_vec();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        let response = list(&world, &tenant, &format!("limit=1&cursor={changed}")).await;
        response.problem(400, "invalid_cursor");
    }
    for cut in ["", "1", "..", &cursor[..cursor.len() - 1]] {
        let response = list(&world, &tenant, &format!("limit=1&cursor={cut}")).await;
        response.problem(400, "invalid_cursor");
    }
}

/// Fault row 87. A cursor is bound to its account, its list and its filters.
#[tokio::test]
async fn a_cursor_of_another_account_list_or_filter_is_refused() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    let other = world.tenant("feira").await;
    open(&world, &tenant, 3).await;
    open(&world, &other, 3).await;
    tenant.ana.log_in(&world).await.created();
    let users = tenant.ana.request(&world, "GET", "/v1/users?limit=1");
    let sources = [
        list(&world, &other, "limit=1").await.ok(),
        users.send().await.ok(),
        list(&world, &tenant, "limit=1&status=pending").await.ok(),
        list(&world, &tenant, "limit=1&created_from=2026-11-23T12:00:00Z").await.ok(),
    ];
    for page in sources {
        let cursor = page["next_cursor"].as_str().expect("there is more");
        let query = format!("limit=1&cursor={cursor}");
        list(&world, &tenant, &query).await.problem(400, "invalid_cursor");
        let query = format!("reference=pedido-7&cursor={cursor}");
        list(&world, &tenant, &query).await.problem(400, "invalid_cursor");
    }
    let own = list(&world, &tenant, "limit=1").await.ok();
    let cursor = own["next_cursor"].as_str().expect("there is more");
    // The page size may change on the way.
    let next = list(&world, &tenant, &format!("limit=2&cursor={cursor}")).await;
    assert_eq!(ids(&next.ok()).len(), 2);
}
