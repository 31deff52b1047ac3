//! Payouts to saved beneficiaries: what they copy, what a new destination demands, and what is noticed before
//! money leaves.

use std::sync::Arc;

use domain::access::Permission;
use local::Fault;
use serde_json::{Value, json};
use tests::{Tenant, World, contended_books, new_beneficiary, text};
use tokio::sync::Barrier;

/// Seconds after which a destination is not new any more.
const COOLED: i64 = 24 * 3_600;

/// An account with money and a saved beneficiary.
pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) tenant: Tenant,
    pub(crate) saved: Value,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        tenant.ana.log_in(&world).await.created();
        tenant.bruno.log_in(&world).await.created();
        world.pay_in(&tenant.program.api_key, 100_000).await;
        let key = &tenant.program.api_key;
        let saved = world.save_beneficiary(key, &new_beneficiary()).await.created();
        Self { world, tenant, saved }
    }

    /// Opens the office when the destination is not new any more.
    pub(crate) async fn cooled() -> Self {
        let office = Self::open().await;
        office.world.wait(COOLED);
        office
    }

    pub(crate) fn key(&self) -> &str {
        &self.tenant.program.api_key
    }

    /// Returns a payout to the beneficiary.
    pub(crate) fn payout(&self) -> Value {
        json!({ "amount_cents": 2_500, "to": { "beneficiary_id": self.saved["id"] } })
    }

    async fn post(&self, end: &str) -> Value {
        let path = format!("/v1/beneficiaries/{}{end}", text(&self.saved["id"]));
        self.world.post(&path).key(self.key()).json(&json!({})).send().await.ok()
    }

    async fn shown(&self) -> Value {
        let path = format!("/v1/beneficiaries/{}", text(&self.saved["id"]));
        self.world.get(&path).key(self.key()).send().await.ok()
    }

    async fn find(&self, payout: &Value) -> Value {
        self.world.find_payout(self.key(), &payout["id"]).await
    }

    async fn batch(&self, name: &str, lines: &Value) -> Value {
        let ask = self.world.post("/v1/payout-batches").key(self.key()).idempotency_key(name);
        ask.json(&json!({ "payouts": lines })).send().await.expect(202)
    }

    async fn results(&self, batch: &Value) -> Value {
        let path = format!("/v1/payout-batches/{}", text(&batch["id"]));
        self.world.get(&path).key(self.key()).send().await.ok()["results"].clone()
    }
}

