//! Why a command was not carried out, in one sentence for the operator.

use std::fmt;

use domain::kernel::{Error, Violation};
use edge::status_of;
use runtime::causes;

/// A command that was not carried out.
#[derive(Debug)]
pub struct CommandFailure {
    code: &'static str,
    sentence: String,
    ours: bool,
}

impl CommandFailure {
    /// Makes a refusal with this code.
    pub fn refused(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into(), ours: false }
    }

    /// Returns the code for programs.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns true if the deployment caused the failure, and not the input.
    pub fn is_ours(&self) -> bool {
        self.ours
    }
}

impl From<Error> for CommandFailure {
    fn from(error: Error) -> Self {
        let code = status_of(&error).1.as_str();
        match error {
            Error::Malformed { detail, .. }
            | Error::Forbidden { detail, .. }
            | Error::Conflict { detail, .. }
            | Error::Refused { detail, .. } => Self::refused(code, detail),
            Error::Invalid(violations) => {
                let flaws: Vec<_> = violations.iter().map(flaw).collect();
                Self::refused(code, flaws.join("; "))
            }
            Error::Stale => Self::refused(
                "unavailable",
                "the account changed at this moment, so nothing was changed; call again",
            ),
            // An operator may see the cause.
            error => Self { code, sentence: causes(&error), ours: true },
        }
    }
}

/// Returns a violation as text, such as `merchant.city: too long, at most 15 characters`.
fn flaw(violation: &Violation) -> String {
    let field = match violation.field.as_str() {
        "" => "the input",
        field => field,
    };
    format!("{field}: {}", violation.detail)
}

impl fmt::Display for CommandFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for CommandFailure {}
