//! What each operation says of itself for the tests that go through all of them.

use serde_json::Value;

use super::callers::Caller;
use super::objects::AccountObjects;

/// One operation: a valid request, who may send it, and what it costs.
pub(crate) struct OperationCase {
    /// The name of the operation.
    pub(crate) name: &'static str,
    /// Makes a valid request.
    pub(crate) fixture: fn(&AccountObjects) -> Fixture,
    /// The callers that are let in; all others get 401 or 403.
    pub(crate) callers: &'static [Caller],
    /// The times that the valid request waits for the table.
    pub(crate) round_trips: u64,
}

/// A valid request without its caller.
pub(crate) struct Fixture {
    /// The id that the path names.
    pub(crate) id: String,
    /// The id of a part of that object, which the path names too.
    pub(crate) part_id: String,
    /// The query, without `?`.
    pub(crate) query: &'static str,
    /// The body; `Null` is none.
    pub(crate) body: Value,
    /// What must happen before the request succeeds.
    pub(crate) preparation: Preparation,
}

/// What must happen before a request succeeds. A test that only looks at refusals skips it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preparation {
    /// Nothing.
    None,
    /// The body names a moderator, with the password and a fresh code.
    LogInCode,
    /// The caller is a person without two-factor.
    PersonWithoutTwoFactor,
    /// The caller is a person who started to set up two-factor, and the body has the first code.
    TwoFactorStarted,
    /// The body has the current password of the caller.
    OwnPassword,
    /// The path names a suspended user.
    SuspendedUser,
    /// The path names another person, with two-factor.
    PersonWithTwoFactor,
    /// The path or the body names a payout that waits for a second user.
    PayoutToApprove,
    /// The path names a batch with a payout that waits for a second user.
    BatchToDecide,
    /// The path names a change of the payout settings that another moderator requested.
    SettingsChangeToDecide,
    /// The path names a payout that waits for a review.
    PayoutToReview,
    /// The path names a payout that the network has not settled.
    PayoutToResolve,
}

impl Preparation {
    /// Returns true if the path names a payout that is made for the request.
    pub(crate) fn makes_payout(self) -> bool {
        matches!(self, Self::PayoutToApprove | Self::PayoutToReview | Self::PayoutToResolve)
    }

    /// Returns true if an operation of the same domain runs before, with rights of its own.
    pub(crate) fn runs_before(self) -> bool {
        self.makes_payout()
            || matches!(
                self,
                Self::SuspendedUser | Self::BatchToDecide | Self::SettingsChangeToDecide
            )
    }

    /// Returns true if a person is made who sets up two-factor, which works once.
    pub(crate) fn makes_person(self) -> bool {
        matches!(self, Self::PersonWithoutTwoFactor | Self::TwoFactorStarted)
    }
}

impl Fixture {
    /// Returns a request without id, query and body.
    pub(crate) fn new() -> Self {
        Self::of("")
    }

    /// Returns a request with this id in its path.
    pub(crate) fn of(id: &str) -> Self {
        let (id, part_id, body) = (id.to_owned(), String::new(), Value::Null);
        Self { id, part_id, query: "", body, preparation: Preparation::None }
    }

    /// Adds the id of a part.
    pub(crate) fn part(self, id: &str) -> Self {
        Self { part_id: id.to_owned(), ..self }
    }

    /// Adds a query.
    pub(crate) fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    /// Adds a body.
    pub(crate) fn body(self, body: Value) -> Self {
        Self { body, ..self }
    }

    /// Adds what must happen before.
    pub(crate) fn after(self, preparation: Preparation) -> Self {
        Self { preparation, ..self }
    }

    /// Returns path and query for an operation with this path.
    pub(crate) fn target(&self, path: &str) -> String {
        let parameters = ["{id}", "{token}", "{location}", "{code}"];
        let path = parameters
            .iter()
            .fold(path.to_owned(), |path, parameter| path.replace(parameter, &self.id));
        let path = path.replace("{destination}", &self.part_id);
        if self.query.is_empty() { path } else { format!("{path}?{}", self.query) }
    }
}
