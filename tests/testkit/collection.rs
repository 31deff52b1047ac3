//! Data Collect links: requests of the account, and the forms of a beneficiary, who has no credential.

use serde_json::{Value, json};

use crate::{TestResponse, World, text};

/// Returns the body of a new link for the owner of `maria@example.com` in the sandbox's directory.
pub fn new_collection() -> Value {
    json!({
        "beneficiary": {
            "name": "Maria Silva",
            "document": { "type": "cpf", "number": "529.982.247-25" },
        },
        "contact": { "email": "maria.silva@correio.example", "phone": "(11) 98765-4321" },
        "ask": "pix_key",
        "amount_cents": 25_000,
        "message": "Reembolso da viagem",
        "reference": "supplier-7",
    })
}

/// Returns the path of the page of a new link.
pub fn link_path(collection: &Value) -> String {
    let url = text(&collection["url"]);
    url[url.find("/collect/").expect("the path of a page")..].to_owned()
}

/// Returns the value of a hidden field of a page.
pub fn hidden_field(page: &TestResponse, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let value = page.text().split(&mark).nth(1).unwrap_or_else(|| panic!("no {name}"));
    value.split('"').next().expect("the end of a value").to_owned()
}

impl World {
    /// Makes a link.
    pub async fn collect(&self, api_key: &str, body: &Value) -> TestResponse {
        self.post("/v1/collections").key(api_key).json(body).send().await
    }

    /// Returns a collection as the API shows it.
    pub async fn find_collection(&self, api_key: &str, id: &Value) -> Value {
        self.get(&format!("/v1/collections/{}", text(id))).key(api_key).send().await.ok()
    }

    /// Asks for a code, which the page of the sandbox shows.
    pub async fn collection_code(&self, path: &str) -> String {
        let sent = self.post(&format!("{path}/code")).form(&json!({})).send().await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        let page = self.get(path).send().await;
        let shown = page.text().split("o código é <strong>").nth(1);
        let shown = shown.unwrap_or_else(|| panic!("no code: {}", page.text()));
        shown.chars().take(6).collect()
    }

    /// Enters a code.
    pub async fn enter_code(&self, path: &str, code: &str) -> TestResponse {
        self.post(&format!("{path}/form")).form(&json!({ "code": code })).send().await
    }

    /// Asks for a code and enters it; returns the proof in the form.
    pub async fn collection_proof(&self, path: &str) -> String {
        let code = self.collection_code(path).await;
        hidden_field(&self.enter_code(path, &code).await, "proof")
    }

    /// Sends a key with consent.
    pub async fn send_key(&self, path: &str, proof: &str, key: &str) -> TestResponse {
        self.post(path).form(&submission(proof, key)).send().await
    }

    /// Does everything that a beneficiary does.
    pub async fn submit_key(&self, path: &str, key: &str) {
        let proof = self.collection_proof(path).await;
        let answer = self.send_key(path, &proof, key).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
    }
}

/// Returns the form with a key and the consent.
pub fn submission(proof: &str, key: &str) -> Value {
    json!({
        "proof": proof,
        "notice_version": domain::collection::NOTICE_VERSION,
        "pix_key": key,
        "consent": "yes",
    })
}
