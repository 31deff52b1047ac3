//! Lists of the audit trail with filters.

use serde_json::{Value, json};
use tests::{Human, World, text};

use crate::access::people::{at_work, new_key, new_program};

/// Every line that the query selects, newest first, page by page.
async fn lines(world: &World, by: &Human, query: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/audit-events?limit={limit}{query}{cursor}");
        let page = by.request(world, "GET", &path).send().await.ok();
        assert_eq!(world.last_logged()["storage_round_trips"], 2, "{path}");
        let rows = page["data"].as_array().expect("a list");
        all.extend(rows.clone());
        let Value::String(next) = &page["next_cursor"] else {
            return all;
        };
        assert_eq!(rows.len(), limit, "a page with more behind it is full: {path}");
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn a_filter_selects_exactly_its_lines_in_full_pages() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    world.wait(1);
    let program = new_program(&world, ana, &[]).await;
    new_key(&world, ana, &program, &["203.0.113.7"]).await;
    let other = new_program(&world, bruno, &[]).await;
    new_key(&world, bruno, &other, &["203.0.113.7"]).await;
    let middle = world.now();
    for (number, by) in [ana, bruno, ana, ana].into_iter().enumerate() {
        world.wait(1);
        let name = json!({ "name": format!("Name {number}") });
        let path = format!("/v1/users/{program}");
        by.request(&world, "PATCH", &path).json(&name).send().await.ok();
    }
    let all = lines(&world, ana, "", 100).await;
    assert_eq!(all.len(), 10);
    assert!(all.is_sorted_by(|newer, older| text(&newer["id"]) > text(&older["id"])));
    // None, one, two or three parts of a filter.
    let action = |word: &str| (format!("&action={word}"), "action", word.to_owned());
    let user = |who: &Human| (format!("&user_id={}", who.user_id), "user_id", who.user_id.clone());
    let target = |id: &str| (format!("&target={id}"), "target", id.to_owned());
    let filters = [
        vec![action("user.updated")],
        vec![action("api_key.created")],
        vec![action("user.deleted")],
        vec![user(ana)],
        vec![user(bruno)],
        vec![target(&program)],
        vec![target("usr_unknown")],
        vec![action("user.updated"), user(ana)],
        vec![action("user.created"), target(&program)],
        vec![user(ana), target(&program)],
        vec![action("user.updated"), user(bruno), target(&program)],
        vec![action("user.updated"), user(bruno), target(&other)],
    ];
    for filter in filters {
        let selects = |line: &&Value| {
            filter.iter().all(|(_, name, value)| {
                let part = if *name == "user_id" { &line["author"][name] } else { &line[name] };
                part == value.as_str()
            })
        };
        let query: String = filter.iter().map(|(query, _, _)| query.as_str()).collect();
        let expected: Vec<_> = all.iter().filter(selects).cloned().collect();
        for limit in [1, 2, 100] {
            assert_eq!(lines(&world, ana, &query, limit).await, expected, "{query}");
        }
        let after = format!("{query}&created_from={middle}");
        let before = format!("{query}&created_until={middle}");
        let halves = [lines(&world, ana, &after, 2).await, lines(&world, ana, &before, 2).await];
        let is_late = |line: &&Value| {
            let created_at: jiff::Timestamp = text(&line["created_at"]).parse().expect("a time");
            created_at >= middle
        };
        assert_eq!(halves[0], expected.iter().filter(is_late).cloned().collect::<Vec<_>>());
        assert_eq!(halves.concat(), expected, "{query}");
    }
}

#[tokio::test]
async fn a_filter_is_checked_and_its_cursor_is_of_it_alone() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let get = |query: &str| ana.request(&world, "GET", &format!("/v1/audit-events?{query}")).send();
    get("action=user.renamed").await.violation("action", "unknown_value");
    get("user_id=ana").await.violation("user_id", "invalid_format");
    get("target=").await.violation("target", "wrong_length");
    get(&format!("target={}", "x".repeat(101))).await.violation("target", "wrong_length");
    get("created_from=yesterday").await.violation("created_from", "invalid_format");
    let page = get("action=session.opened&limit=1").await.ok();
    let cursor = text(&page["next_cursor"]);
    get(&format!("action=session.opened&limit=1&cursor={cursor}")).await.ok();
    get(&format!("action=user.created&limit=1&cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
    // A target that looks like another part of a filter selects nothing of it.
    let forged = get("target=x%23user%3Dusr_1").await.ok();
    assert_eq!(forged["data"], json!([]));
    // Another account's lines are not found by their target.
    let mut other = world.tenant("outra").await.ana;
    other.log_in(&world).await.created();
    let path = format!("/v1/audit-events?target={}", ana.user_id);
    assert_eq!(other.request(&world, "GET", &path).send().await.ok()["data"], json!([]));
}
