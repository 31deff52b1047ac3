//! The commands of the operator about accounts that exist: each change, its line in the audit trail, and
//! what is refused.

use serde_json::{Value, json};
use tests::{Human, Tenant, World, text};

use crate::access::people::{accept, at_work, log_in_with, me};
use crate::account::operator::{bootstrap, new_account};

const NEW: &str = "another long password";

/// Runs a command; the result, or code and sentence of the refusal.
async fn run(world: &World, name: &str, input: Value) -> Result<Value, (String, String)> {
    let done = world.bundle.operate(name, input).await;
    done.map_err(|failure| (failure.code().to_owned(), failure.to_string()))
}

async fn run_ok(world: &World, name: &str, input: Value) -> Value {
    run(world, name, input).await.unwrap_or_else(|failure| panic!("{failure:?}"))
}

async fn refused(world: &World, name: &str, input: Value) -> (String, String) {
    run(world, name, input).await.expect_err("a refusal")
}

/// The newest line of the trail with this action; the operator is its author.
async fn line(world: &World, by: &Human, action: &str) -> Value {
    let trail = by.request(world, "GET", "/v1/audit-events").send().await.ok();
    let mut lines = trail["data"].as_array().expect("a list").iter();
    let line = lines.find(|line| line["action"] == action);
    let line = line.unwrap_or_else(|| panic!("no {action} in {trail}")).clone();
    assert_eq!(line["author"]["name"], "Operator");
    assert_eq!(line["author"]["user_id"], Value::Null);
    assert!(text(&line["request_id"]).starts_with("operator-"), "{line}");
    line
}

fn id(tenant: &Tenant) -> Value {
    json!({ "account_id": tenant.account_id })
}

#[tokio::test]
async fn the_only_moderator_who_lost_everything_gets_back_in() {
    let world = World::new().await;
    let opened = bootstrap(&world, &new_account()).await.expect("opened");
    let email = "ANA@padaria.example";
    let who = json!({ "account_id": opened["account_id"], "email": email });
    // The first invitation is lost before it was accepted.
    let made = run_ok(&world, "reinvite_moderator", who.clone()).await;
    assert_eq!(made["user_id"], opened["user_id"]);
    let ends = world.now() + jiff::SignedDuration::from_hours(7 * 24);
    assert_eq!(made["invitation_expires_at"], format!("{ends:.3}"));
    let old = text(&opened["invitation_token"]);
    accept(&world, &old, NEW).await.problem(404, "not_found");
    let accepted = accept(&world, &text(&made["invitation_token"]), NEW).await.ok();
    assert_eq!(accepted["status"], "active");

    // Later the password and the authenticator.
    let mut opened = opened;
    let made = run_ok(&world, "reinvite_moderator", who.clone()).await;
    opened["invitation_token"] = made["invitation_token"].clone();
    let ana = crate::account::operator::first_day(&world, &opened).await;
    let lost = run_ok(&world, "reinvite_moderator", who.clone()).await;
    accept(&world, &text(&lost["invitation_token"]), NEW).await.ok();
    let bare = log_in_with(&world, &ana, NEW, "").await;
    bare.problem(401, "login_needs_code");
    world.wait(60);
    let mut all = who.clone();
    all["reset_two_factor"] = json!(true);
    let lost = run_ok(&world, "reinvite_moderator", all).await;
    ana.request(&world, "GET", "/v1/me").send().await.problem(401, "session_invalid");
    accept(&world, &text(&lost["invitation_token"]), NEW).await.ok();
    let mut ana = ana;
    (ana.person.password, ana.person.totp_secret) = (NEW.to_owned(), String::new());
    ana.log_in(&world).await.created();
    line(&world, &ana, "invitation.created").await;
    line(&world, &ana, "two_factor.reset").await;
    let count = store::Key::ModeratorCount(
        domain::kernel::Id::parse(&text(&opened["account_id"])).expect("an id"),
    );
    let count = world.bundle.app().store.find::<domain::access::ModeratorCount>(&count).await;
    assert_eq!(count.expect("readable").expect("there").moderators, 1);
    assert!(!json!(world.logged()).to_string().contains(&text(&lost["invitation_token"])));
}

