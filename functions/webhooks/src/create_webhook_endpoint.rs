//! `POST /v1/webhook-endpoints`: create an endpoint.

use domain::access::AuditAction;
use domain::event::History;
use domain::kernel::{EndpointId, Error, Id};
use domain::webhook::{Endpoint, EndpointStatus, EndpointView, SigningSecret, Subscription};
use edge::{Call, CheckedInput, Created, InputContext, InputRules, Outcome};
use gate::{new_signing_secret, signing_context};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Store, Writes};

use crate::rules::Fields;
use crate::secret_view::SigningSecretView;

/// A new webhook endpoint.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "url": "https://hooks.example.com/trilho", "events": ["charge.paid", "charge.credited"] }]))]
pub struct NewEndpoint {
    /// Address of the receiver: https, port 443 or 8443, a public host, at most 500 characters.
    #[schemars(length(min = 1, max = 500))]
    url: String,
    /// Event types that Trilho sends to it: types such as `charge.paid`, families such as `charge.*`, or
    /// `["*"]` for all. A family and `*` include future types.
    #[schemars(length(min = 1))]
    events: Vec<String>,
    /// Description for people, at most 200 characters.
    #[schemars(length(max = 200))]
    description: Option<String>,
}

impl NewEndpoint {
    fn fields(&self) -> Fields<'_> {
        Fields {
            url: Some(&self.url),
            events: Some(&self.events),
            description: self.description.as_deref(),
        }
    }
}

impl InputRules for NewEndpoint {
    fn check(&self, context: &InputContext) -> Result<(), Error> {
        self.fields().check(context.destination_scope).map(drop)
    }
}

/// Creates the endpoint. Its secret is stored sealed, and only this answer shows it.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<NewEndpoint>>,
) -> Result<Outcome<Created<SigningSecretView>>, Error> {
    let checked = call.input.fields().check(call.destination_scope)?;
    let (account_id, id) = (call.account_id(), EndpointId::mint(&call.moment));
    let secret = new_signing_secret(&call.moment);
    let context = signing_context(account_id, id);
    let sealed = call.signing().await?.seal(&context, secret.as_bytes(), &call.moment);
    let endpoint = Endpoint {
        id,
        account_id,
        url: checked.url.unwrap_or_default(),
        events: checked.events.unwrap_or(Subscription::All),
        description: checked.description.flatten(),
        status: EndpointStatus::Enabled,
        disabled: None,
        secrets: vec![SigningSecret { sealed, expires_at: None }],
        created_at: call.moment.now,
        history: History::default(),
        version: 0,
    };
    let view = EndpointView::from(&endpoint);
    let audit = call.audit(AuditAction::EndpointCreated, id, Value::Null, json!(view));
    let writes = Writes::default().create(&endpoint).add_endpoint(account_id).create(&audit);
    let reply = SigningSecretView { endpoint: view, secret: secret.to_string() };
    call.commit(store, writes, Created(reply)).await
}
