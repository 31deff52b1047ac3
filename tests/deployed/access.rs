//! Who may call: every route, the address of the caller, what a key is not allowed.

use axum::http::Method;
use catalogue::all_operations;
use edge::Needs;
use local::client::CallError;
use serde_json::json;

use crate::stack::{DeployedAccount, anonymous, refused};

/// Each function is there behind its route, starts, and refuses callers without a credential.
#[tokio::test]
async fn every_route_reaches_its_function_and_is_closed_to_strangers() {
    for operation in all_operations() {
        let path = ["{id}", "{token}", "{location}", "{destination}"]
            .iter()
            .fold(operation.path.to_owned(), |path, name| path.replace(name, "unknown"));
        let body = (operation.method != Method::GET).then(|| json!({}));
        let response = anonymous().call(operation.method.clone(), &path, body.as_ref()).await;
        // What everybody may read.
        if operation.needs == Needs::Public && body.is_none() && path == operation.path {
            response.unwrap_or_else(|error| panic!("{}: {error}", operation.name));
            continue;
        }
        let Err(CallError::Refused(refusal)) = response else {
            panic!("{} lets anybody in, or does not answer", operation.name);
        };
        let said = format!("{}: {refusal}", operation.name);
        // The gateway's own answer has a message; a problem has none, and a page is no JSON.
        assert!(refusal.problem["message"].is_null(), "the gateway answered, {said}");
        if operation.needs == Needs::Public {
            // A form is no JSON.
            assert!(matches!(refusal.status, 400 | 404 | 415), "{said}");
        } else {
            assert_eq!(refusal.status, 401, "{said}");
        }
    }
}

#[tokio::test]
async fn a_key_works_from_its_addresses_and_from_no_other() {
    let mut account = DeployedAccount::open("addresses").await;
    let here = account.program(&["127.0.0.1", "::1"]).await;
    let me = here.get("/v1/me").await.expect("allowed from here");
    assert_eq!(me["user"]["kind"], "api");
    // What a caller says of itself is nothing.
    let claimed = here.with("x-forwarded-for", "198.51.100.7").get("/v1/me").await;
    claimed.expect("the gateway's address counts");

    // Its one code of this half minute is used; the next is the account's last without waiting.
    let mut other = DeployedAccount::open("elsewhere").await;
    let elsewhere = other.program(&["198.51.100.7"]).await;
    let claimed = elsewhere.with("x-forwarded-for", "198.51.100.7");
    for client in [&elsewhere, &claimed] {
        refused(client.get("/v1/me").await, 403, "ip_not_allowed");
    }
}

/// Every list answers in its role, with the index it needs.
#[tokio::test]
async fn every_list_is_readable() {
    let mut account = DeployedAccount::open("lists").await;
    let program = account.program(&["127.0.0.1", "::1"]).await;
    for path in [
        "/v1/charges",
        "/v1/charges?status=pending",
        "/v1/charges?reference=order-1",
        "/v1/webhook-endpoints",
        "/v1/events",
        "/v1/deliveries",
        "/v1/deliveries?status=pending",
        "/v1/sandbox/scenarios",
    ] {
        let list = program.get(path).await.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(list["data"].is_array(), "{path}: {list}");
    }
    for path in ["/v1/users", "/v1/api-keys", "/v1/audit-events", "/v1/usage"] {
        let list = account.moderator.get(path).await;
        let list = list.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(list["data"].is_array(), "{path}: {list}");
    }
}
