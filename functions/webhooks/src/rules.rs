//! Rules for the fields of an endpoint.

use domain::event::EventType;
use domain::kernel::{Error, Flaw, Violation, nearest, text_flaw};
use domain::webhook::{Subscription, SubscriptionError};
use gate::{DestinationScope, WebhookUrl};

const DESCRIPTION_LENGTH_MAX: usize = 200;

/// The fields of a request, to check together, so that the answer names all wrong ones.
pub(crate) struct Fields<'a> {
    pub(crate) url: Option<&'a str>,
    pub(crate) events: Option<&'a [String]>,
    pub(crate) description: Option<&'a str>,
}

/// The fields in their stored form.
pub(crate) struct ValidFields {
    pub(crate) url: Option<String>,
    pub(crate) events: Option<Subscription>,
    /// Description; an empty text removes it.
    pub(crate) description: Option<Option<String>>,
}

impl Fields<'_> {
    pub(crate) fn check(&self, destination_scope: DestinationScope) -> Result<ValidFields, Error> {
        let mut violations = Vec::new();
        let mut add = |violation| violations.push(violation);
        let url = self.url.and_then(|url| match WebhookUrl::parse(url, destination_scope) {
            Ok(destination) => Some(destination.as_str().to_owned()),
            Err(error) => {
                add(Violation::new("url", Flaw::ForbiddenAddress, error.to_string()));
                None
            }
        });
        let events = self.events.and_then(|words| match Subscription::read(words) {
            Ok(events) => Some(events),
            Err(SubscriptionError::Unknown(index)) => {
                let field = format!("events[{index}]");
                add(Violation::new(field, Flaw::UnknownValue, unknown_type(&words[index])));
                None
            }
            Err(error @ (SubscriptionError::Empty | SubscriptionError::StarWithOthers)) => {
                add(Violation::new("events", Flaw::InvalidFormat, error.to_string()));
                None
            }
        });
        let description = self.description.map(|text| {
            let text = text.trim();
            // An empty text removes the description.
            if !text.is_empty()
                && let Some(flaw) = text_flaw("description", text, DESCRIPTION_LENGTH_MAX)
            {
                add(flaw);
            }
            Some(text.to_owned()).filter(|text| !text.is_empty())
        });
        if violations.is_empty() {
            Ok(ValidFields { url, events, description })
        } else {
            Err(Error::Invalid(violations))
        }
    }
}

/// Returns the sentence for a name that is no event type, with the name that the caller probably meant.
pub(crate) fn unknown_type(word: &str) -> String {
    const LIST: &str = "GET /openapi.json lists all types under webhooks";
    match nearest(word, EventType::ALL.iter().map(|kind| kind.as_str())) {
        Some(near) => format!("unknown event type; did you mean `{near}`? {LIST}"),
        None => format!("unknown event type; send one such as `charge.paid` or `charge.*`; {LIST}"),
    }
}
