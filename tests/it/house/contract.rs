//! Where answers and the OpenAPI document once disagreed; `make contract` looks for more.

use domain::access::Permission;
use serde_json::json;
use tests::World;

#[tokio::test]
async fn what_is_too_long_for_a_key_of_the_table_is_not_looked_up() {
    let world = World::new().await;
    let key = world.tenant("loja").await.program.api_key;
    let long = "A".repeat(3_000);
    let listed = world.get(&format!("/v1/charges?reference={long}"));
    listed.key(&key).send().await.violation("reference", "wrong_length");
    let empty = world.get("/v1/charges?reference=").key(&key).send().await;
    empty.violation("reference", "wrong_length");
    let location = world.get(&format!("/pix/{long}")).send().await;
    location.problem(404, "not_found");
}

#[tokio::test]
async fn a_change_without_a_body_changes_nothing() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    tenant.ana.log_in(&world).await.created();
    let path = format!("/v1/users/{}", tenant.program.id);
    let before = tenant.ana.request(&world, "GET", &path).send().await.ok();
    let after = tenant.ana.request(&world, "PATCH", &path).send().await.ok();
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_role_named_twice_counts_once() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    tenant.ana.log_in(&world).await.created();
    let program = world.program(tenant.account_id, &[], &["203.0.113.7"]).await;
    let change = json!({ "permissions": [Permission::ChargesRead, Permission::ChargesRead] });
    let path = format!("/v1/users/{}", program.id);
    let ask = tenant.ana.request(&world, "PATCH", &path).json(&change);
    assert_eq!(ask.send().await.ok()["permissions"], json!(["charges:read"]));
}

#[tokio::test]
async fn the_name_of_a_key_has_no_control_characters() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    tenant.ana.log_in(&world).await.created();
    let path = format!("/v1/users/{}/api-keys", tenant.program.id);
    let key = json!({ "name": "a\u{1d}b", "ip_allowlist": ["203.0.113.7"] });
    let ask = tenant.ana.ask_with_code(&world, "POST", &path).json(&key);
    ask.send().await.violation("name", "forbidden_character");
}
