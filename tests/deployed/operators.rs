//! What operators do with the AWS CLI.

use serde_json::json;

use crate::stack::{DeployedAccount, account, invoke, new_charge};

#[tokio::test]
async fn an_account_is_opened_once_for_an_email_and_wrong_orders_are_explained() {
    let opened = DeployedAccount::open("once").await;
    let again = invoke("bootstrap_account", &account("Loja", &opened.email));
    let said = again.expect_err("the e-mail is taken");
    assert!(said.contains("e-mail") || said.contains("email"), "{said}");
    let mut wrong = account("Loja", "eva@loja.example");
    wrong["merchant"]["city"] = json!("a city whose name is too long");
    let said = invoke("bootstrap_account", &wrong).expect_err("too long");
    assert!(said.starts_with("merchant.city: "), "{said}");
}

/// The pepper in two versions: keys of the first still open the door, and so do keys of the second.
#[tokio::test]
async fn the_secrets_are_rotated_under_running_callers() {
    let mut before = DeployedAccount::open("before").await;
    let old = before.program(&["127.0.0.1", "::1"]).await;
    old.get("/v1/me").await.expect("the key works");
    for secret in ["pepper", "signing", "receipt_signing"] {
        let rotated = invoke("rotate_secret", &json!({ "secret": secret })).expect("a version");
        assert_eq!(rotated["secret"], secret);
        assert!(rotated["version"].as_u64() >= Some(2), "{rotated}");
        assert_eq!(rotated.as_object().map(|it| it.len()), Some(2), "nothing of the secret");
    }
    let mut after = DeployedAccount::open("after").await;
    let new = after.program(&["127.0.0.1", "::1"]).await;
    for (name, key) in [("old", &old), ("new", &new)] {
        let order = key.with("idempotency-key", "rotated");
        let made = order.post("/v1/charges", &new_charge(1_000)).await;
        made.unwrap_or_else(|error| panic!("the {name} key: {error}"));
    }
    let hook = json!({ "url": "https://hooks.example.com/", "events": ["charge.paid"] });
    // Names that end in .example.com have no address, which is looked at when something is sent.
    new.post("/v1/webhook-endpoints", &hook).await.expect("an endpoint, sealed under version 2");
}
