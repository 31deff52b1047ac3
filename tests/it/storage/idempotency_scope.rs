//! `Idempotency-Key`: the account and route it belongs to, and who may see its answer.

use domain::access::{Permission, Role};
use serde_json::json;
use tests::{World, new_charge};

/// Fault row 4. A key means nothing to another account or another operation.
#[tokio::test]
async fn the_same_key_on_another_account_or_route_is_another_request() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for name in ["loja", "feira"] {
        let tenant = world.tenant(name).await;
        let key = &tenant.program.api_key;
        let created = world.charge(key, "same").await;
        assert!(!created.is_replay());
        let created = created.created();
        let other = world.charge(key, "other").await.created();
        let (id, other) = (created["id"].as_str(), other["id"].as_str());
        let (id, other) = (id.expect("an id"), other.expect("an id"));
        let pay = format!("/v1/sandbox/charges/{id}/pay");
        let cancel = format!("/v1/charges/{other}/cancel");
        for path in [pay, cancel] {
            let response = world.post(&path).key(key).idempotency_key("same");
            let response = response.send().await;
            response.ok();
            assert!(!response.is_replay(), "{path}");
        }
        ids.push(id.to_owned());
        let (books, _) = world.ledger(tenant.account_id).await;
        assert_eq!(books.balances.available_cents, 990);
    }
    assert_ne!(ids[0], ids[1]);
}

/// Fault row 4. The path is part of the request: a key that paid one charge does not pay another,
/// and does not pretend to.
#[tokio::test]
async fn the_same_key_for_another_charge_is_refused() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let mut responses = Vec::new();
    for name in ["order-1", "order-2"] {
        let charge = world.charge(key, name).await.created();
        let path = format!("/v1/charges/{}/cancel", charge["id"].as_str().expect("an id"));
        let ask = world.post(&path).key(key).idempotency_key("cancel-1");
        responses.push(ask.send().await);
    }
    responses[0].ok();
    responses[1].problem(422, "idempotency_key_reused");
}

/// Fault row 37. The gate comes before the replay.
#[tokio::test]
async fn an_answer_is_not_replayed_to_a_caller_who_lost_the_permission() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    let key = tenant.program.api_key.clone();
    let charge = world.charge(&key, "order-1").await.created();
    tenant.ana.log_in(&world).await.created();
    let path = format!("/v1/users/{}", tenant.program.id);
    let lowered = tenant.ana.request(&world, "PATCH", &path);
    let lowered = lowered.json(&json!({ "permissions": ["charges:read"] }));
    lowered.send().await.ok();

    let again = world.charge(&key, "order-1").await;
    again.problem(403, "permission_denied");
    assert!(!again.is_replay());
    let id = charge["id"].as_str().expect("an id");
    assert!(!again.text().contains(id));
}

/// Fault row 37.
#[tokio::test]
async fn an_answer_is_not_replayed_to_an_address_that_is_not_listed() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    world.charge(key, "order-1").await.created();
    let elsewhere = world.post("/v1/charges").key(key).from("198.51.100.1");
    let elsewhere = elsewhere.idempotency_key("order-1").json(&new_charge());
    let response = elsewhere.send().await;
    response.problem(403, "ip_not_allowed");
    assert!(!response.is_replay());
}

/// Fault row 37. Without the permission the other user is refused at the gate; with it, a request
/// of another user is another request.
#[tokio::test]
async fn an_answer_is_not_replayed_to_another_user_of_the_account() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.charge(&tenant.program.api_key, "order-1").await.created();
    let cases = [
        (Permission::ChargesRead, 403, "permission_denied"),
        (Permission::ChargesWrite, 422, "idempotency_key_reused"),
    ];
    for (permission, status, code) in cases {
        let other = world.program(tenant.account_id, &[permission], &["203.0.113.7"]).await;
        let response = world.charge(&other.api_key, "order-1").await;
        response.problem(status, code);
        assert!(!response.is_replay());
    }
    assert_eq!(world.charges(&tenant.program.api_key).await.len(), 1);
}

/// Fault row 37. A new second factor is a live secret: it is not stored, not even for a retry.
#[tokio::test]
async fn a_second_factor_is_not_replayed_to_any_caller() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut secrets = std::collections::BTreeSet::new();
    for name in ["carla", "davi"] {
        let email = format!("{name}@loja.example");
        let mut human = world.human(tenant.account_id, &email, &[Role::View], false).await;
        human.log_in(&world).await.created();
        for _ in 0..2 {
            let ask = human.start_two_factor(&world);
            let response = ask.idempotency_key("enrol").send().await;
            assert!(!response.is_replay());
            secrets.insert(response.created()["secret"].to_string());
        }
    }
    assert_eq!(secrets.len(), 4);
}