#[tokio::test]
async fn only_a_moderator_of_the_account_is_invited_again() {
    let world = World::new().await;
    let (loja, padaria) = (world.tenant("loja").await, world.tenant("padaria").await);
    let view = [domain::access::Role::View];
    world.human(loja.account_id, "carla@loja.example", &view, false).await;
    let missing =
        ("not_found".to_owned(), "email: the account has no moderator with this e-mail".to_owned());
    for email in ["carla@loja.example", "dora@loja.example", &padaria.ana.person.email] {
        let who = json!({ "account_id": loja.account_id, "email": email });
        assert_eq!(refused(&world, "reinvite_moderator", who).await, missing, "{email}");
    }
    let who = json!({ "account_id": "acc_1", "email": "ana@loja.example" });
    let (code, sentence) = refused(&world, "reinvite_moderator", who).await;
    assert_eq!(
        (code.as_str(), sentence.as_str()),
        ("not_found", "account_id: there is no account with this id")
    );
}

#[tokio::test]
async fn one_e_mail_opens_a_second_account_only_if_the_operator_says_so() {
    let world = World::new().await;
    let first = bootstrap(&world, &new_account()).await.expect("opened");
    let mut again = new_account();
    again["name"] = json!("Padaria Dois");
    bootstrap(&world, &again).await.expect_err("by accident");
    again["another_account"] = json!(true);
    let second = bootstrap(&world, &again).await.expect("opened");
    assert_ne!(first["account_id"], second["account_id"]);
    for (opened, password) in [(&first, "the first long password"), (&second, NEW)] {
        accept(&world, &text(&opened["invitation_token"]), password).await.ok();
        let body = json!({ "email": "ana@padaria.example", "password": password });
        let session = world.post("/v1/sessions").json(&body).send().await.created();
        assert_eq!(session["account_id"], opened["account_id"]);
    }
}

#[tokio::test]
async fn accounts_are_listed_in_pages_with_their_terms_and_money() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 10_000).await;
    for number in 0..100 {
        // Ids of one instant have no order.
        world.wait(1);
        local::seed::account(world.bundle.app(), &format!("loja {number}")).await.expect("opened");
    }
    let page = run_ok(&world, "list_accounts", json!({})).await;
    let accounts = page["accounts"].as_array().expect("a list");
    assert_eq!(accounts.len(), 100);
    let first = &accounts[0];
    assert_eq!(first["account_id"], json!(tenant.account_id));
    assert_eq!(first["name"], "loja");
    assert_eq!(first["merchant"]["city"], "Sao Paulo");
    assert_eq!(first["fees"]["payout"], json!({ "fixed_cents": 50, "basis_points": 0 }));
    let (available, fee) = (first["available_cents"].as_u64().expect("a number"), 99);
    assert_eq!(available, 10_000 - fee);
    assert_eq!((&first["closed_at"], &first["frozen_at"]), (&Value::Null, &Value::Null));
    let next = json!({ "after": page["next_after"] });
    let last = run_ok(&world, "list_accounts", next).await;
    assert_eq!(last["accounts"].as_array().map(Vec::len), Some(1));
    assert_eq!(last["accounts"][0]["name"], "loja 99");
    assert_eq!(last["next_after"], Value::Null);
    let end = json!({ "after": last["accounts"][0]["account_id"] });
    let none = run_ok(&world, "list_accounts", end).await;
    assert_eq!(none, json!({ "accounts": [], "next_after": null }));
}

