//! The last steps of the demo: a refund, a payment that comes too late, a balance block, and the statement
//! of the day as a file.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use local::client::Client;
use local::receiver::Receiver;
use local::{BoxError, Registration, settings};
use serde_json::{Value, json};

use crate::context::{DemoContext, text};

/// The events of a refund that is paid.
pub(crate) const REFUND_EVENTS: [&str; 2] = ["refund.created", "refund.paid"];
/// The events of a payment that comes too late and is returned.
pub(crate) const CREDIT_EVENTS: [&str; 2] = ["credit.unmatched", "credit.returned"];
/// The events of a balance block that ends.
pub(crate) const BLOCK_EVENTS: [&str; 2] = ["balance.blocked", "balance.unblocked"];
/// The events of a statement export.
pub(crate) const EXPORT_EVENTS: [&str; 1] = ["statement_export.ready"];
/// Lines of the file to show; more would push the demo off the screen.
const LINES_SHOWN: usize = 6;
/// Columns of a shown line.
const LINE_WIDTH: usize = 76;
/// Excel needs it at the start of the file; a terminal must not get it.
const BYTE_ORDER_MARK: char = '\u{feff}';
/// A day can be exported five minutes after its end; the clock moves by whole seconds.
const CLOSED_AFTER: Duration = Duration::from_secs(5 * 60 + 1);

impl DemoContext {
    /// Refunds R$ 10,00 of the charge.
    pub(crate) async fn refund(
        &self,
        program: &Client,
        charge_id: &str,
        (registration, receiver): (&Registration, &mut Receiver),
    ) -> Result<(), BoxError> {
        self.step("The payer returns an item, and the program refunds R$ 10,00");
        let new = json!({ "amount_cents": 1000, "reason": "One of two items came back" });
        let path = format!("/v1/charges/{charge_id}/refunds");
        let program = program.with("idempotency-key", &format!("{charge_id}-refund"));
        let refund = program.post(&path, &new).await?;
        self.fact("id", &refund["id"]);
        self.fact("status", &refund["status"]);
        self.money("amount", &refund["amount_cents"]);
        self.expect_webhooks(registration, receiver, text(&refund["id"]), &REFUND_EVENTS).await
    }

    /// Lets a payment arrive for a charge that was cancelled, and returns it.
    pub(crate) async fn late_payment(
        &self,
        program: &Client,
        order: &str,
        (registration, receiver): (&Registration, &mut Receiver),
    ) -> Result<(), BoxError> {
        self.step("A charge of R$ 30,00 is cancelled, and its payment arrives nevertheless");
        let new = json!({
            "method": "pix",
            "amount_cents": 3000,
            "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
        });
        let opened = program.with("idempotency-key", &format!("{order}-late"));
        let charge = opened.post("/v1/charges", &new).await?;
        let charge_id = text(&charge["id"]);
        program.post(&format!("/v1/charges/{charge_id}/cancel"), &json!({})).await?;
        program.post(&format!("/v1/sandbox/charges/{charge_id}/pay"), &json!({})).await?;
        let credits = program.get("/v1/credits?status=unmatched&limit=1").await?;
        let credit = &credits["data"][0];
        self.fact("id", &credit["id"]);
        self.fact("reason", &credit["reason"]);
        self.money("amount", &credit["amount_cents"]);
        self.fact("payer", &credit["payer"]["name"]);

        self.step("The program returns the payment to its payer");
        let credit_id = text(&credit["id"]);
        let returned = program.with("idempotency-key", &format!("{credit_id}-return"));
        let reason = json!({ "reason": "Order cancelled" });
        returned.post(&format!("/v1/credits/{credit_id}/return"), &reason).await?;
        self.expect_webhooks(registration, receiver, credit_id, &CREDIT_EVENTS).await
    }

    /// Lets the network demand the money of a paid charge, and give it up.
    pub(crate) async fn balance_block(
        &self,
        program: &Client,
        order: &str,
        (registration, receiver): (&Registration, &mut Receiver),
    ) -> Result<(), BoxError> {
        self.step("A payer of R$ 20,00 reports fraud, and the network blocks the money (MED)");
        let new = json!({
            "method": "pix",
            "amount_cents": 2000,
            "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
        });
        let opened = program.with("idempotency-key", &format!("{order}-block"));
        let charge = opened.post("/v1/charges", &new).await?;
        let path = format!("/v1/sandbox/charges/{}", text(&charge["id"]));
        program.post(&format!("{path}/pay"), &json!({})).await?;
        let reports = format!("{path}/return");
        program.post(&reports, &json!({ "outcome": "blocked" })).await?;
        let blocks = program.get("/v1/balance-blocks?status=open&limit=1").await?;
        let block = &blocks["data"][0];
        self.fact("id", &block["id"]);
        self.fact("kind", &block["kind"]);
        self.fact("reason", &block["reason"]);
        let balance = program.get("/v1/balance").await?;
        self.money("blocked", &balance["blocked_cents"]);
        self.money("available", &balance["available_cents"]);

        self.step("The network finds no fraud, and the money is available again");
        program.post(&reports, &json!({ "outcome": "closed" })).await?;
        let balance = program.get("/v1/balance").await?;
        self.money("blocked", &balance["blocked_cents"]);
        self.money("available", &balance["available_cents"]);
        self.expect_webhooks(registration, receiver, text(&block["id"]), &BLOCK_EVENTS).await
    }

