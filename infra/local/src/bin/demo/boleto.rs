//! The step of the demo with a boleto: registered, announced as paid, and settled.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use local::client::Client;
use local::receiver::Receiver;
use local::{BoxError, Registration};
use serde_json::json;

use crate::context::{DemoContext, text};

/// The events of a boleto that is paid, in this order.
pub(crate) const BOLETO_EVENTS: [&str; 4] =
    ["charge.created", "charge.registered", "charge.paid", "charge.credited"];

impl DemoContext {
    /// Creates a boleto, pays it, and lets its money come.
    pub(crate) async fn boleto(
        &self,
        program: &Client,
        order: &str,
        now: Timestamp,
        (registration, receiver): (&Registration, &mut Receiver),
    ) -> Result<(), BoxError> {
        self.step("A boleto of R$ 80,00, due in ten days, with a Pix of the same debt");
        let today = now.to_zoned(TimeZone::get("America/Sao_Paulo")?).date();
        let due_date = today.checked_add(10.days())?;
        let new = json!({
            "method": "boleto",
            "amount_cents": 8000,
            "due_date": due_date,
            "fine": { "basis_points": 200 },
            "interest": { "basis_points_per_month": 100 },
            "payer": {
                "name": "Maria Silva",
                "document": { "type": "cpf", "number": "529.982.247-25" },
                "address": {
                    "street": "Rua Augusta", "number": "100", "district": "Consolação",
                    "city": "São Paulo", "state": "SP", "postal_code": "01304-000",
                },
            },
        });
        let opened = program.with("idempotency-key", &format!("{order}-boleto"));
        let charge = opened.post("/v1/charges", &new).await?;
        let id = text(&charge["id"]);
        self.fact("id", &charge["id"]);
        self.fact("status", &charge["status"]);
        self.fact("due date", &charge["due_date"]);
        self.fact("our number", &charge["boleto"]["our_number"]);
        // On a line of its own, because it is long and people copy it.
        self.say(&format!("\n{}\n", text(&charge["boleto"]["printed_line"])));
        self.expect_webhooks(registration, receiver, id, &BOLETO_EVENTS[..2]).await?;

        self.step("The payer pays at a bank: first comes the notice, then the money");
        let sandbox = format!("/v1/sandbox/charges/{id}");
        let paid = program.post(&format!("{sandbox}/pay"), &json!({})).await?;
        self.fact("status", &paid["status"]);
        self.fact("available at", &paid["available_at"]);
        let settled = program.post(&format!("{sandbox}/settle"), &json!({})).await?;
        self.fact("status", &settled["status"]);
        self.money("net", &settled["net_amount_cents"]);
        self.expect_webhooks(registration, receiver, id, &BOLETO_EVENTS[2..]).await
    }
}
