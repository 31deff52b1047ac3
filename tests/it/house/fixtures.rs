//! A good request of every operation, for the tests that go through all of them.

use domain::access::{Permission, Role};
use edge::{Idempotence, Needs, Operation};
use gate::Moderation;
use local::all_operations;
use serde_json::{Value, json};
use tests::{Ask, Tenant, World, new_charge, new_payout, new_refund};

/// Objects of one account that paths can name.
pub(crate) struct AccountObjects {
    pub(crate) user_id: String,
    pub(crate) key_id: String,
    pub(crate) charge_id: String,
    /// One that is paid.
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

/// Where the fixtures' endpoint is.
const HOOK: &str = "https://fixture.example.com/hook";

impl AccountObjects {
    pub(crate) async fn of(world: &World, tenant: &mut Tenant) -> Self {
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
        let (endpoint_id, _) = world.endpoint(key, HOOK, &["*"]).await;
        let charge = world.charge(key, "fixture").await.created();
        world.deliver().await;
        let delivery = world.deliveries(key).await.remove(0);
        tenant.ana.log_in(world).await.created();
        let email = format!("carla@{}.example", tenant.account_id);
        let invited = json!({ "name": "Carla", "kind": "human", "email": email });
        let invited =
            tenant.ana.ask(world, "POST", "/v1/users").json(&invited).send().await.created();
        Self {
            user_id: target.id.clone(),
            key_id: format!("key_{bare}"),
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

    /// Ids that paths name and that answer 404 when they are another account's.
    pub(crate) fn ids(&self) -> [&str; 12] {
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
            &self.endpoint_id,
            &self.event_id,
            &self.delivery_id,
        ]
    }

    /// A good request of this operation: its target and its body.
    pub(crate) fn fixture(&self, operation: &Operation) -> (String, Value) {
        let ip = json!({ "ip_allowlist": ["203.0.113.9"] });
        let (id, body) = match operation.name {
            "open_session" => ("", json!({ "email": "a@b.example", "password": "x" })),
            "accept_invitation" => {
                (self.invitation.as_str(), json!({ "password": "correct horse battery" }))
            }
            "create_user" => ("", json!({ "name": "Shop", "kind": "api" })),
            "update_user" => (self.user_id.as_str(), json!({ "name": "Renamed" })),
            "confirm_two_factor" => ("", json!({ "code": "123456" })),
            "create_api_key" => {
                (self.user_id.as_str(), json!({ "name": "k", "ip_allowlist": ["203.0.113.9"] }))
            }
            "rotate_api_key" => (self.key_id.as_str(), json!({ "overlap_seconds": 60 })),
            "replace_ip_allowlist" => (self.key_id.as_str(), ip),
            "create_charge" => ("", new_charge()),
            "find_user" | "delete_user" => (self.user_id.as_str(), Value::Null),
            "reset_two_factor" => (self.user_id.as_str(), json!({})),
            "find_api_key" | "delete_api_key" => (self.key_id.as_str(), Value::Null),
            "find_charge" | "show_qr_code" => (self.charge_id.as_str(), Value::Null),
            "cancel_charge" | "pay_charge" => (self.charge_id.as_str(), json!({})),
            name if name.contains("refund") => self.refund_fixture(name),
            name if name.contains("payout") => self.payout_fixture(name),
            name if name.contains("statement") => self.statement_fixture(name),
            "find_balance" | "list_transactions" => ("", Value::Null),
            "find_transaction" => (self.payout_id.as_str(), Value::Null),
            "validate_pix_key" => ("", json!({ "type": "email", "key": "maria@example.com" })),
            "show_pix_location" => (self.location.as_str(), Value::Null),
            "start_two_factor" => ("", json!({})),
            "create_webhook_endpoint" => ("", json!({ "url": HOOK, "events": ["charge.paid"] })),
            "update_webhook_endpoint" => {
                (self.endpoint_id.as_str(), json!({ "events": ["charge.paid", "charge.expired"] }))
            }
            "rotate_webhook_secret" => {
                (self.endpoint_id.as_str(), json!({ "overlap_seconds": 60 }))
            }
            "test_webhook_endpoint" => (self.endpoint_id.as_str(), json!({})),
            "replay_webhook_endpoint" => {
                let span = json!({ "created_from": "2026-11-01T00:00:00Z" });
                (self.endpoint_id.as_str(), span)
            }
            "find_webhook_endpoint" | "delete_webhook_endpoint" => {
                (self.endpoint_id.as_str(), Value::Null)
            }
            "find_event" => (self.event_id.as_str(), Value::Null),
            "redeliver_event" => (self.event_id.as_str(), json!({})),
            "find_delivery" => (self.delivery_id.as_str(), Value::Null),
            "close_session"
            | "find_me"
            | "list_users"
            | "list_audit_events"
            | "list_api_keys"
            | "find_usage"
            | "list_charges"
            | "list_scenarios"
            | "list_webhook_endpoints"
            | "list_events"
            | "list_deliveries"
            | "show_openapi"
            | "show_error_codes"
            | "show_health" => ("", Value::Null),
            new => panic!("{new} has no fixture: write a good request of it here, do not skip it"),
        };
        let target: String = ["{id}", "{token}", "{location}"]
            .iter()
            .fold(operation.path.to_owned(), |path, name| path.replace(name, id));
        let query = if operation.name == "find_statement" { "?from=2026-11-01" } else { "" };
        (target + query, body)
    }
}

/// A schedule that is good.
fn new_schedule() -> Value {
    json!({ "frequency": "daily", "at": "06:00", "format": "ofx" })
}

impl AccountObjects {
    fn statement_fixture(&self, name: &str) -> (&str, Value) {
        match name {
            "create_statement_export" => {
                let export =
                    json!({ "from": "2026-10-01", "until": "2026-10-31", "format": "ofx" });
                ("", export)
            }
            "create_statement_schedule" => ("", new_schedule()),
            "find_statement_export" => (self.export_id.as_str(), Value::Null),
            "update_statement_schedule" => {
                (self.schedule_id.as_str(), json!({ "status": "paused" }))
            }
            "find_statement_schedule" | "delete_statement_schedule" => {
                (self.schedule_id.as_str(), Value::Null)
            }
            "find_statement" | "list_statement_exports" | "list_statement_schedules" => {
                ("", Value::Null)
            }
            new => panic!("{new} has no fixture: write a good request of it here, do not skip it"),
        }
    }

