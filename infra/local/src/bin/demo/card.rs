//! The step of the demo with a card: authorised, captured, and its first instalment credited.

use local::client::Client;
use local::receiver::Receiver;
use local::{BoxError, Registration};
use serde_json::json;

use crate::context::{DemoContext, text};

/// The events of a sale by card until it is charged, in this order.
const CARD_EVENTS: [&str; 2] = ["charge.created", "charge.paid"];

impl DemoContext {
    /// Sells by card in three instalments, and lets the money of the first one come.
    pub(crate) async fn card(
        &self,
        program: &Client,
        order: &str,
        (registration, receiver): (&Registration, &mut Receiver),
    ) -> Result<(), BoxError> {
        self.step("A sale of R$ 300,00 by card in three instalments; the card is a token");
        let card = json!({ "card": "approved" });
        let token = program.post("/v1/sandbox/card-tokens", &card).await?;
        let card = json!({
            "token": token["token"], "installments": 3, "soft_descriptor": "LOJA DEMO",
        });
        let new = json!({ "method": "card", "amount_cents": 30_000, "card": card });
        let opened = program.with("idempotency-key", &format!("{order}-card"));
        let charge = opened.post("/v1/charges", &new).await?;
        let id = text(&charge["id"]);
        self.fact("id", &charge["id"]);
        self.fact("status", &charge["status"]);
        self.expect_webhooks(registration, receiver, id, &CARD_EVENTS).await?;
        let paid = program.get(&format!("/v1/charges/{id}")).await?;
        self.fact(
            "card",
            &json!(format!("{} {}", text(&paid["card"]["brand"]), text(&paid["card"]["last4"]))),
        );
        for receivable in paid["card"]["receivables"].as_array().into_iter().flatten() {
            let day = text(&receivable["settles_at"]).split('T').next().unwrap_or_default();
            self.money(&format!("on {day}"), &receivable["amount_cents"]);
        }

        self.step("The acquirer pays the first instalment");
        let settle = format!("/v1/sandbox/charges/{id}/settle");
        let settled = program.post(&settle, &json!({})).await?;
        self.fact("status", &settled["status"]);
        self.money("fees so far", &settled["fees_cents"]);
        self.fact("first instalment", &settled["card"]["receivables"][0]["credited_at"]);

        self.step("A charge whose payer types a card on the payment page; try it in a browser");
        let new = json!({
            "method": "card", "amount_cents": 12_000, "card": { "installments_max": 6 },
            "description": "Order 1043",
        });
        let opened = program.with("idempotency-key", &format!("{order}-card-page"));
        let open = opened.post("/v1/charges", &new).await?;
        self.fact("status", &open["status"]);
        // On a line of its own, because it is long and people copy it.
        self.say(&format!("\n{}\n", text(&open["payment_url"])));
        Ok(())
    }
}
