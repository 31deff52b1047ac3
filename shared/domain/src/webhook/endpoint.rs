//! Endpoints: the URLs that receive the events of an account.
use crate::event::{Event, EventType, History};
use crate::kernel::{AccountId, EndpointId, Moment};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The most endpoints of an account, so that an event and all its deliveries fit one transaction.
pub const ENDPOINTS_MAX: u64 = 20;

/// The event types that an endpoint receives: all, or a list. In JSON `["*"]`, or names such as
/// `charge.paid` and `charge.*`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<String>", try_from = "Vec<String>")]
pub enum Subscription {
    /// All types, including types that are added later.
    All,
    /// These types and families, at least one.
    Selected {
        /// Single types.
        types: BTreeSet<EventType>,
        /// Families such as `charge`: all types of an object, including types that are added later.
        families: BTreeSet<String>,
    },
}

/// The reason why a subscription is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// The list is empty.
    #[error("the list is empty; send at least one event type, or \"*\" for all")]
    Empty,
    /// `*` is in a list with other types.
    #[error("\"*\" includes every type; send it alone")]
    StarWithOthers,
    /// The name at this index is neither an event type nor a family of them.
    #[error("unknown event type at position {0}")]
    Unknown(usize),
}

impl Subscription {
    /// Parses the names of event types.
    pub fn read(words: &[String]) -> Result<Self, SubscriptionError> {
        match words {
            [] => Err(SubscriptionError::Empty),
            [star] if star == "*" => Ok(Self::All),
            words if words.iter().any(|word| word == "*") => Err(SubscriptionError::StarWithOthers),
            words => {
                let (mut types, mut families) = (BTreeSet::new(), BTreeSet::new());
                for (index, word) in words.iter().enumerate() {
                    match (EventType::parse(word), word.strip_suffix(".*")) {
                        (Some(kind), _) => drop(types.insert(kind)),
                        (None, Some(family)) if is_family(family) => {
                            families.insert(family.to_owned());
                        }
                        (None, _) => return Err(SubscriptionError::Unknown(index)),
                    }
                }
                Ok(Self::Selected { types, families })
            }
        }
    }

    /// Returns true if the subscription includes events of this type.
    pub fn includes(&self, kind: EventType) -> bool {
        match self {
            Self::All => true,
            Self::Selected { types, families } => {
                types.contains(&kind) || families.contains(kind.family())
            }
        }
    }

    /// Returns the types that it includes today. Returns `None` for all.
    pub fn types(&self) -> Option<BTreeSet<EventType>> {
        let all = EventType::ALL.iter().copied();
        (*self != Self::All).then(|| all.filter(|kind| self.includes(*kind)).collect())
    }

    /// Returns the names of the event types.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::All => vec!["*".to_owned()],
            Self::Selected { types, families } => {
                let families = families.iter().map(|family| format!("{family}.*"));
                families.chain(types.iter().map(|kind| kind.as_str().to_owned())).collect()
            }
        }
    }
}

/// Returns true if a type of events has this family.
fn is_family(family: &str) -> bool {
    EventType::ALL.iter().any(|kind| kind.family() == family)
}

impl From<Subscription> for Vec<String> {
    fn from(subscription: Subscription) -> Self {
        subscription.words()
    }
}

impl TryFrom<Vec<String>> for Subscription {
    type Error = SubscriptionError;
    fn try_from(words: Vec<String>) -> Result<Self, SubscriptionError> {
        Self::read(&words)
    }
}

/// The status of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointStatus {
    /// Trilho sends events to the endpoint.
    Enabled,
    /// Trilho sends nothing until a user enables the endpoint.
    Disabled,
}

/// The reason why an endpoint is disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// A user of the account disabled it.
    Requested,
    /// The endpoint replied with status 410 (Gone).
    Gone,
    /// All attempts failed for five days.
    Failing,
}

/// A signing secret, encrypted with the pepper.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSecret {
    /// Encrypted text `whsec_...`.
    pub sealed: String,
    /// Time from which the secret signs no more; `None` for the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningSecret(expires {:?})", self.expires_at)
    }
}

/// An endpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Id of the endpoint.
    pub id: EndpointId,
    /// Account of the endpoint.
    pub account_id: AccountId,
    /// URL that receives the events.
    pub url: String,
    /// Event types that the endpoint receives.
    pub events: Subscription,
    /// Description of the endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Status of the endpoint.
    pub status: EndpointStatus,
    /// Reason and time, if it is disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<(DisabledReason, Timestamp)>,
    /// Signing secrets: the current one first, then the previous one during an overlap.
    pub secrets: Vec<SigningSecret>,
    /// Time at which the endpoint was created.
    pub created_at: Timestamp,
    /// Number and id of the last event about the endpoint.
    pub history: History,
    /// Version of the row.
    pub version: u64,
}

