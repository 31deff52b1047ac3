//! The program of the demo: an API user and its key. The first run creates them as moderator; later
//! runs find the key in a file, so that they need no two-factor code.

use axum::http::Method;
use local::client::{CallError, Client};
use local::seed::Person;
use local::{BoxError, settings};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::{DemoContext, shortened, text};

const USER_NAME: &str = "Online shop";
const KEY_NAME: &str = "demo";
const PERMISSIONS: [&str; 7] = [
    "charges:write",
    "collections:write",
    "refunds:write",
    "payouts:write",
    "pix_keys:read",
    "statements:write",
    "webhooks:write",
];

/// The key of the last run, as its file has it.
#[derive(Serialize, Deserialize)]
struct KeptProgram {
    user_id: String,
    api_key: String,
}

impl DemoContext {
    /// Returns a client with the key of the program.
    pub(crate) async fn program(&self) -> Result<Client, BoxError> {
        if let Some(program) = self.kept_program().await? {
            self.step("The program of an earlier demo is still there");
            self.fact("user", &json!(program.user_id));
            self.fact("key", &json!(shortened(&program.api_key)));
            return Ok(self.client.with_key(&program.api_key));
        }
        let person = self.demo.moderators.first().ok_or("demo.json has no moderator")?;
        self.step("Moderator Ana logs in with password and two-factor code");
        let ana = self.login(person).await?;
        let user_id = self.user(&ana).await?;
        let key = self.key(&ana, person, &user_id).await?;
        let api_key = text(&key["api_key"]).to_owned();
        let kept = KeptProgram { user_id, api_key };
        let file = settings::demo_program_file();
        settings::write_private(&file, &serde_json::to_string_pretty(&kept)?)?;
        Ok(self.client.with_key(&kept.api_key))
    }

    /// Returns the program of the last run, if the bundle still accepts its key.
    async fn kept_program(&self) -> Result<Option<KeptProgram>, BoxError> {
        let kept = std::fs::read_to_string(settings::demo_program_file()).ok();
        let kept = kept.and_then(|text| serde_json::from_str::<KeptProgram>(&text).ok());
        let Some(kept) = kept else { return Ok(None) };
        match self.client.with_key(&kept.api_key).get("/v1/me").await {
            Ok(me) => Ok(has_permissions(&me).then_some(kept)),
            Err(CallError::Refused(refusal)) if [401, 403].contains(&refusal.status) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn login(&self, person: &Person) -> Result<Client, BoxError> {
        let Person { email, password, .. } = person;
        let browser = self.client.with("x-requested-with", "trilho");
        let attempt = async || {
            let code = self.next_code(person).await?;
            let body = json!({ "email": email, "password": password, "totp_code": code });
            Ok::<_, BoxError>(browser.call(Method::POST, "/v1/sessions", Some(&body)).await)
        };
        let reply = match attempt().await? {
            // A person used this code already, for example with an authenticator.
            Err(CallError::Refused(refusal)) if refusal.problem["code"] == "login_invalid" => {
                attempt().await??
            }
            reply => reply?,
        };
        self.fact("session ends at", &reply.body["expires_at"]);
        let cookie = reply.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        Ok(browser.with("cookie", cookie.ok_or("the login answered without a session cookie")?))
    }

    /// Returns the id of the API user; the first run creates it.
    async fn user(&self, ana: &Client) -> Result<String, BoxError> {
        let listed = ana.get("/v1/users?limit=100").await?;
        let mut users = listed["data"].as_array().into_iter().flatten();
        let earlier = users.find(|user| user["name"] == USER_NAME && has_permissions(user));
        let user = match earlier {
            Some(user) => {
                self.step("Ana finds the API user of an earlier demo");
                user.clone()
            }
            None => {
                self.step("Ana creates an API user for charges, payouts, statements and webhooks");
                let new = json!({ "name": USER_NAME, "kind": "api", "permissions": PERMISSIONS });
                ana.post("/v1/users", &new).await?
            }
        };
        self.fact("user", &user["id"]);
        Ok(text(&user["id"]).to_owned())
    }

    /// Returns a key of the user with its secret: a new one, or the one of an earlier run with a new
    /// secret.
    async fn key(&self, ana: &Client, person: &Person, user: &str) -> Result<Value, BoxError> {
        self.step("Ana creates its key, valid only from this machine (needs a fresh code)");
        let listed = ana.get("/v1/api-keys?limit=100").await?;
        let mut keys = listed["data"].as_array().into_iter().flatten();
        let earlier = keys.find(|key| key["user_id"] == user && key["name"] == KEY_NAME);
        let (path, body) = match earlier {
            Some(key) => (
                format!("/v1/api-keys/{}/rotate", text(&key["id"])),
                json!({ "overlap_seconds": 0 }),
            ),
            None => (
                format!("/v1/users/{user}/api-keys"),
                json!({ "name": KEY_NAME, "ip_allowlist": ["127.0.0.1", "::1"] }),
            ),
        };
        let code = self.next_code(person).await?;
        let key = ana.with("two-factor-code", &code).post(&path, &body).await?;
        self.fact("key", &json!(shortened(text(&key["api_key"]))));
        let allowed = key["ip_allowlist"].as_array().into_iter().flatten().map(text);
        self.fact("allowed from", &json!(allowed.collect::<Vec<_>>().join(", ")));
        Ok(key)
    }
}

/// Returns true if a user has every permission that the demo needs.
fn has_permissions(user: &Value) -> bool {
    let has = |permission: &&str| {
        user["permissions"].as_array().is_some_and(|all| all.iter().any(|one| one == permission))
    };
    PERMISSIONS.iter().all(has)
}
