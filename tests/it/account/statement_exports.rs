//! Statements as files: requested, written by a worker that can die anywhere, fetched by a link.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use dispatch::Timer;
use domain::account::Stage;
use domain::ledger::Entry;
use domain::statement::StatementExport;
use jiff::SignedDuration;
use local::{Fault, LocalClock};
use queue::Lane;
use serde_json::{Value, json};
use store::{Item, Key, Writes};
use tests::{
    NoTimer, ReceiverBehavior, Receivers, Tenant, TestResponse, World, killed_after, new_payout,
    text,
};

use crate::storage::concurrent_changes::{ConcurrentChange, sent};

/// Every format there is.
const FORMATS: [(&str, Option<&str>); 6] = [
    ("csv", Some("br")),
    ("csv", Some("intl")),
    ("ofx", None),
    ("ofx2", None),
    ("jsonl", None),
    ("camt053", None),
];

/// As long as any run needs.
const RUN: SignedDuration = SignedDuration::from_mins(10);

/// Makes an account with entries on 23 November, and moves the clock to a day after that.
async fn busy(charges: usize) -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    for number in 0..charges {
        world.pay_in(key, 10_000 + u64::try_from(number).expect("few")).await;
    }
    let mut payout = new_payout();
    payout["amount_cents"] = json!(1_000);
    payout["description"] = json!("=1+2, \"quoted\"; São João");
    world.payout(key, "1", &payout).await.created();
    world.deliver().await;
    world.wait_and_deliver(2 * 86_400).await;
    (world, tenant)
}

fn new(format: (&str, Option<&str>)) -> Value {
    json!({ "from": "2026-11-23", "until": "2026-11-24", "format": format.0, "dialect": format.1 })
}

async fn ask(world: &World, tenant: &Tenant, body: &Value) -> TestResponse {
    world.post("/v1/statement-exports").key(&tenant.program.api_key).json(body).send().await
}

async fn find(world: &World, tenant: &Tenant, export: &Value) -> Value {
    let path = format!("/v1/statement-exports/{}", text(&export["id"]));
    world.get(&path).key(&tenant.program.api_key).send().await.ok()
}

fn statuses(export: &Value) -> Vec<&str> {
    let history = export["status_history"].as_array().expect("a list");
    history.iter().map(|step| step["status"].as_str().expect("a word")).collect()
}

/// Fetches the file behind the link of an export that is ready, and checks it against what the
/// export says of it.
async fn fetch(world: &World, export: &Value) -> Vec<u8> {
    assert_eq!(export["status"], "ready", "{export}");
    let response = world.bundle.follow(&text(&export["download"]["url"])).await;
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
    let (file, bytes) = (&export["file"], response.body);
    assert_eq!(file["bytes"], json!(bytes.len()));
    assert_eq!(file["sha256"], gate::sha256_hex(&bytes));
    let cents = |name: &str| file[format!("{name}_cents")].as_u64().expect("cents");
    let closing = cents("opening_balance") + cents("credits") - cents("debits");
    assert_eq!(cents("closing_balance"), closing);
    bytes
}

/// Asks for a file and has it written.
async fn export(world: &World, tenant: &Tenant, body: &Value) -> (Value, Vec<u8>) {
    let asked = ask(world, tenant, body).await.expect(202);
    assert_eq!((statuses(&asked), &asked["download"]), (vec!["waiting"], &Value::Null));
    world.deliver().await;
    let export = find(world, tenant, &asked).await;
    let bytes = fetch(world, &export).await;
    (export, bytes)
}

#[tokio::test]
async fn a_file_is_written_in_each_format_and_the_same_period_comes_to_the_same_bytes() {
    let (world, tenant) = busy(3).await;
    let (_, entries) = world.ledger(tenant.account_id).await;
    let movements = entries.iter().filter(|entry| entry.movement_cents().is_some()).count();
    for format in FORMATS {
        let (first, bytes) = export(&world, &tenant, &new(format)).await;
        assert_eq!(first["file"]["entries"], json!(movements), "{format:?}");
        world.wait(3_600);
        let (second, again) = export(&world, &tenant, &new(format)).await;
        assert_ne!(first["id"], second["id"]);
        assert_eq!(bytes, again, "{format:?}");
        assert_eq!(first["file"], second["file"]);
    }
    let page = world.get("/v1/statement-exports?limit=5").key(&tenant.program.api_key);
    let page = page.send().await.ok();
    assert_eq!(page["data"].as_array().expect("a list").len(), 5);
    assert!(page["data"][0]["download"].is_null(), "links are for one export alone");
}

