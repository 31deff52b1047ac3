//! Each row of each table, against every kind of caller. A new operation fails here until it has a
//! fixture and a line in the permission table.

use domain::access::{Permission, Role};
use local::all_operations;
use local::seed::Program;
use serde_json::{Value, json};
use tests::{Human, Tenant, TestResponse, World};

use crate::house::fixtures::{AccountObjects, complete, gated, rightful, text, with_code};

#[tokio::test]
async fn no_operation_answers_without_a_valid_credential_from_a_listed_address() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    let objects = AccountObjects::of(&world, &mut tenant).await;
    let other =
        world.program(tenant.account_id, &[Permission::ChargesWrite], &["203.0.113.7"]).await;
    let forged = forged(&other, &tenant.program);
    for operation in gated() {
        let (target, body) = objects.fixture(operation);
        let ask = || complete(world.ask(operation.method.as_str(), &target), operation, &body);
        ask().send().await.problem(401, "credential_missing");
        ask().key("trl_sandbox_nonsense").send().await.problem(401, "api_key_invalid");
        ask().key(&forged).send().await.problem(401, "api_key_invalid");
        let elsewhere = ask().key(&tenant.program.api_key).from("198.51.100.1").send().await;
        let problem = elsewhere.problem(403, "ip_not_allowed");
        assert!(text(&problem["detail"]).contains("198.51.100.1"), "{problem}");
        let stranger = ask().header("cookie", "trilho=nonsense").send().await;
        stranger.problem(401, "session_invalid");
    }
}

/// A well-formed key: the id, account and user of one, the secret of another.
fn forged(secret_of: &Program, id_of: &Program) -> String {
    let presented = gate::PresentedKey::parse(&id_of.api_key).expect("a key");
    assert!(gate::PresentedKey::parse(&secret_of.api_key).is_some());
    let entropy = std::sync::Arc::new(edge::SystemEntropy);
    let moment = domain::kernel::Moment::new(jiff::Timestamp::UNIX_EPOCH, entropy);
    let stage = domain::account::Stage::Sandbox;
    let (id, account, user) = (presented.id.clone(), presented.account_id, presented.user_id);
    gate::mint_secret(stage, id, account, user, &moment).text.to_string()
}

/// Who may do what, written by hand and apart from the code. `v` view, `w` write, `m` moderator,
/// `n` a moderator without two-factor, `r` a key with `charges:read`, `k` a key with
/// `charges:write`, `x` a key with `pix_keys:read`, `p` a key with `payouts:write`, `q` a key with `payouts:read`, `e` a key with `webhooks:read`, `h` a key with `webhooks:write`, `0` a key
/// without permissions.
const PERMISSIONS: &[(&str, &str)] = &[
    ("find_me", "vwmnrkpqehxs0"),
    ("find_balance", "vwmns"),
    ("find_statement", "vwmns"),
    ("list_transactions", "vwmns"),
    ("find_transaction", "vwmns"),
    ("create_statement_export", "vwmns"),
    ("list_statement_exports", "vwmns"),
    ("find_statement_export", "vwmns"),
    ("create_statement_schedule", "vwmns"),
    ("list_statement_schedules", "vwmns"),
    ("find_statement_schedule", "vwmns"),
    ("update_statement_schedule", "vwmns"),
    ("delete_statement_schedule", "vwmns"),
    ("start_two_factor", "vwmn"),
    ("confirm_two_factor", "vwmn"),
    ("create_user", "m"),
    ("list_users", "mn"),
    ("find_user", "mn"),
    ("update_user", "m"),
    ("delete_user", "m"),
    ("reset_two_factor", "m"),
    ("list_audit_events", "mn"),
    ("create_api_key", "m"),
    ("list_api_keys", "mn"),
    ("find_api_key", "mn"),
    ("delete_api_key", "m"),
    ("rotate_api_key", "m"),
    ("replace_ip_allowlist", "m"),
    ("find_usage", "mn"),
    ("create_charge", "wmk"),
    ("list_charges", "vwmnrk"),
    ("find_charge", "vwmnrk"),
    ("cancel_charge", "wmk"),
    ("create_refund", "wmk"),
    ("list_refunds", "vwmnrk"),
    ("find_refund", "vwmnrk"),
    ("show_qr_code", "vwmnrk"),
    ("create_payout", "wmp"),
    ("list_payouts", "vwmnpq"),
    ("find_payout", "vwmnpq"),
    ("cancel_payout", "wmp"),
    ("approve_payout", "wmp"),
    ("review_payout", "m"),
    ("create_payout_batch", "wmp"),
    ("list_payout_batches", "vwmnpq"),
    ("find_payout_batch", "vwmnpq"),
    ("find_payout_settings", "vwmnpq"),
    ("replace_payout_settings", "m"),
    ("validate_pix_key", "vwmnx"),
    ("list_scenarios", "vwmnrkpqehxs0"),
    ("pay_charge", "wmk"),
    ("resolve_payout", "wmp"),
    ("resolve_refund", "wmk"),
    ("create_webhook_endpoint", "mh"),
    ("list_webhook_endpoints", "vwmnhe"),
    ("find_webhook_endpoint", "vwmnhe"),
    ("update_webhook_endpoint", "mh"),
    ("rotate_webhook_secret", "mh"),
    ("test_webhook_endpoint", "mh"),
    ("replay_webhook_endpoint", "mh"),
    ("list_events", "vwmnhe"),
    ("find_event", "vwmnhe"),
    ("redeliver_event", "mh"),
    ("list_deliveries", "vwmnhe"),
    ("find_delivery", "vwmnhe"),
    ("delete_webhook_endpoint", "mh"),
    ("close_session", "vwmn"),
];

