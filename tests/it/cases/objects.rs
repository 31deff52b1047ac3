//! The objects that valid requests name.

use serde_json::{Value, json};
use tests::{Human, Tenant, World, new_beneficiary, new_payout, text};

use super::card_objects::CardObjects;
use super::kyc_objects::KycObjects;
use super::link_objects::LinkObjects;
use super::payment_token::payment_token;

/// One object of each kind in an account, by the ids that paths name.
pub(crate) struct AccountObjects {
    pub(crate) user_id: String,
    pub(crate) key_id: String,
    /// The id of a session of the first moderator, which is not the current one.
    pub(crate) session_id: String,
    pub(crate) charge_id: String,
    /// The id of a charge that is paid.
    pub(crate) paid_charge_id: String,
    /// A charge by boleto that its bank has registered.
    pub(crate) boleto_id: String,
    /// Token of its payment page.
    pub(crate) boleto_token: String,
    /// A charge by boleto whose payment the bank has announced.
    pub(crate) announced_id: String,
    pub(crate) cards: CardObjects,
    pub(crate) refund_id: String,
    pub(crate) payment_id: String,
    /// The id of a credit that waits for a decision.
    pub(crate) credit_id: String,
    /// The id of a credit whose return waits for the sandbox.
    pub(crate) returning_id: String,
    /// The id of a balance block of the paid charge.
    pub(crate) block_id: String,
    /// The id of the dispute of that block.
    pub(crate) dispute_id: String,
    pub(crate) payout_id: String,
    pub(crate) batch_id: String,
    pub(crate) saved: SavedObjects,
    pub(crate) links: LinkObjects,
    pub(crate) kyc: KycObjects,
    /// The id of a change of the payout settings that the first moderator requested.
    pub(crate) settings_change_id: String,
    pub(crate) export_id: String,
    pub(crate) schedule_id: String,
    pub(crate) location: String,
    /// The token of the charge's payment page.
    pub(crate) payment_token: String,
    /// The token of the payment page of the paid charge.
    pub(crate) paid_payment_token: String,
    /// The code of the receipt of the paid charge.
    pub(crate) receipt_code: String,
    pub(crate) invitation: String,
    pub(crate) endpoint_id: String,
    pub(crate) event_id: String,
    pub(crate) delivery_id: String,
}

/// Saved beneficiaries.
pub(crate) struct SavedObjects {
    /// The id of a beneficiary with two destinations.
    pub(crate) beneficiary_id: String,
    /// The id of its second destination.
    pub(crate) destination_id: String,
    /// The id of an archived beneficiary.
    pub(crate) archived_id: String,
}

/// The URL of the endpoint.
pub(crate) const ENDPOINT_URL: &str = "https://fixture.example.com/hook";

impl AccountObjects {
    /// Makes one object of each kind in the account.
    pub(crate) async fn of(world: &World, tenant: &mut Tenant) -> Self {
        // A session that is not the current one.
        tenant.ana.log_in(world).await.created();
        let settings_change_id = request_settings_change(world, &tenant.ana).await;
        let target = world.program(tenant.account_id, &[], &["203.0.113.0/24"]).await;
        let bare = target.api_key.split('_').nth(2).expect("a key has four parts");
        let key = &tenant.program.api_key;
        let paid_charge_id = world.paid_charge(key, 1_000_000).await;
        let waits = json!({ "amount_cents": 3_005 });
        let refund = world.refund(key, &paid_charge_id, "fixture", &waits).await.created();
        let credit = world.credit(key, 700).await;
        let returning = world.credit(key, 3_005).await;
        world.decide(key, &returning, "return", &json!({})).await.ok();
        block(world, key).await;
        let blocks = world.get("/v1/balance-blocks").key(key).send().await.ok();
        let mut later = new_payout();
        later["scheduled_for"] = json!("2026-12-24T12:00:00Z");
        let payout = world.payout(key, "fixture", &later).await.created();
        let batch = batch(world, key).await;
        let export = json!({ "from": "2026-11-01", "until": "2026-11-22", "format": "csv" });
        let export = world.post("/v1/statement-exports").key(key).json(&export).send().await;
        let schedule = world.post("/v1/statement-schedules").key(key).json(&new_schedule());
        let schedule = schedule.send().await.created();
        let paid_charge = world.find_charge(key, &paid_charge_id).await;
        let receipt = receipt(world, key, &paid_charge_id).await;
        // Ids of one instant are neighbours.
        world.wait(1);
        let (endpoint_id, _) = world.endpoint(key, ENDPOINT_URL, &["*"]).await;
        let charge = world.charge(key, "fixture").await.created();
        let [boleto, announced] = boletos(world, key).await;
        let delivery = world.deliveries(key).await.remove(0);
        tenant.ana.log_in(world).await.created();
        let email = format!("carla@{}.example", tenant.account_id);
        let carla = json!({ "name": "Carla", "kind": "human", "email": email, "roles": ["view"] });
        let invited =
            tenant.ana.request(world, "POST", "/v1/users").json(&carla).send().await.created();
        let sessions = tenant.ana.request(world, "GET", "/v1/me/sessions").send().await.ok();
        Self {
            user_id: target.id.clone(),
            key_id: format!("key_{bare}"),
            session_id: text(&sessions["data"][1]["id"]),
            charge_id: text(&charge["id"]),
            paid_charge_id,
            boleto_id: text(&boleto["id"]),
            boleto_token: payment_token(&boleto),
            announced_id: text(&announced["id"]),
            cards: CardObjects::of(world, key).await,
            refund_id: text(&refund["id"]),
            payment_id: text(&credit["payment_id"]),
            credit_id: text(&credit["id"]),
            returning_id: text(&returning["id"]),
            block_id: text(&blocks["data"][0]["id"]),
            dispute_id: text(&blocks["data"][0]["id"]).replace("blk_", "dsp_"),
            payout_id: text(&payout["id"]),
            batch_id: text(&batch["id"]),
            saved: SavedObjects::of(world, key).await,
            links: LinkObjects::of(world, key).await,
            kyc: KycObjects::of(world, tenant).await,
            settings_change_id,
            export_id: text(&export.expect(202)["id"]),
            schedule_id: text(&schedule["id"]),
            location: text(&charge["pix"]["txid"]),
            payment_token: payment_token(&charge),
            paid_payment_token: payment_token(&paid_charge),
            receipt_code: text(&receipt["proof"]["code"]),
            invitation: text(&invited["invitation"]["token"]),
            endpoint_id,
            event_id: text(&delivery["event_id"]),
            delivery_id: text(&delivery["id"]),
        }
    }

