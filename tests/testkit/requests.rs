//! The requests that most tests make.

use serde_json::{Value, json};

use crate::{RequestBuilder, Tenant, TestResponse, World};

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

    /// Opens a charge of 100 reais by boleto.
    pub async fn boleto(&self, api_key: &str, idempotency_key: &str) -> TestResponse {
        let ask = self.post("/v1/charges").key(api_key).idempotency_key(idempotency_key);
        ask.json(&new_boleto()).send().await
    }

    /// Opens a charge of 100 reais by a card of the sandbox, with these fields of `card`.
    pub async fn card(
        &self,
        api_key: &str,
        idempotency_key: &str,
        card: &str,
        fields: &Value,
    ) -> TestResponse {
        let mut fields = fields.clone();
        fields["token"] = json!(self.card_token(api_key, card).await);
        let body = json!({ "method": "card", "amount_cents": 10_000, "card": fields });
        let ask = self.post("/v1/charges").key(api_key).idempotency_key(idempotency_key);
        ask.json(&body).send().await
    }

    /// Opens a charge of 100 reais whose payer pays by card on the payment page, with these fields of `card`.
    pub async fn card_page(
        &self,
        api_key: &str,
        idempotency_key: &str,
        fields: &Value,
    ) -> TestResponse {
        let body = json!({ "method": "card", "amount_cents": 10_000, "card": fields });
        let ask = self.post("/v1/charges").key(api_key).idempotency_key(idempotency_key);
        ask.json(&body).send().await
    }

    /// Returns a token of a card of the sandbox.
    pub async fn card_token(&self, api_key: &str, card: &str) -> String {
        let ask = self.post("/v1/sandbox/card-tokens").key(api_key);
        crate::text(&ask.json(&json!({ "card": card })).send().await.ok()["token"])
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

    /// Saves a beneficiary.
    pub async fn save_beneficiary(&self, api_key: &str, beneficiary: &Value) -> TestResponse {
        self.post("/v1/beneficiaries").key(api_key).json(beneficiary).send().await
    }

    /// Returns a payout as the API shows it.
    pub async fn find_payout(&self, api_key: &str, id: &Value) -> Value {
        let id = id.as_str().expect("an id");
        self.get(&format!("/v1/payouts/{id}")).key(api_key).send().await.ok()
    }

    /// Replaces the payout settings of the account: the first moderator asks, and if that lowers a
    /// protection the second one, who is logged in, approves it. Returns the settings.
    pub async fn protect(&self, tenant: &Tenant, settings: &Value) -> Value {
        self.wait(31);
        let put = tenant.ana.ask_with_code(self, "PUT", "/v1/payout-settings").json(settings);
        let shown = put.send().await.ok();
        let Some(change) = shown["pending_change"]["id"].as_str() else { return shown };
        let path = format!("/v1/payout-settings-changes/{change}/approve");
        tenant.bruno.ask_with_code(self, "POST", &path).json(&json!({})).send().await.ok();
        tenant.ana.request(self, "GET", "/v1/payout-settings").send().await.ok()
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

    /// Lets a payment arrive in the sandbox.
    pub async fn arrive(&self, api_key: &str, payment: &Value) -> TestResponse {
        self.post("/v1/sandbox/payments").key(api_key).json(payment).send().await
    }

    /// Lets a payment of this amount arrive that names no charge, and returns its credit.
    pub async fn credit(&self, api_key: &str, amount_cents: u64) -> Value {
        let payment = self.arrive(api_key, &json!({ "amount_cents": amount_cents })).await;
        self.find_credit(api_key, &payment.created()["credit_id"]).await
    }

    /// Returns a credit as the API shows it.
    pub async fn find_credit(&self, api_key: &str, id: &Value) -> Value {
        let id = id.as_str().expect("an id");
        self.get(&format!("/v1/credits/{id}")).key(api_key).send().await.ok()
    }

    /// Returns the credits of a key's account, newest first, as the API lists them.
    pub async fn credits(&self, api_key: &str) -> Vec<Value> {
        let page = self.get("/v1/credits?limit=100").key(api_key).send().await.ok();
        page["data"].as_array().cloned().expect("a list")
    }

    /// Decides about a credit: `match`, `keep` or `return`; the decision is the idempotency key.
    pub async fn decide(
        &self,
        api_key: &str,
        credit: &Value,
        decision: &str,
        body: &Value,
    ) -> TestResponse {
        let id = credit["id"].as_str().expect("an id");
        let ask = self.post(&format!("/v1/credits/{id}/{decision}")).key(api_key);
        ask.idempotency_key(&format!("{decision}-{id}")).json(body).send().await
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

/// Returns the body of a charge of 100 reais by boleto, due on Friday 2026-12-11.
pub fn new_boleto() -> Value {
    let mut charge = new_charge();
    charge["method"] = json!("boleto");
    charge["amount_cents"] = json!(10_000);
    charge["due_date"] = json!("2026-12-11");
    charge["payer"]["address"] = json!({
        "street": "Rua Augusta",
        "number": "100",
        "district": "Consolacao",
        "city": "Sao Paulo",
        "state": "SP",
        "postal_code": "01304-000",
    });
    charge
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

/// Returns the body of a valid beneficiary, the owner of a key of the sandbox.
pub fn new_beneficiary() -> Value {
    let payout = new_payout();
    json!({
        "name": payout["beneficiary"]["name"],
        "document": payout["beneficiary"]["document"],
        "destinations": [payout["to"]],
    })
}

/// Returns a charge as an event shows it: without the address of its payment page.
pub fn in_event(charge: &Value) -> Value {
    let mut shown = charge.clone();
    shown["payment_url"] = Value::Null;
    shown
}
