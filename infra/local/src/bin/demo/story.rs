//! The steps of the demo up to a paid payout: webhook endpoint, charge, payout. The steps before are
//! in `program.rs`, and the steps after it in `statement.rs`.

use std::time::Duration;

use local::client::Client;
use local::receiver::Receiver;
use local::settings::hint;
use local::{BoxError, Registration, Signals};
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde_json::{Value, json};

use crate::boleto::BOLETO_EVENTS;
use crate::context::{ARRIVAL_TIMEOUT, DemoContext, shortened, text};
use crate::statement::{BLOCK_EVENTS, CREDIT_EVENTS, EXPORT_EVENTS, REFUND_EVENTS};

/// The events of a charge that is paid, in this order.
const CHARGE_EVENTS: [&str; 3] = ["charge.created", "charge.paid", "charge.credited"];
/// The events of a payout that is paid.
const PAYOUT_EVENTS: [&str; 2] = ["payout.created", "payout.paid"];
/// Pause between two reads of the deliveries: the bundle stores an attempt just after its answer.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

impl DemoContext {
    /// Plays the whole demo, and removes its endpoint at the end.
    pub(crate) async fn play(&self) -> Result<(), BoxError> {
        let program = self.program().await?;

        self.step("The program starts a receiver and registers it for webhooks");
        let mut receiver = Receiver::start(0).await?;
        let mut signals = Signals::listen()?;
        let registration = Registration::open(&program, &receiver, &events(), "make demo").await?;
        let outcome = tokio::select! {
            outcome = self.trade(&program, &registration, &mut receiver) => outcome,
            () = signals.received() => Err("demo stopped by Ctrl-C before its end".into()),
        };
        let closed = registration.close().await.map_err(|error| {
            format!(
                "could not delete endpoint {}: {error}; the next make demo deletes it",
                registration.id
            )
        });
        outcome.map_err(|failure| match &closed {
            Ok(()) => failure,
            Err(left) => format!("{failure}\n{left}").into(),
        })?;
        closed?;
        self.step("The program deletes its endpoint and stops the receiver");
        self.fact("removed", &json!(registration.id));
        self.say(&self.terminal.paint("1", "\nDone.\n"));
        self.fact("reference", &json!(format!("{}/docs", self.demo.base_url)));
        self.fact("webhooks", &json!(hint("make listen")));
        self.fact("clock", &json!(self.clock_line().await?));
        self.fact("to set it back", &json!(hint("make run RESET=1")));
        Ok(())
    }

    /// Plays the steps that need the endpoint.
    async fn trade(
        &self,
        program: &Client,
        registration: &Registration,
        receiver: &mut Receiver,
    ) -> Result<(), BoxError> {
        // The endpoint is new in each run, so its id names the order of this run.
        let order = registration.id.as_str();
        receiver.trust(&registration.secret)?;
        self.fact("endpoint", &json!(registration.id));
        self.fact("url", &json!(receiver.url()));
        self.fact("events", &json!(events().join(" ")));
        self.fact("signing secret", &json!(shortened(&registration.secret)));
        let began = self.advance_clock(Duration::ZERO).await?;
        let charge = self.charge(program, order).await?;
        let charge_id = text(&charge["id"]);
        self.pay(program, charge_id).await?;
        self.step("The receiver got a webhook for each step; sequence gives the order");
        self.expect_webhooks(registration, receiver, charge_id, &CHARGE_EVENTS).await?;
        self.show_delivery(program, registration, charge_id).await?;
        let payout = self.pay_out(program, order).await?;
        self.step("One second later the network has paid, and the receiver got the webhook");
        self.expect_webhooks(registration, receiver, text(&payout["id"]), &PAYOUT_EVENTS).await?;
        self.show_payout(program, text(&payout["id"])).await?;
        self.refund(program, charge_id, (registration, &mut *receiver)).await?;
        self.boleto(program, order, began, (registration, &mut *receiver)).await?;
        self.card(program, order, (registration, &mut *receiver)).await?;
        self.link(program, order).await?;
        self.late_payment(program, order, (registration, &mut *receiver)).await?;
        self.balance_block(program, order, (registration, &mut *receiver)).await?;
        self.export_day(program, began, (registration, receiver)).await
    }

    async fn pay_out(&self, program: &Client, order: &str) -> Result<Value, BoxError> {
        self.step("The program looks up the owner of a Pix key before it pays a supplier");
        let key = json!({ "key": "maria@example.com" });
        let owner = program.post("/v1/pix-keys/validate", &key).await?;
        self.fact("owner", &owner["owner"]["name"]);
        self.fact("document", &owner["owner"]["document_masked"]);
        self.fact("bank", &owner["bank"]["name"]);
        self.fact("look-ups left", &owner["lookups_left"]);

        self.step("It creates a payout of R$ 25,00 to the key; Trilho holds the money at once");
        let new = json!({
            "amount_cents": 2500,
            "to": { "pix_key": key },
            "beneficiary": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
            "description": "Invoice 77",
        });
        let name = format!("{order}-payout");
        let payout = program.with("idempotency-key", &name).post("/v1/payouts", &new).await?;
        self.fact("id", &payout["id"]);
        self.fact("status", &payout["status"]);
        self.money("amount", &payout["amount_cents"]);
        self.money("fees", &payout["fees_cents"]);
        self.fact("end-to-end id", &payout["end_to_end_id"]);
        match text(&payout["status"]) {
            "processing" | "paid" => Ok(payout),
            other => Err(waiting(other).into()),
        }
    }