#[tokio::test]
async fn a_csv_file_says_what_the_statement_says() {
    let (world, tenant) = busy(2).await;
    let (_, bytes) = export(&world, &tenant, &new(("csv", Some("intl")))).await;
    let mut reader = csv::Reader::from_reader(&bytes[..]);
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|title| title == name).expect(name);
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    let page = "/v1/statement?from=2026-11-23&until=2026-11-24&limit=100";
    let page = world.get(page).key(&tenant.program.api_key).send().await.ok();
    let entries = page["data"].as_array().expect("a list");
    assert_eq!(rows.len(), entries.len());
    for (row, entry) in rows.iter().zip(entries) {
        assert_eq!(&row[column("entry_id")], entry["id"].as_str().expect("an id"));
        let cents = row[column("amount")].replace('.', "");
        assert_eq!(cents.parse::<i64>().ok(), entry["amount_cents"].as_i64());
    }
    let description = &rows.last().expect("rows")[column("description")];
    assert!(!description.starts_with('='), "{description}");
}

#[tokio::test]
async fn only_days_that_are_over_can_be_exported() {
    let (world, tenant) = busy(1).await;
    let body = |from: &str, until: &str| json!({ "from": from, "until": until, "format": "ofx" });
    // It is 25 November, 09:00 in São Paulo.
    for (from, until) in [("2026-11-25", "2026-11-25"), ("2026-11-24", "2026-11-26")] {
        ask(&world, &tenant, &body(from, until)).await.problem(422, "period_open");
    }
    // The day is over in Tokyo, and begins there when it does.
    let mut there = body("2026-11-24", "2026-11-24");
    there["time_zone"] = json!("Asia/Tokyo");
    ask(&world, &tenant, &there).await.expect(202);
    there["until"] = json!("2026-11-25");
    ask(&world, &tenant, &there).await.problem(422, "period_open");
    for (body, field) in [
        (body("2026-11-24", "2026-11-23"), "until"),
        (body("2025-11-22", "2026-11-23"), "until"),
        (body("2026-11-31", "2026-11-23"), "from"),
        (json!({ "from": "2026-11-23", "until": "2026-11-23" }), "format"),
        (json!({ "from": "2026-11-23", "until": "2026-11-23", "format": "pdf" }), "format"),
        (new(("ofx", Some("br"))), "dialect"),
        (new(("csv", Some("us"))), "dialect"),
        (
            json!({ "from": "2026-11-23", "until": "2026-11-23", "format": "csv", "time_zone": "BRT" }),
            "time_zone",
        ),
        (json!({ "from": "2026-11-23", "until": "2026-11-23", "format": "csv", "to": "x" }), "to"),
    ] {
        let problem = ask(&world, &tenant, &body).await.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], field, "{body} {problem}");
    }
}

/// Fault row 99. The link works for fifteen minutes, and leads to the file of its account alone.
#[tokio::test]
async fn a_link_works_for_fifteen_minutes_and_is_for_one_file() {
    let (world, tenant) = busy(1).await;
    let (shown, _) = export(&world, &tenant, &new(("ofx", None))).await;
    let url = text(&shown["download"]["url"]);
    let id = text(&shown["id"]);
    assert!(url.contains(&format!("/statements/{}/{id}.ofx?", tenant.account_id)), "{url}");
    assert!(!world.logged().iter().any(|line| line.to_string().contains("X-Amz-Signature")));
    let elsewhere = url.replace(&id, "exp_00000000000000000000000000");
    assert_eq!(world.bundle.follow(&elsewhere).await.status, 403);
    let bare = url.split('?').next().expect("a path").to_owned();
    assert_eq!(world.bundle.follow(&bare).await.status, 403);
    world.wait(14 * 60 + 59);
    assert_eq!(world.bundle.follow(&url).await.status, 200);
    world.wait(2);
    assert_eq!(world.bundle.follow(&url).await.status, 403);
    let again = find(&world, &tenant, &shown).await;
    fetch(&world, &again).await;
    let other = world.tenant("other").await;
    let path = format!("/v1/statement-exports/{id}");
    world.get(&path).key(&other.program.api_key).send().await.problem(404, "not_found");
}