#[tokio::test]
async fn new_prices_hold_from_the_next_payment_and_payout() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let key = &tenant.program.api_key;
    let open = world.charge(key, "before").await.created();
    let fees = json!({
        "pix": { "fixed_cents": 7, "basis_points": 0 },
        "payout": { "fixed_cents": 3, "basis_points": 0 },
    });
    let mut input = id(&tenant);
    input["fees"] = fees.clone();
    let changed = run_ok(&world, "change_fees", input.clone()).await;
    assert_eq!((&changed["before"]["pix"]["basis_points"], &changed["after"]), (&json!(99), &fees));
    // Of 10 reais, at the moment of the payment.
    world.pay(key, &text(&open["id"])).await.ok();
    world.wait_and_tick(60 * 60).await;
    assert_eq!(world.ledger(tenant.account_id).await.0.balances.fees_cents, 7);
    let mut ana = tenant.ana.clone();
    ana.log_in(&world).await.created();
    let line = line(&world, &ana, "account.fees_changed").await;
    assert_eq!((&line["before"], &line["after"]), (&changed["before"], &changed["after"]));
    assert_eq!(line["target"], json!(tenant.account_id));

    // A price that is left out would be a gift.
    input["fees"].as_object_mut().expect("an object").remove("payout");
    let (_, sentence) = refused(&world, "change_fees", input.clone()).await;
    assert_eq!(sentence, "fees.payout: the field `payout` is missing; add it");
    input["fees"]["payout"] = json!({ "fixed_cents": 0, "basis_points": 10_001 });
    let (_, sentence) = refused(&world, "change_fees", input).await;
    assert_eq!(sentence, "fees.payout.basis_points: must be at most 10000");
}

#[tokio::test]
async fn a_new_merchant_is_in_the_next_qr_code_and_not_in_the_old_ones() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let key = &tenant.program.api_key;
    let old = world.charge(key, "old").await.created();
    let mut input = id(&tenant);
    input["merchant"] = json!({
        "name": " Padaria ", "city": "Santos", "pix_key": "c0ffee00-e12b-12d1-a456-426655440000",
    });
    input["name"] = json!("Padaria Ltda.");
    run_ok(&world, "change_merchant", input).await;
    let new = world.charge(key, "new").await.created();
    let name = |charge: &Value| {
        let code = brazil::BrCode::parse(&text(&charge["pix"]["br_code"])).expect("a code");
        (code.merchant_name().to_owned(), code.merchant_city().to_owned())
    };
    assert_eq!(name(&new), ("Padaria".to_owned(), "Santos".to_owned()));
    let path = format!("/v1/charges/{}", text(&old["id"]));
    let old = world.get(&path).key(key).send().await.ok();
    assert_eq!(name(&old), ("loja".to_owned(), "Sao Paulo".to_owned()));
    assert_eq!(me(&world, key).await.ok()["account"]["name"], "Padaria Ltda.");
    let line = line(&world, &tenant.ana, "account.merchant_changed").await;
    assert_eq!(
        (&line["before"]["name"], &line["after"]["name"]),
        (&json!("loja"), &json!("Padaria Ltda."))
    );
    assert_eq!(line["after"]["merchant"]["city"], "Santos");
    let (_, sentence) = refused(&world, "change_merchant", id(&tenant)).await;
    assert_eq!(sentence, "the input: nothing would change; add name or merchant");
    let mut input = id(&tenant);
    input["merchant"] =
        json!({ "name": "x", "city": "Ribeirao das Neves", "pix_key": "two words" });
    let (_, sentence) = refused(&world, "change_merchant", input).await;
    assert!(sentence.starts_with("merchant.city: ") && sentence.contains("merchant.pix_key: "));
}

