//! The end of the story: part of the money goes back, and the day that is over becomes a file.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use local::client::Client;
use local::receiver::Receiver;
use local::{BoxError, Registration, settings};
use serde_json::{Value, json};

use crate::story::{DemoStory, text};

/// What happens to a refund that goes.
pub(crate) const REFUND_EVENTS: [&str; 2] = ["refund.created", "refund.paid"];
/// What happens to a statement that is asked for.
pub(crate) const EXPORT_EVENTS: [&str; 1] = ["statement_export.ready"];
/// The first lines of the file; more would push the story off the screen.
const LINES_SHOWN: usize = 6;
/// What Excel wants at the beginning, and terminals do not.
const BYTE_ORDER_MARK: char = '\u{feff}';
/// A day can be had as a file five minutes after its end; clocks move by whole seconds.
const CLOSED_AFTER: Duration = Duration::from_secs(5 * 60 + 1);

impl DemoStory {
    /// R$ 10,00 of the charge go back to the payer.
    pub(crate) async fn give_back(
        &self,
        program: &Client,
        charge_id: &str,
        (registration, receiver): (&Registration, &mut Receiver),
    ) -> Result<(), BoxError> {
        self.step("The payer sends something back, and R$ 10,00 are returned to them");
        let new = json!({ "amount_cents": 1000, "reason": "One of two items came back" });
        let path = format!("/v1/charges/{charge_id}/refunds");
        let program = program.with("idempotency-key", &format!("{charge_id}-refund"));
        let refund = program.post(&path, &new).await?;
        for name in ["id", "status", "amount_cents"] {
            self.fact(name, &refund[name]);
        }
        self.hear(registration, receiver, text(&refund["id"]), &REFUND_EVENTS).await
    }

    /// Everything since this instant, as a file.
    pub(crate) async fn close_the_day(
        &self,
        program: &Client,
        began: Timestamp,
        (registration, receiver): (&Registration, &mut Receiver),
    ) -> Result<(), BoxError> {
        self.step("Midnight has passed in Sao Paulo (the bundle's clock is moved on), and the day is over");
        let (from, until) = self.pass_midnight(began).await?;
        let closing = program.get(&format!("/v1/balance?date={until}")).await?;
        self.fact("day", &json!(until));
        self.fact("its balance", &closing["available_cents"]);

        self.step("The program asks for its statement, as Excel in Brazil opens it");
        let new = json!({ "from": from, "until": until, "format": "csv", "dialect": "br" });
        let asked = program.post("/v1/statement-exports", &new).await?;
        self.fact("id", &asked["id"]);
        self.fact("status", &asked["status"]);
        self.hear(registration, receiver, text(&asked["id"]), &EXPORT_EVENTS).await?;

        self.step("fetches it by the link it is given for fifteen minutes, and adds it up");
        let path = format!("/v1/statement-exports/{}", text(&asked["id"]));
        let export = program.get(&path).await?;
        let bytes = program.download(text(&export["download"]["url"])).await?;
        self.keep(&export["file"], &bytes)
    }

    /// The days from this instant until midnight, once it is over.
    async fn pass_midnight(&self, began: Timestamp) -> Result<(Date, Date), BoxError> {
        let zone = TimeZone::get("America/Sao_Paulo")?;
        let now = self.advance_clock(Duration::ZERO).await?.to_zoned(zone.clone());
        let midnight = now.date().checked_add(1.day())?.to_zoned(zone.clone())?;
        let wait = Duration::try_from(midnight.timestamp().duration_since(now.timestamp()))?;
        self.advance_clock(wait + CLOSED_AFTER).await?;
        Ok((began.to_zoned(zone).date(), now.date()))
    }

    /// Shows the file and keeps it, if it is what the API says.
    fn keep(&self, file: &Value, bytes: &[u8]) -> Result<(), BoxError> {
        for name in ["opening_balance", "credits", "debits", "closing_balance"] {
            self.fact(&name.replace('_', " "), &file[format!("{name}_cents")]);
        }
        let cents = |name: &str| file[format!("{name}_cents")].as_i64().unwrap_or_default();
        let closing = cents("opening_balance") + cents("credits") - cents("debits");
        if closing != cents("closing_balance") {
            return Err("the statement does not add up".into());
        }
        if file["sha256"] != gate::sha256_hex(bytes) {
            return Err("the file is not the one that was written".into());
        }
        self.fact("sha256", &json!("that of the API"));
        let lines: Vec<_> =
            std::str::from_utf8(bytes)?.trim_start_matches(BYTE_ORDER_MARK).lines().collect();
        let shown = lines.iter().take(LINES_SHOWN).map(|line| format!("  {line}\n"));
        let name = settings::data_dir().join(text(&file["name"]));
        std::fs::write(&name, bytes)?;
        self.say(&format!("\n{}", shown.collect::<String>()));
        if lines.len() > LINES_SHOWN {
            self.say(&format!("  ... {} more lines\n", lines.len() - LINES_SHOWN));
        }
        self.say("\n");
        self.fact("kept as", &json!(name.display().to_string()));
        Ok(())
    }
}
