//! Least privilege: no function does what its role does not allow (the bundle refuses it, in this
//! test and in every other), and no role allows what its function never does.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::all_operations;
use domain::access::{Permission, Role};
use edge::{IdempotencyPolicy, Operation};
use jiff::SignedDuration;
use local::Fault;
use queue::Lane;
use serde_json::{Value, json};
use stack::{Right, functions};
use tests::{Human, ReceiverBehavior, Tenant, TestResponse, World, new_charge, new_payout, text};

use super::kyc_story::kyc;
use super::payment_story::{
    block_and_thaw, boletos_and_cards, decide_about_a_batch, money_goes_back, payments_and_searches,
};
use crate::cases::{AccountObjects, fixture, good_request, request_settings_change, with_code};

/// What each function did, over several worlds.
#[derive(Default)]
struct UsedRights(BTreeMap<&'static str, BTreeSet<Right>>);

impl UsedRights {
    fn take(&mut self, world: &World) {
        for (function, rights) in world.bundle.rights_used() {
            self.0.entry(function).or_default().extend(rights);
        }
    }
}

/// Makes another instance of the world, a minute later. It has no cache, and writes use notes
/// again.
fn fresh(world: &World) -> World {
    world.wait(61);
    world.second_instance(|_| {})
}

#[tokio::test]
async fn no_role_allows_what_its_function_never_does() {
    let mut used = UsedRights::default();
    for operation in all_operations() {
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        let objects = AccountObjects::of(&world, &mut tenant).await;
        let response = in_full(&world, &tenant, &objects, operation).await;
        assert!(response.status < 400, "{}: {}", operation.name, response.text());
        used.take(&world);
    }
    for story in 0..9 {
        let mut world = World::new().await;
        let tenant = world.tenant("loja").await;
        match story {
            0 => rare_requests(&world, &tenant).await,
            1 => deliveries(&world, &tenant).await,
            2 => what_operators_do(&world, &tenant).await,
            3 => statements(&mut world, &tenant).await,
            4 => payments_and_searches(&world, &tenant.program.api_key).await,
            5 => decide_about_a_batch(&world, &tenant).await,
            6 => boletos_and_cards(&world, &tenant.program.api_key).await,
            7 => kyc(&world, &tenant).await,
            _ => what_the_scheduler_does(&world, &tenant).await,
        }
        used.take(&world);
    }
    let mut unused = Vec::new();
    for function in functions() {
        let used = used.0.remove(function.name).unwrap_or_default();
        let never = function.rights.difference(&used);
        // An approval writes the books only if the payout waited for money.
        let never = never
            .filter(|it| (function.name, it.family.as_deref()) != ("approve_payout", Some("TURN")));
        unused.extend(never.map(|right| format!("{}: {right}", function.name)));
    }
    assert!(unused.is_empty(), "infra/access.toml allows for nothing\n{}", unused.join("\n"));
}

/// Requests the operation with everything that its kind of caller brings: a wrong code and a right
/// one, a key for retries, the use note.
async fn in_full(
    world: &World,
    tenant: &Tenant,
    objects: &AccountObjects,
    operation: &Operation,
) -> TestResponse {
    world.wait(61);
    // Operations that write the books take turns here.
    let instance = world.contended_instance();
    let takes_code = with_code(operation);
    let mut ask = match fixture(operation, objects).preparation.runs_before() {
        // What is made for it is made elsewhere, a minute before.
        true => {
            let ask = good_request(world, tenant, objects, operation).await;
            world.wait(61);
            ask.at(&instance)
        }
        false => good_request(&instance, tenant, objects, operation).await,
    };
    if takes_code {
        let wrong = ask.clone().replace_header("two-factor-code", &tenant.ana.wrong_code(world));
        wrong.send().await.problem(403, "two_factor_code_invalid");
    }
    if takes_code {
        ask = ask.replace_header("two-factor-code", &tenant.ana.fresh_code(world));
    }
    if operation.idempotence == IdempotencyPolicy::Accepted {
        ask = ask.idempotency_key("roles");
    }
    ask.send().await
}

/// A program that was named for it approves, which counts as a call of its key.
async fn approve_with_a_key(world: &World, tenant: &Tenant, ana: &Human) {
    let settings = json!({ "approval_rules": [{ "from_cents": 0, "approvals": 1 }] });
    let change = ana.ask_with_code(world, "PUT", "/v1/payout-settings").json(&settings);
    change.send().await.ok();
    let payout = world.payout(&tenant.program.api_key, "6", &new_payout()).await.created();
    let approver = [Permission::PayoutsApprove];
    let approver = world.program(tenant.account_id, &approver, &["203.0.113.7"]).await;
    world.deliver().await;
    let path = format!("/v1/payouts/{}/approve", text(&payout["id"]));
    world.post(&path).key(&approver.api_key).json(&json!({})).send().await.ok();
    world.wait(61);
    let several = json!({ "payout_ids": [payout["id"]] });
    let several = world.post("/v1/payouts/approve").key(&approver.api_key).json(&several);
    several.send().await.ok();
}

/// A person enrols two-factor, from a session that is a minute old each time, after a wrong password.
async fn enrol(world: &World, tenant: &Tenant) {
    let mut dora = world.human(tenant.account_id, "dora@loja.example", &[Role::View], false).await;
    dora.log_in(world).await.created();
    let instance = fresh(world);
    let wrong = json!({ "password": "some other password" });
    let wrong = dora.request(&instance, "POST", "/v1/me/two-factor").json(&wrong).send().await;
    wrong.problem(403, "password_invalid");
    let begun = dora.start_two_factor(&instance).send().await;
    dora.person.totp_secret = text(&begun.created()["secret"]);
    let instance = fresh(world);
    let code = json!({ "code": dora.code(world) });
    dora.request(&instance, "POST", "/v1/me/two-factor/confirm").json(&code).send().await.created();
}

/// What only some requests lead to.
async fn rare_requests(world: &World, tenant: &Tenant) {
    let key = &tenant.program.api_key;
    let mut charge = new_charge();
    charge["reference"] = json!("order-1");
    world.post("/v1/charges").key(key).idempotency_key("1").json(&charge).send().await.created();
    world.pay_in(key, 10_000).await;
    let mut payout = new_payout();
    payout["reference"] = json!("invoice-1");
    payout["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    world.payout(key, "3", &payout).await.created();
    world.payout(key, "4", &new_payout()).await.created();
    let charge = world.paid_charge(key, 10_000).await;
    let refund = json!({ "amount_cents": 100, "reference": "return-1" });
    world.refund(key, &charge, "5", &refund).await.created();
    world.deliver().await;
    let (endpoint, _) = world.endpoint(key, "https://a.example.com/", &["*"]).await;
    world.charge(key, "2").await.created();
    let pages = [
        "/v1/charges?reference=order-1",
        "/v1/charges?status=pending",
        "/v1/payouts?reference=invoice-1",
        "/v1/refunds?reference=return-1",
        "/v1/refunds?status=processing",
        "/v1/payouts?status=scheduled",
        "/v1/deliveries?status=pending",
        "/v1/balance-blocks?status=open",
    ];
    for page in pages {
        world.get(page).key(key).send().await.ok();
    }
    transactions(world, key).await;
    receipts(world, key).await;
    let events = world.get("/v1/events").key(key).send().await.ok();
    let again = format!("/v1/events/{}/redeliver", text(&events["data"][0]["id"]));
    let to = json!({ "endpoint_id": endpoint });
    let again = world.post(&again).key(key).json(&to).send().await;
    assert!((200..300).contains(&again.status), "{}", again.text());
    let path = format!("/v1/webhook-endpoints/{endpoint}");
    let off = json!({ "status": "disabled" });
    let instance = fresh(world);
    world.request("PATCH", &path).key(key).json(&off).at(&instance).send().await.ok();
    let overlap = json!({ "overlap_seconds": 0 });
    let (instance, path) = (fresh(world), format!("{path}/rotate"));
    world.post(&path).key(key).json(&overlap).at(&instance).send().await.created();
    enrol(world, tenant).await;
    let mut ana = tenant.ana.clone();
    ana.log_in(world).await.created();
    approve_with_a_key(world, tenant, &ana).await;
    // A moderator who is invited counts once they accept.
    let invited = json!({
        "name": "Eva", "kind": "human", "email": "eva@loja.example", "roles": ["moderator"],
    });
    let invited = ana.ask_with_code(world, "POST", "/v1/users").json(&invited).send().await;
    let token = text(&invited.created()["invitation"]["token"]);
    let accept = format!("/v1/invitations/{token}/accept");
    let password = json!({ "password": "correct horse battery" });
    world.post(&accept).json(&password).send().await.ok();
    several_accounts(world, tenant).await;
    moderation(world, tenant).await;
    // Wrong once, then right: the failure is written down and forgotten.
    let bruno = &tenant.bruno;
    let mut login = json!({ "email": bruno.person.email, "password": "wrong" });
    world.post("/v1/sessions").json(&login).send().await.problem(401, "login_invalid");
    login["password"] = json!(bruno.person.password);
    login["totp_code"] = json!(bruno.fresh_code(world));
    world.post("/v1/sessions").json(&login).send().await.created();
}

/// What moderators do to users, and codes that lead to no change.
async fn moderation(world: &World, tenant: &Tenant) {
    let ana = &tenant.ana;
    let found = format!("/v1/users?email={}", ana.person.email);
    let mut moderator = tenant.bruno.clone();
    moderator.log_in(world).await.created();
    moderator.request(world, "GET", &found).send().await.ok();
    // A code that led to no change is used up alone.
    for _ in 0..2 {
        let codes = moderator.ask_with_code(world, "POST", "/v1/me/two-factor/recovery-codes");
        codes.idempotency_key("again").send().await.created();
    }
    let wrong = json!({ "current_password": "x", "new_password": "correct horse battery" });
    let change = moderator.ask_with_code(world, "PUT", "/v1/me/password").json(&wrong);
    change.send().await.problem(403, "password_invalid");
    let suspend = format!("/v1/users/{}/suspend", ana.user_id);
    moderator.ask_with_code(world, "POST", &suspend).send().await.ok();
    let reinstate = format!("/v1/users/{}/reinstate", ana.user_id);
    moderator.ask_with_code(world, "POST", &reinstate).send().await.ok();
}

/// A person without two-factor who has the same password in two accounts must choose one.
async fn several_accounts(world: &World, tenant: &Tenant) {
    let other = world.tenant("outra").await;
    let email = "eva@loja.example";
    let both = |account_id| {
        let mut body = json!({ "email": email, "password": "correct horse battery" });
        body["account_id"] = json!(account_id);
        world.post("/v1/sessions").json(&body).send()
    };
    let mut ana = other.ana.clone();
    ana.log_in(world).await.created();
    let invited = json!({ "name": "Eva", "kind": "human", "email": email, "roles": ["view"] });
    let invited = ana.request(world, "POST", "/v1/users").json(&invited).send().await;
    let token = text(&invited.created()["invitation"]["token"]);
    let accept = format!("/v1/invitations/{token}/accept");
    let password = json!({ "password": "correct horse battery" });
    world.post(&accept).json(&password).send().await.ok();
    both(None).await.problem(409, "account_choice_needed");
    both(Some(tenant.account_id)).await.created();
}

/// Finds and lists a transaction of each kind, by its reference.
async fn transactions(world: &World, key: &str) {
    for (kind, reference, status) in [
        ("charge", "order-1", "pending"),
        ("payout", "invoice-1", "scheduled"),
        ("refund", "return-1", "processing"),
    ] {
        let page = format!("/v1/transactions?reference={reference}");
        let page = world.get(&page).key(key).send().await.ok();
        let one = format!("/v1/transactions/{}", text(&page["data"][0]["id"]));
        world.get(&one).key(key).send().await.ok();
        let page = format!("/v1/transactions?type={kind}&status={status}");
        world.get(&page).key(key).send().await.ok();
    }
}

/// Checks the codes of a payout and of a refund.
async fn receipts(world: &World, key: &str) {
    for list in ["payouts", "refunds"] {
        let page = world.get(&format!("/v1/{list}")).key(key).send().await.ok();
        let receipt = format!("/v1/{list}/{}/receipt", text(&page["data"][0]["id"]));
        let receipt = world.get(&receipt).key(key).send().await.ok();
        let code = format!("/receipts/{}?format=json", text(&receipt["proof"]["code"]));
        assert_eq!(world.get(&code).send().await.ok()["verdict"], "confirmed");
    }
}

/// Fills both lanes: failures at the same moment, an endpoint that answers 410, a burst, a
/// redelivery.
async fn deliveries(world: &World, tenant: &Tenant) {
    let key = &tenant.program.api_key;
    for (url, responses) in [
        ("https://gone.example.com/", vec![ReceiverBehavior::Answers(410)]),
        (
            "https://later.example.com/",
            vec![ReceiverBehavior::Answers(500), ReceiverBehavior::Answers(410)],
        ),
    ] {
        world.endpoint(key, url, &["charge.created"]).await;
        world.receivers.script(url, responses);
    }
    world.charge(key, "gone").await.created();
    world.deliver().await;
    // The retry in an instance of its own, which fetches what it signs with.
    world.wait(20);
    fresh(world).bundle.dispatch(Lane::Retry).await.expect("the lane flows");

    // Three failures at the same moment, then three successes.
    let weak = "https://weak.example.com/";
    world.endpoint(key, weak, &["charge.created"]).await;
    let then_well = [500, 500, 500, 200, 200, 200].map(ReceiverBehavior::Answers);
    world.receivers.script(weak, then_well);
    for number in 0..3 {
        world.charge(key, &format!("weak-{number}")).await.created();
    }
    world.deliver().await;
    world.wait(10);
    world.deliver().await;

    let ill = "https://ill.example.com/";
    world.endpoint(key, ill, &["charge.created"]).await;
    world.receivers.always(ill, ReceiverBehavior::Answers(500));
    for number in 0..60 {
        world.charge(key, &format!("burst-{number}")).await.created();
    }
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    fresh(world).bundle.dispatch(Lane::Live).await.expect("the lane flows");
    for _ in 0..6 {
        world.wait(10);
        let retries = || world.bundle.dispatch(Lane::Retry);
        let (one, other) = tokio::join!(retries(), retries());
        assert!(one.is_ok() && other.is_ok());
    }
    // Wanted again before it was published: the stream's first record is older than the row.
    world.charge(key, "wanted").await.created();
    let events = world.get("/v1/events").key(key).send().await.ok();
    let again = format!("/v1/events/{}/redeliver", text(&events["data"][0]["id"]));
    let again = world.post(&again).key(key).json(&json!({})).send().await;
    assert!((200..300).contains(&again.status), "{}", again.text());
    world.deliver().await;
}

/// Gives the scheduler work: money that comes due, events that the stream missed, lost messages, a
/// replay.
async fn what_the_scheduler_does(world: &World, tenant: &Tenant) {
    let key = &tenant.program.api_key;
    let (endpoint, _) = world.endpoint(key, "https://a.example.com/", &["*"]).await;
    world.pay_in(key, 10_000).await;
    // Credited a minute after it is paid.
    let mut charge = new_charge();
    charge["amount_cents"] = json!(1_001);
    let charge = world.post("/v1/charges").key(key).idempotency_key("paid").json(&charge);
    let charge = charge.send().await.created();
    let mut line = new_payout();
    line["reference"] = json!("line-1");
    let batch = json!({ "payouts": [line] });
    let ask = world.post("/v1/payout-batches").key(key).idempotency_key("batch").json(&batch);
    ask.send().await.expect(202);
    // Another function changes the books at this moment.
    let stale = Fault::Cancelled(&["None", "None", "ConditionalCheckFailed"]);
    world.bundle.faults().next("TransactWriteItems", stale);
    world.bundle.tick().await.expect("the schedule runs");
    // Paid, and returned five minutes later.
    let mut payout = new_payout();
    payout["amount_cents"] = json!(2_005);
    world.payout(key, "returned", &payout).await.created();
    // Taken, and with the payer a minute later.
    let back = world.paid_charge(key, 10_000).await;
    let later = json!({ "amount_cents": 3_001 });
    world.refund(key, &back, "later", &later).await.created();
    let mut waits = new_payout();
    waits["amount_cents"] = json!(90_000_000);
    waits["wait_for_funds"] = json!(true);
    world.payout(key, "waits", &waits).await.created();
    world.deliver().await;
    let events = world.get("/v1/events").key(key).send().await.ok();
    let again = format!("/v1/events/{}/redeliver", text(&events["data"][0]["id"]));

    world.bundle.switch_stream(false);
    for number in 0..60 {
        world.charge(key, &format!("lying-{number}")).await.created();
    }
    let again = world.post(&again).key(key).json(&json!({})).send().await;
    assert!((200..300).contains(&again.status), "{}", again.text());
    world.payout(key, "lying", &new_payout()).await.created();
    let lying = json!({ "amount_cents": 100 });
    world.refund(key, &back, "lying", &lying).await.created();
    world.pay(key, &text(&charge["id"])).await.ok();
    world.wait(61);
    // Two ticks at once: each finds what the other has published.
    let (one, other) = tokio::join!(world.bundle.tick(), world.bundle.tick());
    assert!(one.is_ok() && other.is_ok());
    world.bundle.purge_lanes().await;
    for _ in 0..4 {
        world.wait(61);
        world.bundle.tick().await.expect("the schedule runs");
    }
    // Money for a payout that waits.
    waits["amount_cents"] = json!(50_000);
    world.payout(key, "funded", &waits).await.created();
    world.pay_in(key, 100_000).await;
    world.wait(61);
    world.bundle.tick().await.expect("the schedule runs");
    world.deliver().await;
    let path = format!("/v1/webhook-endpoints/{endpoint}/replay");
    let span = json!({ "created_from": "2026-11-01T00:00:00Z", "include_delivered": true });
    let asked = world.post(&path).key(key).json(&span).send().await;
    assert!((200..300).contains(&asked.status), "{}", asked.text());
    world.bundle.tick().await.expect("the schedule runs");
    money_goes_back(world, key).await;
}

/// Requests a past balance and files, and lets schedules make files. One file is complete although its
/// worker got no answer. Its link is fetched.
async fn statements(world: &mut World, tenant: &Tenant) {
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    let schedule = json!({ "frequency": "daily", "at": "06:00", "format": "csv" });
    world.post("/v1/statement-schedules").key(key).json(&schedule).send().await.created();
    // The scheduler sends the message of the first export, the stream that of the second.
    world.bundle.switch_stream(false);
    world.wait_and_deliver(86_400).await;
    world.bundle.switch_stream(true);
    world.get("/v1/balance?date=2026-11-23").key(key).send().await.ok();
    world.bundle.faults().next("CompleteMultipartUpload", Fault::AfterCommit);
    world.wait_and_deliver(60).await;
    let again = json!({ "from": "2026-11-23", "until": "2026-11-23", "format": "ofx" });
    world.post("/v1/statement-exports").key(key).json(&again).send().await.expect(202);
    world.deliver().await;
    // A long one goes to the end of the queue.
    world.bundle.write_in(700, SignedDuration::ZERO);
    let long = json!({ "from": "2026-11-23", "until": "2026-11-23", "format": "camt053" });
    world.post("/v1/statement-exports").key(key).json(&long).send().await.expect(202);
    world.deliver().await;
    let page = world.get("/v1/statement-exports").key(key).send().await.ok();
    let export = format!("/v1/statement-exports/{}", text(&page["data"][0]["id"]));
    let export = world.get(&export).key(key).send().await.ok();
    let file = world.bundle.follow(&text(&export["download"]["url"])).await;
    assert_eq!(file.status, 200);
    // Books that differ are looked at twice.
    let mut books = world.ledger(tenant.account_id).await.0;
    books.balances.available_cents += 1;
    world.bundle.app().store.replace(&books).await.expect("damaged");
    world.wait(86_400);
    world.bundle.tick().await.expect("the schedule runs");
}

async fn what_operators_do(world: &World, tenant: &Tenant) {
    let account = json!({
        "name": "Loja",
        "merchant": {
            "name": "Loja",
            "city": "Sao Paulo",
            "pix_key": "123e4567-e12b-12d1-a456-426655440000",
        },
        "moderator": { "name": "Ana", "email": "ana@loja2.example" },
    });
    world.bundle.operate("bootstrap_account", account).await.expect("an account");
    for secret in ["pepper", "signing", "receipt_signing"] {
        let order = json!({ "secret": secret });
        world.bundle.operate("rotate_secret", order).await.expect("a version");
    }
    for reset in [false, true] {
        let again = json!({ "account_id": tenant.account_id, "email": tenant.ana.person.email,
            "reset_two_factor": reset });
        world.bundle.operate("reinvite_moderator", again).await.expect("an invitation");
    }
    operators_change_accounts(world).await;
    let mut bruno = tenant.bruno.clone();
    bruno.log_in(world).await.created();
    let change = request_settings_change(world, &bruno).await;
    let change = json!({ "account_id": tenant.account_id, "change_id": change });
    world.bundle.operate("apply_settings_change", change).await.expect("a lower protection");
    block_and_thaw(world, tenant).await;
}

/// An account that is opened, changed, frozen, closed and opened again.
async fn operators_change_accounts(world: &World) {
    let operate = async |name: &str, input: Value| {
        world.bundle.operate(name, input).await.unwrap_or_else(|failure| panic!("{failure}"))
    };
    let account = json!({
        "name": "Loja",
        "merchant": {
            "name": "Loja",
            "city": "Sao Paulo",
            "pix_key": "123e4567-e12b-12d1-a456-426655440000",
        },
        "moderator": { "name": "Ana", "email": "ana@loja2.example" },
        "another_account": true,
    });
    let opened = operate("bootstrap_account", account).await;
    let account_id = &opened["account_id"];
    operate("list_accounts", json!({})).await;
    let price = json!({ "fixed_cents": 1, "basis_points": 0 });
    let fees = json!({ "pix": price, "payout": price });
    operate("change_fees", json!({ "account_id": account_id, "fees": fees })).await;
    operate("change_merchant", json!({ "account_id": account_id, "name": "Outra" })).await;
    operate("freeze_account", json!({ "account_id": account_id, "reason": "fraud" })).await;
    operate("thaw_account", json!({ "account_id": account_id })).await;
    operate("close_account", json!({ "account_id": account_id })).await;
    operate("reopen_account", json!({ "account_id": account_id })).await;
}
