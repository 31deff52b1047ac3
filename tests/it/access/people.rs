//! What the tests about people and keys share: a moderator at work, and keys that are almost right.

use gate::{PresentedKey, mint_secret};
use serde_json::{Value, json};
use tests::{Human, RequestBuilder, Tenant, TestResponse, World, text};

/// Makes an account whose moderators are logged in.
pub(crate) async fn at_work(world: &World, name: &str) -> Tenant {
    let mut tenant = world.tenant(name).await;
    tenant.ana.log_in(world).await.created();
    tenant.bruno.log_in(world).await.created();
    tenant
}

/// Asks who the key or session says is calling.
pub(crate) async fn me(world: &World, api_key: &str) -> TestResponse {
    world.get("/v1/me").key(api_key).send().await
}

/// Adds a program through the API; its user id.
pub(crate) async fn new_program(world: &World, by: &Human, permissions: &[&str]) -> String {
    let body = json!({ "name": "back end", "kind": "api", "permissions": permissions });
    let user = by.request(world, "POST", "/v1/users").json(&body).send().await.created();
    text(&user["id"])
}

/// Makes a key through the API; the answer's body.
pub(crate) async fn new_key(world: &World, by: &Human, user_id: &str, addresses: &[&str]) -> Value {
    ask_for_key(world, by, user_id, addresses).await.created()
}

/// Asks for a key.
pub(crate) async fn ask_for_key(
    world: &World,
    by: &Human,
    user_id: &str,
    addresses: &[&str],
) -> TestResponse {
    let body = json!({ "name": "key", "ip_allowlist": addresses });
    by.ask_with_code(world, "POST", &format!("/v1/users/{user_id}/api-keys"))
        .json(&body)
        .send()
        .await
}

/// Returns the id in a key's text, as the API writes it.
pub(crate) fn key_id(api_key: &str) -> String {
    let id = api_key.split('_').nth(2).expect("a key has an id");
    format!("key_{id}")
}

/// Makes a well-formed key with the same id, account and user, but another secret.
pub(crate) fn key_with_another_secret(world: &World, api_key: &str) -> String {
    let real = PresentedKey::parse(api_key).expect("a key");
    let moment = world.bundle.app().moment();
    let minted = mint_secret(real.stage, real.id.clone(), real.account_id, real.user_id, &moment);
    assert_ne!(*minted.text, api_key);
    minted.text.to_string()
}

/// Returns the names of the requests that were sent to AWS since the recording began.
pub(crate) fn sent(world: &World) -> Vec<String> {
    let sent = world.bundle.faults().sent();
    sent.into_iter().map(|sent| sent.operation).collect()
}

/// Accepts an invitation with this password.
pub(crate) async fn accept(world: &World, token: &str, password: &str) -> TestResponse {
    let path = format!("/v1/invitations/{token}/accept");
    world.post(&path).json(&json!({ "password": password })).send().await
}

/// Logs a person in with this password and, if it is not empty, this code.
pub(crate) async fn log_in_with(
    world: &World,
    who: &Human,
    password: &str,
    code: &str,
) -> TestResponse {
    let mut body = json!({ "email": who.person.email, "password": password });
    if !code.is_empty() {
        body["totp_code"] = json!(code);
    }
    world.post("/v1/sessions").json(&body).send().await
}

/// Begins a log-in with the password and this code, in the field `name`.
pub(crate) fn login<'w>(
    world: &'w World,
    who: &Human,
    name: &str,
    code: &str,
) -> RequestBuilder<'w> {
    let mut body = json!({ "email": who.person.email, "password": who.person.password });
    body[name] = json!(code);
    world.post("/v1/sessions").json(&body)
}

/// Begins a change that needs a code: the reset of a person's second factor, which can be repeated.
pub(crate) fn grave<'w>(world: &'w World, by: &Human, of: &Human) -> RequestBuilder<'w> {
    let path = format!("/v1/users/{}/two-factor/reset", of.user_id);
    by.request(world, "POST", &path)
}

/// Returns the answer that lost, of two answers of which one must be the success.
#[track_caller]
pub(crate) fn one_of_two(responses: [&TestResponse; 2], success: u16) -> TestResponse {
    let (won, lost): (Vec<_>, Vec<_>) = responses.into_iter().partition(|it| it.status == success);
    let all: Vec<_> = responses.iter().map(|it| (it.status, it.text())).collect();
    assert_eq!((won.len(), lost.len()), (1, 1), "{all:?}");
    lost[0].clone()
}

/// Enrols a person through the API, and returns the recovery codes.
pub(crate) async fn enrol(world: &World, who: &mut Human) -> Vec<String> {
    who.log_in(world).await.created();
    let started = who.start_two_factor(world).send().await;
    who.person.totp_secret = text(&started.created()["secret"]);
    let code = json!({ "code": who.code(world) });
    let confirm = who.request(world, "POST", "/v1/me/two-factor/confirm");
    let confirmed = confirm.json(&code).send().await.created();
    let codes = confirmed["recovery_codes"].as_array().expect("a list");
    codes.iter().map(text).collect()
}

/// The session in the cookie of an answer.
pub(crate) fn session_of(response: &TestResponse) -> String {
    let cookie = response.header("set-cookie").expect("a cookie");
    let (_, rest) = cookie.split_once('=').expect("a cookie has a value");
    rest.split(';').next().unwrap_or_default().to_owned()
}
