//! The account that calls the functions, and the gateway events of its requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::account::Stage;
use jiff::SignedDuration;
use local::{GatewayRequest, LocalClock};
use serde_json::Value;
use tests::{NoTimer, Receivers, Tenant, World, new_charge, new_payout};

use crate::function::MeasuredProgram;

/// An account with money, on the clock of this machine as the functions have it.
pub(crate) struct AccountRequests {
    world: Arc<World>,
    tenant: Tenant,
    charge_id: String,
    next: AtomicU64,
}

impl AccountRequests {
    pub(crate) async fn new() -> Self {
        let clock = Arc::new(LocalClock::ahead(SignedDuration::ZERO));
        let egress = Receivers::new(Arc::clone(&clock));
        let receivers = egress.clone();
        let (egress, timer) = (Arc::new(egress), Arc::new(NoTimer));
        let world = World::with(Stage::Sandbox, clock, egress, timer, receivers).await;
        let tenant = world.tenant("loja").await;
        let charge_id = world.paid_charge(&tenant.program.api_key, 100_000_000).await;
        Self { world: Arc::new(world), tenant, charge_id, next: AtomicU64::new(0) }
    }

    pub(crate) fn world(&self) -> Arc<World> {
        Arc::clone(&self.world)
    }

    fn event(&self, method: &str, path: &str, body: Option<&Value>, has_key: bool) -> Value {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        if has_key {
            let key = format!("Bearer {}", self.tenant.program.api_key);
            headers.push(("authorization".to_owned(), key));
            headers.push(("idempotency-key".to_owned(), format!("cold-{number}")));
        }
        let request = GatewayRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            query: String::new(),
            headers,
            body: body.map(ToString::to_string).unwrap_or_default().into_bytes(),
            source_ip: [203, 0, 113, 7].into(),
            host: "127.0.0.1:4000".to_owned(),
            request_id: format!("cold-{number}"),
        };
        self.world.bundle.event(&request).expect("a route")
    }
}

/// The events of one program.
pub(crate) struct RequestEvents<'a> {
    requests: &'a AccountRequests,
    method: &'static str,
    path: String,
    body: Option<Value>,
    /// A request without a credential, which is refused before anything is read.
    pub(crate) without_storage: Value,
}

impl RequestEvents<'_> {
    /// Returns the event of a new request that reads the table, and writes it if the operation does.
    pub(crate) fn with_storage(&self) -> Value {
        self.requests.event(self.method, &self.path, self.body.as_ref(), true)
    }
}

pub(crate) fn events<'a>(
    program: &MeasuredProgram,
    requests: &'a AccountRequests,
) -> RequestEvents<'a> {
    let (method, path, body) = match program.operation() {
        "create_payout" => ("POST", "/v1/payouts".to_owned(), Some(new_payout())),
        "find_charge" => ("GET", format!("/v1/charges/{}", requests.charge_id), None),
        _ => ("POST", "/v1/charges".to_owned(), Some(new_charge())),
    };
    let without_storage = requests.event(method, &path, body.as_ref(), false);
    RequestEvents { requests, method, path, body, without_storage }
}
