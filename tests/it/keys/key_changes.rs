//! How soon a change of a key, its user or its list holds: from the very next request on, also in
//! a function that has just admitted the key.

use edge::Method;
use serde_json::{Value, json};
use tests::{Tenant, World, text};

use crate::access::people::{at_work, key_id, new_key, new_program};

/// Where the tests' programs call from.
const CALLER_ADDRESS: &str = "203.0.113.7";

/// A program with a key made through the API, used once in each of two sandboxes.
struct TwoInstances {
    world: World,
    second: World,
    tenant: Tenant,
    user_id: String,
    key_id: String,
    api_key: String,
}

impl TwoInstances {
    async fn up() -> Self {
        let world = World::new().await;
        let second = world.second_instance(|_| {});
        let tenant = at_work(&world, "loja").await;
        let user_id = new_program(&world, &tenant.ana, &["charges:read"]).await;
        let made = new_key(&world, &tenant.ana, &user_id, &[CALLER_ADDRESS]).await;
        let two_instances = Self {
            key_id: text(&made["id"]),
            api_key: text(&made["api_key"]),
            world,
            second,
            tenant,
            user_id,
        };
        for _ in 0..2 {
            two_instances.expect(&two_instances.api_key, 200, Value::Null).await;
        }
        two_instances
    }

    /// Asserts what the next request with a key is answered, in both instances.
    async fn expect(&self, api_key: &str, status: u16, code: impl Into<Value>) {
        let code = code.into();
        for world in [&self.second, &self.world] {
            let response = world.get("/v1/charges").key(api_key).send().await;
            assert_eq!(response.status, status, "{}", response.text());
            assert_eq!(response.json()["code"], code);
        }
    }

    async fn change(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let ana = &self.tenant.ana;
        let ask = ana.ask_with_code(&self.world, method.as_str(), path);
        let ask = body.into_iter().fold(ask, |ask, body| ask.json(&body));
        let response = ask.send().await;
        assert!((200..300).contains(&response.status), "{}", response.text());
        if response.body.is_empty() {
            return Value::Null;
        }
        response.json()
    }

    fn key_path(&self) -> String {
        format!("/v1/api-keys/{}", self.key_id)
    }

    async fn rotate(&self, overlap_seconds: u32) -> String {
        self.rotate_with(json!({ "overlap_seconds": overlap_seconds })).await
    }

    async fn rotate_with(&self, body: Value) -> String {
        let path = format!("{}/rotate", self.key_path());
        let rotated = self.change(Method::POST, &path, Some(body)).await;
        assert_eq!(rotated["id"], self.key_id.as_str());
        text(&rotated["api_key"])
    }
}

/// Fault row 73.
#[tokio::test]
async fn the_next_request_of_a_deleted_key_is_refused_everywhere() {
    let two_instances = TwoInstances::up().await;
    two_instances.change(Method::DELETE, &two_instances.key_path(), None).await;
    two_instances.expect(&two_instances.api_key, 401, "api_key_invalid").await;
}

/// Fault row 73.
#[tokio::test]
async fn the_next_request_of_a_deleted_user_is_refused_everywhere() {
    let two_instances = TwoInstances::up().await;
    let path = format!("/v1/users/{}", two_instances.user_id);
    two_instances.change(Method::DELETE, &path, None).await;
    two_instances.expect(&two_instances.api_key, 401, "api_key_invalid").await;
    let found =
        two_instances.tenant.ana.request(&two_instances.world, "GET", &two_instances.key_path());
    found.send().await.problem(404, "not_found");
}

/// Fault row 73.
#[tokio::test]
async fn the_next_request_after_a_permission_was_taken_away_is_refused_everywhere() {
    let two_instances = TwoInstances::up().await;
    let path = format!("/v1/users/{}", two_instances.user_id);
    let none = json!({ "permissions": [] });
    two_instances.change(Method::PATCH, &path, Some(none)).await;
    two_instances.expect(&two_instances.api_key, 403, "permission_denied").await;
    let again = json!({ "roles": ["view"] });
    two_instances.change(Method::PATCH, &path, Some(again)).await;
    two_instances.expect(&two_instances.api_key, 200, Value::Null).await;
}

