//! What every part of the demo uses: the bundle's client, its clock, the terminal, and the webhooks
//! that must arrive.

use std::cell::Cell;
use std::time::Duration;

use gate::TOTP_STEP_SECONDS;
use jiff::{SignedDuration, Timestamp};
use local::client::Client;
use local::receiver::Receiver;
use local::seed::{Demo, Person};
use local::settings::hint;
use local::{BoxError, Registration, Terminal, settings};
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Secret};

/// Time within which a webhook must arrive. It takes milliseconds here; the first retry comes after
/// 5 seconds.
pub(crate) const ARRIVAL_TIMEOUT: Duration = Duration::from_secs(10);

/// Columns of a name; the longest is `statement_export.ready`.
const NAME_WIDTH: usize = 22;
/// Columns of a value.
const VALUE_WIDTH: usize = 80 - 2 - NAME_WIDTH - 1;

/// The running bundle, and the terminal that shows the demo.
pub(crate) struct DemoContext {
    pub(crate) demo: Demo,
    pub(crate) terminal: Terminal,
    /// A client without credentials.
    pub(crate) client: Client,
    /// Step of the last two-factor code of this run.
    last_step: Cell<u64>,
}

impl DemoContext {
    /// Reads demo.json and connects to the bundle that wrote it.
    pub(crate) fn open(terminal: Terminal) -> Result<Self, BoxError> {
        let demo = settings::demo()?;
        let client = Client::new(&demo.base_url)?;
        Ok(Self { demo, terminal, client, last_step: Cell::new(0) })
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
                self.fact(kind, &json!(format!("sequence {sequence}  {id}  verified")));
            }
        }
        Ok(())
    }

    /// Returns a two-factor code that this run did not use yet, of the time of this machine, as an
    /// authenticator shows it. Each code works once, and one step of 30 seconds ahead, so the second
    /// code is the next one, and a third would be waited for.
    pub(crate) async fn next_code(&self, person: &Person) -> Result<String, BoxError> {
        let secret = Secret::try_from_base32(&person.totp_secret).map_err(|_| {
            format!("demo.json has no TOTP secret; start clean: {}", hint("make run RESET=1"))
        })?;
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(TOTP_STEP_SECONDS)
            .with_secret(secret)
            .with_account_name("demo")
            .build()
            .map_err(|cause| cause.to_string())?;
        let now = || u64::try_from(SystemClock.now().as_second()).unwrap_or_default();
        let step = (now() / TOTP_STEP_SECONDS).max(self.last_step.get() + 1);
        self.last_step.set(step);
        let valid_from = (step - 1) * TOTP_STEP_SECONDS;
        let wait = valid_from.saturating_sub(now());
        if wait > 0 {
            self.say(&format!("  waiting {wait} s, because each code works once\n"));
            tokio::time::sleep(Duration::from_secs(wait)).await;
        }
        Ok(totp.generate(step * TOTP_STEP_SECONDS).to_string())
    }

    /// Returns what the bundle's clock shows.
    pub(crate) async fn clock_line(&self) -> Result<String, BoxError> {
        let shown = self.client.get("/local/clock").await?;
        let now: Timestamp = text(&shown["now"]).parse()?;
        let ahead = SignedDuration::from_secs(shown["ahead_seconds"].as_i64().unwrap_or_default());
        Ok(local::clock_line(now, ahead))
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
        self.say(&format!("  {name:<NAME_WIDTH$} {}\n", wrapped(&value)));
    }

    /// Shows an amount.
    pub(crate) fn money(&self, name: &str, cents: &Value) {
        let shown = cents.as_i64().map_or_else(|| cents.to_string(), reais);
        self.fact(name, &json!(shown));
    }
}

/// Returns an amount as people in Brazil write it.
fn reais(cents: i64) -> String {
    let (sign, cents) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
    let mut whole = (cents / 100).to_string();
    let mut at = whole.len();
    while at > 3 {
        at -= 3;
        whole.insert(at, '.');
    }
    format!("{sign}R$ {whole},{:02}", cents % 100)
}

/// Breaks a value between words, so that the terminal needs at most 80 columns.
fn wrapped(value: &str) -> String {
    let (mut text, mut width) = (String::new(), 0);
    for word in value.split(' ') {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > VALUE_WIDTH {
            text.push_str(&format!("\n  {:<NAME_WIDTH$} ", ""));
            width = 0;
        } else if !text.is_empty() {
            text.push(' ');
            width += 1;
        }
        text.push_str(word);
        width += length;
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_its_unit_and_groups_of_three() {
        let shown = [0, 5, 4_990, 902_124, 10_000_000_000, -1_000].map(reais);
        let expected =
            ["R$ 0,00", "R$ 0,05", "R$ 49,90", "R$ 9.021,24", "R$ 100.000.000,00", "-R$ 10,00"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_long_value_continues_in_its_column() {
        let words = ["charge.created", "charge.paid", "charge.credited", "payout.created"];
        let text = wrapped(&words.join(" "));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "charge.created charge.paid charge.credited");
        assert_eq!(lines[1], format!("{}payout.created", " ".repeat(25)));
        assert_eq!(wrapped("one"), "one");
    }

    #[test]
    fn the_line_of_a_webhook_fits_a_narrow_terminal() {
        let id = "evt_01M87HS1H9KHDWS8NKMEGZF9XF";
        let line = format!("sequence 10  {id}  verified");
        assert_eq!(wrapped(&line), line, "{}", line.len());
    }
}