impl Endpoint {
    /// Returns true if the endpoint receives this event.
    pub fn receives(&self, event: &Event) -> bool {
        match &event.redelivery {
            None => self.subscribes_to(event),
            Some(redelivery) => {
                let named =
                    redelivery.to.contains(&self.id) && self.status == EndpointStatus::Enabled;
                named || redelivery.all && self.subscribes_to(event)
            }
        }
    }

    /// Returns true if the endpoint is enabled and its subscription includes this event.
    pub fn subscribes_to(&self, event: &Event) -> bool {
        let subscribed = match event.only_to {
            Some(endpoint_id) => endpoint_id == self.id,
            None => self.events.includes(event.kind),
        };
        subscribed && self.status == EndpointStatus::Enabled
    }

    /// Returns the secrets that sign at `now`: two during an overlap. Receivers accept either.
    pub fn signing_secrets(&self, now: Timestamp) -> impl Iterator<Item = &SigningSecret> {
        self.secrets.iter().filter(move |secret| secret.expires_at.is_none_or(|at| at > now))
    }

    /// Adds a new secret. The previous one signs too until the overlap ends. An older one ends now.
    pub fn rotate(&mut self, sealed: String, overlap: SignedDuration, now: Timestamp) {
        let mut previous = self.secrets.first().cloned();
        if let Some(previous) = &mut previous {
            previous.expires_at = Some(now + overlap);
        }
        self.secrets = std::iter::once(SigningSecret { sealed, expires_at: None })
            .chain(previous.filter(|previous| previous.expires_at > Some(now)))
            .collect();
    }

    /// Enables or disables the endpoint at the request of a user.
    pub fn switch(&mut self, to: EndpointStatus, now: Timestamp) {
        if self.status == to {
            return;
        }
        self.status = to;
        self.disabled = match to {
            EndpointStatus::Enabled => None,
            EndpointStatus::Disabled => Some((DisabledReason::Requested, now)),
        };
    }

    /// Disables the endpoint because of its replies, and returns the event for the other endpoints.
    pub fn give_up(&mut self, reason: DisabledReason, moment: &Moment) -> Event {
        self.status = EndpointStatus::Disabled;
        self.disabled = Some((reason, moment.now));
        self.record(EventType::EndpointDisabled, moment)
    }

    /// Returns a test event for this endpoint only.
    pub fn test(&mut self, moment: &Moment) -> Event {
        let event = self.record(EventType::WebhookTest, moment);
        Event { only_to: Some(self.id), ..event }
    }

    fn record(&mut self, kind: EventType, moment: &Moment) -> Event {
        let object = serde_json::to_value(EndpointView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        self.history.record(kind, self.account_id, self.id.to_string(), object, moment)
    }
}

/// A webhook endpoint, without its secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "WebhookEndpoint")]
pub struct EndpointView {
    /// Id of the endpoint.
    pub id: EndpointId,
    /// URL that receives the events.
    pub url: String,
    /// Event types that the endpoint receives, or `["*"]` for all.
    pub events: Vec<String>,
    /// Description of the endpoint.
    pub description: Option<String>,
    /// Status of the endpoint.
    pub status: EndpointStatus,
    /// Reason why it is disabled; null if it is enabled.
    pub disabled_reason: Option<DisabledReason>,
    /// Time at which it was disabled; null if it is enabled.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub disabled_at: Option<Timestamp>,
    /// Time until which the previous secret signs too; null without an overlap.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub previous_secret_expires_at: Option<Timestamp>,
    /// Time at which the endpoint was created.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
}

impl From<&Endpoint> for EndpointView {
    fn from(endpoint: &Endpoint) -> Self {
        Self {
            id: endpoint.id,
            url: endpoint.url.clone(),
            events: endpoint.events.words(),
            description: endpoint.description.clone(),
            status: endpoint.status,
            disabled_reason: endpoint.disabled.map(|(reason, _)| reason),
            disabled_at: endpoint.disabled.map(|(_, at)| at),
            previous_secret_expires_at: endpoint
                .secrets
                .get(1)
                .and_then(|secret| secret.expires_at),
            created_at: endpoint.created_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Subscription, SubscriptionError> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        Subscription::read(&words)
    }

    #[test]
    fn a_family_includes_every_type_of_its_object() {
        let subscription = read(&["charge.*", "payout.paid"]).expect("a subscription");
        for kind in EventType::ALL {
            let expected = kind.as_str().starts_with("charge.") || *kind == EventType::PayoutPaid;
            assert_eq!(subscription.includes(*kind), expected, "{}", kind.as_str());
        }
        assert_eq!(subscription.words(), ["charge.*", "payout.paid"]);
        assert_eq!(Subscription::try_from(subscription.words()), Ok(subscription));
    }

    #[test]
    fn a_family_without_types_is_unknown() {
        for word in ["invoice.*", ".*", "charge*", "charge.pa*", "payout_.*", "charge.", "**"] {
            assert_eq!(read(&["charge.paid", word]), Err(SubscriptionError::Unknown(1)), "{word}");
        }
        assert_eq!(read(&["*", "charge.*"]), Err(SubscriptionError::StarWithOthers));
    }
}