    fn refund_fixture(&self, name: &str) -> (&str, Value) {
        match name {
            "create_refund" => (self.paid_charge_id.as_str(), new_refund()),
            "find_refund" => (self.refund_id.as_str(), Value::Null),
            "resolve_refund" => (self.refund_id.as_str(), json!({ "outcome": "paid" })),
            "list_refunds" => ("", Value::Null),
            new => panic!("{new} has no fixture: write a good request of it here, do not skip it"),
        }
    }

    fn payout_fixture(&self, name: &str) -> (&str, Value) {
        match name {
            "create_payout" => ("", new_payout()),
            "create_payout_batch" => ("", json!({ "payouts": [new_payout()] })),
            "find_payout_batch" => (self.batch_id.as_str(), Value::Null),
            "find_payout" => (self.payout_id.as_str(), Value::Null),
            "cancel_payout" | "approve_payout" => (self.payout_id.as_str(), json!({})),
            "review_payout" => (self.payout_id.as_str(), json!({ "decision": "release" })),
            "resolve_payout" => (self.payout_id.as_str(), json!({ "outcome": "paid" })),
            "replace_payout_settings" => ("", json!({ "approval": "none" })),
            "list_payouts" | "list_payout_batches" | "find_payout_settings" => ("", Value::Null),
            new => panic!("{new} has no fixture: write a good request of it here, do not skip it"),
        }
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

pub(crate) fn gated() -> impl Iterator<Item = &'static Operation> {
    all_operations().filter(|operation| operation.needs != Needs::Public)
}

pub(crate) fn with_code(operation: &Operation) -> bool {
    operation.needs == Needs::Moderator(Moderation::WithCode)
}

/// Adds body and idempotency key where the operation wants them.
pub(crate) fn complete<'w>(ask: Ask<'w>, operation: &Operation, body: &Value) -> Ask<'w> {
    let ask = if body.is_null() { ask } else { ask.json(body) };
    match operation.idempotence {
        Idempotence::Money => ask.idempotency_key("sweep"),
        Idempotence::Accepted | Idempotence::Natural => ask,
    }
}

/// A caller the operation is meant for.
pub(crate) fn rightful<'w>(
    world: &'w World,
    tenant: &Tenant,
    operation: &Operation,
    target: &str,
) -> Ask<'w> {
    let method = operation.method.as_str();
    match operation.needs {
        Needs::Public => world.ask(method, target),
        Needs::AnyCaller | Needs::Holds(_) => {
            world.ask(method, target).key(&tenant.program.api_key)
        }
        Needs::Person | Needs::Moderator(_) if with_code(operation) => {
            tenant.ana.ask_with_code(world, method, target)
        }
        Needs::Person | Needs::Moderator(_) => tenant.ana.ask(world, method, target),
    }
}

