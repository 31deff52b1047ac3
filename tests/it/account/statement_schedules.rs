//! Schedules that write statements as files.

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, text};

async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 10_000).await;
    (world, tenant)
}

async fn ask(world: &World, tenant: &Tenant, body: &Value) -> TestResponse {
    world.post("/v1/statement-schedules").key(&tenant.program.api_key).json(body).send().await
}

fn daily() -> Value {
    json!({ "frequency": "daily", "at": "06:00", "format": "csv" })
}

/// Returns the files of the account, oldest first: the first day and the status of each.
async fn files(world: &World, tenant: &Tenant) -> Vec<(String, String)> {
    let page = world.get("/v1/statement-exports?limit=100").key(&tenant.program.api_key);
    let page = page.send().await.ok();
    let rows = page["data"].as_array().expect("a list").iter().rev();
    rows.map(|row| (text(&row["from"]), text(&row["status"]))).collect()
}

#[tokio::test]
async fn each_day_has_its_file_once_the_day_is_over() {
    let (world, tenant) = world().await;
    let schedule = ask(&world, &tenant, &daily()).await.created();
    // It is 23 November, 09:00 in São Paulo.
    assert_eq!(schedule["next_run_at"], "2026-11-24T09:00:00.000Z");
    assert_eq!(
        (&schedule["next_from"], &schedule["next_until"]),
        (&json!("2026-11-23"), &json!("2026-11-23"))
    );
    world.wait_and_deliver(21 * 3_600 - 1).await;
    assert_eq!(files(&world, &tenant).await, []);
    world.wait_and_deliver(1).await;
    world.wait_and_deliver(60).await;
    assert_eq!(files(&world, &tenant).await, [("2026-11-23".to_owned(), "ready".to_owned())]);
    let path = format!("/v1/statement-schedules/{}", text(&schedule["id"]));
    let shown = world.get(&path).key(&tenant.program.api_key).send().await.ok();
    assert_eq!(shown["next_run_at"], "2026-11-25T09:00:00.000Z");
    let export = format!("/v1/statement-exports/{}", text(&shown["last_export_id"]));
    let export = world.get(&export).key(&tenant.program.api_key).send().await.ok();
    assert_eq!(export["schedule_id"], schedule["id"]);
    assert_eq!(export["file"]["closing_balance_cents"], 9_901);
    let name = format!("statement_{}_2026-11-23_2026-11-23_csv-br.csv", tenant.account_id);
    assert_eq!(export["file"]["name"], name);
}

/// Fault row 97. Ticks that come twice, at the same time and one after another.
#[tokio::test]
async fn a_doubled_tick_makes_one_file() {
    let (world, tenant) = world().await;
    ask(&world, &tenant, &daily()).await.created();
    world.wait(21 * 3_600);
    let tick = || world.bundle.tick();
    let (one, other, third) = tokio::join!(tick(), tick(), tick());
    assert!(one.is_ok() && other.is_ok() && third.is_ok());
    world.wait_and_deliver(60).await;
    assert_eq!(files(&world, &tenant).await, [("2026-11-23".to_owned(), "ready".to_owned())]);
}

/// Fault row 97. The scheduler stood still for three hours, and then for three days.
#[tokio::test]
async fn missed_ticks_are_caught_up() {
    let (world, tenant) = world().await;
    ask(&world, &tenant, &daily()).await.created();
    world.wait_and_deliver(24 * 3_600).await;
    assert_eq!(files(&world, &tenant).await.len(), 1);
    world.wait_and_deliver(3 * 24 * 3_600).await;
    world.wait_and_deliver(60).await;
    let days = files(&world, &tenant).await;
    let days: Vec<_> = days.iter().map(|(day, status)| (day.as_str(), status.as_str())).collect();
    let ready = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"].map(|day| (day, "ready"));
    assert_eq!(days, ready);
}

