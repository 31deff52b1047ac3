//! A batch from its lines to its end: duplicates, decisions about the whole, totals, the end.

use serde_json::{Value, json};
use tests::{TestResponse, World, killed_after, new_payout, text};

use crate::payout::approvals::FourEyes;
use crate::payout::pix_keys::asking;

fn line(number: usize, amount_cents: u64) -> Value {
    let mut line = new_payout();
    line["amount_cents"] = json!(amount_cents);
    line["reference"] = json!(format!("line-{number}"));
    line
}

/// Sends a batch of lines of 100, 101, 102 cents and so on, and lets the schedule open it.
async fn opened(office: &FourEyes, count: usize) -> Value {
    let lines: Vec<_> = (0..count).map(|number| line(number, 100 + number as u64)).collect();
    let batch = sent(office, &lines).await;
    office.world.bundle.tick().await.expect("the schedule runs");
    office.world.deliver().await;
    batch
}

async fn sent(office: &FourEyes, lines: &[Value]) -> Value {
    let ask = office.world.post("/v1/payout-batches").key(&office.tenant.program.api_key);
    ask.idempotency_key("batch").json(&json!({ "payouts": lines })).send().await.expect(202)
}

async fn find(office: &FourEyes, batch: &Value) -> Value {
    let path = format!("/v1/payout-batches/{}", text(&batch["id"]));
    office.world.get(&path).key(&office.tenant.program.api_key).send().await.ok()
}

async fn decide(office: &FourEyes, key: &str, batch: &Value, verb: &str) -> TestResponse {
    let path = format!("/v1/payout-batches/{}/{verb}", text(&batch["id"]));
    let body = if verb == "reject" { json!({ "reason": "Wrong month" }) } else { json!({}) };
    office.world.post(&path).key(key).json(&body).send().await
}

/// Lets a minute pass twice: the batch is counted, and what the payouts did is counted after that.
async fn settle(world: &World) {
    for _ in 0..2 {
        world.wait_and_deliver(61).await;
    }
}

fn totals(batch: &Value) -> Vec<(String, u64, u64)> {
    let number = |value: &Value| value.as_u64().expect("a number");
    let total = |total: &Value| {
        (text(&total["status"]), number(&total["payouts"]), number(&total["amount_cents"]))
    };
    batch["totals"].as_array().expect("a list").iter().map(total).collect()
}

fn total(status: &str, payouts: u64, amount_cents: u64) -> (String, u64, u64) {
    (status.to_owned(), payouts, amount_cents)
}

#[tokio::test]
async fn a_batch_ends_when_its_payouts_have_ended_and_says_so_once() {
    let office = FourEyes::with(&[(1_000_000, 1)]).await;
    let hook = "https://hooks.example.com/";
    let key = &office.tenant.program.api_key;
    office.world.endpoint(key, hook, &["payout_batch.*"]).await;
    let batch = opened(&office, 3).await;
    assert_eq!(batch["status"], "opening");
    let running = find(&office, &batch).await;
    assert_eq!((&running["status"], &running["ended_at"]), (&json!("running"), &Value::Null));
    assert_eq!(totals(&running), [total("processing", 3, 303)]);
    settle(&office.world).await;
    let done = find(&office, &batch).await;
    assert_eq!((&done["status"], totals(&done)), (&json!("done"), vec![total("paid", 3, 303)]));
    assert!(done["ended_at"].is_string());
    settle(&office.world).await;
    let events: Vec<_> = office.world.receivers.at(hook).iter().map(|it| it.json()).collect();
    let types: Vec<_> = events.iter().map(|event| text(&event["type"])).collect();
    assert_eq!(types, ["payout_batch.opened", "payout_batch.done"]);
    assert_eq!(events[1]["data"]["object"]["totals"], done["totals"]);
}

#[tokio::test]
async fn a_refused_line_or_an_unpaid_payout_makes_a_batch_partly_done() {
    for unpaid in [false, true] {
        let office = FourEyes::with(&[(1_000_000, 1)]).await;
        let mut second = line(if unpaid { 1 } else { 0 }, 200);
        if unpaid {
            second["to"]["pix_key"]["key"] = json!("nobody@sandbox.example");
        }
        let batch = sent(&office, &[line(0, 100), second]).await;
        settle(&office.world).await;
        settle(&office.world).await;
        let done = find(&office, &batch).await;
        assert_eq!(done["status"], "partly_done", "{done}");
        assert_eq!(
            (&done["refused"] == 1, totals(&done).len()),
            (!unpaid, 1 + usize::from(unpaid))
        );
    }
}