/// Whether its good request needs a payout in a state of its own.
pub(crate) fn needs_payout(operation: &Operation) -> bool {
    matches!(operation.name, "approve_payout" | "review_payout" | "resolve_payout")
}

/// A request that succeeds, also where it takes a person of its own.
pub(crate) async fn good_request<'w>(
    world: &'w World,
    tenant: &Tenant,
    objects: &AccountObjects,
    operation: &Operation,
) -> Ask<'w> {
    let (mut target, mut body) = objects.fixture(operation);
    let mut caller = rightful(world, tenant, operation, &target);
    match operation.name {
        "open_session" => {
            let person = &tenant.bruno.person;
            let code = tenant.bruno.fresh_code(world);
            body = json!({ "email": person.email, "password": person.password, "totp_code": code });
        }
        _ if needs_payout(operation) => {
            let approval = if operation.name == "approve_payout" { "second_user" } else { "none" };
            let mut settings = json!({ "approval": approval });
            if operation.name == "review_payout" {
                settings["review_from_cents"] = json!(1);
            }
            let change = tenant.ana.ask_with_code(world, "PUT", "/v1/payout-settings");
            change.json(&settings).send().await.ok();
            world.wait(31);
            let mut payout = new_payout();
            payout["amount_cents"] = json!(2_006);
            let key = &tenant.program.api_key;
            let payout = world.payout(key, operation.name, &payout).await.created();
            target = target.replace(&objects.payout_id, &text(&payout["id"]));
            world.deliver().await;
            if operation.name == "approve_payout" {
                let other = [Permission::PayoutsWrite];
                let other = world.program(tenant.account_id, &other, &["203.0.113.7"]).await;
                caller = world.ask("POST", &target).key(&other.api_key);
            } else {
                caller = rightful(world, tenant, operation, &target);
            }
        }
        "reset_two_factor" => {
            target = target.replace(&objects.user_id, &tenant.bruno.user_id);
            caller = tenant.ana.ask_with_code(world, "POST", &target);
        }
        "start_two_factor" | "confirm_two_factor" => {
            let email = "dora@loja.example";
            let mut dora = world.human(tenant.account_id, email, &[Role::View], false).await;
            dora.log_in(world).await.created();
            if operation.name == "confirm_two_factor" {
                let begun = dora.ask(world, "POST", "/v1/me/two-factor").json(&json!({}));
                let begun = begun.send().await.created();
                dora.person.totp_secret = text(&begun["secret"]);
                body = json!({ "code": dora.code(world) });
            }
            caller = dora.ask(world, "POST", &target);
        }
        _ => {}
    }
    complete(caller, operation, &body)
}
