//! KYC requests, one in each state that an operation needs.

use serde_json::{Value, json};
use tests::{Tenant, World, new_payout, text};

/// KYC requests of an account.
pub(crate) struct KycObjects {
    /// A request without an answer.
    pub(crate) open_id: String,
    /// A request with an answer that was not submitted.
    pub(crate) answered_id: String,
}

impl KycObjects {
    /// Makes the requests by hand, so that the other payouts of the account need no compliance.
    pub(super) async fn of(world: &World, tenant: &Tenant) -> Self {
        let open = stopped(world, tenant, "kyc-open").await;
        let answered = stopped(world, tenant, "kyc-answered").await;
        let answer = json!({ "kind": "payout_purpose", "text": "Rent of November." });
        world.kyc_post(tenant, &answered, "answer", &answer).await.created();
        Self { open_id: text(&open), answered_id: text(&answered) }
    }
}

/// Returns the id of the KYC request of a payout that compliance stopped.
async fn stopped(world: &World, tenant: &Tenant, name: &str) -> Value {
    let mut later = new_payout();
    later["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    let payout = world.payout(&tenant.program.api_key, name, &later).await.created();
    let input = json!({ "account_id": tenant.account_id, "payout_id": payout["id"],
        "cases": ["payout_purpose"] });
    let stopped = world.bundle.operate("open_kyc_request", input).await.expect("it stops");
    stopped["kyc_request"]["id"].clone()
}
