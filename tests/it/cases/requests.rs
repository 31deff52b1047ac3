//! Requests of every operation, from their cases.

use catalogue::all_operations;
use domain::access::Role;
use edge::{CodeDemand, IdempotencyPolicy, Needs, Operation};
use serde_json::{Value, json};
use tests::{RequestBuilder, Tenant, World, new_payout, text};

use super::case::{Fixture, Preparation};
use super::objects::{AccountObjects, demanding, request_settings_change};
use crate::cases::case_of;

/// Returns every operation behind the gate.
pub(crate) fn gated() -> impl Iterator<Item = &'static Operation> {
    all_operations().filter(|operation| operation.needs != Needs::Public)
}

/// Returns true if the operation takes a fresh two-factor code of a person.
pub(crate) fn with_code(operation: &Operation) -> bool {
    operation.needs.code_demand() != CodeDemand::Never
}

/// Returns the valid request of an operation.
pub(crate) fn fixture(operation: &Operation, objects: &AccountObjects) -> Fixture {
    (case_of(operation.name).fixture)(objects)
}

/// Adds the body, and the idempotency key if the operation requires one.
pub(crate) fn complete<'w>(
    ask: RequestBuilder<'w>,
    operation: &Operation,
    body: &Value,
) -> RequestBuilder<'w> {
    let ask = match body {
        Value::Null => ask,
        // The forms of the pages.
        _ if operation.path.starts_with("/pay/") || operation.path.starts_with("/collect/") => {
            ask.form(body)
        }
        _ => ask.json(body),
    };
    match operation.idempotence {
        IdempotencyPolicy::Money => ask.idempotency_key("sweep"),
        IdempotencyPolicy::Accepted | IdempotencyPolicy::Natural => ask,
    }
}

/// Returns a request of a caller that the operation lets in.
pub(crate) fn rightful<'w>(
    world: &'w World,
    tenant: &Tenant,
    operation: &Operation,
    target: &str,
) -> RequestBuilder<'w> {
    let method = operation.method.as_str();
    match operation.needs {
        Needs::Public => world.request(method, target),
        Needs::AnyCaller | Needs::Holds(_) => {
            world.request(method, target).key(&tenant.program.api_key)
        }
        Needs::PersonWithCode | Needs::HoldsWithCode(_) | Needs::Person | Needs::Moderator(_)
            if with_code(operation) =>
        {
            tenant.ana.ask_with_code(world, method, target)
        }
        Needs::PersonWithCode | Needs::HoldsWithCode(_) | Needs::Person | Needs::Moderator(_) => {
            tenant.ana.request(world, method, target)
        }
    }
}

/// Prepares what the valid request of the operation needs, and returns the request.
pub(crate) async fn good_request<'w>(
    world: &'w World,
    tenant: &Tenant,
    objects: &AccountObjects,
    operation: &Operation,
) -> RequestBuilder<'w> {
    let mut request = fixture(operation, objects);
    let method = operation.method.as_str();
    let caller = match request.preparation {
        Preparation::None => None,
        Preparation::LogInCode => {
            let person = &tenant.bruno.person;
            let code = tenant.bruno.fresh_code(world);
            request.body =
                json!({ "email": person.email, "password": person.password, "totp_code": code });
            None
        }
        Preparation::OwnPassword => {
            request.body["current_password"] = json!(tenant.ana.person.password);
            None
        }
        Preparation::SuspendedUser => {
            let path = format!("/v1/users/{}/suspend", request.id);
            tenant.ana.ask_with_code(world, "POST", &path).send().await.ok();
            None
        }
        Preparation::PersonWithTwoFactor => {
            request.id.clone_from(&tenant.bruno.user_id);
            None
        }
        Preparation::PersonWithoutTwoFactor | Preparation::TwoFactorStarted => {
            let email = "dora@loja.example";
            let mut dora = world.human(tenant.account_id, email, &[Role::View], false).await;
            dora.log_in(world).await.created();
            if request.preparation == Preparation::TwoFactorStarted {
                let started = dora.start_two_factor(world);
                let started = started.send().await.created();
                dora.person.totp_secret = text(&started["secret"]);
                request.body = json!({ "code": dora.code(world) });
            } else {
                request.body = json!({ "password": dora.person.password });
            }
            Some(dora.request(world, method, &request.target(operation.path)))
        }
        Preparation::PayoutToApprove
        | Preparation::PayoutToReview
        | Preparation::PayoutToResolve => {
            request.id = open_payout(world, tenant, request.preparation).await;
            if !request.body["payout_ids"].is_null() {
                request.body["payout_ids"] = json!([request.id]);
            }
            None
        }
        Preparation::BatchToDecide => {
            request.id = open_batch(world, tenant).await;
            None
        }
        Preparation::SettingsChangeToDecide => {
            let mut bruno = tenant.bruno.clone();
            bruno.log_in(world).await.created();
            request.id = request_settings_change(world, &bruno).await;
            None
        }
    };
    let target = request.target(operation.path);
    let caller = caller.unwrap_or_else(|| rightful(world, tenant, operation, &target));
    complete(caller, operation, &request.body)
}

/// Makes the payout that waits for the decision, and returns its id.
async fn open_payout(world: &World, tenant: &Tenant, preparation: Preparation) -> String {
    let approvals = u8::from(preparation == Preparation::PayoutToApprove);
    let mut settings = demanding(approvals);
    if preparation == Preparation::PayoutToReview {
        settings["review_from_cents"] = json!(1);
    }
    let change = tenant.ana.ask_with_code(world, "PUT", "/v1/payout-settings");
    change.json(&settings).send().await.ok();
    world.wait(31);
    let mut payout = new_payout();
    payout["amount_cents"] = json!(2_006);
    let payout = world.payout(&tenant.program.api_key, "prepared", &payout).await.created();
    world.deliver().await;
    text(&payout["id"])
}

/// Makes a batch with a payout that waits for approval, and returns its id.
pub(crate) async fn open_batch(world: &World, tenant: &Tenant) -> String {
    let change = tenant.ana.ask_with_code(world, "PUT", "/v1/payout-settings");
    change.json(&demanding(1)).send().await.ok();
    let batch = json!({ "payouts": [new_payout()] });
    let ask = world.post("/v1/payout-batches").key(&tenant.program.api_key);
    let batch = ask.idempotency_key("prepared").json(&batch).send().await.expect(202);
    for _ in 0..2 {
        world.wait_and_deliver(61).await;
    }
    text(&batch["id"])
}
