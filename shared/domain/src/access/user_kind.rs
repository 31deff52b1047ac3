//! People and programs: the two kinds of users.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// A person, who logs in with e-mail, password and two-factor code.
    Human,
    /// A program, which calls with an API key.
    Api,
}
