//! Endpoints: where an account wants its events sent.
use crate::event::{Event, EventType, History};
use crate::kernel::{AccountId, EndpointId, Moment};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// How many endpoints an account may have, so that an event and all its deliveries are one
/// transaction.
pub const ENDPOINTS_MAX: u64 = 20;

/// Which events an endpoint is sent: all, or those of some types. In JSON `["*"]` or the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<String>", try_from = "Vec<String>")]
pub enum Subscription {
    /// Every event, of types yet to come too.
    All,
    /// Events of these types, at least one.
    Types(BTreeSet<EventType>),
}

/// Why a subscription is refused: the place of the word that is wrong, or an empty list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// Nothing is asked for.
    #[error("name at least one event type, or \"*\" for all")]
    Empty,
    /// `*` beside other words.
    #[error("\"*\" stands alone")]
    StarWithOthers,
    /// No such type.
    #[error("is no event type; see the webhooks in the reference")]
    Unknown(usize),
}

impl Subscription {
    /// Reads the words.
    pub fn read(words: &[String]) -> Result<Self, SubscriptionError> {
        match words {
            [] => Err(SubscriptionError::Empty),
            [star] if star == "*" => Ok(Self::All),
            words if words.iter().any(|word| word == "*") => Err(SubscriptionError::StarWithOthers),
            words => {
                let read = |(place, word): (usize, &String)| {
                    EventType::parse(word).ok_or(SubscriptionError::Unknown(place))
                };
                words.iter().enumerate().map(read).collect::<Result<_, _>>().map(Self::Types)
            }
        }
    }

    /// Whether it asks for events of this type.
    pub fn includes(&self, kind: EventType) -> bool {
        match self {
            Self::All => true,
            Self::Types(types) => types.contains(&kind),
        }
    }

    /// The words.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::All => vec!["*".to_owned()],
            Self::Types(types) => types.iter().map(|kind| kind.as_str().to_owned()).collect(),
        }
    }
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

/// Whether an endpoint is sent anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointStatus {
    /// It is.
    Enabled,
    /// It is not, until somebody enables it again.
    Disabled,
}

/// Why an endpoint was switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// Somebody of the account did it.
    Requested,
    /// It answered 410: there is nobody there any more.
    Gone,
    /// Five days of failures without a success.
    Failing,
}

/// A signing secret, sealed under the pepper.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSecret {
    /// The sealed text `whsec_...`.
    pub sealed: String,
    /// From then on it does not sign any more; the current one has no end.
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
    /// Its id.
    pub id: EndpointId,
    /// Whose.
    pub account_id: AccountId,
    /// Where events are sent.
    pub url: String,
    /// Which.
    pub events: Subscription,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is sent anything.
    pub status: EndpointStatus,
    /// Why not, and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<(DisabledReason, Timestamp)>,
    /// What signs: the current secret first, then the one before while they overlap.
    pub secrets: Vec<SigningSecret>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its own events so far.
    pub history: History,
    /// Counts the changes.
    pub version: u64,
}

impl Endpoint {
    /// Whether it is sent this event.
    pub fn takes(&self, event: &Event) -> bool {
        match &event.redelivery {
            None => self.asks_for(event),
            Some(wish) => {
                let named = wish.to.contains(&self.id) && self.status == EndpointStatus::Enabled;
                named || wish.all && self.asks_for(event)
            }
        }
    }

    /// Whether it would be sent this event if it happened now.
    pub fn asks_for(&self, event: &Event) -> bool {
        let asked = match event.only_to {
            Some(endpoint_id) => endpoint_id == self.id,
            None => self.events.includes(event.kind),
        };
        asked && self.status == EndpointStatus::Enabled
    }

    /// The secrets that sign at `now`: during an overlap two, and receivers accept either.
    pub fn signing_secrets(&self, now: Timestamp) -> impl Iterator<Item = &SigningSecret> {
        self.secrets.iter().filter(move |secret| secret.expires_at.is_none_or(|at| at > now))
    }

    /// Gives it a new secret; the one before signs beside it for the overlap. One from before that
    /// ends now.
    pub fn rotate(&mut self, sealed: String, overlap: SignedDuration, now: Timestamp) {
        let mut before = self.secrets.first().cloned();
        if let Some(before) = &mut before {
            before.expires_at = Some(now + overlap);
        }
        self.secrets = std::iter::once(SigningSecret { sealed, expires_at: None })
            .chain(before.filter(|before| before.expires_at > Some(now)))
            .collect();
    }

    /// Switches it off or on.
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

    /// Switches it off because of how it answers, and tells the account's other endpoints.
    pub fn give_up(&mut self, reason: DisabledReason, moment: &Moment) -> Event {
        self.status = EndpointStatus::Disabled;
        self.disabled = Some((reason, moment.now));
        self.record(EventType::EndpointDisabled, moment)
    }

    /// A trial event for this endpoint alone.
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

/// An endpoint, without its secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "WebhookEndpoint")]
pub struct EndpointView {
    /// Its id.
    pub id: EndpointId,
    /// Where events are sent.
    pub url: String,
    /// The event types it is sent, or `["*"]` for all.
    pub events: Vec<String>,
    /// What people call it.
    pub description: Option<String>,
    /// Whether it is sent anything.
    pub status: EndpointStatus,
    /// Why it is disabled.
    pub disabled_reason: Option<DisabledReason>,
    /// When it was disabled.
    pub disabled_at: Option<Timestamp>,
    /// Until then the secret before the last rotation signs too.
    pub previous_secret_expires_at: Option<Timestamp>,
    /// When it was made.
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
