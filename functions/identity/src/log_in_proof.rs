//! How a person proved who they are, or what was wrong, in the words of the audit trail.

use domain::kernel::Code;
use serde::Serialize;

/// How a person proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogInProof {
    /// The password alone, because the person has no two-factor.
    Password,
    /// The password and a code of the authenticator.
    Totp,
    /// The password and a recovery code.
    RecoveryCode,
}

/// What was wrong with an attempt to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogInFlaw {
    /// The password, or no person logs in with the e-mail.
    Password,
    /// The code of the authenticator.
    Totp,
    /// The code of the authenticator is the one that was used last.
    TotpUsed,
    /// The recovery code.
    RecoveryCode,
    /// The password is right, and there is no code.
    CodeMissing,
}

impl LogInFlaw {
    /// Returns the error code of the answer.
    pub(crate) fn code(self) -> Code {
        match self {
            Self::CodeMissing => Code::LoginNeedsCode,
            Self::Password | Self::Totp | Self::TotpUsed | Self::RecoveryCode => Code::LoginInvalid,
        }
    }

    /// Returns true if the attempt was a guess. A person who was not asked for a code yet, or who
    /// sends the last code again, guesses nothing.
    pub(crate) fn is_guess(self) -> bool {
        matches!(self, Self::Password | Self::Totp | Self::RecoveryCode)
    }
}