    async fn show_payout(&self, program: &Client, id: &str) -> Result<(), BoxError> {
        let paid = program.get(&format!("/v1/payouts/{id}")).await?;
        for change in paid["status_history"].as_array().into_iter().flatten() {
            self.fact(text(&change["status"]), &change["at"]);
        }
        self.fact("recipient", &paid["recipient"]["name"]);
        self.fact("bank", &paid["recipient"]["bank_name"]);
        if paid["status"] != "paid" {
            return Err(format!("the payout is {}; expected paid", paid["status"]).into());
        }
        self.step("Its receipt has a link by which anyone can confirm it, without a credential");
        let receipt = program.get(&format!("/v1/payouts/{id}/receipt")).await?;
        self.fact("title", &receipt["title"]);
        self.fact("payee", &receipt["payee"]["name"]);
        self.fact("document", &receipt["payee"]["document"]);
        // On a line of its own, so that a terminal makes a link of all of it.
        self.say(&format!("\n{}\n", text(&receipt["proof"]["url"])));
        Ok(())
    }

    async fn charge(&self, program: &Client, order: &str) -> Result<Value, BoxError> {
        self.step("The program creates a charge of R$ 49,90");
        let new = json!({
            "method": "pix",
            "amount_cents": 4990,
            "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
            "description": "Order 1042",
        });
        let program = program.with("idempotency-key", order);
        let charge = program.post("/v1/charges", &new).await?;
        self.fact("id", &charge["id"]);
        self.fact("status", &charge["status"]);
        self.money("amount", &charge["amount_cents"]);
        let br_code = text(&charge["pix"]["br_code"]);
        let code = QrCode::with_error_correction_level(br_code, EcLevel::L)?;
        // Light and dark are swapped, because most terminals are dark.
        let (dark, light) = (Dense1x2::Light, Dense1x2::Dark);
        let picture = code.render::<Dense1x2>().dark_color(dark).light_color(light).build();
        self.say(&format!("\n{picture}\n\n"));
        let length = br_code.chars().count();
        let start: String = br_code.chars().take(24).collect();
        self.fact("pix.br_code", &json!(format!("{start}... ({length} characters)")));

        self.step("The same request with the same Idempotency-Key gives the same charge");
        let again = program.post("/v1/charges", &new).await?;
        self.fact("same charge", &json!(again["id"] == charge["id"]));
        Ok(charge)
    }

    async fn pay(&self, program: &Client, charge_id: &str) -> Result<(), BoxError> {
        self.step("The payer pays (sandbox)");
        let response =
            program.post(&format!("/v1/sandbox/charges/{charge_id}/pay"), &json!({})).await?;
        self.fact("payer", &response["payer"]["name"]);
        self.money("paid", &response["paid_amount_cents"]);

        self.step("The money is in the available balance");
        let paid = program.get(&format!("/v1/charges/{charge_id}")).await?;
        for change in paid["status_history"].as_array().into_iter().flatten() {
            self.fact(text(&change["status"]), &change["at"]);
        }
        self.fact("end-to-end id", &paid["pix"]["end_to_end_id"]);
        self.money("fee", &paid["fees_cents"]);
        self.money("net", &paid["net_amount_cents"]);
        if paid["status"] != "credited" {
            return Err(format!("the charge is {}; expected credited", paid["status"]).into());
        }
        Ok(())
    }

    /// Shows the delivery of the last event of the charge, as the API has it.
    async fn show_delivery(
        &self,
        program: &Client,
        registration: &Registration,
        charge_id: &str,
    ) -> Result<(), BoxError> {
        self.step("The bundle lists every attempt");
        let path = format!("/v1/deliveries?endpoint_id={}&limit=100", registration.id);
        let stored = async {
            loop {
                let list = program.get(&path).await?;
                let deliveries = list["data"].as_array().into_iter().flatten();
                let last = deliveries.into_iter().find(|delivery| {
                    delivery["event_type"] == "charge.credited" && delivery["status"] == "delivered"
                });
                if let Some(delivery) = last {
                    return Ok::<_, BoxError>(delivery.clone());
                }
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        };
        let delivery = tokio::time::timeout(ARRIVAL_TIMEOUT, stored).await.map_err(|_| {
            format!("the delivery of charge.credited of {charge_id} is not in GET {path}")
        })??;
        let attempt = &delivery["attempts"][0];
        self.fact("delivery", &delivery["id"]);
        self.fact("event", &delivery["event_type"]);
        self.fact("status", &delivery["status"]);
        let line = format!("answered {} in {} ms", attempt["status"], attempt["latency_ms"]);
        self.fact(&format!("attempt {}", attempt["number"]), &json!(line));
        Ok(())
    }
}

/// Returns why the demo ends at a payout that is not sent at once.
fn waiting(status: &str) -> String {
    format!(
        "the payout is {status}, because the payout settings of the account make it wait, and the \
         demo cannot go on. A moderator can change them with PUT /v1/payout-settings; to start \
         clean: {}",
        hint("make run RESET=1")
    )
}

/// Returns the event types that the demo subscribes to.
fn events() -> Vec<&'static str> {
    let payments = [&CHARGE_EVENTS[..], &PAYOUT_EVENTS, &REFUND_EVENTS, &CREDIT_EVENTS].concat();
    [&payments[..], &BOLETO_EVENTS[1..2], &BLOCK_EVENTS, &EXPORT_EVENTS].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payout_that_waits_ends_the_demo_with_what_to_do() {
        let text = waiting("awaiting_approval");
        assert!(text.starts_with("the payout is awaiting_approval"), "{text}");
        assert!(text.contains("PUT /v1/payout-settings"), "{text}");
        assert!(text.ends_with("make run RESET=1"), "{text}");
    }
}