#[tokio::test]
async fn an_event_says_that_the_file_is_ready() {
    let (world, tenant) = busy(1).await;
    let (key, hook) = (&tenant.program.api_key, "https://hooks.example.com/");
    world.endpoint(key, hook, &["statement_export.ready"]).await;
    world.receivers.always(hook, ReceiverBehavior::Answers(204));
    let (shown, _) = export(&world, &tenant, &new(("csv", None))).await;
    world.deliver().await;
    let told = world.receivers.at(hook).remove(0).json();
    assert_eq!(told["type"], "statement_export.ready");
    let object = &told["data"]["object"];
    assert_eq!((&object["id"], &object["file"]), (&shown["id"], &shown["file"]));
    let url = format!("http://127.0.0.1:4000/v1/statement-exports/{}", text(&shown["id"]));
    assert_eq!((&object["url"], &object["download"]), (&json!(url), &Value::Null));
}

/// Fault row 97. Wherever the worker dies, the file is the one of a run without a fault. Parts are
/// small, so that there are several.
#[tokio::test]
async fn wherever_the_worker_dies_the_file_is_the_same() {
    let (mut world, tenant) = busy(12).await;
    world.bundle.write_in(700, RUN);
    let body = new(("jsonl", None));
    let (_, whole) = export(&world, &tenant, &body).await;
    assert!(whole.len() > 3_500, "there are several parts");
    let mut died = 0;
    for polls in 1.. {
        let asked = ask(&world, &tenant, &body).await.expect(202);
        world.wait_and_tick(31).await;
        let work = Box::pin(world.bundle.dispatch(Lane::Exports));
        let died_there = killed_after(polls, work).await.is_none();
        for _ in 0..2 {
            world.wait_and_deliver(3 * 60).await;
        }
        let export = find(&world, &tenant, &asked).await;
        assert_eq!(fetch(&world, &export).await, whole, "dead after {polls} polls");
        died += usize::from(died_there);
        if !died_there {
            break;
        }
    }
    assert!(died > 10, "{died}");
}

/// Fault row 97. Two who write one file do no harm.
#[tokio::test]
async fn two_workers_at_once_make_one_file() {
    let (mut world, tenant) = busy(6).await;
    world.bundle.write_in(700, RUN);
    let asked = ask(&world, &tenant, &new(("csv", None))).await.expect(202);
    world.wait_and_tick(31).await;
    world.wait_and_tick(31).await;
    let write = || world.bundle.dispatch(Lane::Exports);
    let (one, other) = tokio::join!(write(), write());
    assert!(one.is_ok() && other.is_ok());
    let export = find(&world, &tenant, &asked).await;
    assert_eq!(statuses(&export), ["waiting", "writing", "ready"]);
    fetch(&world, &export).await;
}

/// An answer a minute: the table is slow, and no part is full for long.
struct SlowTable(Arc<LocalClock>);

impl Timer for SlowTable {
    fn wait(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.0.advance(SignedDuration::from_mins(1));
        Box::pin(std::future::ready(()))
    }
}

/// Fault row 97. A worker that reads for long and fills no part renews its lease, so that no other
/// worker starts the file.
#[tokio::test]
async fn a_lease_is_renewed_while_no_part_is_full() {
    let clock = World::clock();
    let receivers = Receivers::new(Arc::clone(&clock));
    let (egress, timer) = (Arc::new(receivers.clone()), Arc::new(NoTimer));
    let world = World::with(Stage::Sandbox, Arc::clone(&clock), egress, timer, receivers).await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 10_000).await;
    world.deliver().await;
    world.wait(2 * 86_400);
    let asked = ask(&world, &tenant, &new(("csv", None))).await.expect(202);
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    world.bundle.faults().record();
    world.bundle.faults().pace(Arc::new(SlowTable(clock)), Duration::ZERO);
    world.bundle.dispatch(Lane::Exports).await.expect("a run");
    let claims = sent(&world).into_iter().filter(|operation| operation == "PutItem").count();
    assert_eq!(claims, 2);
    fetch(&world, &find(&world, &tenant, &asked).await).await;
}

/// Fault row 97. A file that is longer than one run is gone on with by the next.
#[tokio::test]
async fn a_file_that_takes_longer_than_a_run_is_continued() {
    let (mut world, tenant) = busy(12).await;
    let body = new(("csv", Some("br")));
    let (_, whole) = export(&world, &tenant, &body).await;
    world.bundle.write_in(700, SignedDuration::ZERO);
    let asked = ask(&world, &tenant, &body).await.expect(202);
    world.bundle.relay().await.expect("the stream flows");
    let mut runs = 0;
    while find(&world, &tenant, &asked).await["status"] != "ready" {
        // The worker that releases the lease sends the next message.
        assert_eq!(world.bundle.dispatch(Lane::Exports).await.expect("a run"), 1);
        runs += 1;
    }
    let written = find(&world, &tenant, &asked).await;
    assert_eq!(statuses(&written), ["waiting", "writing", "ready"]);
    assert!(runs > 4, "{runs}");
    assert_eq!(fetch(&world, &find(&world, &tenant, &asked).await).await, whole);
}

