//! The step of the demo with a Data Collect link.

use local::BoxError;
use local::client::Client;
use serde_json::json;

use crate::context::{DemoContext, text};

impl DemoContext {
    /// Makes a link by which a beneficiary enters their own Pix key.
    pub(crate) async fn link(&self, program: &Client, order: &str) -> Result<(), BoxError> {
        self.step("A link by which a supplier enters their own Pix key; try it in a browser");
        let new = json!({
            "beneficiary": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
            "contact": { "email": "maria@example.com" },
            "ask": "pix_key",
            "amount_cents": 25_000,
            "message": "Reembolso da viagem",
        });
        let made = program.with("idempotency-key", &format!("{order}-link"));
        let link = made.post("/v1/collections", &new).await?;
        self.fact("id", &link["id"]);
        self.fact("status", &link["status"]);
        self.fact("a key that matches", &json!("maria@example.com"));
        // On a line of its own, because it is long and people copy it.
        self.say(&format!("\n{}\n", text(&link["url"])));
        Ok(())
    }
}
