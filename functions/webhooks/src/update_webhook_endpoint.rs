//! `PATCH /v1/webhook-endpoints/{id}`: change an endpoint.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::webhook::{Endpoint, EndpointStatus, EndpointView};
use edge::{Call, CheckedInput, InputContext, InputRules, OkJson, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use store::{Key, Store, Writes};

use crate::rules::Fields;

/// Changes of an endpoint; absent fields stay as they are.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointChange {
    /// New address, also for deliveries that wait.
    #[schemars(length(min = 1, max = 500))]
    url: Option<String>,
    /// Event types that Trilho sends to it from now on: types such as `charge.paid`, families such as
    /// `charge.*`, or `["*"]` for all.
    #[schemars(length(min = 1))]
    events: Option<Vec<String>>,
    /// Description for people; an empty text removes it.
    #[schemars(length(max = 200))]
    description: Option<String>,
    /// `disabled` stops all deliveries and cancels those that become due; `enabled` starts with a
    /// clean failure history.
    status: Option<EndpointStatus>,
}

impl EndpointChange {
    fn fields(&self) -> Fields<'_> {
        Fields {
            url: self.url.as_deref(),
            events: self.events.as_deref(),
            description: self.description.as_deref(),
        }
    }
}

impl InputRules for EndpointChange {
    fn check(&self, context: &InputContext) -> Result<(), Error> {
        self.fields().check(context.destination_scope).map(drop)
    }
}

/// Changes the endpoint. After a new address or a fresh start, old failures do not count.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<EndpointChange>, Endpoint>,
) -> Result<Outcome<OkJson<EndpointView>>, Error> {
    let checked = call.input.fields().check(call.destination_scope)?;
    let before = &call.target;
    let mut endpoint = before.clone();
    endpoint.url = checked.url.unwrap_or(endpoint.url);
    endpoint.events = checked.events.unwrap_or(endpoint.events);
    endpoint.description = checked.description.unwrap_or(endpoint.description);
    if let Some(status) = call.input.status {
        endpoint.switch(status, call.moment.now);
    }
    let view = EndpointView::from(&endpoint);
    let (was, is) = (json!(EndpointView::from(before)), json!(view));
    let audit = call.audit(AuditAction::EndpointUpdated, endpoint.id, was, is);
    let mut writes = Writes::default().replace(&endpoint).create(&audit);
    if endpoint.url != before.url || endpoint.status != before.status {
        writes = writes.remove_if_present(&Key::EndpointHealth(endpoint.account_id, endpoint.id));
    }
    call.commit(store, writes, OkJson(view)).await
}
