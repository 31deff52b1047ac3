//! Suspended users: what ends at once, what stays, and who cannot be suspended.

use domain::access::Role;
use serde_json::json;
use tests::{Human, TestResponse, World};

use crate::access::people::{at_work, me};

async fn suspend(world: &World, by: &Human, user_id: &str) -> TestResponse {
    by.ask_with_code(world, "POST", &format!("/v1/users/{user_id}/suspend")).send().await
}

async fn reinstate(world: &World, by: &Human, user_id: &str) -> TestResponse {
    by.ask_with_code(world, "POST", &format!("/v1/users/{user_id}/reinstate")).send().await
}

#[tokio::test]
async fn a_suspended_person_is_out_at_once_and_comes_back_as_before() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let mut carla =
        world.human(tenant.account_id, "carla@loja.example", &[Role::Write], true).await;
    carla.log_in(&world).await.created();
    carla.request(&second, "GET", "/v1/me").send().await.ok();
    let suspended = suspend(&world, ana, &carla.user_id).await.ok();
    assert_eq!(
        (&suspended["status"], &suspended["roles"]),
        (&json!("suspended"), &json!(["write"]))
    );
    for world in [&second, &world] {
        carla.request(world, "GET", "/v1/me").send().await.problem(401, "session_invalid");
    }
    // Only who knows password and code learns of it.
    let mut wrong = carla.clone();
    wrong.person.password = "not the password".to_owned();
    wrong.log_in(&world).await.problem(401, "login_invalid");
    carla.log_in(&world).await.problem(403, "user_suspended");
    suspend(&world, ana, &carla.user_id).await.problem(409, "user_state");

    let back = reinstate(&world, ana, &carla.user_id).await.ok();
    assert_eq!((&back["status"], &back["roles"]), (&json!("active"), &json!(["write"])));
    carla.request(&world, "GET", "/v1/me").send().await.problem(401, "session_invalid");
    carla.log_in(&world).await.created();
    reinstate(&world, ana, &carla.user_id).await.problem(409, "user_state");
    let trail = ana.request(&world, "GET", "/v1/audit-events").send().await.ok();
    let lines = trail["data"].as_array().expect("a list").iter();
    let mut lines = lines.filter(|line| line["target"] == carla.user_id.as_str());
    let change = |action: &str| {
        let line = lines.clone().find(|line| line["action"] == action).expect("a line");
        (line["before"]["status"].clone(), line["after"]["status"].clone())
    };
    assert_eq!(change("user.suspended"), (json!("active"), json!("suspended")));
    assert_eq!(change("user.reinstated"), (json!("suspended"), json!("active")));
    assert!(lines.next().is_some());
}

#[tokio::test]
async fn the_keys_of_a_suspended_program_do_not_work() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let key = &tenant.program.api_key;
    me(&world, key).await.ok();
    suspend(&world, &tenant.ana, &tenant.program.id).await.ok();
    me(&world, key).await.problem(401, "api_key_invalid");
    world.charge(key, "order-1").await.problem(401, "api_key_invalid");
    reinstate(&world, &tenant.ana, &tenant.program.id).await.ok();
    me(&world, key).await.ok();
}

#[tokio::test]
async fn neither_oneself_nor_the_last_moderator_nor_an_invited_person_is_suspended() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    suspend(&world, ana, &ana.user_id).await.problem(403, "own_access");
    let invited = json!({ "name": "Eva", "kind": "human", "email": "eva@loja.example",
        "roles": ["view"] });
    let invited = ana.request(&world, "POST", "/v1/users").json(&invited).send().await.created();
    let eva = invited["id"].as_str().expect("an id");
    suspend(&world, ana, eva).await.problem(409, "user_state");
    // Two moderators who suspend each other at the same moment: one of them stays.
    let second = world.second_instance(|_| {});
    let (one, other) =
        tokio::join!(suspend(&world, ana, &bruno.user_id), suspend(&second, bruno, &ana.user_id));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{} {}", one.text(), other.text());
    assert!(statuses[1] == 409 || statuses[1] == 401, "{} {}", one.text(), other.text());
    let key = store::Key::ModeratorCount(tenant.account_id);
    let count = world.bundle.app().store.find::<domain::access::ModeratorCount>(&key).await;
    assert_eq!(count.expect("readable").expect("there").moderators, 1);
    let (left, out) = if one.status == 200 { (ana, bruno) } else { (bruno, ana) };
    // The suspended moderator does not count, so the other one is the last.
    let change = json!({ "roles": ["moderator"] });
    let path = format!("/v1/users/{}", out.user_id);
    left.ask_with_code(&world, "PATCH", &path).json(&change).send().await.ok();
    reinstate(&world, left, &out.user_id).await.ok();
    let count = world.bundle.app().store.find::<domain::access::ModeratorCount>(&key).await;
    assert_eq!(count.expect("readable").expect("there").moderators, 2);
}
