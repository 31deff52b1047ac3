//! The pepper in versions: a rotation that no caller notices.

use serde_json::json;
use tests::{World, pepper, text};

use crate::access::people::{at_work, me, new_key, new_program, sent};

/// How long a pepper is kept, and a second.
const KEPT_SECONDS: i64 = 5 * 60 + 1;

async fn version_of(world: &World, account_id: domain::kernel::AccountId, key_id: &str) -> u32 {
    let id = domain::access::KeyId::parse(key_id).expect("an id");
    let key = store::Key::ApiKey(account_id, id);
    let found = world.bundle.app().store.find::<domain::access::ApiKey>(&key).await;
    found.expect("readable").expect("there").pepper_version
}

#[tokio::test]
async fn a_rotation_of_the_pepper_keeps_old_keys_working_and_new_ones_use_it() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let old = &tenant.program.api_key;
    let user_id = new_program(&world, &tenant.ana, &[]).await;
    me(&world, old).await.ok();
    world.bundle.rotate_pepper(&pepper(&[1, 2])).await.expect("rotated");
    me(&world, old).await.ok();
    world.wait(KEPT_SECONDS);
    me(&world, old).await.ok();
    let made = new_key(&world, &tenant.ana, &user_id, &["203.0.113.7"]).await;
    let key_id = text(&made["id"]);
    assert_eq!(version_of(&world, tenant.account_id, &key_id).await, 2);
    me(&world, &text(&made["api_key"])).await.ok();
    // Rotating a key moves it to the new version, its old secret stays under the old one.
    let old_id = crate::access::people::key_id(old);
    assert_eq!(version_of(&world, tenant.account_id, &old_id).await, 1);
    let path = format!("/v1/api-keys/{old_id}/rotate");
    let body = json!({ "overlap_seconds": 60 });
    let ask = tenant.ana.ask_with_code(&world, "POST", &path).json(&body);
    let rotated = ask.send().await.created();
    assert_eq!(version_of(&world, tenant.account_id, &old_id).await, 2);
    me(&world, old).await.ok();
    me(&world, &text(&rotated["api_key"])).await.ok();
}

#[tokio::test]
async fn a_function_that_still_has_the_old_pepper_takes_a_brand_new_key_at_once() {
    let world = World::new().await;
    let behind = world.second_instance(|_| {});
    let tenant = at_work(&world, "loja").await;
    let user_id = new_program(&world, &tenant.ana, &[]).await;
    world.wait(KEPT_SECONDS);
    me(&behind, &tenant.program.api_key).await.ok();
    world.bundle.rotate_pepper(&pepper(&[1, 2])).await.expect("rotated");
    let made = new_key(&world, &tenant.ana, &user_id, &["203.0.113.7"]).await;
    let key_id = text(&made["id"]);
    assert_eq!(version_of(&world, tenant.account_id, &key_id).await, 2);

    world.bundle.faults().record();
    me(&behind, &text(&made["api_key"])).await.ok();
    assert!(sent(&world).contains(&"GetSecretValue".to_owned()));
    // Fetched once, not with every request.
    world.bundle.faults().record();
    me(&behind, &text(&made["api_key"])).await.ok();
    assert!(!sent(&world).contains(&"GetSecretValue".to_owned()));
}

#[tokio::test]
async fn a_second_factor_enrolled_under_the_new_pepper_works_in_a_function_with_the_old_one() {
    let world = World::new().await;
    let behind = world.second_instance(|_| {});
    let tenant = at_work(&world, "loja").await;
    let moderator = [domain::access::Role::Moderator];
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &moderator, false).await;
    carla.log_in(&world).await.created();
    world.wait(KEPT_SECONDS);
    me(&behind, &tenant.program.api_key).await.ok();
    world.bundle.rotate_pepper(&pepper(&[1, 2])).await.expect("rotated");

    let started = carla.start_two_factor(&world).send().await;
    carla.person.totp_secret = text(&started.created()["secret"]);
    let code = json!({ "code": carla.code(&world) });
    let confirm = carla.request(&behind, "POST", "/v1/me/two-factor/confirm");
    confirm.json(&code).send().await.created();
    carla.log_in(&behind).await.created();
    let path = format!("/v1/users/{}/two-factor/reset", tenant.bruno.user_id);
    carla.ask_with_code(&behind, "POST", &path).send().await.ok();
}

#[tokio::test]
async fn an_answer_kept_under_the_new_pepper_is_given_again_by_a_function_with_the_old_one() {
    let world = World::new().await;
    let behind = world.second_instance(|_| {});
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    world.wait(KEPT_SECONDS);
    me(&behind, key).await.ok();
    world.bundle.rotate_pepper(&pepper(&[1, 2])).await.expect("rotated");
    let first = world.charge(key, "order-1").await;
    let again = behind.charge(key, "order-1").await;
    assert_eq!(first.created(), again.created());
    assert!(again.is_replay());
}

#[tokio::test]
async fn a_session_outlives_a_rotation_of_the_pepper() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    world.bundle.rotate_pepper(&pepper(&[2])).await.expect("rotated");
    world.wait(KEPT_SECONDS);
    // Tokens are hashed without it; a pepper that was thrown away ends the keys made under it.
    tenant.ana.request(&world, "GET", "/v1/me").send().await.ok();
    let gone = me(&world, &tenant.program.api_key).await;
    gone.problem(401, "api_key_invalid");
}
