//! Which events a list selects.

use std::collections::BTreeSet;

use domain::event::EventType;

use crate::query::{Condition, Test};

/// The types and the object of the events that a list selects; by default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Types of the events; none means every type.
    pub types: Option<BTreeSet<EventType>>,
    /// Object of the events; none means every object.
    pub object_id: Option<String>,
}

impl EventFilter {
    /// Returns the conditions on the rows of events.
    pub(crate) fn conditions(&self) -> Vec<Condition> {
        let types = self.types.as_ref().map(|types| {
            let words = types.iter().map(|kind| kind.as_str().to_owned().into());
            Condition { field: "type", test: Test::OneOf(words.collect()) }
        });
        let object = self.object_id.clone().map(|id| Condition::equals("object_id", id));
        types.into_iter().chain(object).collect()
    }
}
