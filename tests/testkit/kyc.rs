//! KYC requests: what the account does, and what compliance does by the operator's commands.

use serde_json::{Value, json};

use crate::{Tenant, TestResponse, World, new_payout, text};

/// A document of one page.
pub const PAGE: &[u8] = include_bytes!("../../shared/inspection/tests/files/reportlab.pdf");

/// Returns the body that announces a file of a KYC request.
pub fn new_kyc_document(kind: &str, content: &[u8]) -> Value {
    json!({
        "kind": kind,
        "content_type": "application/pdf",
        "size_bytes": content.len(),
        "sha256": gate::sha256_hex(content),
    })
}

impl World {
    /// Lets compliance approve payouts of the account from this amount on.
    pub async fn demand_kyc(&self, tenant: &Tenant, from_cents: u64) {
        let rule = json!({ "account_id": tenant.account_id, "kyc_from_cents": from_cents });
        self.bundle.operate("change_kyc_rule", rule).await.expect("it changes");
    }

    /// Opens an account with money, whose payouts of 10 reais or more wait for compliance.
    pub async fn tenant_with_kyc(&self, name: &str) -> Tenant {
        let mut tenant = self.tenant(name).await;
        self.pay_in(&tenant.program.api_key, 100_000).await;
        tenant.ana.log_in(self).await.created();
        tenant.bruno.log_in(self).await.created();
        self.demand_kyc(&tenant, 1_000).await;
        tenant
    }

    /// Creates a payout that waits for compliance.
    pub async fn held_payout(&self, tenant: &Tenant, name: &str) -> Value {
        let payout = self.payout(&tenant.program.api_key, name, &new_payout()).await.created();
        assert_eq!(payout["status"], "in_review", "{payout}");
        payout
    }

    /// Asks something about a KYC request as the program of the account.
    pub async fn kyc_post(
        &self,
        tenant: &Tenant,
        id: &Value,
        action: &str,
        body: &Value,
    ) -> TestResponse {
        let path = format!("/v1/kyc-requests/{}/{action}", text(id));
        self.post(&path).key(&tenant.program.api_key).json(body).send().await
    }

    /// Returns a KYC request as the API shows it.
    pub async fn find_kyc(&self, tenant: &Tenant, id: &Value) -> Value {
        let path = format!("/v1/kyc-requests/{}", text(id));
        self.get(&path).key(&tenant.program.api_key).send().await.ok()
    }

    /// Announces a file and uploads it; the inspection waits for the next delivery.
    pub async fn upload_kyc(
        &self,
        tenant: &Tenant,
        id: &Value,
        body: &Value,
        content: &[u8],
    ) -> Value {
        let document = self.kyc_post(tenant, id, "documents", body).await.created();
        let headers = document["upload"]["headers"].as_array().expect("headers").iter();
        let headers: Vec<_> = headers.map(|it| (text(&it["name"]), text(&it["value"]))).collect();
        let url = text(&document["upload"]["url"]);
        assert_eq!(self.bundle.upload(&url, &headers, content).await.status, 200);
        document
    }

    /// Explains a payout with a text and hands that to compliance. Returns the request.
    pub async fn explain(&self, tenant: &Tenant, id: &Value) -> Value {
        let answer = json!({ "kind": "payout_purpose", "text": "Maria repaired the roof." });
        self.kyc_post(tenant, id, "answer", &answer).await.created();
        self.kyc_post(tenant, id, "submit", &json!({})).await.ok()
    }

    /// Runs a command of compliance about a KYC request, with these further fields.
    pub async fn comply(
        &self,
        tenant: &Tenant,
        command: &str,
        id: &Value,
        fields: &Value,
    ) -> Result<Value, String> {
        let mut input = json!({ "account_id": tenant.account_id, "kyc_request_id": id });
        for (name, value) in fields.as_object().expect("an object") {
            input[name] = value.clone();
        }
        self.bundle.operate(command, input).await.map_err(|failure| failure.code().to_owned())
    }

    /// Decides about the last document of a request.
    pub async fn judge(
        &self,
        tenant: &Tenant,
        id: &Value,
        fields: &Value,
    ) -> Result<Value, String> {
        let request = self.find_kyc(tenant, id).await;
        let document = request["documents"].as_array().and_then(|all| all.last().cloned());
        let mut fields = fields.clone();
        fields["document_id"] = document.expect("a document")["id"].clone();
        self.comply(tenant, "decide_kyc_document", id, &fields).await
    }

    /// Decides about a request.
    pub async fn rule_on(
        &self,
        tenant: &Tenant,
        id: &Value,
        decision: &str,
    ) -> Result<Value, String> {
        let fields = json!({ "decision": decision });
        self.comply(tenant, "decide_kyc_request", id, &fields).await
    }
}