/// A schedule that begins with a day that is over writes its file at once.
#[tokio::test]
async fn a_schedule_can_begin_with_days_that_are_over() {
    let (world, tenant) = world().await;
    world.wait_and_deliver(2 * 86_400).await;
    let mut body = daily();
    // It is 25 November, 09:00 in São Paulo.
    for (from, detail) in [
        ("2026-10-24", "`from` must be between 2026-10-25 and 2026-11-25"),
        ("2026-11-26", "`from` must be between 2026-10-25 and 2026-11-25"),
    ] {
        body["from"] = json!(from);
        let problem = ask(&world, &tenant, &body).await.problem(400, "invalid_request");
        let violation = &problem["violations"][0];
        assert_eq!((&violation["field"], &violation["detail"]), (&json!("from"), &json!(detail)));
    }
    body["from"] = json!("2026-11-23");
    let schedule = ask(&world, &tenant, &body).await.created();
    assert_eq!(schedule["next_from"], "2026-11-23");
    world.wait_and_deliver(60).await;
    let days = files(&world, &tenant).await;
    let days: Vec<_> = days.iter().map(|(day, status)| (day.as_str(), status.as_str())).collect();
    assert_eq!(days, [("2026-11-23", "ready"), ("2026-11-24", "ready")]);
    world.wait_and_deliver(86_400).await;
    assert_eq!(files(&world, &tenant).await.len(), 3);
}

#[tokio::test]
async fn a_schedule_can_be_stopped_and_ended() {
    let (world, tenant) = world().await;
    let schedule = ask(&world, &tenant, &daily()).await.created();
    let path = format!("/v1/statement-schedules/{}", text(&schedule["id"]));
    let key = &tenant.program.api_key;
    let set = async |status: &str| {
        let body = json!({ "status": status });
        world.request("PATCH", &path).key(key).json(&body).send().await
    };
    let paused = set("paused").await.ok();
    assert_eq!((&paused["status"], &paused["next_run_at"]), (&json!("paused"), &Value::Null));
    world.wait_and_deliver(3 * 86_400).await;
    assert_eq!(files(&world, &tenant).await, []);
    let active = set("active").await.ok();
    // Periods that ended while it was paused are not written.
    assert_eq!(active["next_from"], "2026-11-26");
    set("stopped").await.problem(400, "invalid_request");
    let other = world.tenant("other").await;
    for method in ["GET", "DELETE"] {
        let theirs = world.request(method, &path).key(&other.program.api_key).send().await;
        theirs.problem(404, "not_found");
    }
    assert_eq!(world.request("DELETE", &path).key(key).send().await.status, 204);
    world.get(&path).key(key).send().await.problem(404, "not_found");
    world.wait_and_deliver(3 * 86_400).await;
    assert_eq!(files(&world, &tenant).await, []);
}

#[tokio::test]
async fn an_account_has_twenty_schedules_at_most() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let mut last = Value::Null;
    for _ in 0..20 {
        last = ask(&world, &tenant, &daily()).await.created();
    }
    ask(&world, &tenant, &daily()).await.problem(409, "statement_schedule_limit");
    let page = world.get("/v1/statement-schedules?limit=100").key(key).send().await.ok();
    assert_eq!(page["data"].as_array().expect("a list").len(), 20);
    let path = format!("/v1/statement-schedules/{}", text(&last["id"]));
    assert_eq!(world.request("DELETE", &path).key(key).send().await.status, 204);
    ask(&world, &tenant, &daily()).await.created();
}

#[tokio::test]
async fn what_is_wrong_with_a_schedule_is_named() {
    let (world, tenant) = world().await;
    for (name, value) in [
        ("frequency", json!("hourly")),
        ("at", json!("6:00")),
        ("at", json!("24:00")),
        ("at", json!(6)),
        ("time_zone", json!("Mars/Olympus")),
        ("format", json!("xls")),
        ("dialect", json!("us")),
        ("day", json!(1)),
    ] {
        let mut body = daily();
        body[name] = value;
        let problem = ask(&world, &tenant, &body).await.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], name, "{problem}");
    }
}
