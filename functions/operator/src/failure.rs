//! Why a command was not carried out, in a sentence for whoever invoked it.

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
    /// A refusal under a word for programs.
    pub(crate) fn refused(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into(), ours: false }
    }

    /// The word for programs.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Whether it is the deployment's fault rather than the input's.
    pub(crate) fn is_ours(&self) -> bool {
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
            // Whoever may invoke it may know what is behind it.
            error => Self { code, sentence: causes(&error), ours: true },
        }
    }
}

/// `merchant.city: too long, at most 15 characters`.
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
