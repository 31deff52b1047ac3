//! The requests that most tests make.

use serde_json::{Value, json};

use crate::{RequestBuilder, TestResponse, World};

impl World {
    /// Returns a request.
    pub fn request(&self, method: &str, target: &str) -> RequestBuilder<'_> {
        RequestBuilder::new(self, method, target)
    }

    /// Returns a GET.
    pub fn get(&self, target: &str) -> RequestBuilder<'_> {
        self.request("GET", target)
    }

    /// Returns a POST.
    pub fn post(&self, target: &str) -> RequestBuilder<'_> {
        self.request("POST", target)
    }

    /// Registers an endpoint for these events, and returns its id and its secret.
    pub async fn endpoint(&self, api_key: &str, url: &str, events: &[&str]) -> (String, String) {
        let new = json!({ "url": url, "events": events });
        let made = self.post("/v1/webhook-endpoints").key(api_key).json(&new).send().await;
        let made = made.created();
        let text = |name: &str| made[name].as_str().expect("text").to_owned();
        (text("id"), text("secret"))
    }

    /// Returns the deliveries of a key's account, oldest first, as the API lists them.
    pub async fn deliveries(&self, api_key: &str) -> Vec<Value> {
        let page = self.get("/v1/deliveries?limit=100").key(api_key).send().await.ok();
        let mut rows = page["data"].as_array().cloned().expect("a list");
        rows.reverse();
        rows
    }

    /// Opens a charge of 10 reais.
    pub async fn charge(&self, api_key: &str, idempotency_key: &str) -> TestResponse {
        self.post("/v1/charges")
            .key(api_key)
            .idempotency_key(idempotency_key)
            .json(&new_charge())
            .send()
            .await
    }

    /// Returns the newest charges of a key's account, as the API lists them.
    pub async fn charges(&self, api_key: &str) -> Vec<Value> {
        let page = self.get("/v1/charges?limit=100").key(api_key).send().await;
        let rows = page.ok()["data"].as_array().cloned();
        rows.expect("a list")
    }

    /// Pays a charge in the sandbox.
    pub async fn pay(&self, api_key: &str, charge_id: &str) -> TestResponse {
        self.post(&format!("/v1/sandbox/charges/{charge_id}/pay")).key(api_key).send().await
    }

    /// Pays a charge of this amount, so that money is available. The fee is 99 basis points.
    pub async fn pay_in(&self, api_key: &str, amount_cents: u64) {
        self.paid_charge(api_key, amount_cents).await;
    }

    /// Opens a charge of this amount, pays it, and returns its id.
    pub async fn paid_charge(&self, api_key: &str, amount_cents: u64) -> String {
        let mut charge = new_charge();
        charge["amount_cents"] = json!(amount_cents);
        let name = format!("pay-in-{}", self.request_id());
        let request = self.post("/v1/charges").key(api_key).idempotency_key(&name).json(&charge);
        let id = request.send().await.created()["id"].as_str().expect("an id").to_owned();
        self.pay(api_key, &id).await.ok();
        id
    }

    /// Returns a charge as the API shows it.
    pub async fn find_charge(&self, api_key: &str, id: &str) -> Value {
        self.get(&format!("/v1/charges/{id}")).key(api_key).send().await.ok()
    }

    /// Requests a payout; the name is the idempotency key.
    pub async fn payout(&self, api_key: &str, name: &str, payout: &Value) -> TestResponse {
        self.post("/v1/payouts").key(api_key).idempotency_key(name).json(payout).send().await
    }

    /// Returns a payout as the API shows it.
    pub async fn find_payout(&self, api_key: &str, id: &Value) -> Value {
        let id = id.as_str().expect("an id");
        self.get(&format!("/v1/payouts/{id}")).key(api_key).send().await.ok()
    }

    /// Requests a refund of a charge; the name is the idempotency key.
    pub async fn refund(
        &self,
        api_key: &str,
        charge_id: &str,
        name: &str,
        refund: &Value,
    ) -> TestResponse {
        let path = format!("/v1/charges/{charge_id}/refunds");
        self.post(&path).key(api_key).idempotency_key(name).json(refund).send().await
    }

    /// Returns a refund as the API shows it.
    pub async fn find_refund(&self, api_key: &str, id: &Value) -> Value {
        let id = id.as_str().expect("an id");
        self.get(&format!("/v1/refunds/{id}")).key(api_key).send().await.ok()
    }
}

/// Returns the body of a charge of 10 reais.
pub fn new_charge() -> Value {
    json!({
        "method": "pix",
        "amount_cents": 1_000,
        "payer": {
            "name": "Maria Silva",
            "document": { "type": "cpf", "number": "529.982.247-25" },
            "email": "maria@example.com",
        },
    })
}

/// Returns the body of a refund of 4 reais.
pub fn new_refund() -> Value {
    json!({ "amount_cents": 400, "reason": "One of two items came back" })
}

/// Returns the body of a payout of 25 reais.
pub fn new_payout() -> Value {
    json!({
        "amount_cents": 2_500,
        "to": { "pix_key": { "type": "email", "key": "maria@example.com" } },
        "beneficiary": {
            "name": "Maria Silva",
            "document": { "type": "cpf", "number": "529.982.247-25" },
        },
    })
}