#[tokio::test]
async fn a_whole_batch_is_approved_by_one_decision_of_another_user() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let batch = opened(&office, 50).await;
    let own = &office.tenant.program.api_key;
    // The owners of the keys are known since the first count.
    assert_eq!(find(&office, &batch).await["owners_unchecked"], 50);
    office.world.wait_and_deliver(61).await;
    let waiting = find(&office, &batch).await;
    assert_eq!(waiting["status"], "awaiting_approval");
    assert_eq!((waiting["owners_unchecked"].as_u64(), totals(&waiting)[0].1), (Some(0), 50));
    decide(&office, own, &batch, "approve").await.problem(403, "second_user_needed");
    let path = format!("/v1/payout-batches/{}/approve", text(&batch["id"]));
    let ana = &office.tenant.ana;
    let session = ana.request(&office.world, "POST", &path).json(&json!({})).send().await;
    session.problem(403, "two_factor_code_missing");
    let decided = ana.ask_with_code(&office.world, "POST", &path).send().await.expect(202);
    assert_eq!(decided["decision"]["completed_at"], Value::Null);
    decide(&office, &office.approvers[0], &batch, "approve")
        .await
        .problem(409, "payout_batch_state");
    assert_eq!(office.world.network.payout_submissions(), 0);
    office.world.wait_and_deliver(61).await;
    let running = find(&office, &batch).await;
    assert_eq!(
        (&running["decision"]["changed"], &running["decision"]["skipped"]),
        (&json!(50), &json!(0))
    );
    assert!(running["decision"]["completed_at"].is_string());
    assert_eq!(running["status"], "running");
    settle(&office.world).await;
    assert_eq!(find(&office, &batch).await["status"], "done");
    let trail = "/v1/audit-events?action=payout.approved&limit=100";
    let trail = ana.request(&office.world, "GET", trail).send().await.ok();
    let authors = trail["data"].as_array().expect("a list").iter();
    assert!(authors.clone().all(|line| line["author"]["user_id"] == json!(ana.user_id)));
    assert_eq!(authors.count(), 50);
}

#[tokio::test]
async fn a_rejected_batch_ends_with_all_its_money_free() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let before = office.money().await;
    let batch = opened(&office, 10).await;
    office.world.wait_and_deliver(61).await;
    decide(&office, &office.approvers[0], &batch, "reject").await.expect(202);
    settle(&office.world).await;
    let ended = find(&office, &batch).await;
    assert_eq!(
        (&ended["status"], totals(&ended)),
        (&json!("partly_done"), vec![total("rejected", 10, 1_045)])
    );
    assert_eq!(ended["decision"]["reason"], "Wrong month");
    assert_eq!(office.money().await, before);
    let payout = office.find(&json!({ "id": ended["results"][0]["payout_id"] })).await;
    assert_eq!(payout["rejection"]["reason"], "Wrong month");
    decide(&office, &office.approvers[0], &batch, "approve")
        .await
        .problem(409, "payout_batch_state");
}

