//! The lifecycle of an object: which changes of status exist, and which event each records.
//!
//! Each kind of object has one table. Every change of status goes through it, so that no other change
//! can happen; `docs/states.md` is written from the same tables.
use crate::event::EventType;
use crate::kernel::Error;
use serde::Serialize;
use std::fmt::{Debug, Write};

/// A change of status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition<S> {
    /// The status before. `None`: the object is created.
    pub from: Option<S>,
    /// The status after. The status before, if the change keeps it and records an event.
    pub to: S,
    /// The event that it records.
    pub event: Option<EventType>,
}

impl<S> Transition<S> {
    /// Returns the creation of an object.
    pub const fn create(to: S, event: Option<EventType>) -> Self {
        Self { from: None, to, event }
    }

    /// Returns a change that records an event.
    pub const fn event(from: S, to: S, event: EventType) -> Self {
        Self { from: Some(from), to, event: Some(event) }
    }

    /// Returns a change that records no event.
    pub const fn silent(from: S, to: S) -> Self {
        Self { from: Some(from), to, event: None }
    }
}

/// An object with a status.
pub trait Lifecycle {
    /// The status.
    type Status: Copy + PartialEq + Debug + Serialize + 'static;

    /// The name of the object, as its events have it.
    const NAME: &'static str;
    /// Every change of status. A pair of two statuses occurs once; a status that stays can have several
    /// events.
    const TRANSITIONS: &'static [Transition<Self::Status>];

    /// Returns the status, to change it.
    fn status_mut(&mut self) -> &mut Self::Status;

    /// Returns the event of the change from one status to another.
    ///
    /// # Errors
    /// `Internal` if the table has no such change.
    fn transition(
        from: Option<Self::Status>,
        to: Self::Status,
    ) -> Result<Option<EventType>, Error> {
        let found = Self::TRANSITIONS.iter().find(|one| one.from == from && one.to == to);
        found.map(|one| one.event).ok_or_else(|| {
            Error::internal(format!("a {} cannot go from {from:?} to {to:?}", Self::NAME))
        })
    }

    /// Changes the status and returns the event to record. An object that does not allow the change
    /// keeps its status.
    ///
    /// # Errors
    /// `Internal` if the table has no such change.
    fn enter(&mut self, to: Self::Status) -> Result<Option<EventType>, Error> {
        let status = self.status_mut();
        let event = Self::transition(Some(*status), to)?;
        *status = to;
        Ok(event)
    }

    /// Returns the event of something that happens to the object and leaves its status.
    ///
    /// # Errors
    /// `Internal` if the table has no such event for the status.
    fn remain(&mut self, event: EventType) -> Result<Option<EventType>, Error> {
        let status = *self.status_mut();
        let stays = |one: &&Transition<Self::Status>| {
            one.from == Some(status) && one.to == status && one.event == Some(event)
        };
        Self::TRANSITIONS.iter().find(stays).map(|one| one.event).ok_or_else(|| {
            let (name, event) = (Self::NAME, event.as_str());
            Error::internal(format!("a {name} that is {status:?} has no event {event}"))
        })
    }
}

/// Returns the lifecycle as a Mermaid state diagram.
pub fn diagram<L: Lifecycle>() -> String {
    let word = |status: L::Status| match serde_json::to_value(status) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("a status serialises as its word"),
    };
    let mut text = "stateDiagram-v2\n".to_owned();
    let mut line = |from: &str, to: &str, event: Option<EventType>| {
        let event = event.map(|event| format!(" : {}", event.as_str())).unwrap_or_default();
        writeln!(text, "    {from} --> {to}{event}").expect("a string takes any text");
    };
    for Transition { from, to, event } in L::TRANSITIONS {
        line(&from.map_or("[*]".to_owned(), word), &word(*to), *event);
    }
    let is_left = |status: &L::Status| {
        L::TRANSITIONS.iter().any(|one| one.from == Some(*status) && one.to != *status)
    };
    let mut ends: Vec<L::Status> = Vec::new();
    for Transition { to, .. } in L::TRANSITIONS {
        if !is_left(to) && !ends.contains(to) {
            ends.push(*to);
            line(&word(*to), "[*]", None);
        }
    }
    text
}