#[tokio::test]
async fn an_account_that_is_frozen_by_hand_moves_no_money_until_it_thaws() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    let mut input = id(&tenant);
    input["reason"] = json!("suspected fraud");
    let frozen = run_ok(&world, "freeze_account", input.clone()).await;
    assert_eq!(frozen["frozen_at"], format!("{:.3}", world.now()));
    let line_of = line(&world, &tenant.ana, "account.frozen").await;
    assert_eq!(line_of["after"]["reason"], "suspected fraud");
    let payout = world.payout(key, "frozen", &tests::new_payout()).await;
    let detail = text(&payout.problem(409, "account_frozen")["detail"]);
    assert_eq!(detail, "the operator froze the account; ask the operator");
    let (code, _) = refused(&world, "freeze_account", input.clone()).await;
    assert_eq!(code, "account_frozen");
    input["reason"] = json!(" ");
    let (code, _) = refused(&world, "freeze_account", input).await;
    assert_eq!(code, "invalid_request");
    // The audit goes on and raises no alarm, because the books agree.
    let logged = world.logged().len();
    world.wait_and_tick(24 * 60 * 60).await;
    let lines = world.logged().split_off(logged);
    let audit = lines.iter().rfind(|line| line["job"] == "audit_ledger").expect("a line");
    assert_eq!(audit["done"], 0, "{audit}");
    assert!(lines.iter().all(|line| line["level"] != "error"), "{lines:?}");

    let mut ana = tenant.ana.clone();
    ana.log_in(&world).await.created();
    let thawed = run_ok(&world, "thaw_account", id(&tenant)).await;
    assert_eq!(thawed["frozen_at"], frozen["frozen_at"]);
    line(&world, &ana, "account.thawed").await;
    world.payout(key, "thawed", &tests::new_payout()).await.created();
    let (code, _) = refused(&world, "thaw_account", id(&tenant)).await;
    assert_eq!(code, "account_not_frozen");
}

#[tokio::test]
async fn a_closed_account_refuses_its_keys_sessions_and_log_ins() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let tenant = at_work(&world, "loja").await;
    let (key, mut ana) = (&tenant.program.api_key, tenant.ana.clone());
    me(&second, key).await.ok();
    let invited = json!({ "name": "Carla", "kind": "human", "email": "carla@loja.example",
        "roles": ["view"] });
    let invited = ana.request(&world, "POST", "/v1/users").json(&invited).send().await.created();
    let closed = run_ok(&world, "close_account", id(&tenant)).await;
    assert_eq!(closed["closed_at"], format!("{:.3}", world.now()));
    for world in [&world, &second] {
        me(world, key).await.problem(403, "account_closed");
        world.charge(key, "order-1").await.problem(403, "account_closed");
        world.payout(key, "p-1", &tests::new_payout()).await.problem(403, "account_closed");
        ana.request(world, "GET", "/v1/me").send().await.problem(403, "account_closed");
    }
    // A caller without a valid credential learns nothing.
    me(&world, "trl_sandbox_nonsense").await.problem(401, "api_key_invalid");
    ana.log_in(&world).await.problem(403, "account_closed");
    let mut wrong = ana.clone();
    wrong.person.password = "not the password".to_owned();
    wrong.log_in(&world).await.problem(401, "login_invalid");
    let token = text(&invited["invitation"]["token"]);
    accept(&world, &token, NEW).await.problem(404, "not_found");
    let (code, _) = refused(&world, "close_account", id(&tenant)).await;
    assert_eq!(code, "account_closed");
    let who = json!({ "account_id": tenant.account_id, "email": ana.person.email });
    let (code, _) = refused(&world, "reinvite_moderator", who).await;
    assert_eq!(code, "account_closed");
    // The operator still reads it.
    let listed = run_ok(&world, "list_accounts", json!({})).await;
    assert_eq!(listed["accounts"][0]["closed_at"], closed["closed_at"]);

    let reopened = run_ok(&world, "reopen_account", id(&tenant)).await;
    assert_eq!(reopened["closed_at"], closed["closed_at"]);
    me(&world, key).await.ok();
    ana.log_in(&world).await.created();
    line(&world, &ana, "account.closed").await;
    line(&world, &ana, "account.reopened").await;
    accept(&world, &token, NEW).await.ok();
    let (code, _) = refused(&world, "reopen_account", id(&tenant)).await;
    assert_eq!(code, "account_not_closed");
}