enum Actor {
    Person(Human),
    Key(String),
}

async fn actors(world: &World, tenant: &Tenant) -> Vec<(char, Actor)> {
    let account_id = tenant.account_id;
    let mut actors = Vec::new();
    for (letter, role, enrolled) in [
        ('v', Role::View, true),
        ('w', Role::Write, true),
        ('m', Role::Moderator, true),
        ('n', Role::Moderator, false),
    ] {
        let email = format!("{letter}@{account_id}.example");
        let mut human = world.human(account_id, &email, &[role], enrolled).await;
        human.log_in(world).await.created();
        actors.push((letter, Actor::Person(human)));
    }
    for (letter, permissions) in [
        ('r', vec![Permission::ChargesRead]),
        ('k', vec![Permission::ChargesWrite]),
        ('p', vec![Permission::PayoutsWrite]),
        ('q', vec![Permission::PayoutsRead]),
        ('e', vec![Permission::WebhooksRead]),
        ('h', vec![Permission::WebhooksWrite]),
        ('x', vec![Permission::PixKeysRead]),
        ('s', vec![Permission::StatementRead]),
        ('0', vec![]),
    ] {
        let program = world.program(account_id, &permissions, &["203.0.113.7"]).await;
        actors.push((letter, Actor::Key(program.api_key)));
    }
    actors
}

/// Fault row 85.
#[tokio::test]
async fn every_operation_is_open_to_exactly_the_callers_of_the_permission_table() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    let objects = AccountObjects::of(&world, &mut tenant).await;
    let actors = actors(&world, &tenant).await;
    let mut listed: Vec<_> = PERMISSIONS.iter().map(|(name, _)| *name).collect();
    let mut known: Vec<_> = gated().map(|operation| operation.name).collect();
    // Logging out ends the actor, so the table has it last.
    assert_eq!(listed.last(), Some(&"close_session"));
    listed.sort_unstable();
    known.sort_unstable();
    assert_eq!(listed, known, "each operation has one line in PERMISSIONS");
    for (name, allowed) in PERMISSIONS {
        let operation = gated().find(|operation| operation.name == *name).expect("known");
        let (target, body) = objects.fixture(operation);
        let method = operation.method.as_str();
        for (letter, actor) in &actors {
            let ask = match actor {
                Actor::Key(key) => world.ask(method, &target).key(key),
                // A moderator without two-factor has no code to show; the gate says no before it.
                Actor::Person(human) if with_code(operation) && *letter == 'm' => {
                    human.ask_with_code(&world, method, &target)
                }
                Actor::Person(human) => human.ask(&world, method, &target),
            };
            let answer = complete(ask, operation, &body).send().await;
            let refused = matches!(answer.status, 401 | 403) && !is_a_wrong_first_code(&answer);
            assert_eq!(
                !refused,
                allowed.contains(*letter),
                "{name} by {letter}: {}",
                answer.text()
            );
        }
    }
}

/// The fixture of `confirm_two_factor` has no right code; being asked for one is being let in.
fn is_a_wrong_first_code(answer: &TestResponse) -> bool {
    answer.text().contains("two_factor_code_invalid")
}

/// Fault row 85.
#[tokio::test]
async fn another_accounts_object_answers_as_if_it_did_not_exist() {
    let world = World::new().await;
    let (mut ours, mut theirs) = (world.tenant("loja").await, world.tenant("outra").await);
    let (own, foreign) = (
        AccountObjects::of(&world, &mut ours).await,
        AccountObjects::of(&world, &mut theirs).await,
    );
    for operation in gated().filter(|operation| operation.path.contains('{')) {
        let id = |objects: &AccountObjects| objects.fixture(operation);
        let (target, body) = id(&foreign);
        let ask = |target: &str| {
            complete(rightful(&world, &ours, operation, target), operation, &body).send()
        };
        let foreign = ask(&target).await.problem(404, "not_found");
        let (own_target, _) = id(&own);
        // The last letter of the own id, changed: well formed, and nobody's.
        let ids = own.ids();
        let missing =
            ids.iter().fold(own_target.clone(), |path, id| path.replace(*id, &nobody(id)));
        assert_ne!(missing, own_target);
        let nonexistent = ask(&missing).await.problem(404, "not_found");
        assert_eq!(foreign["detail"], nonexistent["detail"], "{}", operation.name);
        let malformed =
            ids.iter().fold(own_target, |path, id| path.replace(*id, &format!("{}1", &id[..4])));
        ask(&malformed).await.problem(404, "not_found");
    }
}

fn nobody(id: &str) -> String {
    let (rest, last) = id.split_at(id.len() - 1);
    format!("{rest}{}", if last == "7" { "8" } else { "7" })
}

#[tokio::test]
async fn an_unknown_field_is_refused_by_name_and_an_oversized_body_unread() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    let objects = AccountObjects::of(&world, &mut tenant).await;
    for operation in all_operations() {
        let (target, mut body) = objects.fixture(operation);
        if body.is_null() {
            let mark = if target.contains('?') { "&" } else { "?" };
            let target = format!("{target}{mark}unexpected_field=1");
            let ask = rightful(&world, &tenant, operation, &target);
            ask.send().await.violation("unexpected_field", "unknown_field");
            continue;
        }
        let big = format!("{{\"name\":\"{}\"}}", "x".repeat(operation.body_bytes_max));
        let ask = complete(rightful(&world, &tenant, operation, &target), operation, &Value::Null);
        ask.raw(big.as_bytes()).send().await.problem(413, "body_too_large");
        body["unexpected_field"] = json!(1);
        let ask = complete(rightful(&world, &tenant, operation, &target), operation, &body);
        ask.send().await.violation("unexpected_field", "unknown_field");
    }
}