/// Two approvals by two decisions; one payout was approved alone before.
#[tokio::test]
async fn each_decision_about_a_batch_is_one_approval_of_each_payout() {
    let office = FourEyes::with(&[(0, 2)]).await;
    let batch = opened(&office, 3).await;
    office.world.wait_and_deliver(61).await;
    let first = find(&office, &batch).await["results"][0]["payout_id"].clone();
    let first = json!({ "id": first });
    office.decide(&office.approvers[0], &first, "approve").await.ok();
    office.world.wait(1);
    decide(&office, &office.approvers[0], &batch, "approve").await.expect(202);
    office.world.wait_and_deliver(61).await;
    let half = find(&office, &batch).await;
    assert_eq!(
        (&half["decision"]["changed"], &half["decision"]["skipped"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&half["status"], office.world.network.payout_submissions()),
        (&json!("awaiting_approval"), 0)
    );
    decide(&office, &office.approvers[1], &batch, "approve").await.expect(202);
    settle(&office.world).await;
    settle(&office.world).await;
    assert_eq!(find(&office, &batch).await["status"], "done");
    assert_eq!(office.world.network.payout_submissions(), 3);
}

/// Fault row 136. Wherever the scheduler dies, each payout is approved and paid once.
#[tokio::test]
async fn a_decision_is_carried_out_once_wherever_the_scheduler_dies() {
    for polls in [20, 40, 60, 90, 130] {
        let office = FourEyes::with(&[(0, 1)]).await;
        let batch = opened(&office, 12).await;
        office.world.wait_and_deliver(61).await;
        decide(&office, &office.approvers[0], &batch, "approve").await.expect(202);
        let _dead = killed_after(polls, Box::pin(office.world.bundle.tick())).await;
        settle(&office.world).await;
        settle(&office.world).await;
        let done = find(&office, &batch).await;
        assert_eq!(
            (&done["status"], &done["decision"]["changed"]),
            (&json!("done"), &json!(12)),
            "{polls}"
        );
        assert_eq!(office.world.network.payout_submissions(), 12);
        let trail = "/v1/audit-events?action=payout.approved&limit=100";
        let trail = office.tenant.ana.request(&office.world, "GET", trail).send().await.ok();
        assert_eq!(trail["data"].as_array().map(Vec::len), Some(12));
    }
}

/// A decision does not hold for an owner that the user could not see.
#[tokio::test]
async fn a_decision_about_a_batch_leaves_payouts_with_an_unknown_or_a_new_owner() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let mut held = line(1, 200);
    held["to"]["pix_key"]["key"] = json!("joana@example.com");
    held["beneficiary"] = Value::Null;
    let mut first = line(0, 100);
    first["to"]["pix_key"]["key"] = json!("carla@example.com");
    let batch = sent(&office, &[first, held]).await;
    office.world.bundle.tick().await.expect("the schedule runs");
    while office.world.bundle.relay().await.expect("the stream flows") > 0 {}
    // The directory answers for one key only.
    office.world.network.silence_directory_for("joana@example.com", true);
    office.world.deliver().await;
    office.world.wait_and_deliver(61).await;
    let waiting = find(&office, &batch).await;
    assert_eq!(
        (&waiting["status"], &waiting["owners_unchecked"]),
        (&json!("awaiting_approval"), &json!(1))
    );
    decide(&office, &office.approvers[0], &batch, "approve").await.expect(202);
    office.world.network.silence_directory_for("joana@example.com", false);
    settle(&office.world).await;
    settle(&office.world).await;
    let after = find(&office, &batch).await;
    assert_eq!(
        (&after["decision"]["changed"], &after["decision"]["skipped"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&after["status"], &after["owners_unchecked"]),
        (&json!("awaiting_approval"), &json!(0))
    );
    assert_eq!(office.world.network.payout_submissions(), 1);
}

/// The answer of the directory can be older than the moment from which the payout shows it.
#[tokio::test]
async fn a_decision_does_not_hold_for_an_owner_that_the_payout_showed_later() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let mut held = line(0, 200);
    held["to"]["pix_key"]["key"] = json!("joana@example.com");
    held["beneficiary"] = Value::Null;
    let batch = sent(&office, &[held]).await;
    office.world.network.silence_directory_for("joana@example.com", true);
    office.world.bundle.tick().await.expect("the schedule runs");
    office.world.deliver().await;
    office.world.wait_and_deliver(61).await;
    assert_eq!(find(&office, &batch).await["owners_unchecked"], 1);
    // The next check waits in the queue while another user looks the key up.
    office.world.wait(3_600);
    office.world.bundle.tick().await.expect("the schedule runs");
    office.world.network.silence_directory_for("joana@example.com", false);
    asking(&office.world, &office.tenant, "email", "joana@example.com").send().await.ok();
    office.world.wait(1);
    decide(&office, &office.approvers[0], &batch, "approve").await.expect(202);
    office.world.wait(1);
    office.world.deliver().await;
    settle(&office.world).await;
    let after = find(&office, &batch).await;
    assert_eq!(
        (&after["decision"]["changed"], &after["decision"]["skipped"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(
        (&after["status"], &after["owners_unchecked"]),
        (&json!("awaiting_approval"), &json!(0))
    );
    assert_eq!(office.world.network.payout_submissions(), 0);
}

#[tokio::test]
async fn the_approval_of_a_batch_ends_with_the_rights_of_its_user_or_with_a_rejection() {
    for stopped_by in ["suspension", "rejection"] {
        let office = FourEyes::with(&[(0, 1)]).await;
        let batch = opened(&office, 3).await;
        office.world.wait_and_deliver(61).await;
        decide(&office, &office.approvers[0], &batch, "approve").await.expect(202);
        if stopped_by == "suspension" {
            office.suspend_approver().await;
        } else {
            decide(&office, &office.approvers[1], &batch, "reject").await.expect(202);
        }
        settle(&office.world).await;
        let after = find(&office, &batch).await;
        assert_eq!(office.world.network.payout_submissions(), 0, "{stopped_by}");
        let status = if stopped_by == "suspension" { "awaiting_approval" } else { "partly_done" };
        assert_eq!(after["status"], status, "{after}");
    }
}

#[tokio::test]
async fn duplicates_within_a_batch_are_named_and_opened_all_the_same() {
    let office = FourEyes::with(&[(1_000_000, 1)]).await;
    let mut other = line(2, 100);
    other["to"]["pix_key"]["key"] = json!("ana@example.com");
    let lines = [line(0, 100), line(1, 101), other, line(3, 100), line(4, 100)];
    let batch = sent(&office, &lines).await;
    assert_eq!(batch["duplicate_lines"], json!([3, 4]));
    let shown = find(&office, &batch).await;
    let of: Vec<_> =
        (0..5).map(|number| shown["results"][number]["duplicate_of"].as_u64()).collect();
    assert_eq!(of, [None, None, None, Some(0), Some(0)]);
    office.world.bundle.tick().await.expect("the schedule runs");
    assert_eq!(find(&office, &batch).await["created"], 5);
}

#[tokio::test]
async fn the_payouts_of_a_batch_are_a_list_of_their_own() {
    let office = FourEyes::with(&[(102, 1)]).await;
    let batch = opened(&office, 5).await;
    office.payout("alone", 500).await;
    let id = text(&batch["id"]);
    let list = async |query: &str| {
        let path = format!("/v1/payouts?batch_id={id}{query}");
        office.world.get(&path).key(&office.tenant.program.api_key).send().await
    };
    let amounts = |page: &Value| -> Vec<u64> {
        let data = page["data"].as_array().expect("a list").iter();
        data.map(|payout| payout["amount_cents"].as_u64().expect("cents")).collect()
    };
    let all = list("").await.ok();
    assert_eq!(amounts(&all), [104, 103, 102, 101, 100]);
    assert_eq!(amounts(&list("&status=awaiting_approval").await.ok()), [104, 103, 102]);
    let page = list("&limit=2").await.ok();
    let next = text(&page["next_cursor"]);
    assert_eq!(amounts(&list(&format!("&limit=2&cursor={next}")).await.ok()), [102, 101]);
    for (other, expected) in [
        ("&reference=line-1", vec![101]),
        ("&created_from=2026-11-01", vec![104, 103, 102, 101, 100]),
        ("&created_until=2026-11-01", vec![]),
        ("&amount_from_cents=103", vec![104, 103]),
    ] {
        assert_eq!(amounts(&list(other).await.ok()), expected, "{other}");
    }
    // A payout counts with the time of its batch, which lists are sorted by.
    let at = text(&batch["created_at"]);
    for (filter, expected) in [("created_from", 6), ("created_until", 0)] {
        let path = format!("/v1/payouts?{filter}={at}");
        let page = office.world.get(&path).key(&office.tenant.program.api_key).send().await.ok();
        assert_eq!(amounts(&page).len(), expected, "{filter}");
    }
    let stranger = office.world.get("/v1/payouts?batch_id=bat_01M84PAB1TDP32RCVT3CE2MBPK");
    let stranger = stranger.key(&office.tenant.program.api_key).send().await.ok();
    assert_eq!(stranger["data"], json!([]));
}

/// A batch of payouts for a later day is counted less and less often, and still ends in time.
#[tokio::test]
async fn a_batch_that_rests_is_counted_less_often() {
    let office = FourEyes::with(&[(1_000_000, 1)]).await;
    let mut later = line(0, 100);
    later["scheduled_for"] = json!("2026-11-26T12:00:00Z");
    let batch = sent(&office, &[later]).await;
    office.world.wait_and_deliver(61).await;
    office.world.wait_and_deliver(12 * 3_600).await;
    let counted = find(&office, &batch).await["counted_at"].clone();
    office.world.wait_and_deliver(40 * 60).await;
    assert_eq!(find(&office, &batch).await["counted_at"], counted, "an hour is the longest wait");
    office.world.wait_and_deliver(21 * 60).await;
    assert_ne!(find(&office, &batch).await["counted_at"], counted);
    office.world.wait_and_deliver(3 * 86_400).await;
    office.world.wait_and_deliver(3_601).await;
    office.world.wait_and_deliver(3_601).await;
    assert_eq!(find(&office, &batch).await["status"], "done");
}