    /// Returns the ids that answer 404 to another account.
    pub(crate) fn ids(&self) -> [&str; 29] {
        [
            &self.user_id,
            &self.charge_id,
            &self.paid_charge_id,
            &self.boleto_id,
            &self.announced_id,
            &self.cards.sold_id,
            &self.cards.authorized_id,
            &self.cards.authentication_id,
            &self.refund_id,
            &self.payment_id,
            &self.credit_id,
            &self.returning_id,
            &self.block_id,
            &self.dispute_id,
            &self.payout_id,
            &self.batch_id,
            &self.saved.beneficiary_id,
            &self.saved.archived_id,
            &self.links.open_id,
            &self.kyc.open_id,
            &self.kyc.answered_id,
            &self.settings_change_id,
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

impl SavedObjects {
    async fn of(world: &World, key: &str) -> Self {
        let mut two = new_beneficiary();
        let destinations = two["destinations"].as_array_mut().expect("destinations");
        destinations.push(json!({ "pix_key": { "type": "cpf", "key": "52998224725" } }));
        let beneficiary = world.save_beneficiary(key, &two).await.created();
        let archived = world.save_beneficiary(key, &new_beneficiary()).await.created();
        let path = format!("/v1/beneficiaries/{}/archive", text(&archived["id"]));
        world.post(&path).key(key).json(&json!({})).send().await.ok();
        Self {
            beneficiary_id: text(&beneficiary["id"]),
            destination_id: text(&beneficiary["destinations"][1]["id"]),
            archived_id: text(&archived["id"]),
        }
    }
}

/// Opens a batch of one payout.
async fn batch(world: &World, key: &str) -> Value {
    let batch = json!({ "payouts": [new_payout()] });
    let ask = world.post("/v1/payout-batches").key(key).idempotency_key("fixture");
    ask.json(&batch).send().await.expect(202)
}

/// Blocks money of a charge of its own, which cannot be refunded during the dispute.
async fn block(world: &World, key: &str) {
    let charge_id = world.paid_charge(key, 5_000).await;
    let demand = json!({ "outcome": "blocked", "amount_cents": 500 });
    let path = format!("/v1/sandbox/charges/{charge_id}/return");
    world.post(&path).key(key).json(&demand).send().await.ok();
}

/// Returns the body of a valid statement schedule.
pub(crate) fn new_schedule() -> Value {
    json!({ "frequency": "daily", "at": "06:00", "format": "ofx" })
}

/// Returns payout settings with this number of approvals, and with a limit that no payout reaches.
pub(crate) fn demanding(approvals: u8) -> Value {
    json!({
        "approval_rules": [{ "from_cents": 0, "approvals": approvals }],
        "limits": { "per_day_cents": 99_999_999_999_u64 },
    })
}

/// Requests payout settings without the limit, which lowers a protection, and returns the id of the change.
pub(crate) async fn request_settings_change(world: &World, moderator: &Human) -> String {
    for settings in [demanding(0), json!({ "approval_rules": [] })] {
        let change = moderator.ask_with_code(world, "PUT", "/v1/payout-settings");
        let shown = change.json(&settings).send().await.ok();
        if let Some(id) = shown["pending_change"]["id"].as_str() {
            return id.to_owned();
        }
    }
    unreachable!("settings without a limit lower a protection")
}

/// Returns a boleto that its bank has registered, and one whose payment it has announced.
async fn boletos(world: &World, key: &str) -> [Value; 2] {
    let boleto = world.boleto(key, "fixture-boleto").await.created();
    let announced = world.boleto(key, "fixture-announced").await.created();
    world.deliver().await;
    world.pay(key, &text(&announced["id"])).await.ok();
    [boleto, announced]
}

async fn receipt(world: &World, key: &str, charge_id: &str) -> Value {
    world.get(&format!("/v1/charges/{charge_id}/receipt")).key(key).send().await.ok()
}
