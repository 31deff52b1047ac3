//! An attempt to log in, in the audit trail and in the count of failures.

use std::net::IpAddr;

use domain::access::{AuditAction, AuditEvent, Author, Login};
use domain::kernel::{AuditId, Code, Id, Moment};
use edge::PublicRequest;
use serde::Serialize;
use serde_json::{Value, json};
use store::{Writes, unknown_account};

use crate::log_in_limits::LogInLimits;

/// Maximum number of accounts whose audit trail shows a failed attempt.
const REFUSED_LINES_MAX: usize = 5;

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

/// An attempt to log in.
pub(crate) struct LogInAttempt<'a> {
    email: &'a str,
    ip: IpAddr,
    request_id: &'a str,
    moment: &'a Moment,
}

impl<'a> LogInAttempt<'a> {
    /// Returns the attempt of this request with this e-mail.
    pub(crate) fn of<I>(request: &'a PublicRequest<I>, email: &'a str) -> Self {
        Self { email, ip: request.ip, request_id: &request.request_id, moment: &request.moment }
    }

    /// Returns the audit line of an attempt that opens a session.
    pub(crate) fn opened(&self, login: &Login, proof: LogInProof) -> AuditEvent {
        // A login of before names were stored has none.
        let name =
            if login.user_name.is_empty() { masked(self.email) } else { login.user_name.clone() };
        let author = Author::user(login.user_id, name, self.ip.to_string());
        self.line(AuditAction::SessionOpened, author, Some(login), json!({ "proof": proof }))
    }

    /// Returns the writes of an attempt that opens no session: the count of failures, and a line in
    /// the audit trail of each account that was attempted. An attempt that is no guess changes no count,
    /// and writes it again, so that of guesses at the same moment one is answered. An unknown e-mail
    /// costs the same writes as one of a single account.
    pub(crate) fn refused(&self, limits: LogInLimits, logins: &[Login], flaw: LogInFlaw) -> Writes {
        if !flaw.is_guess() {
            return limits.unchanged(self.moment.now);
        }
        let line = |login: Option<&Login>| {
            let author = Author::stranger(masked(self.email), self.ip.to_string());
            self.line(AuditAction::SessionRefused, author, login, json!({ "wrong": flaw }))
        };
        let known = logins.iter().take(REFUSED_LINES_MAX).map(Some);
        let unknown = logins.is_empty().then_some(None);
        known
            .chain(unknown)
            .fold(limits.count_failure(Writes::default(), self.moment.now), |writes, login| {
                writes.create(&line(login))
            })
    }

    fn line(
        &self,
        action: AuditAction,
        author: Author,
        login: Option<&Login>,
        after: Value,
    ) -> AuditEvent {
        AuditEvent {
            id: AuditId::mint(self.moment),
            account_id: login.map_or_else(unknown_account, |login| login.account_id),
            action,
            author,
            target: login
                .map_or_else(|| unknown_account().to_string(), |login| login.user_id.to_string()),
            before: Value::Null,
            after,
            request_id: self.request_id.to_owned(),
            created_at: self.moment.now,
        }
    }
}

/// Returns the first character and the domain of an e-mail.
fn masked(email: &str) -> String {
    let (local, domain) = email.trim().split_once('@').unwrap_or_default();
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_email_has_its_first_character_and_its_domain() {
        assert_eq!(masked(" maria@example.com"), "m***@example.com");
        assert_eq!(masked("ção@example.com"), "ç***@example.com");
        assert_eq!(masked("maria"), "***@");
    }
}