    /// Exports the days since this instant as a file, once they have ended.
    pub(crate) async fn export_day(
        &self,
        program: &Client,
        began: Timestamp,
        (registration, receiver): (&Registration, &mut Receiver),
    ) -> Result<(), BoxError> {
        self.step("The demo moves the clock past midnight in Sao Paulo, so the day has ended");
        let (from, until) = self.pass_midnight(began).await?;
        let closing = program.get(&format!("/v1/balance?date={until}")).await?;
        self.fact("day", &json!(until));
        self.money("closing balance", &closing["available_cents"]);

        self.step("The program requests its statement as a CSV file for Excel in Brazil");
        let new = json!({ "from": from, "until": until, "format": "csv", "dialect": "br" });
        let export = program.post("/v1/statement-exports", &new).await?;
        self.fact("id", &export["id"]);
        self.fact("status", &export["status"]);
        self.expect_webhooks(registration, receiver, text(&export["id"]), &EXPORT_EVENTS).await?;

        self.step("It downloads the file by a link that works for 15 minutes");
        let path = format!("/v1/statement-exports/{}", text(&export["id"]));
        let export = program.get(&path).await?;
        let bytes = program.download(text(&export["download"]["url"])).await?;
        self.save(&export["file"], &bytes)
    }

    /// Moves the clock past midnight and returns the first and last day since this instant.
    async fn pass_midnight(&self, began: Timestamp) -> Result<(Date, Date), BoxError> {
        let zone = TimeZone::get("America/Sao_Paulo")?;
        let now = self.advance_clock(Duration::ZERO).await?.to_zoned(zone.clone());
        let midnight = now.date().checked_add(1.day())?.to_zoned(zone.clone())?;
        let wait = Duration::try_from(midnight.timestamp().duration_since(now.timestamp()))?;
        self.advance_clock(wait + CLOSED_AFTER).await?;
        Ok((began.to_zoned(zone).date(), now.date()))
    }

    /// Shows the file and saves it, if its hash and its amounts are those of the API.
    fn save(&self, file: &Value, bytes: &[u8]) -> Result<(), BoxError> {
        for name in ["opening_balance", "credits", "debits", "closing_balance"] {
            self.money(&name.replace('_', " "), &file[format!("{name}_cents")]);
        }
        let cents = |name: &str| file[format!("{name}_cents")].as_i64().unwrap_or_default();
        let closing = cents("opening_balance") + cents("credits") - cents("debits");
        if closing != cents("closing_balance") {
            return Err("the amounts of the statement do not add up".into());
        }
        if file["sha256"] != gate::sha256_hex(bytes) {
            return Err("the hash of the file differs from file.sha256 of the export".into());
        }
        self.fact("sha256", &json!("as the API says"));
        let lines: Vec<_> =
            std::str::from_utf8(bytes)?.trim_start_matches(BYTE_ORDER_MARK).lines().collect();
        let shown = lines.iter().take(LINES_SHOWN).map(|line| format!("  {}\n", cut(line)));
        let name = settings::data_dir().join(text(&file["name"]));
        std::fs::write(&name, bytes)?;
        self.say(&format!("\n{}", shown.collect::<String>()));
        if lines.len() > LINES_SHOWN {
            self.say(&format!("  ... {} more lines\n", lines.len() - LINES_SHOWN));
        }
        self.say("\n");
        self.fact("saved as", &json!(name.display().to_string()));
        Ok(())
    }
}

/// Returns as much of a line as a narrow terminal has room for.
fn cut(line: &str) -> String {
    if line.chars().count() <= LINE_WIDTH {
        return line.to_owned();
    }
    line.chars().take(LINE_WIDTH - 3).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_of_a_file_fits_a_narrow_terminal() {
        assert_eq!(cut("Data;Hora"), "Data;Hora");
        let long = "é".repeat(200);
        assert_eq!(cut(&long).chars().count(), LINE_WIDTH);
        assert!(cut(&long).ends_with("é..."));
    }
}
