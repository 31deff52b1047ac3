//! What every part of the demo uses: the bundle's client, its clock, the terminal, and the webhooks
//! that must arrive.

use std::time::Duration;

use jiff::Timestamp;
use local::client::Client;
use local::receiver::Receiver;
use local::seed::{Demo, Person};
use local::{BoxError, Registration, Terminal, settings};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Secret};

/// Time within which a webhook must arrive. It takes milliseconds here; the first retry comes after
/// 5 seconds.
pub(crate) const ARRIVAL_TIMEOUT: Duration = Duration::from_secs(10);

/// The running bundle, and the terminal that shows the demo.
pub(crate) struct DemoContext {
    pub(crate) demo: Demo,
    pub(crate) terminal: Terminal,
    /// A client without credentials.
    pub(crate) client: Client,
}

impl DemoContext {
    /// Reads demo.json and connects to the bundle that wrote it.
    pub(crate) fn open(terminal: Terminal) -> Result<Self, BoxError> {
        let demo = settings::demo()?;
        let client = Client::new(&demo.base_url)?;
        Ok(Self { demo, terminal, client })
    }

    /// Waits until the receiver got each of these events of the object.
    pub(crate) async fn expect_webhooks(
        &self,
        registration: &Registration,
        receiver: &mut Receiver,
        object_id: &str,
        events: &[&str],
    ) -> Result<(), BoxError> {
        let mut missing = events.to_vec();
        let all = self.receive(receiver, object_id, &mut missing);
        tokio::time::timeout(ARRIVAL_TIMEOUT, all).await.unwrap_or_else(|_| {
            Err(format!(
                "{} did not arrive within {} s; GET /v1/deliveries?endpoint_id={} shows the attempts",
                missing.join(", "),
                ARRIVAL_TIMEOUT.as_secs(),
                registration.id,
            )
            .into())
        })
    }

    /// Receives until none is missing. Webhooks arrive in any order, and sometimes twice.
    async fn receive(
        &self,
        receiver: &mut Receiver,
        object_id: &str,
        missing: &mut Vec<&str>,
    ) -> Result<(), BoxError> {
        while !missing.is_empty() {
            let arrival = receiver.next().await.ok_or("the receiver stopped before the demo")?;
            let id = arrival.webhook_id();
            if let Err(reason) = &arrival.verdict {
                let failure = format!("the signature of webhook {id:?} does not verify: {reason}");
                return Err(failure.into());
            }
            let event = arrival.event();
            // Another program of the account can cause events at the same time.
            if event["data"]["object"]["id"] != object_id {
                continue;
            }
            if let Some(index) = missing.iter().position(|kind| event["type"] == **kind) {
                let kind = missing.remove(index);
                let sequence = &event["sequence"];
                let line = format!("sequence {sequence}  webhook-id {id}  signature verified");
                self.fact(kind, &json!(line));
            }
        }
        Ok(())
    }

    /// Returns a two-factor code that was not used yet. Each code works once, so this moves the
    /// bundle's clock to the next step, as a person would wait for the authenticator's next code.
    pub(crate) async fn next_code(&self, person: &Person) -> Result<String, BoxError> {
        let now = self.advance_clock(Duration::from_secs(30)).await?;
        let secret = Secret::try_from_base32(&person.totp_secret)
            .map_err(|_| "demo.json has no TOTP secret; start clean with make run RESET=1")?;
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

    /// Moves the bundle's clock forward and returns the instant it then shows.
    pub(crate) async fn advance_clock(&self, by: Duration) -> Result<Timestamp, BoxError> {
        let step = json!({ "advance_seconds": by.as_secs() });
        let now = self.client.post("/local/clock", &step).await?;
        Ok(text(&now["now"]).parse()?)
    }

    /// Shows the heading of a step.
    pub(crate) fn step(&self, heading: &str) {
        self.say(&self.terminal.paint("1", &format!("\n> {heading}\n")));
    }

    /// Shows text as it is.
    pub(crate) fn say(&self, line: &str) {
        self.terminal.say(line);
    }

    /// Shows one named value.
    pub(crate) fn fact(&self, name: &str, value: &Value) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.say(&format!("  {name:<16} {value}\n"));
    }
}

/// Returns the text of a JSON value, empty if it is none.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Returns enough of a secret to recognise it, because a secret on a screen is not secret any more.
pub(crate) fn shortened(secret: &str) -> String {
    let shown = (secret.chars().count() / 2).min(24);
    format!("{}...", secret.chars().take(shown).collect::<String>())
}