#[tokio::test]
async fn an_account_with_money_or_money_on_the_way_closes_only_on_request() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let key = &tenant.program.api_key;
    let why = async || refused(&world, "close_account", id(&tenant)).await;
    let anyway = "add \"with_money\": true to close it anyway";
    let charge = world.charge(key, "order-1").await.created();
    let (code, sentence) = why().await;
    assert_eq!(code, "account_has_money");
    assert_eq!(
        sentence,
        format!("the account stays open: it has a charge that can be paid; {anyway}")
    );
    world.pay(key, &text(&charge["id"])).await.ok();
    world.wait_and_tick(60 * 60).await;
    let (_, sentence) = why().await;
    assert_eq!(sentence, format!("the account stays open: it has 990 cents available; {anyway}"));
    let mut payout = tests::new_payout();
    payout["amount_cents"] = json!(940);
    payout["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    let held = world.payout(key, "held", &payout).await.created();
    let (_, sentence) = why().await;
    assert_eq!(sentence, format!("the account stays open: it has 990 cents held; {anyway}"));
    let cancel = format!("/v1/payouts/{}/cancel", text(&held["id"]));
    world.post(&cancel).key(key).send().await.ok();
    // A payout with a fee of 50 cents takes the rest.
    let mut all = tests::new_payout();
    all["amount_cents"] = json!(940);
    world.payout(key, "all", &all).await.created();
    world.deliver().await;
    world.wait_and_deliver(60).await;
    let mut waits = tests::new_payout();
    waits["wait_for_funds"] = json!(true);
    let waits = world.payout(key, "waits", &waits).await.created();
    let (_, sentence) = why().await;
    let what = "it has a payout that waits for funds";
    assert_eq!(sentence, format!("the account stays open: {what}; {anyway}"));
    let cancel = format!("/v1/payouts/{}/cancel", text(&waits["id"]));
    world.post(&cancel).key(key).send().await.ok();
    run_ok(&world, "close_account", id(&tenant)).await;

    // With money: it stays in the books, and what a payer pays later is booked.
    run_ok(&world, "reopen_account", id(&tenant)).await;
    let charge = world.charge(key, "order-2").await.created();
    let mut input = id(&tenant);
    input["with_money"] = json!(true);
    let closed = run_ok(&world, "close_account", input).await;
    assert_eq!(closed["available_cents"], 0);
    let before = world.ledger(tenant.account_id).await.0.balances.available_cents;
    run_ok(&world, "reopen_account", id(&tenant)).await;
    world.pay(key, &text(&charge["id"])).await.ok();
    let mut input = id(&tenant);
    input["with_money"] = json!(true);
    run_ok(&world, "close_account", input).await;
    world.wait_and_tick(60 * 60).await;
    let after = world.ledger(tenant.account_id).await.0.balances.available_cents;
    assert_eq!(after - before, 990, "credited after the account was closed");
}

/// A batch that waits when the account is closed opens no payout.
#[tokio::test]
async fn a_batch_of_a_closed_account_opens_no_payout() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    let batch = json!({ "payouts": [tests::new_payout()] });
    let ask = world.post("/v1/payout-batches").key(key).idempotency_key("batch").json(&batch);
    let batch = ask.send().await.expect(202);
    let mut input = id(&tenant);
    input["with_money"] = json!(true);
    run_ok(&world, "close_account", input).await;
    world.wait_and_tick(60).await;
    run_ok(&world, "reopen_account", id(&tenant)).await;
    let path = format!("/v1/payout-batches/{}", text(&batch["id"]));
    let batch = world.get(&path).key(key).send().await.ok();
    assert_eq!((&batch["created"], &batch["refused"]), (&json!(0), &json!(1)), "{batch}");
}

/// Two commands at the same moment: neither change is lost.
#[tokio::test]
async fn two_changes_of_an_account_at_the_same_moment_are_both_there_or_one_is_refused() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let mut fees = id(&tenant);
    let price = json!({ "fixed_cents": 1, "basis_points": 0 });
    fees["fees"] = json!({ "pix": price, "payout": price });
    let mut name = id(&tenant);
    name["name"] = json!("Outra");
    let (one, other) =
        tokio::join!(run(&world, "change_fees", fees), run(&world, "change_merchant", name));
    let account = store::Key::Account(tenant.account_id);
    let account = world.bundle.app().store.find::<domain::account::Account>(&account).await;
    let account = account.expect("readable").expect("there");
    assert_eq!(account.fees.pix.fixed_cents == 1, one.is_ok(), "{one:?}");
    assert_eq!(account.name == "Outra", other.is_ok(), "{other:?}");
    assert!(one.is_ok() || other.is_ok());
}