#[tokio::test]
async fn a_payout_copies_the_destination_and_is_found_by_its_beneficiary() {
    let office = Office::cooled().await;
    let (world, key) = (&office.world, office.key());
    let created = world.payout(key, "1", &office.payout()).await.created();
    // A payout that takes turns has more of them.
    if !contended_books() {
        assert_eq!(world.last_logged()["storage_round_trips"], 2);
    }
    assert_eq!(created["status"], "processing");
    assert_eq!(created["beneficiary_id"], office.saved["id"]);
    assert_eq!(created["destination_id"], office.saved["destinations"][0]["id"]);
    assert_eq!(created["to"], office.saved["destinations"][0]["to"]);
    assert_eq!(created["beneficiary"]["document"]["number"], "52998224725");
    assert_eq!((&created["cools_until"], &created["approvals_needed"]), (&Value::Null, &json!(0)));
    world.deliver().await;
    assert_eq!(office.find(&created).await["status"], "paid");
    world.payout(key, "2", &tests::new_payout()).await.created();
    let list = async |query: &str| {
        let list = world.get(&format!("/v1/payouts?{query}")).key(key).send().await.ok();
        list["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| text(&it["id"]))
            .collect::<Vec<_>>()
    };
    let id = text(&office.saved["id"]);
    assert_eq!(list(&format!("beneficiary_id={id}")).await, [text(&created["id"])]);
    assert_eq!(world.last_logged()["storage_round_trips"], 2);
    assert!(list(&format!("beneficiary_id={id}&status=rejected")).await.is_empty());
    assert!(list("beneficiary_id=ben_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9").await.is_empty());
    assert_eq!(list("").await.len(), 2);
}

#[tokio::test]
async fn each_wrong_way_to_name_a_beneficiary_is_refused_by_its_field() {
    let office = Office::cooled().await;
    let id = &office.saved["id"];
    let other = office.world.tenant("outra").await;
    let foreign =
        office.world.save_beneficiary(&other.program.api_key, &new_beneficiary()).await.created();
    let key = json!({ "type": "email", "key": "maria@example.com" });
    for (to, field, code) in [
        (json!({ "beneficiary_id": foreign["id"] }), "to.beneficiary_id", "not_payable"),
        (
            json!({ "beneficiary_id": "ben_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9" }),
            "to.beneficiary_id",
            "not_payable",
        ),
        (
            json!({ "beneficiary_id": id, "destination_id": foreign["destinations"][0]["id"] }),
            "to.destination_id",
            "not_payable",
        ),
        (json!({ "beneficiary_id": id, "pix_key": key }), "to", "invalid_format"),
        (
            json!({ "destination_id": office.saved["destinations"][0]["id"] }),
            "to.beneficiary_id",
            "required",
        ),
        (json!({}), "to", "required"),
        (json!({ "beneficiary_id": 7 }), "to.beneficiary_id", "wrong_type"),
        (json!({ "beneficiary_id": id, "name": "x" }), "to.name", "unknown_field"),
    ] {
        let body = json!({ "amount_cents": 2_500, "to": to });
        office.world.payout(office.key(), "1", &body).await.violation(field, code);
        let line = json!({ "payouts": [body] });
        let path = "/v1/payout-batches";
        let ask = office.world.post(path).key(office.key()).idempotency_key("2").json(&line);
        ask.send().await.violation(&format!("payouts[0].{field}"), code);
        let preview = office.world.post("/v1/payouts/preview").key(office.key()).json(&body);
        preview.send().await.violation(field, code);
    }
    let mut twice = office.payout();
    twice["beneficiary"] = new_beneficiary();
    twice["beneficiary"].as_object_mut().expect("an object").remove("destinations");
    let twice = office.world.payout(office.key(), "3", &twice).await;
    twice.violation("beneficiary", "invalid_format");
    office.post("/archive").await;
    let archived = office.world.payout(office.key(), "4", &office.payout()).await;
    archived.violation("to.beneficiary_id", "not_payable");
    office.post("/reinstate").await;
    let more = json!({ "to": { "pix_key": { "type": "email", "key": "ana@example.com" } } });
    let path = format!("/v1/beneficiaries/{}/destinations", text(id));
    office.world.post(&path).key(office.key()).json(&more).send().await.created();
    let unclear = office.world.payout(office.key(), "5", &office.payout()).await;
    unclear.violation("to.destination_id", "required");
}

#[tokio::test]
async fn a_caller_who_cannot_read_beneficiaries_pays_none_and_learns_nothing_of_them() {
    let office = Office::cooled().await;
    let writes = [Permission::PayoutsWrite];
    let program = office.world.program(office.tenant.account_id, &writes, &["203.0.113.7"]).await;
    for id in [&office.saved["id"], &json!("ben_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9")] {
        let body = json!({ "amount_cents": 2_500, "to": { "beneficiary_id": id } });
        let answer = office.world.payout(&program.api_key, "1", &body).await;
        answer.problem(403, "permission_denied");
        for (path, body) in [
            ("/v1/payouts/preview", body.clone()),
            ("/v1/payout-batches/preview", json!({ "payouts": [body] })),
        ] {
            let ask = office.world.post(path).key(&program.api_key).json(&body);
            ask.send().await.problem(403, "permission_denied");
        }
    }
}

#[tokio::test]
async fn a_payout_to_a_new_destination_waits_for_another_user_until_the_very_second() {
    let office = Office::open().await;
    let (world, key) = (&office.world, office.key());
    let added = text(&office.saved["destinations"][0]["added_at"]);
    let cooled: jiff::Timestamp = added.parse().expect("a time");
    let cooled = cooled + jiff::SignedDuration::from_secs(COOLED);
    let preview = world.post("/v1/payouts/preview").key(key).json(&office.payout());
    let preview = preview.send().await.ok();
    assert_eq!(world.last_logged()["storage_round_trips"], 2);
    assert_eq!(
        (&preview["status"], &preview["approvals_needed"]),
        (&json!("awaiting_approval"), &json!(1))
    );
    let waits = world.payout(key, "1", &office.payout()).await.created();
    assert_eq!((&waits["status"], &waits["approvals_needed"]), (&preview["status"], &json!(1)));
    assert_eq!(text(&waits["cools_until"]), format!("{cooled:.3}"));
    world.deliver().await;
    assert_eq!(world.network.payout_submissions(), 0);
    let path = format!("/v1/payouts/{}/approve", text(&waits["id"]));
    office.tenant.bruno.ask_with_code(world, "POST", &path).json(&json!({})).send().await.ok();
    world.deliver().await;
    assert_eq!(office.find(&waits).await["status"], "paid");
    // A later time to send it does not help: an archive stops no payout that exists.
    let mut later = office.payout();
    later["scheduled_for"] = json!(cooled + jiff::SignedDuration::from_secs(1));
    let later = world.payout(key, "2", &later).await.created();
    assert_eq!(
        (&later["status"], &later["approvals_needed"]),
        (&json!("awaiting_approval"), &json!(1))
    );
    // The same key without the beneficiary is no saved destination.
    let plain = world.payout(key, "4", &tests::new_payout()).await.created();
    assert_eq!((&plain["status"], &plain["cools_until"]), (&json!("processing"), &Value::Null));
    world.wait(cooled.duration_since(world.now()).as_secs() - 1);
    assert_eq!(world.payout(key, "5", &office.payout()).await.created()["approvals_needed"], 1);
    world.wait(1);
    assert_eq!(world.payout(key, "6", &office.payout()).await.created()["approvals_needed"], 0);
}

#[tokio::test]
async fn who_added_a_new_destination_cannot_approve_a_payout_to_it() {
    let office = Office::open().await;
    let (world, bruno) = (&office.world, &office.tenant.bruno);
    let path = format!("/v1/beneficiaries/{}/destinations", text(&office.saved["id"]));
    let new = json!({ "to": { "pix_key": { "type": "cpf", "key": "52998224725" } } });
    let ask = bruno.ask_with_code(world, "POST", &path).json(&new);
    let saved = ask.send().await.created();
    let mut body = office.payout();
    body["to"]["destination_id"] =
        saved["destinations"].as_array().expect("a list").last().expect("new")["id"].clone();
    let waits = world.payout(office.key(), "1", &body).await.created();
    assert_eq!(waits["status"], "awaiting_approval");
    world.deliver().await;
    world.wait(31);
    let path = format!("/v1/payouts/{}/approve", text(&waits["id"]));
    let approval = bruno.ask_with_code(world, "POST", &path).json(&json!({}));
    approval.send().await.problem(403, "second_user_needed");
}

#[tokio::test]
async fn fewer_hours_of_cooling_wait_for_a_second_moderator() {
    let office = Office::open().await;
    let (world, tenant) = (&office.world, &office.tenant);
    let hours = |hours: i64| json!({ "approval_rules": [], "destination_cooling_hours": hours });
    let put = async |body: &Value| {
        world.wait(31);
        let ask = tenant.ana.ask_with_code(world, "PUT", "/v1/payout-settings").json(body);
        ask.send().await
    };
    put(&hours(721)).await.violation("destination_cooling_hours", "out_of_range");
    put(&hours(-1)).await.violation("destination_cooling_hours", "out_of_range");
    let asked = put(&hours(0)).await.ok();
    assert_eq!(asked["destination_cooling_hours"], 24);
    assert_eq!(asked["pending_change"]["after"]["destination_cooling_hours"], 0);
    let waits = world.payout(office.key(), "1", &office.payout()).await.created();
    assert_eq!(waits["status"], "awaiting_approval");
    let shown = world.protect(tenant, &hours(0)).await;
    assert_eq!(shown["destination_cooling_hours"], 0);
    let sent = world.payout(office.key(), "2", &office.payout()).await.created();
    assert_eq!((&sent["status"], &sent["cools_until"]), (&json!("processing"), &Value::Null));
    // More hours are in force at once, and absent ones are the default.
    assert_eq!(put(&hours(720)).await.ok()["destination_cooling_hours"], 720);
    let absent = put(&json!({ "approval_rules": [] })).await.ok();
    assert_eq!(absent["pending_change"]["after"]["destination_cooling_hours"], 24);
    let lines = tenant.ana.request(world, "GET", "/v1/audit-events");
    let lines = lines.send().await.ok().to_string();
    assert!(lines.contains("\"destination_cooling_hours\":720"), "{lines}");
}

/// Fault row 201.
#[tokio::test]
async fn an_archive_between_the_read_and_the_write_of_a_payout_stops_it() {
    let office = Office::cooled().await;
    let (before, _) = office.world.ledger(office.tenant.account_id).await;
    // The payout has read the beneficiary, and its write comes after the archive.
    let second = office.world.second_instance(|_| {});
    let barrier = Arc::new(Barrier::new(2));
    second.bundle.faults().next("TransactWriteItems", Fault::Held(Arc::clone(&barrier)));
    let body = office.payout();
    let payout = second.payout(office.key(), "1", &body);
    let archive = async {
        barrier.wait().await;
        let archived = office.post("/archive").await;
        barrier.wait().await;
        archived
    };
    let (payout, archived) = tokio::join!(payout, archive);
    assert_eq!(archived["status"], "archived");
    payout.violation("to.beneficiary_id", "not_payable");
    let (after, _) = office.world.ledger(office.tenant.account_id).await;
    assert_eq!(after.balances, before.balances);
    // The same request, sent again when the beneficiary is back, is the first that pays.
    office.post("/reinstate").await;
    let first = office.world.payout(office.key(), "1", &body).await.created();
    office.post("/archive").await;
    let again = office.world.payout(office.key(), "1", &body).await;
    assert!(again.is_replay());
    assert_eq!(again.created()["id"], first["id"]);
}

/// Fault row 202.
#[tokio::test]
async fn a_line_of_a_batch_whose_beneficiary_was_archived_since_is_refused() {
    let office = Office::cooled().await;
    let lines = json!([tests::new_payout(), office.payout(), tests::new_payout()]);
    let batch = office.batch("1", &lines).await;
    assert_eq!(office.world.last_logged()["storage_round_trips"], 2);
    office.post("/archive").await;
    office.world.wait_and_tick(60).await;
    let results = office.results(&batch).await;
    let refused = &results[1];
    assert_eq!(
        (&refused["status"], &refused["code"]),
        (&json!("refused"), &json!("beneficiary_state"))
    );
    for other in [&results[0], &results[2]] {
        assert!(other["payout_id"].is_string(), "{other}");
    }
    office.world.deliver().await;
    assert_eq!(office.world.network.payout_submissions(), 2);
    office.post("/reinstate").await;
    // Its destinations are new again.
    office.world.wait(COOLED);
    // Several payouts of one group check the same beneficiary in one transaction.
    let lines = json!([office.payout(), office.payout(), office.payout()]);
    let batch = office.batch("2", &lines).await;
    office.world.wait_and_tick(60).await;
    office.world.deliver().await;
    let outcome = office.results(&batch).await[0].clone();
    let payout = office.world.find_payout(office.key(), &outcome["payout_id"]).await;
    assert_eq!(
        (&payout["status"], &payout["beneficiary_id"]),
        (&json!("paid"), &office.saved["id"])
    );
    assert_eq!(office.world.network.payout_submissions(), 2 + 3);
    let preview = json!({ "payouts": lines });
    let preview = office.world.post("/v1/payout-batches/preview").key(office.key()).json(&preview);
    let preview = preview.send().await.ok();
    assert_eq!(office.world.last_logged()["storage_round_trips"], 2);
    assert_eq!(preview["results"][0]["status"], "processing");
}

/// Fault row 203.
#[tokio::test]
async fn a_key_of_another_person_is_noticed_before_money_leaves_and_marked() {
    let office = Office::open().await;
    let (world, key) = (&office.world, office.key());
    let mut other = new_beneficiary();
    other["document"]["number"] = json!("390.533.447-05");
    other["reference"] = json!("supplier-9");
    let saved = world.save_beneficiary(key, &other).await.created();
    let body = json!({ "amount_cents": 2_500, "to": { "beneficiary_id": saved["id"] } });
    let path = format!("/v1/beneficiaries/{}", text(&saved["id"]));
    let mark = async || {
        let shown = world.get(&path).key(key).send().await.ok();
        assert_eq!(shown["reference"], "supplier-9");
        shown["destinations"][0]["owner_mismatch_at"].clone()
    };
    assert_eq!(mark().await, Value::Null);
    // Before the approval, and before the submission.
    for wait in [0, COOLED] {
        world.wait(wait);
        let payout = world.payout(key, &format!("p{wait}"), &body).await.created();
        world.deliver().await;
        let found = office.find(&payout).await;
        assert_eq!(
            (&found["status"], &found["failure"]["code"]),
            (&json!("rejected"), &json!("beneficiary_mismatch"))
        );
        assert_eq!(text(&mark().await), format!("{:.3}", world.now()));
        let events = world.get("/v1/events?type=beneficiary.changed").key(key).send().await.ok();
        assert!(!events.to_string().contains("39053344705"));
    }
    assert_eq!(world.network.payout_submissions(), 0);
    assert_eq!(world.ledger(office.tenant.account_id).await.0.balances.held_cents, 0);
    // A payout that was rejected for another reason, and one that names no beneficiary, mark nothing.
    assert_eq!(office.shown().await["destinations"][0]["owner_mismatch_at"], Value::Null);
}
