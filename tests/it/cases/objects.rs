//! The objects that valid requests name.

use serde_json::{Value, json};
use tests::{Tenant, World, new_payout, text};

/// One object of each kind in an account, by the ids that paths name.
pub(crate) struct AccountObjects {
    pub(crate) user_id: String,
    pub(crate) key_id: String,
    /// The id of a session of the first moderator, which is not the current one.
    pub(crate) session_id: String,
    pub(crate) charge_id: String,
    /// The id of a charge that is paid.
    pub(crate) paid_charge_id: String,
    pub(crate) refund_id: String,
    pub(crate) payout_id: String,
    pub(crate) batch_id: String,
    pub(crate) export_id: String,
    pub(crate) schedule_id: String,
    pub(crate) location: String,
    pub(crate) invitation: String,
    pub(crate) endpoint_id: String,
    pub(crate) event_id: String,
    pub(crate) delivery_id: String,
}

/// The URL of the endpoint.
pub(crate) const ENDPOINT_URL: &str = "https://fixture.example.com/hook";

impl AccountObjects {
    /// Makes one object of each kind in the account.
    pub(crate) async fn of(world: &World, tenant: &mut Tenant) -> Self {
        // A session that is not the current one.
        tenant.ana.log_in(world).await.created();
        let target = world.program(tenant.account_id, &[], &["203.0.113.0/24"]).await;
        let bare = target.api_key.split('_').nth(2).expect("a key has four parts");
        let key = &tenant.program.api_key;
        let paid_charge_id = world.paid_charge(key, 1_000_000).await;
        let waits = json!({ "amount_cents": 3_005 });
        let refund = world.refund(key, &paid_charge_id, "fixture", &waits).await.created();
        let mut later = new_payout();
        later["scheduled_for"] = json!("2026-12-24T12:00:00Z");
        let payout = world.payout(key, "fixture", &later).await.created();
        let batch = json!({ "payouts": [new_payout()] });
        let ask = world.post("/v1/payout-batches").key(key).idempotency_key("fixture");
        let batch = ask.json(&batch).send().await.expect(202);
        let export = json!({ "from": "2026-11-01", "until": "2026-11-22", "format": "csv" });
        let export = world.post("/v1/statement-exports").key(key).json(&export).send().await;
        let schedule = world.post("/v1/statement-schedules").key(key).json(&new_schedule());
        let schedule = schedule.send().await.created();
        // Ids of one instant are neighbours.
        world.wait(1);
        let (endpoint_id, _) = world.endpoint(key, ENDPOINT_URL, &["*"]).await;
        let charge = world.charge(key, "fixture").await.created();
        world.deliver().await;
        let delivery = world.deliveries(key).await.remove(0);
        tenant.ana.log_in(world).await.created();
        let email = format!("carla@{}.example", tenant.account_id);
        let invited =
            json!({ "name": "Carla", "kind": "human", "email": email, "roles": ["view"] });
        let invited =
            tenant.ana.request(world, "POST", "/v1/users").json(&invited).send().await.created();
        let sessions = tenant.ana.request(world, "GET", "/v1/me/sessions").send().await.ok();
        Self {
            user_id: target.id.clone(),
            key_id: format!("key_{bare}"),
            session_id: text(&sessions["data"][1]["id"]),
            charge_id: text(&charge["id"]),
            paid_charge_id,
            refund_id: text(&refund["id"]),
            payout_id: text(&payout["id"]),
            batch_id: text(&batch["id"]),
            export_id: text(&export.expect(202)["id"]),
            schedule_id: text(&schedule["id"]),
            location: text(&charge["pix"]["txid"]),
            invitation: text(&invited["invitation"]["token"]),
            endpoint_id,
            event_id: text(&delivery["event_id"]),
            delivery_id: text(&delivery["id"]),
        }
    }

    /// Returns the ids that answer 404 to another account.
    pub(crate) fn ids(&self) -> [&str; 13] {
        [
            &self.user_id,
            &self.charge_id,
            &self.paid_charge_id,
            &self.refund_id,
            &self.payout_id,
            &self.batch_id,
            &self.export_id,
            &self.schedule_id,
            &self.key_id,
            &self.session_id,
            &self.endpoint_id,
            &self.event_id,
            &self.delivery_id,
        ]
    }
}

/// Returns the body of a valid statement schedule.
pub(crate) fn new_schedule() -> Value {
    json!({ "frequency": "daily", "at": "06:00", "format": "ofx" })
}