/// Fault row 73.
#[tokio::test]
async fn the_next_request_from_an_address_taken_off_the_list_is_refused_everywhere() {
    let two_instances = TwoInstances::up().await;
    let path = format!("{}/ip-allowlist", two_instances.key_path());
    let elsewhere = json!({ "ip_allowlist": ["198.51.100.0/24"] });
    two_instances.change(Method::PUT, &path, Some(elsewhere)).await;
    two_instances.expect(&two_instances.api_key, 403, "ip_not_allowed").await;
}

/// Fault row 73.
#[tokio::test]
async fn a_rotation_without_overlap_ends_the_old_secret_at_once() {
    let two_instances = TwoInstances::up().await;
    let new = two_instances.rotate(0).await;
    two_instances.expect(&two_instances.api_key, 401, "api_key_invalid").await;
    two_instances.expect(&new, 200, Value::Null).await;
}

/// Fault row 73.
#[tokio::test]
async fn a_rotation_with_overlap_lets_both_secrets_in_until_it_ends() {
    let two_instances = TwoInstances::up().await;
    let new = two_instances.rotate(3_600).await;
    assert_eq!(key_id(&new), two_instances.key_id);
    two_instances.world.wait(3_599);
    two_instances.expect(&two_instances.api_key, 200, Value::Null).await;
    two_instances.expect(&new, 200, Value::Null).await;
    two_instances.world.wait(1);
    two_instances.expect(&two_instances.api_key, 401, "api_key_invalid").await;
    two_instances.expect(&new, 200, Value::Null).await;
}

#[tokio::test]
async fn a_rotation_that_names_no_overlap_has_one_of_a_day() {
    let two_instances = TwoInstances::up().await;
    let new = two_instances.rotate_with(json!({})).await;
    two_instances.world.wait(86_399);
    two_instances.expect(&two_instances.api_key, 200, Value::Null).await;
    two_instances.world.wait(1);
    two_instances.expect(&two_instances.api_key, 401, "api_key_invalid").await;
    two_instances.expect(&new, 200, Value::Null).await;
}

/// Fault row 73. Two secrets at most: a third rotation does not keep the first one alive.
#[tokio::test]
async fn a_second_rotation_ends_the_secret_before_the_last_one() {
    let two_instances = TwoInstances::up().await;
    let second = two_instances.rotate(604_800).await;
    let third = two_instances.rotate(604_800).await;
    two_instances.expect(&two_instances.api_key, 401, "api_key_invalid").await;
    two_instances.expect(&second, 200, Value::Null).await;
    two_instances.expect(&third, 200, Value::Null).await;
    two_instances.change(Method::DELETE, &two_instances.key_path(), None).await;
    two_instances.expect(&second, 401, "api_key_invalid").await;
    two_instances.expect(&third, 401, "api_key_invalid").await;
}

/// Fault row 73. An address that was taken away is refused for the old secret too.
#[tokio::test]
async fn the_old_secret_of_a_rotation_obeys_the_list_and_the_end_of_the_key() {
    let two_instances = TwoInstances::up().await;
    two_instances.rotate(3_600).await;
    let path = format!("{}/ip-allowlist", two_instances.key_path());
    let elsewhere = json!({ "ip_allowlist": ["198.51.100.0/24"] });
    two_instances.change(Method::PUT, &path, Some(elsewhere)).await;
    two_instances.expect(&two_instances.api_key, 403, "ip_not_allowed").await;
}

#[tokio::test]
async fn an_overlap_lasts_a_week_at_most() {
    let two_instances = TwoInstances::up().await;
    let ana = &two_instances.tenant.ana;
    let path = format!("{}/rotate", two_instances.key_path());
    let body = json!({ "overlap_seconds": 604_801 });
    let ask = ana.ask_with_code(&two_instances.world, "POST", &path).json(&body);
    ask.send().await.violation("overlap_seconds", "out_of_range");
}
