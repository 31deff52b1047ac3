//! Roles, as IAM has them: a function does what `infra/access.toml` lets it do and nothing else,
//! here as on AWS.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, future};
use serde_json::Value;
use stack::{AwsResource, Domain, Function, Right, StreamFilter, Trigger, asked_for};

use crate::bundle::resource;
use crate::files::CREDENTIAL;

/// Every domain of the bundle.
pub fn domains() -> Vec<Domain> {
    vec![
        Domain::Operations("account", account::OPERATIONS),
        Domain::Operations("identity", identity::OPERATIONS),
        Domain::Operations("keys", keys::OPERATIONS),
        Domain::Operations("payin", payin::OPERATIONS),
        Domain::Operations("payout", payout::OPERATIONS),
        Domain::Operations("reference", reference::OPERATIONS),
        Domain::Operations("sandbox", sandbox::OPERATIONS),
        Domain::Operations("webhooks", webhooks::OPERATIONS),
        Domain::Others(
            "relay",
            vec![
                (
                    "publish_events",
                    "Gives each new event its deliveries.",
                    Trigger::Stream(StreamFilter::Events),
                ),
                (
                    "queue_work",
                    "Sends a message for each payout and refund that goes, and for each new export.",
                    Trigger::Stream(StreamFilter::Work),
                ),
            ],
        ),
        Domain::Others(
            "network",
            vec![(
                "submit_orders",
                "Tells the network of payouts and refunds, and asks what became of them.",
                Trigger::Queue(AwsResource::Orders),
            )],
        ),
        Domain::Others(
            "export",
            vec![(
                "write_statements",
                "Writes statements into the bucket of files.",
                Trigger::Queue(AwsResource::Exports),
            )],
        ),
        Domain::Others(
            "dispatch",
            vec![
                ("send_live", "Posts first attempts.", Trigger::Queue(AwsResource::Live)),
                ("send_retries", "Posts everything else.", Trigger::Queue(AwsResource::Retry)),
            ],
        ),
        Domain::Jobs("scheduler", scheduler::JOBS),
        Domain::Others(
            "operator",
            operator::COMMANDS
                .iter()
                .map(|command| (command.name, command.summary, Trigger::Operator))
                .collect(),
        ),
    ]
}

/// Every function of the bundle.
pub fn functions() -> &'static [Function] {
    static FUNCTIONS: LazyLock<Vec<Function>> =
        LazyLock::new(|| stack::functions(&domains()).unwrap_or_else(|error| panic!("{error}")));
    &FUNCTIONS
}

tokio::task_local! {
    /// The function that runs. Tests and seeds are nobody, and may do everything.
    static ACTING: &'static str;
}

/// Runs what this function does, in its role.
pub(crate) async fn acting<F: Future>(function: &'static str, work: F) -> F::Output {
    // On the heap: the scope would hold the whole work once more.
    ACTING.scope(function, Box::pin(work)).await
}

/// Credentials that name the function that runs, as those of a role do: a link that it signs opens what
/// the function may read.
#[derive(Debug)]
pub(crate) struct Signer;

impl ProvideCredentials for Signer {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let name = ACTING.try_with(|function| *function).unwrap_or(CREDENTIAL);
        future::ProvideCredentials::ready(Ok(Credentials::new(
            name, CREDENTIAL, None, None, "local",
        )))
    }
}

/// What functions have asked for so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roles(Arc<Mutex<BTreeMap<&'static str, BTreeSet<Right>>>>);

impl Roles {
    /// What the running function has no right to, of what this request asks for.
    pub(crate) fn refuses(&self, target: &str, body: &[u8]) -> Option<String> {
        ACTING.try_with(|_| ()).ok()?;
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        match asked_for(target, &body, resource) {
            Ok(asked) => self.refuses_any(asked),
            Err(unknown) => Some(unknown.to_string()),
        }
    }

    /// Which of these rights the running function has not.
    pub(crate) fn refuses_any(&self, asked: BTreeSet<Right>) -> Option<String> {
        let function = ACTING.try_with(|function| *function).ok()?;
        let role = functions().iter().find(|known| known.name == function);
        let missing =
            asked.iter().find(|right| !role.is_some_and(|role| role.rights.contains(right)));
        let missing =
            missing.map(|right| format!("{function} is not authorized to perform {right}"));
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.entry(function).or_default().extend(asked);
        missing
    }

    /// Whether the function of this name has not the right.
    pub(crate) fn refuses_to(&self, function: &str, asked: Right) -> Option<String> {
        let Some(role) = functions().iter().find(|known| known.name == function) else {
            return Some(format!("there is no function {function}"));
        };
        let missing = !role.rights.contains(&asked);
        let missing = missing.then(|| format!("{function} is not authorized to perform {asked}"));
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.entry(role.name).or_default().insert(asked);
        missing
    }

    pub(crate) fn used(&self) -> BTreeMap<&'static str, BTreeSet<Right>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
