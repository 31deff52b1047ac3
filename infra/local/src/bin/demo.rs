//! `make demo`: the whole story against the running bundle, step by step, over HTTP.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use local::seed::{Demo, Person};
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Secret};
use ureq::Agent;
use ureq::http::Response;

const HELP: &str = "\
Plays the whole story against the bundle that make run started.

Usage: trilho-demo

Environment:
  DATA_DIR  where make run keeps demo.json (.trilho)
  NO_COLOR  plain text
";

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some() {
        print(HELP);
        return ExitCode::SUCCESS;
    }
    match Story::begin().and_then(|story| story.tell()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

#[expect(clippy::disallowed_methods, reason = "the demo's own settings")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

struct Story {
    demo: Demo,
    agent: Agent,
    colour: bool,
}

impl Story {
    fn begin() -> Result<Self, Failure> {
        let directory = variable("DATA_DIR").unwrap_or_else(|| ".trilho".to_owned());
        let file = std::path::Path::new(&directory).join("demo.json");
        let text = std::fs::read_to_string(&file).map_err(|_| {
            format!("{} is not there; start the bundle first: make run", file.display())
        })?;
        let agent = Agent::new_with_config(
            Agent::config_builder().http_status_as_error(false).proxy(None).build(),
        );
        let colour = std::io::stdout().is_terminal() && variable("NO_COLOR").is_none();
        Ok(Self { demo: serde_json::from_str(&text)?, agent, colour })
    }

    fn tell(&self) -> Result<(), Failure> {
        let person = self.demo.moderators.first().ok_or("demo.json has no moderator")?;
        self.step("Ana, a moderator, logs in with password and two-factor code");
        let login = self.login(person)?;
        self.fact("session ends at", &login["expires_at"]);

        self.step("She adds a program that may create charges");
        let user =
            json!({ "name": "Online shop", "kind": "api", "permissions": ["charges:write"] });
        let user = self.person("POST", "/v1/users", &user, None)?;
        self.fact("user", &user["id"]);

        self.step("and gives it a key, accepted from this machine only (a fresh code is needed)");
        let key = json!({ "name": "demo", "ip_allowlist": ["127.0.0.1", "::1"] });
        let path = format!("/v1/users/{}/api-keys", text(&user["id"]));
        let key = self.person("POST", &path, &key, Some(&self.next_code(person)?))?;
        self.fact("key", &json!(shortened(text(&key["api_key"]))));
        self.fact("allowed from", &key["ip_allowlist"]);

        self.step("The program asks a payer for R$ 49,90");
        let api_key = text(&key["api_key"]).to_owned();
        let order = text(&key["id"]);
        let charge = self.charge(&api_key, order)?;
        for name in ["id", "status", "amount_cents"] {
            self.fact(name, &charge[name]);
        }
        let br_code = text(&charge["pix"]["br_code"]);
        let code = QrCode::with_error_correction_level(br_code, EcLevel::L)?;
        // Terminals are dark: light and dark change places.
        let (dark, light) = (Dense1x2::Light, Dense1x2::Dark);
        let picture = code.render::<Dense1x2>().dark_color(dark).light_color(light).build();
        print(&format!("\n{picture}\n\n  {br_code}\n"));

        self.step("A lost answer? The same Idempotency-Key gives the same charge");
        let again = self.charge(&api_key, order)?;
        self.fact("same charge", &json!(again["id"] == charge["id"]));

        self.step("The payer pays (sandbox)");
        let path = format!("/v1/sandbox/charges/{}/pay", text(&charge["id"]));
        self.program("POST", &path, Some(&json!({})), &api_key, None)?;

        self.step("and the money is in the available balance");
        let path = format!("/v1/charges/{}", text(&charge["id"]));
        let paid = self.program("GET", &path, None, &api_key, None)?;
        for change in paid["status_history"].as_array().into_iter().flatten() {
            self.fact(text(&change["status"]), &change["at"]);
        }
        self.fact("end-to-end id", &paid["pix"]["end_to_end_id"]);
        self.fact("fee in cents", &paid["fees_cents"]);
        if paid["status"] != "credited" {
            return Err(format!("the charge is {} and not credited", paid["status"]).into());
        }
        let done = format!("\nDone. Look around: {}/docs\n", self.demo.base_url);
        print(&self.paint("1", &done));
        Ok(())
    }

    fn login(&self, person: &Person) -> Result<Value, Failure> {
        let Person { email, password, .. } = person;
        let code = self.next_code(person)?;
        let body = json!({ "email": email, "password": password, "totp_code": code });
        self.person("POST", "/v1/sessions", &body, None)
    }

    fn charge(&self, api_key: &str, order: &str) -> Result<Value, Failure> {
        let new = json!({
            "method": "pix",
            "amount_cents": 4990,
            "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
            "description": "Order 1042",
        });
        self.program("POST", "/v1/charges", Some(&new), api_key, Some(order))
    }

    /// A code that was not used yet. Each works once, so the second in a row is of a later step: the
    /// bundle's clock is moved there, as a person would wait for the authenticator's next code.
    fn next_code(&self, person: &Person) -> Result<String, Failure> {
        let step = json!({ "advance_seconds": 30 });
        let now = self.request("POST", "/local/clock", Some(&step), &[])?;
        let now: jiff::Timestamp = text(&now["now"]).parse()?;
        let secret = Secret::try_from_base32(&person.totp_secret)
            .map_err(|_| "demo.json has no TOTP secret")?;
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_secret(secret)
            .with_account_name("demo")
            .build()
            .map_err(|cause| cause.to_string())?;
        Ok(totp.generate(u64::try_from(now.as_second())?).to_string())
    }

    fn person(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        code: Option<&str>,
    ) -> Result<Value, Failure> {
        let mut headers = vec![("x-requested-with", "trilho".to_owned())];
        headers.extend(code.map(|code| ("two-factor-code", code.to_owned())));
        self.request(method, path, Some(body), &headers)
    }

    fn program(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        api_key: &str,
        idempotency_key: Option<&str>,
    ) -> Result<Value, Failure> {
        let mut headers = vec![("authorization", format!("Bearer {api_key}"))];
        headers.extend(idempotency_key.map(|key| ("idempotency-key", key.to_owned())));
        self.request(method, path, body, &headers)
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, String)],
    ) -> Result<Value, Failure> {
        let url = format!("{}{path}", self.demo.base_url);
        let answer = match body {
            Some(body) => {
                let mut request = self.agent.post(&url);
                for (name, value) in headers {
                    request = request.header(*name, value);
                }
                request.send_json(body)
            }
            None => {
                let mut request = self.agent.get(&url);
                for (name, value) in headers {
                    request = request.header(*name, value);
                }
                request.call()
            }
        };
        let mut answer: Response<_> = answer.map_err(|cause| {
            format!("{url} does not answer ({cause}); is the bundle running? make run")
        })?;
        let body: Value = answer.body_mut().read_json()?;
        if answer.status().is_success() {
            return Ok(body);
        }
        Err(format!("{method} {path} answered {}: {}", answer.status(), text(&body["detail"]))
            .into())
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn step(&self, what: &str) {
        print(&self.paint("1", &format!("\n> {what}\n")));
    }

    fn fact(&self, name: &str, value: &Value) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        print(&format!("  {name:<16} {value}\n"));
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Enough of a key to recognise it: what is shown on a screen is not a secret any more.
fn shortened(key: &str) -> String {
    format!("{}...", key.chars().take(24).collect::<String>())
}
