//! The stack under test, an account on it, and what both are asked to do.

use std::env;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::http::Method;
use jiff::{SignedDuration, ToSpan};
use local::client::{CallError, Client, ClientError};
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use tests::code_at;

/// A guard, and no claim about speed: a rule's first run can take a minute, what is due comes with the
/// next, and what it starts takes another.
const WAIT_MAX: SignedDuration = SignedDuration::from_mins(7);
/// How often it is looked.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Returns a variable that `make test-deployed` sets.
#[expect(clippy::disallowed_methods, reason = "where the stack is")]
fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run: make test-deployed"))
}

/// Returns a client without a credential.
pub(crate) fn anonymous() -> Client {
    Client::new(&variable("API_URL")).expect("a client")
}

/// Invokes a function as its operator does. `Err` is the message of its error.
pub(crate) fn invoke(function: &str, input: &Value) -> Result<Value, String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::SeqCst);
    let folder = env::temp_dir().join(format!("trilho-{}-{number}", std::process::id()));
    fs::create_dir(&folder).expect("a folder");
    let (given, answered) = (folder.join("input.json"), folder.join("output.json"));
    fs::write(&given, input.to_string()).expect("a file");
    let done = Command::new("aws")
        .args(["lambda", "invoke", "--output", "json"])
        .args(["--function-name", &format!("{}-{function}", variable("STACK_NAME"))])
        .args(["--payload", &format!("fileb://{}", given.display())])
        .arg(&answered)
        .output()
        .expect("the AWS CLI");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "aws lambda invoke {function}: {said}");
    let response = fs::read_to_string(&answered).expect("an answer");
    fs::remove_dir_all(&folder).expect("our own folder");
    let done: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let response: Value = serde_json::from_str(&response).unwrap_or_default();
    match done["FunctionError"].as_str() {
        None => Ok(response),
        Some(_) => Err(text(&response["errorMessage"])),
    }
}

/// Looks until there is something.
pub(crate) async fn soon<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = SystemClock.now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        let waited = SystemClock.now().duration_since(began);
        assert!(waited < WAIT_MAX, "{what}: not within {} s", WAIT_MAX.as_secs());
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// Returns the problem of an answer, which must have this status and code.
#[track_caller]
pub(crate) fn refused<T>(response: Result<T, CallError>, status: u16, code: &str) -> ClientError {
    match response {
        Err(CallError::Refused(refusal)) => {
            assert_eq!(
                (refusal.status, refusal.problem["code"].as_str()),
                (status, Some(code)),
                "{refusal}"
            );
            refusal
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("not refused with {status} {code}"),
    }
}

/// An account that was opened for this test, and its moderator.
pub(crate) struct DeployedAccount {
    pub(crate) email: String,
    /// The moderator's session, with the second factor.
    pub(crate) moderator: Client,
    totp_secret: String,
    /// The next step whose code was not used. Two are left at any moment, this one and the next: the
    /// code of the one before can be too old when it arrives.
    step: i64,
}

impl DeployedAccount {
    /// Opens one as an operator, and lets its moderator in: invitation, password, second factor.
    pub(crate) async fn open(name: &str) -> Self {
        let unique = format!("{name}-{}", std::process::id());
        let email = format!("ana@{unique}.example");
        let opened = invoke("bootstrap_account", &account(name, &email)).expect("an account");
        let password = json!({ "password": "correct horse battery staple" });
        let accept = format!("/v1/invitations/{}/accept", text(&opened["invitation_token"]));
        anonymous().post(&accept, &password).await.expect("accepted");

        let login = json!({ "email": email, "password": password["password"] });
        let session = log_in(&login).await;
        let begun = session.post("/v1/me/two-factor", &password).await.expect("a secret");
        let mut account = Self {
            email,
            moderator: session,
            totp_secret: text(&begun["secret"]),
            step: now_step(),
        };
        let code = json!({ "code": account.code().await });
        let confirm = "/v1/me/two-factor/confirm";
        account.moderator.post(confirm, &code).await.expect("the second factor");
        let mut login = login;
        login["totp_code"] = json!(account.code().await);
        account.moderator = log_in(&login).await;
        account
    }

    /// Returns a code that was not used yet, and that is accepted for half a minute at least. Waits for
    /// it if both were used.
    pub(crate) async fn code(&mut self) -> String {
        let step = self.step.max(now_step());
        while step > now_step() + 1 {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        self.step = step + 1;
        code_at(&self.totp_secret, step * 30)
    }

    /// Makes a program with a key that is accepted from these addresses.
    pub(crate) async fn program(&mut self, addresses: &[&str]) -> Client {
        let new = json!({
            "name": "shop",
            "kind": "api",
            "permissions": [
                "charges:write",
                "disputes:read",
                "payouts:write",
                "pix_keys:read",
                "refunds:write",
                "statements:write",
                "webhooks:write",
            ],
        });
        let user = self.moderator.post("/v1/users", &new).await.expect("a user");
        let path = format!("/v1/users/{}/api-keys", text(&user["id"]));
        let key = json!({ "name": "key", "ip_allowlist": addresses });
        let code = self.code().await;
        let key = self.moderator.with("two-factor-code", &code).post(&path, &key).await;
        anonymous().with_key(&text(&key.expect("a key")["api_key"]))
    }
}

/// Returns the input that opens an account.
pub(crate) fn account(name: &str, email: &str) -> Value {
    json!({
        "name": name,
        "merchant": {
            "name": "Loja",
            "city": "Sao Paulo",
            "pix_key": "123e4567-e12b-12d1-a456-426655440000",
            "cnpj": "11.222.333/0001-81",
        },
        "fees": { "pix": { "fixed_cents": 0, "basis_points": 99 } },
        "moderator": { "name": "Ana", "email": email },
    })
}

async fn log_in(login: &Value) -> Client {
    let browser = anonymous().with("x-requested-with", "trilho");
    let reply = browser.call(Method::POST, "/v1/sessions", Some(login)).await.expect("a session");
    let cookie = reply.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok());
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    browser.with("cookie", cookie)
}

/// Returns the half minute that an authenticator is in.
fn now_step() -> i64 {
    SystemClock.now().as_second() / 30
}

/// Returns the body of a charge of so many cents.
/// Returns the body of a charge by boleto that is due in ten days.
pub(crate) fn new_boleto(amount_cents: u64) -> Value {
    let mut charge = tests::new_boleto();
    charge["amount_cents"] = json!(amount_cents);
    charge["due_date"] = json!(brazil::local_date(SystemClock.now()).saturating_add(10.days()));
    charge
}

pub(crate) fn new_charge(amount_cents: u64) -> Value {
    let mut charge = tests::new_charge();
    charge["amount_cents"] = json!(amount_cents);
    charge
}