#[tokio::test]
async fn a_bucket_that_fails_is_retried_for_a_day() {
    let (world, tenant) = busy(1).await;
    world.bundle.faults().next_times("UploadPart", &Fault::BeforeSend, 8);
    let asked = ask(&world, &tenant, &new(("ofx2", None))).await.expect(202);
    world.wait_and_deliver(60).await;
    assert_eq!(find(&world, &tenant, &asked).await["status"], "writing");
    for _ in 0..12 {
        world.wait_and_deliver(10 * 60).await;
    }
    fetch(&world, &find(&world, &tenant, &asked).await).await;

    let hook = "https://hooks.example.com/";
    world.endpoint(&tenant.program.api_key, hook, &["statement_export.failed"]).await;
    world.receivers.always(hook, ReceiverBehavior::Answers(204));
    world.bundle.faults().next_times("CreateMultipartUpload", &Fault::BeforeSend, 1_000);
    let asked = ask(&world, &tenant, &new(("ofx2", None))).await.expect(202);
    for _ in 0..30 {
        world.wait_and_deliver(60 * 60).await;
    }
    let failed = find(&world, &tenant, &asked).await;
    assert_eq!(statuses(&failed), ["waiting", "writing", "failed"]);
    assert_eq!(failed["status_history"][2]["reason"], "not_written_in_time");
    assert!(failed["download"].is_null() && failed["file"].is_null());
    world.deliver().await;
    assert_eq!(world.receivers.at(hook).len(), 1);
}

/// Fault row 97. A file fails if every worker dies that writes it.
#[tokio::test]
async fn a_file_that_kills_its_workers_fails_after_a_day() {
    let (world, tenant) = busy(1).await;
    let asked = ask(&world, &tenant, &new(("ofx", None))).await.expect(202);
    world.bundle.switch_stream(false);
    for _ in 0..23 {
        world.wait_and_tick(60 * 60).await;
        let work = Box::pin(world.bundle.dispatch(Lane::Exports));
        assert!(killed_after(6, work).await.is_none(), "it dies");
        world.bundle.purge_lanes().await;
    }
    assert_eq!(statuses(&find(&world, &tenant, &asked).await), ["waiting", "writing"]);
    world.bundle.switch_stream(true);
    world.wait_and_deliver(60 * 60).await;
    let failed = find(&world, &tenant, &asked).await;
    assert_eq!(statuses(&failed), ["waiting", "writing", "failed"]);
    assert_eq!(failed["status_history"][2]["reason"], "not_written_in_time");
}

/// An upload is restarted if the bucket has lost its parts.
#[tokio::test]
async fn an_upload_that_is_gone_is_restarted() {
    let (mut world, tenant) = busy(12).await;
    world.bundle.write_in(700, SignedDuration::ZERO);
    let asked = ask(&world, &tenant, &new(("csv", None))).await.expect(202);
    world.bundle.relay().await.expect("the stream flows");
    world.bundle.dispatch(Lane::Exports).await.expect("a run");
    let key = Key::Export(
        tenant.account_id,
        domain::kernel::Id::parse(&text(&asked["id"])).expect("an id"),
    );
    let store = &world.bundle.app().store;
    let mut export: StatementExport = store.find(&key).await.expect("readable").expect("there");
    let kept = export.checkpoint.as_mut().expect("a part is kept");
    kept.upload_id = "gone".to_owned();
    store.replace(&export).await.expect("it is written");
    world.bundle.write_in(700, RUN);
    for _ in 0..4 {
        world.wait_and_deliver(3 * 60).await;
    }
    fetch(&world, &find(&world, &tenant, &asked).await).await;
}

