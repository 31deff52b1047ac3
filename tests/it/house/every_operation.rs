//! Each operation against every kind of caller. A new operation fails here until it has a case.

use catalogue::all_operations;
use domain::access::Permission;
use edge::{Needs, Operation};
use local::seed::Program;
use serde_json::{Value, json};
use tests::{Human, Tenant, TestResponse, World, text};

use crate::cases::{
    API_KEYS, AccountObjects, Caller, PERSONS, all_cases, case_of, complete, fixture, gated,
    rightful, with_code,
};

#[tokio::test]
async fn no_operation_answers_without_a_valid_credential_from_a_listed_address() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    let objects = AccountObjects::of(&world, &mut tenant).await;
    let other =
        world.program(tenant.account_id, &[Permission::ChargesWrite], &["203.0.113.7"]).await;
    let forged = forged(&other, &tenant.program);
    for operation in gated() {
        let request = fixture(operation, &objects);
        let target = request.target(operation.path);
        let ask = || {
            complete(world.request(operation.method.as_str(), &target), operation, &request.body)
        };
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

/// Makes a well-formed key: the id, account and user of one, the secret of another.
fn forged(secret_of: &Program, id_of: &Program) -> String {
    let presented = gate::PresentedKey::parse(&id_of.api_key).expect("a key");
    assert!(gate::PresentedKey::parse(&secret_of.api_key).is_some());
    let entropy = std::sync::Arc::new(runtime::SystemEntropy);
    let moment = domain::kernel::Moment::new(jiff::Timestamp::UNIX_EPOCH, entropy);
    let stage = domain::account::Stage::Sandbox;
    let (id, account, user) = (presented.id.clone(), presented.account_id, presented.user_id);
    gate::mint_secret(stage, id, account, user, &moment).text.to_string()
}

enum CallerCredential {
    Session(Human),
    Key(String),
}

/// Makes one caller of each kind, with its credential.
async fn callers(world: &World, tenant: &Tenant) -> Vec<(Caller, CallerCredential)> {
    let account_id = tenant.account_id;
    let mut callers = Vec::new();
    for (number, (caller, role, enrolled)) in PERSONS.into_iter().enumerate() {
        let email = format!("person-{number}@{account_id}.example");
        let mut human = world.human(account_id, &email, &[role], enrolled).await;
        human.log_in(world).await.created();
        callers.push((caller, CallerCredential::Session(human)));
    }
    for (caller, permissions) in API_KEYS {
        let program = world.program(account_id, permissions, &["203.0.113.7"]).await;
        callers.push((caller, CallerCredential::Key(program.api_key)));
    }
    callers
}

/// Fault row 85.
#[tokio::test]
async fn every_operation_is_open_to_exactly_the_callers_of_its_case() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    let objects = AccountObjects::of(&world, &mut tenant).await;
    let callers = callers(&world, &tenant).await;
    let mut operations: Vec<_> = gated().collect();
    // These end the session of the caller, or give it a new token.
    let ends_session =
        |operation: &Operation| matches!(operation.name, "delete_other_sessions" | "close_session");
    operations.sort_by_key(|operation| ends_session(operation));
    for operation in operations {
        let request = fixture(operation, &objects);
        let (method, target) = (operation.method.as_str(), request.target(operation.path));
        for (caller, credential) in &callers {
            let mut renewed = None;
            if let CallerCredential::Session(human) = credential
                && ends_session(operation)
            {
                let mut human = human.clone();
                human.log_in(&world).await.created();
                renewed = Some(CallerCredential::Session(human));
            }
            // The gate refuses all others before it looks at a code. A moderator without two-factor has
            // none.
            let has_code = case_of(operation.name).callers.contains(caller)
                && *caller != Caller::ModeratorWithoutTwoFactor;
            let ask = match renewed.as_ref().unwrap_or(credential) {
                CallerCredential::Key(key) => world.request(method, &target).key(key),
                CallerCredential::Session(human) if with_code(operation) && has_code => {
                    human.ask_with_code(&world, method, &target)
                }
                CallerCredential::Session(human) => human.request(&world, method, &target),
            };
            let response = complete(ask, operation, &request.body).send().await;
            let is_refused = matches!(response.status, 401 | 403) && !is_a_wrong_proof(&response);
            assert_eq!(
                !is_refused,
                case_of(operation.name).callers.contains(caller),
                "{} by {caller:?}: {}",
                operation.name,
                response.text()
            );
        }
    }
}

/// The fixtures of an enrolment and of `replace_password` have no right password or code. Their refusals
/// show that the gate let the caller in.
fn is_a_wrong_proof(response: &TestResponse) -> bool {
    ["two_factor_code_invalid", "password_invalid"]
        .iter()
        .any(|code| response.text().contains(code))
}

#[test]
fn each_operation_has_exactly_one_case() {
    let mut operations: Vec<_> = all_operations().map(|operation| operation.name).collect();
    let mut cases: Vec<_> = all_cases().map(|case| case.name).collect();
    operations.sort_unstable();
    cases.sort_unstable();
    assert_eq!(cases, operations, "each operation has one case in tests/it/cases/<domain>.rs");
    for operation in all_operations() {
        let is_public = operation.needs == Needs::Public;
        let is_open = case_of(operation.name).callers == [Caller::Anyone];
        assert_eq!(is_open, is_public, "{}", operation.name);
    }
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
        // Codes move the clock, and a session ends without use.
        ours.ana.request(&world, "GET", "/v1/me").send().await.ok();
        let request = fixture(operation, &foreign);
        let ask = |target: &str| {
            complete(rightful(&world, &ours, operation, target), operation, &request.body).send()
        };
        let foreign = ask(&request.target(operation.path)).await.problem(404, "not_found");
        let own_target = fixture(operation, &own).target(operation.path);
        // A well-formed id that does not exist: the own id with another letter.
        let ids = own.ids();
        let missing =
            ids.iter().fold(own_target.clone(), |path, id| path.replace(*id, &missing_id(id)));
        assert_ne!(missing, own_target);
        let nonexistent = ask(&missing).await.problem(404, "not_found");
        assert_eq!(foreign["detail"], nonexistent["detail"], "{}", operation.name);
        let malformed =
            ids.iter().fold(own_target, |path, id| path.replace(*id, &format!("{}1", &id[..4])));
        ask(&malformed).await.problem(404, "not_found");
    }
}

/// Returns the id with another letter in its random part. Events of one instant have ids that count
/// up, so another last letter could be the id of the next event.
fn missing_id(id: &str) -> String {
    let (rest, last) = id.split_at(id.len() - 8);
    let letter = if last.starts_with('7') { "8" } else { "7" };
    format!("{rest}{letter}{}", &last[1..])
}

#[tokio::test]
async fn an_unknown_field_is_refused_by_name_and_an_oversized_body_unread() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    let objects = AccountObjects::of(&world, &mut tenant).await;
    // Programs that pass the address of a page on to its payer add parameters of their own.
    let is_tolerant = |operation: &Operation| {
        let is_page = ["/pay/", "/collect/"].iter().any(|start| operation.path.starts_with(start));
        is_page && operation.method == "GET"
    };
    for operation in all_operations().filter(|operation| !is_tolerant(operation)) {
        let request = fixture(operation, &objects);
        let (target, mut body) = (request.target(operation.path), request.body);
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