/// No file is better than a wrong one.
#[tokio::test]
async fn entries_that_do_not_lead_to_the_closing_make_no_file() {
    for damage in [0, 1, 2, 3] {
        let (world, tenant) = busy(3).await;
        let entries = world.entries(tenant.account_id).await;
        // The balance does not tell of one that moves nothing.
        let row: &Entry = &entries[if damage == 3 { 3 } else { 4 }];
        let writes = Writes::default().remove(&row.key());
        let moment = world.bundle.app().moment();
        let store = &world.bundle.app().store;
        store.commit(writes, &moment).await.expect("it is gone");
        if matches!(damage, 1 | 2) {
            let mut wrong = row.clone();
            match damage {
                1 => wrong.amount_cents += 1,
                _ => wrong.available_after_cents += 1,
            }
            let writes = Writes::default().create(&wrong);
            store.commit(writes, &moment).await.expect("another is there");
        }
        let asked = ask(&world, &tenant, &new(("jsonl", None))).await.expect(202);
        world.wait_and_deliver(60).await;
        let failed = find(&world, &tenant, &asked).await;
        assert_eq!(statuses(&failed), ["waiting", "writing", "failed"]);
        assert_eq!(failed["status_history"][2]["reason"], "does_not_add_up");
        let told = format!("{} does not add up; the export failed", text(&asked["id"]));
        assert!(
            world.logged().iter().any(|line| line["message"] == told && line["level"] == "error")
        );
    }
}

/// Fault row 30. The closing is read first; what is missing at the end of the entries then is found too.
#[tokio::test]
async fn entries_that_end_before_the_closing_make_no_file() {
    let (world, tenant) = busy(1).await;
    let mut payout = new_payout();
    payout["amount_cents"] = json!(2_006);
    world.payout(&tenant.program.api_key, "held", &payout).await.created();
    world.wait(2 * 86_400);
    let last = world.entries(tenant.account_id).await.pop().expect("entries");
    assert_eq!(last.movement_cents(), None);
    let days = json!({ "from": "2026-11-25", "until": "2026-11-25", "format": "csv" });
    let asked = ask(&world, &tenant, &days).await.expect(202);
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    // The message, the row and its claim, opening and closing.
    let hook = ConcurrentChange::begin(&world, 5, Writes::default().remove(&last.key()));
    world.bundle.dispatch(Lane::Exports).await.expect("a run");
    assert!(hook.is_done());
    let failed = find(&world, &tenant, &asked).await;
    assert_eq!(failed["status_history"][2]["reason"], "does_not_add_up", "{failed}");
}

#[tokio::test]
async fn a_period_without_entries_is_a_file_too() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for format in FORMATS {
        let body = json!({ "from": "2026-10-01", "until": "2026-10-31", "format": format.0, "dialect": format.1 });
        let (shown, bytes) = export(&world, &tenant, &body).await;
        assert_eq!(
            (&shown["file"]["entries"], &shown["file"]["closing_balance_cents"]),
            (&json!(0), &json!(0))
        );
        assert!(!bytes.is_empty());
    }
}

/// The time at which a schedule was due orders no list.
#[tokio::test]
async fn exports_are_listed_by_the_time_of_their_request() {
    let (world, tenant) = busy(1).await;
    let key = &tenant.program.api_key;
    let (first, _) = export(&world, &tenant, &new(("csv", Some("br")))).await;
    let schedule =
        json!({ "frequency": "daily", "at": "06:00", "from": "2026-11-23", "format": "ofx" });
    let ask = world.post("/v1/statement-schedules").key(key).json(&schedule);
    ask.send().await.created();
    world.wait_and_deliver(60).await;
    let page = world.get("/v1/statement-exports").key(key).send().await.ok();
    let rows = page["data"].as_array().expect("a list");
    assert!(rows.len() > 2, "{page}");
    assert_eq!(rows.last().expect("a row")["id"], first["id"]);
    let created: Vec<_> = rows.iter().map(|row| text(&row["created_at"])).collect();
    assert!(created.windows(2).all(|pair| pair[0] >= pair[1]), "{created:?}");
    let days: Vec<_> = rows[..rows.len() - 1].iter().map(|row| text(&row["from"])).collect();
    assert!(days.windows(2).all(|pair| pair[0] > pair[1]), "{days:?}");
}

#[tokio::test]
async fn two_different_files_have_two_names() {
    let (world, tenant) = busy(1).await;
    let mut names = std::collections::BTreeSet::new();
    for format in FORMATS {
        let (export, _) = export(&world, &tenant, &new(format)).await;
        names.insert(text(&export["file"]["name"]));
    }
    let mut tokyo = new(("csv", Some("br")));
    tokyo["time_zone"] = json!("Asia/Tokyo");
    let (export, _) = export(&world, &tenant, &tokyo).await;
    let name = text(&export["file"]["name"]);
    let account = tenant.account_id;
    let expected = format!("statement_{account}_2026-11-23_2026-11-24_Asia-Tokyo_csv-br.csv");
    assert_eq!(name, expected);
    names.insert(name);
    assert_eq!(names.len(), FORMATS.len() + 1, "{names:?}");
    assert!(names.contains(&format!("statement_{account}_2026-11-23_2026-11-24_ofx2.ofx")));
}
